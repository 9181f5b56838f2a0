"""Shows every sample in both modes again and again, as days of visitors do, and says after each round what is held:
`python -m tests.kiosk.shell.painted_often ROUNDS`. One JSON line a round: instructions and textures by kind, screens.

In a process of its own, because Kivy has one window a process. Python's collector is left as it is in the field.
"""

from __future__ import annotations

import gc
import json
import os
import sys

from kiosk.screens.parts import Pages
from kiosk.screens.screen import Look, Mode, Screen
from kiosk.shell import studio, window
from kiosk.shell.bench import DEMO_PANEL
from kiosk.shell.samples import samples
from kiosk.shell.samples.pictures import page_rgb
from tests.kiosk.shell.painted_twice import count


def main(rounds: int) -> None:
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    window.configure()
    opened = window.open_window(DEMO_PANEL, cursor=False)
    from kivy.base import EventLoop

    from drivers.link import memfd
    from kiosk.shell import textures
    from kiosk.shell.painter import Painter

    painter, letters = Painter(opened.canvas, DEMO_PANEL.px[1]), studio.letters()

    def show(screen: Screen, mode: Mode) -> None:
        pages = []
        for width, height in (size for block in screen.blocks if isinstance(block, Pages) for size in block.sizes):
            fd = memfd.seal(page_rgb(width, height))
            pages.append(textures.page(fd, width, height))
            os.close(fd)
        painter.begin(pages)
        painter.paint(studio.lay(screen, Look(mode=mode), DEMO_PANEL, letters)[0].all())
        EventLoop.idle()

    everything = [(screen, mode) for mode in Mode for screen in samples(mode)]
    for _ in range(rounds):
        for screen, mode in everything:
            show(screen, mode)
        show(Screen(name="empty", title=""), Mode.STANDARD)
        gc.collect()
        print(json.dumps({**count(), "screens": len(everything)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
