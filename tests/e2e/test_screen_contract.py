"""`GET /screen`: the keys that others build on, and nothing that can be touched outside its tree.

That every control is named, large enough and on the panel is judged after each test, for each screen that came by (conftest).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.demo.glass import controls
from kiosk.screens.screen import Mode
from tests.e2e.conftest import Walked
from tests.support import contract
from tests.support.house import House
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

STEP_MM = 15.0
"""Between two touches of the sweep: no control of 16 mm escapes it."""


async def test_the_reply_has_the_promised_keys(kiosk: House) -> None:
    screen = await kiosk.glass.screen()
    assert (screen["screen"], screen["mode"], screen["theme"], screen["layout"]) == (
        "idle",
        "standard",
        "light",
        "normal",
    )
    assert screen["language"] == "zh-Hans"
    assert screen["panel"] == {"px": [1080, 1920], "mm": [268.0, 476.0]}
    assert {each["name"] for each in controls(screen)} == {
        "大字语音版",
        "标准版",
        "叫人帮忙",
        "语音提示",
        "English",
    }


async def test_every_screen_of_both_visits_keeps_the_contract(walked: list[Walked]) -> None:
    shown = [screen for visit in walked for screen in visit.shown]
    assert {screen["mode"] for screen in shown} == set(Mode)
    assert [fault for screen in shown for fault in contract.faults(screen)] == []


async def test_nothing_outside_the_tree_can_be_touched(kiosk: House) -> None:
    walk = Walk(kiosk, Mode.ELDER)
    await walk.to_guide()
    await sweep(walk)
    await walk.touch("guide.start", "card")
    await walk.place()
    await kiosk.glass.wait_for("face_consent")
    await sweep(walk)
    await walk.leaves()


async def sweep(walk: Walk) -> None:
    """Touch everywhere but on the controls, then ask for help: that must be the first touch that is answered."""
    before = await walk.glass.screen()
    places = list(beside_the_controls(before))
    assert len(places) > 100
    touches = [word for x, y in places for word in ("mousemove", str(x), str(y), "mousedown", "1", "mouseup", "1")]
    environment = {**os.environ, "DISPLAY": walk.house.display}
    finger = await asyncio.create_subprocess_exec("xdotool", *touches, env=environment)
    assert await finger.wait() == 0
    helped = await walk.touch("bar.help", "help")
    assert helped["number"] == before["number"] + 1
    after = await walk.touch("help.go_on", before["screen"])
    assert after["number"] == before["number"] + 2
    assert after["tree"][1:] == before["tree"][1:], "all but the clock is as it was"


def beside_the_controls(screen: dict[str, Any]) -> Iterator[tuple[int, int]]:
    (width, height), (across, down) = screen["panel"]["px"], screen["panel"]["mm"]
    boxes = [each["bounds_px"] for each in controls(screen)]
    for y in range(4, height, round(STEP_MM * height / down)):
        for x in range(4, width, round(STEP_MM * width / across)):
            if not any(left <= x < left + wide and top <= y < top + high for left, top, wide, high in boxes):
                yield x, y
