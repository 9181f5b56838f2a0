"""The real window shows what was laid out and measured without one: the same tree, page after page.

What every screen must hold is measured in test_gates_layout.py, for the whole matrix, without a window.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from drivers.link import memfd
from kiosk.screens.parts import Pages
from kiosk.screens.protocol import TreeIs
from kiosk.screens.screen import Layout, Look, Mode, Screen, Theme
from kiosk.shell.bench import DEMO_PANEL, Bench
from kiosk.shell.samples import PAGE, samples
from kiosk.shell.samples.pictures import page_rgb
from kiosk.shell.studio import lay, letters
from kiosk.shell.tree import tree
from tests.kiosk.shell.test_gates_layout import stretched

pytestmark = pytest.mark.screen

LETTERS = letters()
LOOKS = {
    "idle": Look(theme=Theme.NIGHT),
    "review": Look(mode=Mode.ELDER, language="zh-Hant"),
    "keeper": Look(layout=Layout.LOW_REACH),
    "rate": Look(mode=Mode.ELDER, language="en", theme=Theme.HIGH_CONTRAST),
}

Node = dict[str, Any]


def without_clock(nodes: list[Node]) -> list[Node]:
    """The header is left out: its clock goes, and the place stands where the clock lets it."""
    return [node for node in nodes if node["role"] != "banner"]


def computed(screen: Screen, look: Look, page: int = 0) -> list[Node]:
    laid, _ = lay(screen, look, DEMO_PANEL, LETTERS, page=page)
    return without_clock(tree(laid, DEMO_PANEL))


@pytest.mark.parametrize("name", LOOKS)
def test_the_window_publishes_what_was_laid_out(at: Bench, run: Any, name: str) -> None:
    look = LOOKS[name]
    screen = next(each for each in samples(look.mode, look.language) if each.name == name)
    fds = [memfd.seal(page_rgb(*PAGE)) for block in screen.blocks if isinstance(block, Pages) for _ in block.sizes]
    try:
        shown = run(at.show(screen, look, fds)).tree
    finally:
        for fd in fds:
            os.close(fd)
    assert without_clock(shown) == computed(screen, look)


def find_next(nodes: list[Node]) -> Node | None:
    for node in nodes:
        if node["name"] == "下一页" and node["enabled"] and node["role"] == "button":
            return node
        found = find_next(node["children"])
        if found:
            return found
    return None


def test_pages_are_turned_by_touch(at: Bench, run: Any) -> None:
    screen, look = next(each for each in stretched("zh-Hans") if each.name == "tiles"), Look(mode=Mode.ELDER)
    shown, page = run(at.show(screen, look)).tree, 0
    while (turner := find_next(shown)) is not None:
        x, y, w, h = turner["bounds_px"]
        before = shown
        run(at.touch(x + w // 2, y + h // 2))
        while shown == before:
            shown = run(at.hear_of(TreeIs)).tree
        page += 1
        assert without_clock(shown) == computed(screen, look, page)
    assert page >= 2
