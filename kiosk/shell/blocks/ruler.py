"""A bar of so many millimetres, with a line across each end, to hold a ruler against."""

from __future__ import annotations

from kiosk.screens.parts import Ruler
from kiosk.shell.kit import Kit, Piece, rigid
from kiosk.shell.marks import Box, Fill, Mark, Node, Part, Role

_BAR_MM = 3.0
_END_MM = 14.0
"""Longer than the bar is thick, so that the marks of a ruler laid along it still meet the ends."""


def pieces(ruler: Ruler, kit: Kit, key: str, width: int) -> list[Piece]:
    """The bar is as long from the outer edge of one end to that of the other."""
    length, bar, end = (round(mm * kit.scale) for mm in (ruler.mm, _BAR_MM, _END_MM))
    thick = max(2, kit.length.line)

    def place(box: Box) -> list[Part]:
        at = box.middle(length, end)
        ends = (Box(at.x, at.y, thick, end), Box(at.right - thick, at.y, thick, end))
        marks: list[Mark] = [Fill(Box(at.x, at.y + (end - bar) // 2, length, bar), kit.colour.primary)]
        marks.extend(Fill(each, kit.colour.ink) for each in ends)
        return [Part(key, Node(Role.IMAGE, ruler.name, at), tuple(marks))]

    return [rigid(end, kit.length.space, place)]
