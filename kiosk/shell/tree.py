"""The accessibility tree of a laid-out screen; docs/screen-tree.md describes it."""

from __future__ import annotations

from typing import Any

from kiosk.screens.protocol import Panel
from kiosk.shell.marks import Node, Part, Region, Role, around
from kiosk.shell.template import Laid

_ROLES = {
    Region.HEADER: Role.BANNER,
    Region.CONTENT: Role.MAIN,
    Region.ACTIONS: Role.ACTIONS,
    Region.BAR: Role.NAVIGATION,
}

Tree = list[dict[str, Any]]


def tree(laid: Laid, panel: Panel, focus: Node | None = None) -> Tree:
    """One node for each region that has parts; its children are the parts in reading order. `focus`: where the key pad is."""
    return [_region(region, parts, panel, focus) for region, parts in laid.parts if parts]


def _region(region: Region, parts: tuple[Part, ...], panel: Panel, focus: Node | None) -> dict[str, Any]:
    whole = around([part.node.box for part in parts])
    # The first part of header and bar is their ground: it gives the region its box and is no node of its own.
    nodes = [part.node for part in parts if part.node.role not in (Role.BANNER, Role.NAVIGATION)]
    return _node(Node(_ROLES[region], "", whole, children=tuple(nodes)), panel, focus)


def _node(node: Node, panel: Panel, focus: Node | None) -> dict[str, Any]:
    across, down = panel.mm[0] / panel.px[0], panel.mm[1] / panel.px[1]
    box = node.box
    return {
        "role": str(node.role),
        "name": node.name,
        "value": node.value,
        "enabled": node.enabled,
        "focused": node is focus,
        "bounds_px": [box.x, box.y, box.w, box.h],
        "bounds_mm": [round(n * s, 2) for n, s in zip((box.x, box.y, box.w, box.h), (across, down) * 2, strict=True)],
        "text_mm": None if node.ink is None else round(node.ink * down, 2),
        "actions": list(node.actions) if node.enabled else [],
        "children": [_node(child, panel, focus) for child in node.children],
    }
