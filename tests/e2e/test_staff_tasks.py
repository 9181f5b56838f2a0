"""What staff do with their hands, on the real screen with the bench's fault verbs.

Refills (measured), cleaning, touch, camera, sound, clock, network, and a trial with a test card.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from kiosk.demo.glass import controls, nodes
from kiosk.journal.states import PrintState
from kiosk.locales import Phrasebook
from kiosk.locales.staff import tell
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.tasks.screen_touch import crosses_on
from kiosk.screens.protocol import Panel
from kiosk.shell.bench import DEMO_PANEL
from tests.support.house import House
from tests.support.on_shift import OnShift

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

HANDS_ON = 180.0
"""Seconds that a refill may take, hands and all."""


def acts(house: House) -> list[dict[str, Any]]:
    return [row.payload for row in house.audit("staff")]


class Counted(OnShift):
    """Counts its touches."""

    touches = 0

    async def touch(self, words: str, expected: str, *, seconds: float = 20.0) -> dict[str, Any]:
        self.touches += 1
        return await super().touch(words, expected, seconds=seconds)


async def test_a_keeper_refills_both_printers_from_what_is_wrong(staffed: House, record_property: Any) -> None:
    glass = staffed.glass
    await glass.do("receipt_printer", "paper", level="out")
    await glass.do("a4_printer", "empty")
    await staffed.device("receipt_printer", paper="out")
    await staffed.device("a4_printer", paper="out")
    staff = Counted(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.why"), "staff_why")
    began, sheets, slips = time.monotonic(), staffed.sheets_out(), len(staffed.slips())

    # A4: what is wrong, then the task; the printer senses and counts.
    await staff.touch(tell("why.of", device=tell("kinds.a4_printer"), what=tell("why.a4")), "staff_why_step")
    await staff.touch(tell("why.to_a4_paper"), "staff_a4_step")
    await glass.says(tell("paper.a4_open"))
    await staff.touch(tell("paper.done"), "staff_a4_step")
    screen = await glass.says(tell("paper.a4_load"), tell("paper.sensor_no_paper"))
    assert not [each for each in controls(screen) if each["name"] == tell("paper.done")], "a sensor tells"
    await glass.do("a4_printer", "load", sheets=300)
    await glass.wait_for("staff_clear", seconds=30)
    await staff.touch(tell("paper.clear"), "staff_a4_step")
    await glass.do("a4_printer", "take_paper")
    await glass.wait_for("staff_refilled")
    await staff.touch(tell("paper.to_tasks"), "staff_why")
    a4_seconds, a4_touches = time.monotonic() - began, staff.touches

    # The roll.
    began, staff.touches = time.monotonic(), 0
    await staff.touch(tell("why.of", device=tell("kinds.receipt_printer"), what=tell("why.roll")), "staff_why_step")
    await staff.touch(tell("why.to_receipt_roll"), "staff_roll_step")
    await glass.says(tell("paper.roll_open"), tell("paper.sensor_cover_closed"))
    await glass.do("receipt_printer", "cover", open=True)
    await glass.says(tell("paper.roll_lay"))
    await glass.do("receipt_printer", "paper", level="ok")
    await glass.says(tell("paper.roll_close"))
    await glass.do("receipt_printer", "cover", open=False)
    await glass.wait_for("staff_amount")
    await staff.touch(tell("paper.metres", metres=50), "staff_clear", seconds=30)
    await staff.touch(tell("paper.clear"), "staff_refilled")
    await staff.touch(tell("paper.to_tasks"), "staff_why")
    roll_seconds, roll_touches = time.monotonic() - began, staff.touches

    record_property("a4_seconds", round(a4_seconds, 1))
    record_property("a4_touches", a4_touches)
    record_property("roll_seconds", round(roll_seconds, 1))
    record_property("roll_touches", roll_touches)
    print(f"A4: {a4_touches} touches, {a4_seconds:.1f} s; roll: {roll_touches} touches, {roll_seconds:.1f} s")
    assert a4_touches <= 6
    assert roll_touches <= 5
    assert max(a4_seconds, roll_seconds) < HANDS_ON
    await glass.says(tell("why.well"))
    assert staffed.sheets_out() - sheets == 1, "one test page"
    assert len(staffed.slips()) - slips == 1, "one strip"
    refilled = [act for act in acts(staffed) if act["act"] == "paper.refilled"][-2:]
    assert [(act["device"], act.get("sheets"), act.get("metres")) for act in refilled] == [
        ("a4_printer", 300, None),
        ("receipt_printer", None, 50),
    ]
    assert staffed.operations()[-1].state is PrintState.REPORTED
    await staff.leaves()


async def test_the_screen_is_wiped_without_doing_anything(staffed: House) -> None:
    glass, staff = staffed.glass, OnShift(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.cleaning"), "staff_cleaning")
    await staff.touch(tell("cleaning.begin"), "staff_wipe_screen")
    await staff.touch(tell("cleaning.lock"), "staff_locked")
    began = time.monotonic()
    width, height = DEMO_PANEL.px
    for across in (0.1, 0.3, 0.5, 0.7, 0.9):
        for down in (0.1, 0.5, 0.95):
            await glass.touch_at(round(across * width), round(down * height), hold=0.02)
    screen = await glass.screen()
    assert screen["screen"] == "staff_locked"
    assert not [each for each in controls(screen) if each["enabled"]]
    await glass.wait_for("staff_wipe", seconds=limits().cleaning.wipe + 10)
    assert time.monotonic() - began > limits().cleaning.wipe - 8, "touches do not end it"
    await glass.touch(tell("cleaning.wiped"))
    while (await glass.wait_for("staff_wipe", "staff_cleaned"))["screen"] == "staff_wipe":
        await glass.touch(tell("cleaning.skip"))
        await asyncio.sleep(0.3)
    await staff.touch(tell("cleaning.to_tasks"), "staff_home")
    assert "screen" in next(act for act in reversed(acts(staffed)) if act["act"] == "cleaned")["wiped"]
    await staff.leaves()


async def _aim(staffed: House, panel: Panel, *, off_mm: float) -> None:
    """Touch each cross, so far off to the right."""
    glass = staffed.glass
    for number, (x, y) in enumerate(crosses_on(panel), start=1):
        await glass.says(tell("screen.cross", number=number, total=5))
        right = off_mm / panel.mm[0] * panel.px[0]
        sign = -1 if x > 0.7 else 1
        await glass.touch_at(round(x * panel.px[0] + sign * right), round(y * panel.px[1]))
    await glass.wait_for("staff_touch_result")


async def test_touches_are_measured_in_millimetres_on_the_glass(staffed: House) -> None:
    glass, staff, panel = staffed.glass, OnShift(staffed), DEMO_PANEL
    await staff.comes_in()
    await staff.touch(tell("home.screen_touch"), "staff_screen_touch")
    await glass.touch(tell("screen.begin"))
    for _ in limits().touch.colours:
        number = (await glass.wait_for("staff_colour"))["number"]
        await glass.touch_at(500, 900)
        await staffed.until_another(number)
    await staff.touch(tell("screen.no_spots"), "staff_cross")
    await _aim(staffed, panel, off_mm=1.0)
    await glass.says(tell("screen.passes"))
    await staff.touch(tell("screen.done"), "staff_home")
    checked = next(act for act in reversed(acts(staffed)) if act["act"] == "touch.checked")
    assert checked["passes"] is True
    assert all(0.7 <= each <= 1.3 for each in checked["off_mm"])

    await staff.touch(tell("home.screen_touch"), "staff_screen_touch")
    await staff.touch(tell("screen.touch_only"), "staff_cross")
    await _aim(staffed, panel, off_mm=12.0)
    await glass.says(tell("screen.off"), tell("screen.no_panel"))  # Xvfb has a pointer and no touch panel
    await staff.touch(tell("screen.done"), "staff_home")
    await staff.leaves()


async def test_camera_sound_clock_and_network_are_looked_at(staffed: House) -> None:
    glass, staff = staffed.glass, OnShift(staffed)
    await glass.do("camera", "show", who="astronaut")
    await staff.comes_in()
    await staff.touch(tell("home.camera"), "staff_camera")
    for _ in range(200):
        texts = [node["name"] for node in nodes(await glass.screen())]
        if any(text.startswith(("光线", "太", "背后")) for text in texts):
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError(texts)
    await staff.touch(tell("camera.good"), "staff_home")
    await staff.touch(tell("home.comfort"), "staff_comfort")
    await staff.touch(tell("comfort.night"), "staff_comfort_choose")
    await staff.touch(tell("comfort.percent", percent=15), "staff_comfort_choose")
    await staff.touch(tell("comfort.done"), "staff_comfort")
    await staff.touch(tell("frame.home"), "staff_home")
    assert ("night", 0.15) in [(act.get("level"), act.get("value")) for act in acts(staffed)]
    await staff.touch(tell("home.clock"), "staff_clock")
    await staff.touch(tell("frame.home"), "staff_home")
    await staff.touch(tell("home.network"), "staff_network")
    await glass.says(tell("network.well"))
    await glass.do("platform", "stop")
    await glass.touch(tell("network.again"))
    await glass.says(tell("network.bad"), tell("network.refused"))
    await glass.do("platform", "start")
    await glass.touch(tell("network.again"))
    await glass.says(tell("network.well"))
    await staff.touch(tell("frame.home"), "staff_home")
    await staff.leaves()


async def test_a_test_card_walks_the_whole_item_on_the_glass(staffed: House) -> None:
    glass, staff, say = staffed.glass, OnShift(staffed), Phrasebook()
    before = await staffed.platform()
    await staff.comes_in()
    await staff.touch(tell("home.trial"), "staff_trial")
    await staff.touch(tell("trial.begin"), "guide")
    await glass.says(tell("trial.header"))
    await staff_touch(staffed, say("guide.start"), "card")
    await glass.do("visitor", "place", person="p1")
    await glass.wait_for("face_consent")
    await glass.do("visitor", "face", who=staffed.person("p1").portrait)
    await staff_touch(staffed, say("face_consent.agree"), "licence_consent", seconds=40)
    await staff_touch(staffed, say("licence_consent.agree"), "review", seconds=30)
    await staff_touch(staffed, say("review.print"), "take_paper", seconds=60)
    await glass.do("visitor", "take_paper")
    await glass.wait_for("slip_question")
    await staff_touch(staffed, say("take.no_slip"), "take_card")
    await glass.do("visitor", "lift")
    if (await glass.wait_for("thanks", "staff_trialed"))["screen"] == "thanks":
        await staff_touch(staffed, say("thanks.done"), "staff_trialed")
    await glass.says(tell("trial.well"))
    await staff.touch(tell("trial.done"), "staff_home")
    await staff.leaves()
    after = await staffed.delivered()
    assert after["counts"]["ratings"] == before["counts"]["ratings"], "nobody's rating"
    trial = next(act for act in reversed(acts(staffed)) if act["act"] == "trial")
    assert trial["ending"] == "done"
    suspended = [row.payload["key"] for row in staffed.audit("post:suspend")]
    assert f"suspend:{trial['serial']}" in suspended


async def staff_touch(staffed: House, words: str, expected: str, *, seconds: float = 20.0) -> None:
    await staffed.glass.until_there(words)
    await staffed.glass.touch(words)
    await staffed.glass.wait_for(expected, seconds=seconds)
