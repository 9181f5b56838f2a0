"""A visitor who asks for sign language: a clip beside the question, an interpreter on the help screen, nothing for the next one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.demo.glass import nodes
from kiosk.sandbox.interpreter import Interpreter, answering
from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

PATIENCE = 30.0


def place(screen: dict[str, Any]) -> list[int] | None:
    """Where the place for sign language is."""
    found = [node["bounds_px"] for node in nodes(screen) if (node["name"], node["role"]) == ("手语", "image")]
    return found[0] if found else None


async def seen(house: House, path: Path, red: bool) -> None:
    """Wait until the place shows a picture whose ground is the clip's red, or the interpreter's blue."""
    give_up = time.monotonic() + PATIENCE
    while True:
        box = place(await house.glass.screen())
        if box is not None:
            await house.glass.picture(path)
            with Image.open(path) as picture:
                r, _, b = picture.convert("RGB").getpixel((box[0] + box[2] // 2, box[1] + box[3] - 12))  # type: ignore[misc]
            if (r > 2 * b) if red else (b > 2 * r):
                return
        assert time.monotonic() < give_up, f"nobody signs at {box}"
        await asyncio.sleep(0.1)


async def test_sign_language_stands_beside_the_screen_from_when_it_is_asked_for_until_the_visit_ends(
    hasty: House, tmp_path: Path
) -> None:
    walk = Walk(hasty)
    await hasty.glass.touch(walk.say("tools.signs"))
    await hasty.until(lambda state: bool(hasty.audit("signs")))
    await hasty.glass.until_there(walk.say("idle.standard"))
    await walk.to_choice()
    await seen(hasty, tmp_path / "clip.png", red=True)
    async with answering(hasty.root / "interpreter", Interpreter(answers=0.2)) as interpreter:
        await walk.touch("bar.help", "help")
        await seen(hasty, tmp_path / "interpreter.png", red=False)
        await walk.touch("help.go_on", "choose")
        await seen(hasty, tmp_path / "again.png", red=True)
        await hasty.until(lambda state: interpreter.talking == 0)
        assert len(interpreter.calls) == 1
    await walk.touch("bar.leave", "idle")
    await walk.to_choice()
    assert place(await hasty.glass.screen()) is None, "somebody else has come"
    await walk.leaves()
