"""Makes the pictures of replacing.md: a technician replaces a reader on a kiosk of the demo's stage, before a virtual screen.

    .venv/bin/python docs/take_wizard_pictures.py

Every picture is of the glass, as the technician sees it; nothing is drawn for them.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image

from drivers import registry
from kiosk.demo.glass import Glass
from kiosk.demo.roster import demo_profile
from kiosk.demo.standing import standing
from kiosk.demo.technician import Technician
from kiosk.maintenance.rights import Role
from kiosk.shell.display import virtual_display
from kiosk.voice.messages import NO_CARD

TARGET = Path(__file__).parent / "pictures" / "staff"
WIDTH = 300
COLOURS = 128

PICTURES = {
    "replace-1-choose": "staff_replace_choose",
    "replace-2-unplug": "staff_replace_unplug",
    "replace-3-plug": "staff_replace_plug",
    "replace-4-driver": "staff_replace_driver",
    "replace-4-setting": "staff_replace_setting",
    "replace-5-ready": "staff_replace_ready",
    "replace-5-present": "staff_replace_test-present",
    "replace-5-withdraw": "staff_replace_test-withdraw",
    "replace-5-unplug": "staff_replace_test-unplug",
    "replace-5-replug": "staff_replace_test-replug",
    "replace-6-result": "staff_replace_result",
    "replace-6-end": "staff_replace_end",
}
"""The picture's name, and the screen that it is of."""


async def walk(folder: Path, display: str) -> str:
    """Replace the reader; return how many touches and seconds it took."""
    loop = asyncio.get_running_loop()
    options = {"id_reader": {"radio_seconds": 0.9}, "spare_reader": {"radio_seconds": 0.9}}
    silent = {"sound": {"speaker": NO_CARD}}
    spares = {"spare_reader": "sdt_usb"}
    async with standing(folder / "stage", seed=7, dock_port=0, options=options, profile=silent, spares=spares) as stand:
        glass = Glass(stand.dock, display)
        staff = next(each for each in stand.stage.staff.people if each.role is Role.TECHNICIAN)
        who = Technician(glass, staff, folder)
        try:
            began = loop.time()
            await who.comes_in()
            await who.begins("身份证阅读器")
            await who.swaps("id_reader", "spare_reader")
            await who.to_test(registry.manifests()["sdt_usb"].title, "演示用的代替品")
            await who.tests("spare_reader")
            await who.signs()
            return f"{who.touches} touches, {loop.time() - began:.0f} s"
        finally:
            await glass.aclose()


def main() -> int:
    """Write every picture, small."""
    with tempfile.TemporaryDirectory() as name, virtual_display(demo_profile().panel.px) as display:
        os.environ["DISPLAY"] = display
        folder = Path(name)
        sys.stdout.write(f"{asyncio.run(walk(folder, display))}\n")
        TARGET.mkdir(parents=True, exist_ok=True)
        for picture, screen in PICTURES.items():
            with Image.open(folder / f"{screen}.png") as shot:
                small = shot.convert("RGB").resize(
                    (WIDTH, round(shot.height * WIDTH / shot.width)), Image.Resampling.LANCZOS
                )
                small.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, kmeans=1, dither=Image.Dither.NONE).save(
                    TARGET / f"{picture}.png", optimize=True
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
