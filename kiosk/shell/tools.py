"""The tools: small buttons for how the screen is shown. They stand at the right end of the header; in the low layout at the end
of the bar, because a seated person does not reach the header."""

from __future__ import annotations

from kiosk.screens.screen import Layout, Screen, Tool
from kiosk.shell.kit import Kit, put
from kiosk.shell.letters import Paragraph, Style
from kiosk.shell.marks import Answers, Box, Fill, Node, Part, Role, Target


def in_header(screen: Screen, kit: Kit) -> tuple[Tool, ...]:
    """The tools that stand in the header."""
    return () if kit.look.layout is Layout.LOW_REACH else screen.tools


def in_bar(screen: Screen, kit: Kit) -> tuple[Tool, ...]:
    """The tools that stand in the bar."""
    return screen.tools if kit.look.layout is Layout.LOW_REACH else ()


def width(tools: tuple[Tool, ...], kit: Kit) -> int:
    """Of all tools in a row, each with the gap before it."""
    return sum(_width(tool, kit) + kit.length.gap_close for tool in tools)


def place(tools: tuple[Tool, ...], kit: Kit, row: Box) -> list[Part]:
    """At the right end of the row, as high as it: how the screen is shown does not move while what it asks does."""
    found, right = [], row.right
    for tool in reversed(tools):
        wide = _width(tool, kit)
        found.append(_tool(tool, kit, Box(right - wide, row.y, wide, row.h)))
        right -= wide + kit.length.gap_close
    return found[::-1]


def _label(tool: Tool, kit: Kit) -> Paragraph:
    return kit.set(tool.label, Style(kit.ink.header, bold=True, leading=1.2), kit.width // 2)


def _width(tool: Tool, kit: Kit) -> int:
    return max(_label(tool, kit).width + 2 * kit.length.gap, kit.length.target)


def _tool(tool: Tool, kit: Kit, box: Box) -> Part:
    radius = kit.length.radius * 2 // 3
    frame = Fill(box, kit.colour.card, radius, kit.colour.edge, kit.length.edge)
    label = _label(tool, kit)
    x, y = box.x + (box.w - label.width) // 2, box.y + (box.h - label.height) // 2
    drawn, text = put(label, x, y, kit.colour.ink)
    enabled = not kit.draft.busy
    node = Node(Role.BUTTON, tool.label, box, enabled=enabled, ink=label.ink, actions=("press",), children=(text,))
    return Part(f"tool.{tool.id}", node, (frame, *drawn), Target(box, Answers(tool.id), radius))
