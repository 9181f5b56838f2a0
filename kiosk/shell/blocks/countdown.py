"""Seconds left: a ring that empties, the number in it, and what happens then."""

from __future__ import annotations

from kiosk.screens.parts import Countdown
from kiosk.shell import vectors
from kiosk.shell.kit import Kit, Piece, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Box, Node, Part, Role, Vector

_THICKNESS = 0.06
"""Of the ring, in diameters."""


def pieces(countdown: Countdown, kit: Kit, key: str, width: int) -> list[Piece]:
    """The ring keeps its size; the number is drawn anew each second."""
    left = countdown.seconds if kit.draft.seconds is None else kit.draft.seconds
    number = kit.set(str(left), Style(kit.ink.count, bold=True, leading=1.2), width)
    label = kit.set(countdown.label, Style(kit.ink.body), width, balanced=True) if countdown.label else None
    label_room = label.height + kit.length.gap if label else 0
    ring = kit.length.ring

    def place(box: Box) -> list[Part]:
        size = box.h - label_room
        at = Box(box.x + (box.w - size) // 2, box.y, size, size)
        share = left / countdown.seconds if countdown.seconds else 0.0
        svg = vectors.ring(share, _THICKNESS, kit.colour.track, kit.colour.primary)
        drawn, text = put(number, at.x, at.y + (at.h - number.height) // 2, kit.colour.ink, width=at.w, align="centre")
        said = kit.words.seconds.format(seconds=left)
        timer = Node(Role.TIMER, countdown.label or said, at, value=said, ink=number.ink, children=(text,))
        parts = [Part(key, timer, (Vector(at, svg), *drawn))]
        if label:
            marks, node = put(label, box.x, at.bottom + kit.length.gap, kit.colour.ink, width=box.w, align="centre")
            parts.append(Part(f"{key}.label", node, marks))
        return parts

    best = ring + label_room
    return [Piece(least=best * 3 // 4, best=best, most=best + ring // 4, before=kit.length.space, place=place)]
