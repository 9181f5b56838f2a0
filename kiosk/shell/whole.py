"""A block that takes the whole panel: a colour to look for dead points on, or a cross to aim a finger at."""

from __future__ import annotations

from kiosk.screens.parts import Whole
from kiosk.shell import vectors
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Style
from kiosk.shell.marks import Answers, Box, Fill, Mark, Node, Part, Role, Target, Vector

_CROSS_SHARE = 1.2
"""Of the cross, in heights of an action's icon."""
_TEXT_AT = 0.3
_TEXT_AWAY = 0.42
"""Where the words stand, in shares of the height: where no cross is."""


def parts(block: Whole, kit: Kit) -> tuple[Part, ...]:
    """One part, the size of the panel. The words of a cross stand away from it; a colour has none."""
    panel = Box(0, 0, kit.width, kit.height)
    marks: list[Mark] = [
        Fill(panel, kit.colour.surface if block.colour is None else "#{:02x}{:02x}{:02x}".format(*block.colour))
    ]
    children: tuple[Node, ...] = ()
    if block.cross is not None:
        x, y = round(block.cross[0] * kit.width), round(block.cross[1] * kit.height)
        size = round(kit.length.icon_big * _CROSS_SHARE)
        at = Box(x - size // 2, y - size // 2, size, size)
        marks.append(Vector(at, vectors.cross(size, kit.colour.primary, kit.length.line)))
        style = Style(kit.ink.heading, bold=True, leading=1.35)
        words = kit.set(block.name, style, kit.width - 2 * kit.length.margin, balanced=True)
        top = round(kit.height * (_TEXT_AT if abs(block.cross[1] - _TEXT_AT) > _TEXT_AWAY / 2 else 1 - _TEXT_AT))
        drawn, node = put(
            words, kit.length.margin, top, kit.colour.ink, width=panel.w - 2 * kit.length.margin, align="centre"
        )
        marks.extend(drawn)
        children = (node,)
    node = Node(Role.BUTTON, block.name, panel, actions=("press",), children=children)
    return (Part("whole", node, tuple(marks), Target(panel, Answers(block.id, with_place=True), 0)),)
