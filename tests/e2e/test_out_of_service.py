"""Pauses on the real screen: the whole kiosk, an item, a device, each with a reason and an end, told before the card."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from kiosk.demo.glass import controls
from kiosk.locales.staff import tell
from tests.support.house import House
from tests.support.on_shift import OnShift
from tests.support.walk import Walk

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

ITEM = "打印参保证明"


async def paused(staffed: House, what: str, *, reason: str = "设备正在维修") -> OnShift:
    """Pause something for the shortest time that is offered."""
    staff = OnShift(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.pausing"), "staff_pausing")
    await staff.touch(what, "staff_pausing_why")
    await staff.touch(reason, "staff_pausing_until")
    first = next(each["name"] for each in controls(await staffed.glass.screen()))
    await staff.touch(first, "staff_pausing")
    return staff


async def resumed(staffed: House, what: str) -> None:
    staff = OnShift(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.pausing"), "staff_pausing")
    await staff.touch(what, "staff_pausing_resume")
    await staff.touch(tell("pausing.resume_yes"), "staff_pausing")
    await staff.leaves()


async def test_the_whole_kiosk_says_why_until_when_and_where_else_and_staff_still_come_in(staffed: House) -> None:
    staff = await paused(staffed, tell("pausing.kiosk"))
    await staff.leaves("out_of_service")
    await staffed.glass.says("暂停服务", "设备正在维修", "恢复", "示例区政务服务中心 3 号窗口", "0000-12345678")
    await staffed.glass.touch("叫人帮忙")
    await staffed.glass.wait_for("help")
    await staffed.glass.touch(Walk(staffed).say("help.go_on"))
    await staffed.glass.wait_for("out_of_service")
    await resumed(staffed, tell("pausing.kiosk"))
    await staffed.glass.wait_for("idle")


async def test_it_is_on_the_disk_with_its_end_and_who_began_it(staffed: House) -> None:
    staff = await paused(staffed, tell("pausing.kiosk"))
    await staff.leaves("out_of_service")
    kept = staffed.stage / "state" / "pauses.json"
    (pause,) = json.loads(kept.read_bytes())
    assert pause["until"] > time.time()
    assert pause["by"] == "T-0001"
    await resumed(staffed, tell("pausing.kiosk"))
    assert json.loads(kept.read_bytes()) == []


async def test_a_paused_item_is_marked_and_led_elsewhere_before_the_card(staffed: House) -> None:
    staff = await paused(staffed, ITEM, reason="办事系统正在升级")
    await staff.leaves()
    walk = Walk(staffed)
    await walk.to_choice()
    await staffed.glass.says(ITEM, "办事系统正在升级", "恢复")
    await walk.touch(ITEM, "guide")
    await walk.touch("guide.start", "cannot")
    await staffed.glass.says(
        "这件事", "暂停", "办事系统正在升级", "还没有读取您的任何信息。您可以这样办:", "0000-12345678"
    )
    await walk.leaves()
    await resumed(staffed, ITEM)
    await walk.to_card()
    await walk.leaves()


async def test_a_paused_device_is_as_if_it_were_not_there(staffed: House) -> None:
    staff = await paused(staffed, "凭条打印机")
    await staff.leaves()
    walk = Walk(staffed)
    await walk.to_guide()
    await walk.touch("guide.start", "precheck_limited")
    await staffed.glass.says("凭条打印机", "暂停", "设备正在维修")
    await walk.touch("precheck.go_on", "card")
    await walk.leaves()
    await resumed(staffed, "凭条打印机")
    assert not (await staffed.glass.state())["outbox"] or await asyncio.wait_for(staffed.delivered(), 20)
