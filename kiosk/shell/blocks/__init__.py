"""One file for each part of kiosk.screens.parts; `pieces` finds the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.screens import parts
from kiosk.shell.blocks import (
    checks,
    countdown,
    facts,
    hero,
    live,
    note,
    pad,
    pages,
    picture,
    progress,
    rating,
    ruler,
    ticks,
    tiles,
    typing,
)
from kiosk.shell.kit import Kit, Piece

_BLOCKS: dict[type, Callable[[Any, Kit, str, int], list[Piece]]] = {
    parts.Hero: hero.pieces,
    parts.Tiles: tiles.pieces,
    parts.Facts: facts.pieces,
    parts.Checks: checks.pieces,
    parts.Ticks: ticks.pieces,
    parts.Picture: picture.pieces,
    parts.Live: live.pieces,
    parts.Pages: pages.pieces,
    parts.Progress: progress.pieces,
    parts.Pad: pad.pieces,
    parts.Typing: typing.pieces,
    parts.Ruler: ruler.pieces,
    parts.Rating: rating.pieces,
    parts.Note: note.pieces,
    parts.Countdown: countdown.pieces,
}


def pieces(block: parts.Block, kit: Kit, key: str, width: int) -> list[Piece]:
    """Lay out one block within `width` pixels. `key` begins the keys of its parts."""
    return _BLOCKS[type(block)](block, kit, key, width)
