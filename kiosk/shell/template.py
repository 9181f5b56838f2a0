"""One template for all screens: header, step, title, sentence, content, what is spoken, actions, the bar."""

from __future__ import annotations

import msgspec

from kiosk.screens.parts import Block, Countdown, Drawing, Hero, Live, Pad, Picture, Rating, Ticks, Tiles
from kiosk.screens.screen import Bar, Layout, Screen
from kiosk.shell import blocks, flow, frame
from kiosk.shell.buttons import actions_height, place_actions, place_bar, place_turners, turner_height
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Part, Region

_RESULTS = frozenset({Drawing.DONE, Drawing.ATTENTION, Drawing.OUT_OF_SERVICE})
"""Drawings that stand above their title, everything centred."""
_RESULT_MOST = 0.55
"""Such a drawing is at most this share of a large one."""

_LEAD = 0.36
_LEAD_TEXT = 0.12
"""Content that leaves room stands a little above the middle."""


class Laid(msgspec.Struct, frozen=True):
    """A screen, laid out: its parts by region and how many pages its content has."""

    parts: tuple[tuple[Region, tuple[Part, ...]], ...]
    pages: int

    def all(self) -> list[Part]:
        """Every part, in the order in which they are painted."""
        return [part for _, parts in self.parts for part in parts]


def lay_out(screen: Screen, kit: Kit) -> Laid:
    """Lay out a screen. Nothing overlaps and nothing is cut: what does not fit goes to further pages."""
    width = kit.width - 2 * kit.length.margin
    x = kit.length.margin
    head = _head(screen, kit, width)
    hero = head[0].bleed if head else False
    bar = _bar_box(screen.bar, kit)
    beside = _beside(screen, kit, head, width, bar)
    actions_h = actions_height(screen.actions, kit, width, beside=beside)
    header = frame.header_height(screen, kit)
    top = header + (0 if hero else kit.length.gap if screen.step else kit.length.space)
    bottom = bar.y - kit.length.gap - (actions_h + kit.length.space if actions_h else 0)

    content = _content(screen, kit, width)
    if _is_result(screen) and flow.fits([*head, *content], bottom - top, kit.most_choices):
        head, content = [], [*head, *content]
    if not _head_may_stay(head, content, kit, bottom - top):
        head, content = [], [*head, *content]
    body_top, head_parts = _place_head(head, content, kit, Box(x, top, width, bottom - top))
    area = Box(x, body_top, width, bottom - body_top)
    if _keeps_low(screen, kit):
        low = max(area.y, kit.height - kit.reach)
        area = Box(x, low, width, bottom - low)
    content_parts, pages = _place_content(content, kit, area, _lead(screen))
    actions_box = Box(x, bar.y - kit.length.gap - actions_h, width, actions_h)
    regions = (
        (Region.HEADER, tuple(frame.header(screen, kit, header))),
        (Region.CONTENT, (*head_parts, *content_parts)),
        (Region.ACTIONS, tuple(place_actions(screen.actions, kit, actions_box, beside=beside))),
        (Region.BAR, tuple(place_bar(screen.bar, kit, bar)) if bar.h else ()),
    )
    return Laid(regions, pages)


def _bar_box(bar: Bar, kit: Kit) -> Box:
    height = kit.length.bar if bar.back or bar.help or bar.leave else 0
    return Box(0, kit.height - height, kit.width, height)


def _is_result(screen: Screen) -> bool:
    first = screen.blocks[0] if screen.blocks else None
    return isinstance(first, Picture) and first.drawing in _RESULTS


def _head(screen: Screen, kit: Kit, width: int) -> list[Piece]:
    """What stands above the content and stays when pages are turned."""
    found: list[Piece] = []
    first: Block | None = screen.blocks[0] if screen.blocks else None
    if isinstance(first, Hero):
        found.extend(blocks.pieces(first, kit, "0", width))
    if screen.step:
        found.append(frame.step(screen.step, kit, width))
    if _is_result(screen) and first is not None:
        found.extend(_smaller(piece, kit) for piece in blocks.pieces(first, kit, "0", width))
    found.extend(frame.titles(screen, kit, width, small=isinstance(first, Hero), centred=_is_result(screen)))
    if screen.spoken and any(isinstance(block, Tiles) for block in screen.blocks) and not isinstance(first, Hero):
        found.append(msgspec.structs.replace(frame.caption(screen.spoken, kit, width), before=kit.length.gap))
    return found


def _keeps_low(screen: Screen, kit: Kit) -> bool:
    """Whether the content has something to touch that must stay within a seated person's reach (the actions always do)."""
    touched = any(isinstance(block, (Tiles, Ticks, Pad, Rating)) for block in screen.blocks)
    return touched and kit.look.layout is Layout.LOW_REACH


def _head_may_stay(head: list[Piece], content: list[Piece], kit: Kit, height: int) -> bool:
    """Whether every piece of the content has room below the head; a head that is too long for that is turned with it."""
    room = height - flow.least(head) - kit.length.space
    if flow.fits(content, room, kit.most_choices):
        return True
    page = room - turner_height(kit) - kit.length.gap
    return all(flow.can_stand(piece, page) for piece in content)


def _smaller(piece: Piece, kit: Kit) -> Piece:
    most = round(kit.length.picture_most * _RESULT_MOST)
    return msgspec.structs.replace(piece, best=min(piece.best, most), most=most)


def _content(screen: Screen, kit: Kit, width: int) -> list[Piece]:
    in_head = 1 if isinstance(screen.blocks[0] if screen.blocks else None, Hero) or _is_result(screen) else 0
    found: list[Piece] = []
    for number, block in enumerate(screen.blocks[in_head:], start=in_head):
        found.extend(blocks.pieces(block, kit, str(number), width))
    tiles = any(isinstance(block, Tiles) for block in screen.blocks)
    # Whoever types must see the fields: keys that are turned away from them for a caption would be typed on blindly.
    pad = any(isinstance(block, Pad) for block in screen.blocks)
    if screen.spoken and (not tiles or in_head) and not pad:
        found.append(frame.caption(screen.spoken, kit, width))
    return found


def _beside(screen: Screen, kit: Kit, head: list[Piece], width: int, bar: Box) -> bool | None:
    """Elder mode stands actions one above the other, unless the content would have to be turned for it."""
    if kit.side_by_side or len(screen.actions) < 2:
        return None
    content = flow.least(_content(screen, kit, width)) + 2 * kit.length.space
    below = actions_height(screen.actions, kit, width) + kit.length.gap
    if _keeps_low(screen, kit):
        return content > bar.y - below - (kit.height - kit.reach)
    return content + flow.least(head) + kit.length.gap > bar.y - below - frame.header_height(screen, kit)


def _lead(screen: Screen) -> float:
    if any(isinstance(block, Tiles) for block in screen.blocks):
        return 0.0
    if any(isinstance(block, (Picture, Live, Countdown, Rating)) for block in screen.blocks):
        return _LEAD
    return _LEAD_TEXT


def _place_head(head: list[Piece], content: list[Piece], kit: Kit, box: Box) -> tuple[int, list[Part]]:
    """Place the head; where it bends (the idle field, a result's drawing) it takes what the content leaves."""
    below = sum(piece.best + piece.before for piece in content)
    rigid = all(piece.most == piece.least for piece in head)
    height = flow.least(head) if rigid else max(flow.least(head), box.h - below)
    if not head:
        return box.y, []
    heights = flow.share_out(head, height)
    used = sum(heights) + sum(piece.before for piece in head[1:])
    parts = flow.place(head, Box(box.x, box.y, box.w, used), lead=0.0, panel_width=kit.width)
    return box.y + used + (content[0].before if content and head else 0), parts


def _place_content(content: list[Piece], kit: Kit, area: Box, lead: float) -> tuple[list[Part], int]:
    if flow.fits(content, area.h, kit.most_choices):
        return flow.place(content, area, lead=lead, panel_width=kit.width), 1
    turner = turner_height(kit)
    inner = Box(area.x, area.y, area.w, area.h - turner - kit.length.gap)
    pages = flow.pages(content, inner.h, kit.most_choices)
    page = min(kit.draft.page, len(pages) - 1)
    parts = flow.place(pages[page], inner, lead=0.0, panel_width=kit.width)
    parts.extend(place_turners(kit, Box(area.x, area.bottom - turner, area.w, turner), len(pages)))
    return parts, len(pages)
