"""Paints one screen, then another, and says what is left of the first: `python -m tests.kiosk.shell.painted_twice`.

In a process of its own, because Kivy has one window a process. Python's collector is off: what goes here goes at once.
"""

from __future__ import annotations

import gc
import json

from kiosk import fonts
from kiosk.shell import window
from kiosk.shell.bench import DEMO_PANEL
from kiosk.shell.marks import Box, Fill, Glyphs, Gradient, Node, Part, Role

KINDS = ("Rectangle", "BorderImage", "VertexBatch", "Texture")


def part(name: str) -> Part:
    """A card with a line of letters on it, and a gradient."""
    box = Box(0, 0, 400, 100)
    marks = (
        Fill(box, "#ffffff", 8, "#000000", 2),
        Gradient(box, "#ff0000", "#00ff00"),
        Glyphs(20, 80, name, str(fonts.screen_regular().path), 40, "#000000"),
    )
    return Part(name, Node(Role.TEXT, name, box), marks)


def count() -> dict[str, int]:
    names = [type(each).__name__ for each in gc.get_objects()]
    return {kind: names.count(kind) for kind in KINDS}


def main() -> None:
    window.configure()
    opened = window.open_window(DEMO_PANEL, cursor=False)
    from kivy.base import EventLoop

    from kiosk.shell.painter import Painter

    gc.disable()
    painter = Painter(opened.canvas, DEMO_PANEL.px[1])
    found = []
    for names in (("无",), tuple("张三李四王五赵六"), ("无",)):
        painter.begin(())
        painter.paint([part(name) for name in names])
        EventLoop.idle()
        found.append(count())
    print(json.dumps(found))


if __name__ == "__main__":
    main()
