"""What both arrangements of the template share: the content of a screen as pieces, its pages, what must be kept in reach."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kiosk.screens.parts import Block, Countdown, Drawing, Hero, Live, Pad, Picture, Rating, Ticks, Tiles
from kiosk.screens.screen import Layout, Screen
from kiosk.shell import blocks, flow, frame
from kiosk.shell.buttons import place_turners, turner_height
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Part

_RESULTS = frozenset({Drawing.DONE, Drawing.ATTENTION, Drawing.OUT_OF_SERVICE})
"""Drawings that say how it went."""
_RESULT_MOST = 0.55
"""Such a drawing is at most this share of a large one where other things stand beside it."""
_LEAD = 0.36
_LEAD_TEXT = 0.12
"""Content that leaves room stands a little above the middle."""


class Body(msgspec.Struct, frozen=True):
    """What stands between header and bar, and how many pages it has."""

    content: tuple[Part, ...]
    actions: tuple[Part, ...]
    pages: int


def first_block(screen: Screen) -> Block | None:
    """The first block, if there is one."""
    return screen.blocks[0] if screen.blocks else None


def is_result(block: Block | None) -> bool:
    """Whether this is the drawing of a result."""
    return isinstance(block, Picture) and block.drawing in _RESULTS


def has(screen: Screen, *kinds: type[Block]) -> bool:
    """Whether the screen has a block of one of these kinds."""
    return any(isinstance(block, kinds) for block in screen.blocks)


def types(screen: Screen) -> bool:
    """Whether somebody types on this screen: fields and keys are seen together, and words take the room that is left."""
    return has(screen, Pad)


def of_blocks(screen: Screen, kit: Kit, width: int, which: Sequence[int]) -> list[Piece]:
    """The pieces of the blocks with these numbers."""
    return [piece for number in which for piece in blocks.pieces(screen.blocks[number], kit, str(number), width)]


def caption(screen: Screen, kit: Kit, width: int) -> list[Piece]:
    """What is spoken; nothing where somebody types: keys that are turned away for it would be typed on blindly."""
    return [frame.caption(screen.spoken, kit, width)] if screen.spoken and not types(screen) else []


def smaller(piece: Piece, kit: Kit) -> Piece:
    """A result's drawing with other things beside it."""
    most = round(kit.length.picture_most * _RESULT_MOST)
    return msgspec.structs.replace(piece, best=min(piece.best, most), most=most)


def keeps_low(screen: Screen, kit: Kit) -> bool:
    """Whether the content has something to touch that must stay within a seated person's reach (the actions always do)."""
    return has(screen, Tiles, Ticks, Pad, Rating) and kit.look.layout is Layout.LOW_REACH


def lead(screen: Screen) -> float:
    """Which share of the room left over stands above the content."""
    if has(screen, Tiles, Hero):
        return 0.0
    return _LEAD if has(screen, Picture, Live, Countdown, Rating) else _LEAD_TEXT


def place(content: list[Piece], comfort: list[Piece], kit: Kit, area: Box, lead: float) -> tuple[list[Part], int]:
    """Place the content into the area, on as many pages as it needs; the page of the draft is the one that is placed.

    `comfort` (what is spoken) stands at the foot, on every screen, where it costs no page: nobody turns a page to find what
    they have heard.
    """
    above, spoken = _foot(comfort, area)
    for room, heard in ((above, spoken), (area, [])):
        if flow.fits(content, room.h, kit.most_choices):
            return [*flow.place(content, room, lead=lead, panel_width=kit.width), *heard], 1
    turner = turner_height(kit, area.w)
    room = Box(area.x, area.y, area.w, area.h - turner - kit.length.gap)
    pages, heard = flow.pages(content, room.h, kit.most_choices), []
    above, spoken = _foot(comfort, room)
    if all(flow.can_stand(piece, above.h) for piece in content):
        fewer = flow.pages(content, above.h, kit.most_choices)
        if len(fewer) == len(pages):
            pages, room, heard = fewer, above, spoken
    page = pages[min(kit.draft.page, len(pages) - 1)]
    growth = min(flow.share(each, room.h) for each in pages)
    parts = flow.place(page, room, lead=0.0, panel_width=kit.width, growth=growth)
    turners = place_turners(kit, Box(area.x, area.bottom - turner, area.w, turner), len(pages))
    return [*parts, *heard, *turners], len(pages)


def _foot(comfort: list[Piece], area: Box) -> tuple[Box, list[Part]]:
    """What is spoken at the foot of the area, and the room above it."""
    if not comfort:
        return area, []
    height = flow.least(comfort)
    above = Box(area.x, area.y, area.w, area.h - height - comfort[0].before)
    return above, comfort[0].place(Box(area.x, area.bottom - height, area.w, height))


def may_stand(content: list[Piece], kit: Kit, area: Box) -> bool:
    """Whether every piece has room in this area, on one page or on several."""
    if flow.fits(content, area.h, kit.most_choices):
        return True
    page = area.h - turner_height(kit, area.w) - kit.length.gap
    return all(flow.can_stand(piece, page) for piece in content)
