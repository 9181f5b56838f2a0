"""Draws the pictures of the manual for setting up (docs/site.md): a whole set-up is walked by a script on emulated devices, and its
screens are painted as the panel would show them. `python docs/draw_setup.py` writes docs/pictures/staff/setup-*.png; with a folder
as argument every screen on every panel, to be looked at."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

import msgspec
from PIL import Image

from kiosk.screens.screen import Screen
from kiosk.setup.folder import SetupFolder
from kiosk.setup.work import Machine, Work
from kiosk.shell import album
from kiosk.shell.studio import Studio

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.new_machine import new_machine
from tests.support.set_up import UNTOLD, every_screen, walked

HERE = Path(__file__).parent / "pictures" / "staff"
WIDTH = 400
COLOURS = 128
PANELS = ("portrait_21", "portrait_15", "landscape_21")
IN_THE_MANUAL = (
    "welcome",
    "ruler",
    "languages",
    "place",
    "type_name",
    "network",
    "reached",
    "devices",
    "device",
    "code",
    "enrolled",
    "pin",
    "summary",
    "checked",
    "done",
)
"""The last picture of each of these screens,"""

AS_IT_BEGINS = ("code", "pin")
"""or the first, where what comes later tells of a mistake."""

SHOWN_AS = (
    (rb"http://127[.]0[.]0[.]1:[0-9]+", b"https://platform.example"),
    (rb'/tmp/[^"/]+/kiosk', b"/var/lib/kiosk/site"),
    (rb"Kiosk Setup A4 [0-9]+", b"LaserPrinter A4"),
)
"""What is different with every drawing, and what stands for it."""


async def screens(folder: Path) -> list[Screen]:
    """Walk; return what was shown, repetitions left out."""
    async with new_machine(folder) as machine:
        stick = folder / "stick"
        stick.mkdir()
        work = Work.taken_up(SetupFolder(folder / "kiosk"), Machine(sources=machine.sources, sticks=lambda: (stick,)))
        script = every_screen(machine.sandbox.address, machine.sandbox.new_code("QQ-0001"))
        _, window = await walked(work, script, UNTOLD)
    shown: list[Screen] = []
    for screen in window.shown:
        if screen not in shown:
            shown.append(screen)
    return shown


def for_everybody(screen: Screen) -> Screen:
    """The same screen with nothing on it that only this drawing has."""
    raw = msgspec.json.encode(screen)
    for what, instead in SHOWN_AS:
        raw = re.sub(what, instead, raw)
    return msgspec.json.decode(raw, type=Screen)


def main() -> int:
    """Draw."""
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(screens(Path(folder)))
    if len(sys.argv) > 1:
        album.draw(Path(sys.argv[1]), found, PANELS)
        return 0
    HERE.mkdir(parents=True, exist_ok=True)
    last: dict[str, Screen] = {}
    for screen in map(for_everybody, found):
        name = screen.name.removeprefix("setup_")
        if name not in last or name not in AS_IT_BEGINS:
            last[name] = screen
    studio = Studio()
    for name in IN_THE_MANUAL:
        picture = album.pages(studio, last[name], PANELS[0])[0]
        small = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
            HERE / f"setup-{name}.png", optimize=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
