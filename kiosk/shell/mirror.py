"""The layout of a language that is written from right to left: everything on the other side, nothing itself turned round.

Lines keep the order of what stands in them, drawings show the machine as it is, keys stay where fingers know them (digits are
read from left to right in every language), and only arrows point the other way.
"""

from __future__ import annotations

import msgspec

from kiosk.shell.marks import Box, Camera, Fill, Glyphs, Gradient, IconMark, Mark, Node, Page, Part, Signs, Vector

_ARROWS = frozenset({"back", "leave"})
"""Icons that point along the direction of reading."""


def mirrored(part: Part, width: int) -> Part:
    """Return the part as it stands in a mirrored layout of this width in pixels."""
    there = _Moved(width - part.within.right - part.within.x) if part.within else _Mirrored(width)
    target = part.target
    return msgspec.structs.replace(
        part,
        node=_node(part.node, there),
        marks=tuple(_mark(mark, there) for mark in part.marks),
        target=None if target is None else msgspec.structs.replace(target, box=there.box(target.box)),
        within=None if part.within is None else there.box(part.within),
    )


class _Mirrored(msgspec.Struct, frozen=True):
    """To the other side of a layout so wide."""

    width: int

    def box(self, box: Box) -> Box:
        return Box(self.width - box.right, box.y, box.w, box.h)

    def line(self, start: int, wide: int) -> int:
        return self.width - start - wide

    def flips(self, icon: str) -> bool:
        return icon in _ARROWS


class _Moved(msgspec.Struct, frozen=True):
    """To the other side as one, by so many pixels to the right."""

    by: int

    def box(self, box: Box) -> Box:
        return Box(box.x + self.by, box.y, box.w, box.h)

    def line(self, start: int, wide: int) -> int:
        return start + self.by

    def flips(self, icon: str) -> bool:
        return False


def _node(node: Node, there: _Mirrored | _Moved) -> Node:
    children = tuple(_node(child, there) for child in node.children)
    return msgspec.structs.replace(node, box=there.box(node.box), children=children)


def _mark(mark: Mark, there: _Mirrored | _Moved) -> Mark:
    match mark:
        case Glyphs(x=x, line=(start, wide)):
            begins = there.line(start, wide)
            return msgspec.structs.replace(mark, x=x - start + begins, line=(begins, wide))
        case IconMark(box=box, name=name, flipped=flipped):
            return msgspec.structs.replace(mark, box=there.box(box), flipped=flipped is not there.flips(name))
        case Fill(box=box) | Gradient(box=box) | Vector(box=box) | Page(box=box) | Camera(box=box) | Signs(box=box):
            return msgspec.structs.replace(mark, box=there.box(box))
