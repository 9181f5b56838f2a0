"""What must hold of every reply of `GET /screen` (docs/screen-tree.md): its keys, and each control named, large, on the panel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from kiosk.demo.glass import Node, nodes
from kiosk.locales import languages, own_name

_SCREEN_KEYS = {"screen", "mode", "theme", "layout", "language", "panel", "tree"}
_NODE_KEYS = {"role", "name", "value", "enabled", "bounds_px", "bounds_mm", "text_mm", "actions", "children", "focused"}
_TOUCHED = {"button", "checkbox", "textbox"}
_LEAST_MM = {"standard": 16.0, "elder": 20.0}
_ROUNDING_MM = 0.05
_CHINESE_OR_KEY = re.compile(r"[\u4e00-\u9fff]|^[0-9]$")
_LANGUAGES = {own_name(language) for language in languages()}
"""A language is called what its speakers call it, on every screen."""


def faults(screen: dict[str, Any]) -> Iterator[str]:
    """Yield what is wrong with one reply, in a line each."""
    if missing := _SCREEN_KEYS - set(screen):
        yield f"keys {sorted(missing)} are missing"
        return
    where = f"{screen['screen']} ({screen['mode']})"
    if (screen["theme"], screen["layout"], screen["language"]) != ("light", "normal", "zh-Hans"):
        yield f"{where}: theme, layout, language are not as told"
    for node in nodes(screen):
        if set(node) != _NODE_KEYS:
            yield f"{where}: a node has the keys {sorted(node)}"
        elif node["role"] in _TOUCHED or node["actions"]:
            yield from (f"{where}: 「{node['name']}」 {fault}" for fault in _control(node, screen))


def _control(node: Node, screen: dict[str, Any]) -> Iterator[str]:
    (x, y, width, height), panel = node["bounds_px"], screen["panel"]
    if not _CHINESE_OR_KEY.search(node["name"]) and node["name"] not in _LANGUAGES:
        yield "has no name in the visitor's language"
    if x < 0 or y < 0 or x + width > panel["px"][0] or y + height > panel["px"][1]:
        yield f"lies outside the panel: {node['bounds_px']}"
    scale = [panel["mm"][0] / panel["px"][0], panel["mm"][1] / panel["px"][1]] * 2
    real = [pixels * each for pixels, each in zip(node["bounds_px"], scale, strict=True)]
    if any(abs(told - is_) > _ROUNDING_MM for told, is_ in zip(node["bounds_mm"], real, strict=True)):
        yield f"says {node['bounds_mm']} mm, which is {real}"
    if min(real[2:]) < _LEAST_MM[screen["mode"]] - _ROUNDING_MM:
        yield f"is {real[2]:.1f} x {real[3]:.1f} mm, too small for a finger"
    lone = [each for each in nodes(screen) if each["role"] == "textbox"] == [node]  # always the one that is typed into
    if not lone and node["enabled"] != bool(node["actions"]):
        yield "is enabled without an action, or the other way round"
