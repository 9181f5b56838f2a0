"""`python -m kiosk.shell.gallery --out DIR [--mode elder] [--theme night]`: a picture and a tree of every sample screen."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from drivers.link import memfd
from kiosk.screens.parts import Live, Pages
from kiosk.screens.protocol import LiveFrame
from kiosk.screens.screen import Layout, Look, Mode, Screen, Theme
from kiosk.shell.bench import DEMO_PANEL, Bench, as_json, bench
from kiosk.shell.display import virtual_display
from kiosk.shell.samples import PAGE, samples

_CAMERA = (480, 640)
_MOTION = 0.7
"""Seconds of motion before the picture is taken."""


def page(width: int, height: int) -> bytes:
    """A page of grey lines on white, RGB."""
    row = bytearray(b"\xff" * width * 3)
    line = bytearray(row)
    line[width // 8 * 3 : width * 7 // 8 * 3] = b"\x9a" * (width * 7 // 8 - width // 8) * 3
    rows = [
        line if y > height // 10 and y % (height // 24) < height // 90 and y < height * 0.8 else row
        for y in range(height)
    ]
    return b"".join(rows)


def camera(width: int, height: int) -> bytes:
    """A head and shoulders in three greys, RGB; brighter on the left, so that mirroring shows."""
    pixels = bytearray()
    for y in range(height):
        for x in range(width):
            head = ((x - width / 2) / (width * 0.2)) ** 2 + ((y - height * 0.45) / (height * 0.22)) ** 2 < 1
            body = ((x - width / 2) / (width * 0.42)) ** 2 + ((y - height) / (height * 0.36)) ** 2 < 1
            grey = 190 if head else 90 if body else 215 - 60 * x // width
            pixels += bytes((grey, grey, min(255, grey + 12)))
    return bytes(pixels)


async def _shoot(at: Bench, screen: Screen, look: Look, path: Path) -> None:
    fds = [memfd.seal(page(*PAGE)) for block in screen.blocks if isinstance(block, Pages) for _ in block.sizes]
    tree = await at.show(screen, look, fds)
    if any(isinstance(block, Live) for block in screen.blocks):
        at.send(LiveFrame(width=_CAMERA[0], height=_CAMERA[1]), [memfd.seal(camera(*_CAMERA))])
    await asyncio.sleep(_MOTION)
    await at.picture(path.with_suffix(".png"))
    path.with_suffix(".json").write_bytes(as_json(tree))


async def _gallery(out: Path, look: Look, only: str) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with virtual_display(DEMO_PANEL.px) as display:
        async with bench(display) as at:
            for number, screen in enumerate(samples(look.mode), start=1):
                if only in screen.name:
                    await _shoot(at, screen, look, out / f"{number:02}-{screen.name}-{look.mode}")


def main() -> None:
    """Write the gallery."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.STANDARD)
    parser.add_argument("--theme", type=Theme, choices=list(Theme), default=Theme.LIGHT)
    parser.add_argument("--layout", type=Layout, choices=list(Layout), default=Layout.NORMAL)
    parser.add_argument("--only", default="", help="part of a screen's name")
    given = parser.parse_args()
    asyncio.run(_gallery(given.out, Look(mode=given.mode, theme=given.theme, layout=given.layout), given.only))


if __name__ == "__main__":
    main()
