"""The devices' pages on the real screen: state that follows what is done to a device, the test, the restart, the last faults."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from kiosk.demo.glass import nodes
from kiosk.locales.staff import tell
from kiosk.logbook.store import Entry, Logbook
from tests.support.house import House
from tests.support.on_shift import OnShift

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

READER, CAMERA = "身份证阅读器", "摄像头"
PRINTER, SLIPS = "A4 打印机", "凭条打印机"


def entries(house: House, kind: str, device: str) -> list[Entry]:
    book = Logbook(house.stage / "state" / "logbook.sqlite")
    try:
        return book.entries(kind, subject=device)
    finally:
        book.close()


def acts(house: House) -> list[dict[str, Any]]:
    return [row.payload for row in house.audit("staff")]


async def at_device(house: House, title: str) -> OnShift:
    staff = OnShift(house)
    await staff.comes_in()
    await staff.touch(tell("home.devices"), "staff_devices")
    await staff.touch(title, "staff_device")
    return staff


async def test_the_tree_follows_a_reader_that_is_unplugged_and_plugged_in_again(staffed: House) -> None:
    staff, glass = OnShift(staffed), staffed.glass
    await staff.comes_in()
    screen = await staff.touch(tell("home.devices"), "staff_devices")
    number = screen["number"]
    await glass.says(READER, tell("devices.readiness_ready"))
    await glass.do("id_reader", "unplug")
    await glass.says(f"{tell('devices.state_gone')} · 设备没有接上,或接到了别的口")
    await glass.do("id_reader", "replug")
    await staffed.device("id_reader", readiness="ready")
    screen = await glass.says(READER)
    for _ in range(100):
        if tell("devices.state_gone") not in str([node["value"] for node in nodes(await glass.screen())]):
            break
        await staffed.until(lambda state: True)
    assert (await glass.screen())["number"] == number, "the screen amended itself, it was not asked anew"
    await staff.touch(READER, "staff_device")
    await staff.touch(tell("devices.faults"), "staff_device_faults")
    await glass.says("断开", "设备没有接上,或接到了别的口", "秒")
    away = entries(staffed, "link", "id_reader")
    assert [entry.body["link"] for entry in away] == ["gone", "here"], "once down, once up"
    await staff.leaves()


async def test_what_is_wrong_is_told_with_its_cure_and_how_long_it_lasts(staffed: House) -> None:
    await staffed.glass.do("a4_printer", "empty")
    await staffed.device("a4_printer", paper="out")
    staff = await at_device(staffed, PRINTER)
    await staffed.glass.says("纸用完了", "补充纸张", "paper_out")
    await staff.touch(tell("devices.faults"), "staff_device_faults")
    await staffed.glass.says(tell("devices.lasts"), "纸用完了")
    await staffed.glass.do("a4_printer", "load", sheets=50)
    await staffed.device("a4_printer", paper="ok")
    await staff.back("staff_device")
    await staffed.glass.says(tell("devices.readiness_ready"))
    await staff.leaves()


async def test_one_tap_tests_find_what_is_so_and_are_dated(staffed: House) -> None:
    glass = staffed.glass
    staff = await at_device(staffed, CAMERA)
    await staff.touch(tell("devices.test"), "staff_device_tested")
    await glass.says(tell("devices.test_passed"), "平均亮度")
    await glass.do("camera", "dark")
    await staff.touch(tell("devices.test_again"), "staff_device_tested")
    await glass.says(tell("devices.test_failed"), tell("devices.why_dark"))
    await glass.do("camera", "clear")
    await staff.touch(tell("devices.test_done"), "staff_device")
    tested = entries(staffed, "selftest", "camera")
    assert [entry.body["passed"] for entry in tested if "checks" in entry.body] == [True, False]
    await staff.back("staff_devices")
    await staff.touch(READER, "staff_device")
    await staff.touch(tell("devices.test"), "staff_device_testing")
    await glass.says(tell("devices.do_card"))
    await glass.do("visitor", "place", person="p1")
    await glass.wait_for("staff_device_tested")
    await glass.says(tell("devices.check_card"), tell("devices.verdict_passed"))
    await glass.do("visitor", "lift")
    assert staffed.person("p1").name not in str((await glass.screen())["tree"])
    await staff.touch(tell("devices.test_done"), "staff_device")
    await staff.back("staff_devices")
    slips = len(staffed.slips())
    await staff.touch(SLIPS, "staff_device")
    await staff.touch(tell("devices.test"), "staff_device_tested", seconds=40)
    await glass.says(tell("devices.check_strip"))
    assert "打印测试" in staffed.slips()[slips]
    await staff.leaves()
    assert [act["passed"] for act in acts(staffed) if act["act"] == "device.tested"][-4:] == [True, False, True, True]


async def test_a_device_is_restarted_and_says_more_for_a_time(staffed: House) -> None:
    staff = await at_device(staffed, CAMERA)
    pid = (await staffed.device("camera", link="here"))["pid"]
    await staff.touch(tell("devices.output"), "staff_device_output")
    await staff.touch(tell("devices.debug_on", minutes=10), "staff_device_output")
    await staffed.glass.says("status in")
    await staff.back("staff_device")
    await staffed.glass.touch(tell("devices.restart"))
    await staffed.until(
        lambda state: next(d for d in state["devices"] if d["name"] == "camera")["pid"] not in (pid, None)
    )
    await staffed.device("camera", readiness="ready")
    await staffed.glass.says(CAMERA, tell("devices.readiness_ready"))
    await staff.touch(tell("devices.output"), "staff_device_output")
    await staffed.glass.says("opened in", tell("devices.debug_off"))
    await staff.touch(tell("devices.debug_off"), "staff_device_output")
    await staffed.glass.until_there(tell("devices.debug_on", minutes=10))
    await staff.leaves()
    assert [act["act"] for act in acts(staffed)[-9:]].count("device.restarted") == 1


async def test_a_host_that_dies_again_and_again_is_listed_and_costs_nobody_else(staffed: House) -> None:
    for _ in range(3):
        device = await staffed.device("camera", link="here", seconds=20)
        if device["pid"]:
            os.kill(device["pid"], signal.SIGKILL)
        await staffed.until(
            lambda state, old=device["pid"]: (
                next(d for d in state["devices"] if d["name"] == "camera")["pid"] not in (old, None)
            )
        )
    await staffed.device("camera", readiness="ready", seconds=20)
    staff = OnShift(staffed)
    await staff.comes_in()
    await staff.touch(tell("home.devices"), "staff_devices")
    await staff.touch(tell("devices.faults"), "staff_device_faults")
    await staffed.glass.says(f"{tell('kinds.camera')}:{tell('devices.death')}", "驱动进程意外退出")
    await staff.leaves()
