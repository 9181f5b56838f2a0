"""The one-tap test on devices that speak their real protocols to an emulator: what it finds, and what it does not claim."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DeviceClient
from drivers.contract.receipt_printer import Line
from drivers.registry import manifests
from kiosk.demo.emulators import Emulators
from kiosk.maintenance.devices import checks
from kiosk.maintenance.devices.checks import Finding, Verdict

STRIP = (Line(text="测试"),)


async def examined(folder: Path, driver: str, *verbs: tuple[str, dict[str, Any]]) -> tuple[list[Finding], list[str]]:
    """Stand an emulator up, do something to it, test what the driver makes of it. What was found, what a person was told."""
    emulators, told = Emulators(), list[str]()
    await emulators.start()
    try:
        settings = await emulators.create("one", driver, folder)
        for verb, arguments in verbs:
            await emulators.do("one", verb, **arguments)
        client = DeviceClient("one", manifests()[driver].device_class, driver, settings, production=False)
        await client.start()
        await client.settled(10)
        for _ in range(200):
            if client.snapshot.status is not None or client.snapshot.fault is not None:
                break
            await asyncio.sleep(0.05)
        before = getattr(client.snapshot.status, "outputs", ())
        found = [each async for each in checks.findings(client, STRIP, told.append)]
        for _ in range(40):
            if getattr(client.snapshot.status, "outputs", ()) == before:
                break
            await asyncio.sleep(0.05)
        assert getattr(client.snapshot.status, "outputs", ()) == before, "everything is as it was"
        await client.stop()
        return found, told
    finally:
        await emulators.stop()


def verdicts(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(each.what, each.verdict.value, each.code) for each in found]


def test_lights_are_switched_on_and_off_and_no_lock_is_moved(tmp_path: Path) -> None:
    found, _ = asyncio.run(examined(tmp_path, "modbus_io"))
    assert found[0] == Finding("status", Verdict.PASSED)
    switched = {each.value for each in found[1:]}
    assert switched
    assert not {name for name in switched if "lock" in name}
    assert {each.verdict for each in found} == {Verdict.PASSED}


def test_no_card_is_no_fault_of_the_reader_and_nothing_that_was_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "HAND_SECONDS", 0.6)
    found, told = asyncio.run(examined(tmp_path, "sdt_serial"))
    assert verdicts(found) == [("status", "passed", ""), ("card", "skipped", "nothing_there")]
    assert told == ["card"]


def test_a_device_that_does_not_answer_fails_and_nothing_more_is_asked_of_it(tmp_path: Path) -> None:
    found, _ = asyncio.run(examined(tmp_path, "sdt_serial", ("unplug", {})))
    assert [each.verdict for each in found] == [Verdict.FAILED]
    assert found[0].code


def test_an_empty_printer_fails_by_its_own_word(tmp_path: Path) -> None:
    assert verdicts(asyncio.run(examined(tmp_path, "ipp", ("empty", {})))[0]) == [("status", "failed", "paper_out")]


def test_what_a_test_would_move_is_not_called_well(tmp_path: Path) -> None:
    found, _ = asyncio.run(examined(tmp_path, "ipp"))
    assert verdicts(found) == [("status", "passed", ""), ("more", "skipped", "not_tried")]
