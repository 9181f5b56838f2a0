"""The layout of a language that is written from right to left: everything on the other side, nothing itself turned round.

Lines keep the order of what stands in them, drawings show the machine as it is, and only arrows point the other way.
"""

from __future__ import annotations

import msgspec

from kiosk.shell.marks import Box, Camera, Fill, Glyphs, Gradient, IconMark, Mark, Node, Page, Part, Signs, Vector

_ARROWS = frozenset({"back", "leave"})
"""Icons that point along the direction of reading."""


def mirrored(part: Part, width: int) -> Part:
    """Return the part as it stands in a mirrored layout of this width in pixels."""
    target = part.target
    return msgspec.structs.replace(
        part,
        node=_node(part.node, width),
        marks=tuple(_mark(mark, width) for mark in part.marks),
        target=None if target is None else msgspec.structs.replace(target, box=_box(target.box, width)),
    )


def _box(box: Box, width: int) -> Box:
    return Box(width - box.right, box.y, box.w, box.h)


def _node(node: Node, width: int) -> Node:
    children = tuple(_node(child, width) for child in node.children)
    return msgspec.structs.replace(node, box=_box(node.box, width), children=children)


def _mark(mark: Mark, width: int) -> Mark:
    match mark:
        case Glyphs(x=x, line=(start, wide)):
            return msgspec.structs.replace(mark, x=x - start + width - start - wide, line=(width - start - wide, wide))
        case IconMark(box=box, name=name, flipped=flipped):
            return msgspec.structs.replace(mark, box=_box(box, width), flipped=flipped is not (name in _ARROWS))
        case Fill(box=box) | Gradient(box=box) | Vector(box=box) | Page(box=box) | Camera(box=box) | Signs(box=box):
            return msgspec.structs.replace(mark, box=_box(box, width))
