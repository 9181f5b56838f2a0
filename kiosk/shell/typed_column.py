"""The template of a screen that is typed on: the board low, where the hands are, the field always in sight, and what was found for
it between them, with pages of its own. On a panel that lies the board stands at the right."""

from __future__ import annotations

import msgspec

from kiosk.screens.parts import Typing
from kiosk.screens.screen import Layout, Screen
from kiosk.shell import content as shared
from kiosk.shell import flow, frame
from kiosk.shell.blocks import typing as typing_block
from kiosk.shell.buttons import actions_height, place_actions, turner_height
from kiosk.shell.content import Body
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Part


def lay(screen: Screen, typing: Typing, kit: Kit, room: Box) -> Body:
    """Lay out what stands between header and bar."""
    if kit.two_columns:
        return _beside(screen, typing, kit, room)
    column = Box(kit.length.margin, room.y, room.w - 2 * kit.length.margin, room.h)
    head, board, others = _pieces(screen, typing, kit, column.w, column.w)
    actions_h = actions_height(screen.actions, kit, column.w, beside=True)
    actions = Box(column.x, column.bottom - kit.length.gap - actions_h, column.w, actions_h)
    bottom = actions.y - (kit.length.space if actions_h else 0)
    between, high = _room(head, board, others, kit, column, bottom)
    if between.h < 0 or (others and (kit.elder or not flow.fits(others, between.h, kit.most_choices))):
        # The field says its name: where there is little room, the title gives way to the board and to what was found; in elder
        # mode always, so that nothing jumps while somebody writes.
        head = head[-1:]
        between, high = _room(head, board, others, kit, column, bottom)
    parts = _place_head(head, kit, column)
    found, pages = _place_others(others, shared.caption(screen, kit, column.w), kit, between)
    parts += found + board.place(Box(column.x, bottom - high, column.w, high))
    return Body(tuple(parts), tuple(place_actions(screen.actions, kit, actions, beside=True)), pages)


def _beside(screen: Screen, typing: Typing, kit: Kit, room: Box) -> Body:
    length = kit.length
    inner = Box(length.margin, room.y, room.w - 2 * length.margin, room.h - length.gap)
    wide = round((inner.w - 2 * length.space) * kit.words_share)
    left = Box(inner.x, inner.y, wide, inner.h)
    right = Box(left.right + 2 * length.space, inner.y + length.space, inner.right - left.right - 2 * length.space, 0)
    head, board, others = _pieces(screen, typing, kit, left.w, right.w)
    head = head[-1:] if others and kit.elder else head
    high_from = max(right.y, kit.height - kit.reach) if kit.look.layout is Layout.LOW_REACH else right.y
    under = actions_height(screen.actions, kit, right.w, beside=True) + length.space if screen.actions else 0
    if board.least > inner.bottom - under - high_from:
        # Keys and button are too high together: the button stands under the field, and is gone through before the keys.
        low = actions_height(screen.actions, kit, left.w)
        actions = place_actions(screen.actions, kit, Box(left.x, left.bottom - low, left.w, low))
        found, pages = _left(screen, others, head, kit, msgspec.structs.replace(left, h=left.h - low - length.space))
        keys = _keys(board, kit, right, high_from, inner.bottom)
        return Body((*found, *actions, *keys), (), pages)
    found, pages = _left(screen, others, head, kit, left)
    keys = _keys(board, kit, right, high_from, inner.bottom - under)
    box = Box(right.x, inner.bottom - under + length.space, right.w, under - length.space)
    return Body((*found, *keys), tuple(place_actions(screen.actions, kit, box, beside=True)), pages)


def _left(screen: Screen, others: list[Piece], head: list[Piece], kit: Kit, column: Box) -> tuple[list[Part], int]:
    """The field, and under it what was found or what is spoken."""
    top = _below(head, kit, column)
    area = Box(column.x, top, column.w, column.bottom - top)
    found, pages = _place_others(others, shared.caption(screen, kit, column.w), kit, area)
    return [*_place_head(head, kit, column), *found], pages


def _keys(board: Piece, kit: Kit, column: Box, top: int, bottom: int) -> list[Part]:
    high = max(board.least, min(board.most, bottom - top))
    return board.place(Box(column.x, bottom - high, column.w, high))


def _pieces(
    screen: Screen, typing: Typing, kit: Kit, width: int, board_width: int
) -> tuple[list[Piece], Piece, list[Piece]]:
    """What stays in sight above, the board, and the other blocks."""
    number = screen.blocks.index(typing)
    head = [frame.step(screen.step, kit, width)] if screen.step else []
    head.extend(frame.titles(screen, kit, width, small=True, centred=False))
    head.append(typing_block.pieces(typing, kit, str(number), width)[0])
    board = typing_block.pieces(typing, kit, str(number), board_width)[1]
    others = shared.of_blocks(screen, kit, width, [at for at in range(len(screen.blocks)) if at != number])
    return head, board, others


def _below(head: list[Piece], kit: Kit, column: Box) -> int:
    return column.y + flow.least(head) + 2 * kit.length.gap


def _place_head(head: list[Piece], kit: Kit, column: Box) -> list[Part]:
    box = Box(column.x, column.y + kit.length.gap, column.w, flow.least(head))
    return flow.place(head, box, lead=0.0, panel_width=kit.width)


def _room(head: list[Piece], board: Piece, others: list[Piece], kit: Kit, column: Box, bottom: int) -> tuple[Box, int]:
    """What is left between head and board, and the board's height: as high as is comfortable; with something found above it,
    what that leaves, and never less than fingers need."""
    top = _below(head, kit, column)
    wanted = flow.least(others) + kit.length.space if others else 0
    high = max(board.least, min(board.most, bottom - top - wanted - kit.length.space))
    if kit.look.layout is Layout.LOW_REACH:
        high = board.least
    return Box(column.x, top, column.w, bottom - high - kit.length.space - top), high


def _place_others(others: list[Piece], spoken: list[Piece], kit: Kit, area: Box) -> tuple[list[Part], int]:
    """What was found, on as many pages as it needs; what is spoken only where nothing was, and where there is room for it."""
    reached = max(area.y, kit.height - kit.reach) if kit.look.layout is Layout.LOW_REACH else area.y
    if not others:
        if not flow.fits(spoken, area.bottom - reached, kit.most_choices):
            return [], 1
        high = flow.least(spoken)
        return flow.place(spoken, Box(area.x, area.bottom - high, area.w, high), lead=0.0, panel_width=kit.width), 1
    for top in (reached, area.y):
        here = Box(area.x, top, area.w, area.bottom - top)
        turned = area.bottom - turner_height(kit, area.w) >= reached
        if shared.may_stand(others, kit, here) if turned else flow.fits(others, here.h, kit.most_choices):
            return shared.place(others, [], kit, here, 0.0)
    # Not even one page of it has room beside the turners, or nobody could reach these: the best of it, and whoever types on
    # finds the rest.
    best: list[Piece] = []
    for piece in others:
        if not flow.fits([*best, piece], area.h, kit.most_choices):
            break
        best.append(piece)
    return flow.place(best, area, lead=0.0, panel_width=kit.width), 1
