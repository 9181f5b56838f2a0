"""A UPS behind the real upsd: what is told, the commands, and everything on the way that can be missing or wrong."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from drivers.client import DeviceClient, Link, Snapshot
from drivers.contract import power_supply as contract
from drivers.contract.common import DeviceClass, Done, Readiness, Supported
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, Fault, FaultCode
from drivers.contract.power_supply import Battery, CancelTurnOff, SelfTest, Source, TurnOff
from drivers.emulators.ups import COMMANDS, UpsEmulator
from drivers.power_supply.nut import Nut

from .conftest import QUICK, Heard, Make, Power

pytestmark = pytest.mark.xdist_group("ups")

TOLD_WITHIN = 1.2
"""status_every, and what a probe takes."""


def codes(driver: Nut) -> list[FaultCode]:
    return [fault.code for fault in driver.status().faults]


def refused(driver: Nut, command: Any, heard: Heard) -> DeviceFault:
    with pytest.raises(DeviceFault) as caught:
        driver.perform(command, heard.call())
    return caught.value


def test_it_says_what_it_is_and_can(make_driver: Make) -> None:
    capabilities = make_driver().open()
    assert (capabilities.identity.maker, capabilities.identity.serial) == ("Kiosk Runtime", "999999-0001")
    abilities = (capabilities.charge, capabilities.runtime, capabilities.self_test, capabilities.delayed_off)
    assert abilities == (Supported.YES,) * 4


def test_a_power_cut_from_the_first_second_to_the_last(ups: UpsEmulator, driver: Nut) -> None:
    status = driver.status()
    assert (status.readiness, status.source, status.battery) == (Readiness.READY, Source.MAINS, Battery.OK)
    assert (status.charge, status.runtime, status.faults) == (100.0, 1800.0, ())
    ups.mains_fail()
    status = driver.status()
    assert (status.source, status.battery, codes(driver)) == (Source.BATTERY, Battery.OK, [FaultCode.ON_BATTERY])
    since = status.faults[0].since
    ups.battery_low()
    status = driver.status()
    assert (status.battery, status.charge, status.runtime) == (Battery.LOW, 8.0, 90.0)
    assert codes(driver) == [FaultCode.BATTERY_LOW, FaultCode.ON_BATTERY]
    assert status.faults[1].since == since
    ups.mains_return()
    assert (driver.status().source, codes(driver)) == (Source.MAINS, [])


def test_overload_and_a_worn_battery_are_told(ups: UpsEmulator, driver: Nut) -> None:
    ups.overload()
    assert (driver.status().readiness, codes(driver)) == (Readiness.FAULT, [FaultCode.POWER_OVERLOAD])
    ups.overload(False)
    ups.fault("worn")
    assert (driver.status().battery, codes(driver)) == (Battery.REPLACE, [FaultCode.BATTERY_WORN])


def test_stale_data_are_silence_and_never_well(ups: UpsEmulator, driver: Nut) -> None:
    ups.stale()
    with pytest.raises(DeviceFault, match="DATA-STALE") as caught:
        driver.status()
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    ups.clear_faults()
    assert driver.status().source is Source.MAINS


def test_a_nut_driver_that_died_is_a_service_that_is_down(ups: UpsEmulator, driver: Nut) -> None:
    ups.driver_dead()
    _await_fault(driver, "DRIVER-NOT-CONNECTED", FaultCode.SERVICE_DOWN)
    ups.clear_faults()
    until = time.monotonic() + 10
    while _fault(driver) is not None:
        assert time.monotonic() < until
        time.sleep(0.05)


def _fault(driver: Nut) -> Fault | None:
    """What is wrong with asking for the status, if anything."""
    try:
        driver.status()
    except DeviceFault as error:
        return error.fault
    return None


def _await_fault(driver: Nut, words: str, code: FaultCode) -> None:
    """upsd notices at its next look."""
    until = time.monotonic() + 3
    while (found := _fault(driver)) is None:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert found.code is code
    assert words in found.detail


def test_upsd_that_ends_is_a_service_that_is_down_until_it_is_back(ups: UpsEmulator, driver: Nut, heard: Heard) -> None:
    ups.unplug()
    for ask in (driver.status, lambda: driver.perform(CancelTurnOff(), heard.call())):
        with pytest.raises(DeviceFault, match="upsd") as caught:
            ask()
        assert caught.value.fault.code is FaultCode.SERVICE_DOWN
    ups.replug()
    assert driver.status().source is Source.MAINS
    assert driver.perform(CancelTurnOff(), heard.call()) == Done()


def test_the_only_ups_need_not_be_named_another_is_refused(make_driver: Make) -> None:
    assert make_driver(ups="").status().source is Source.MAINS
    with pytest.raises(DeviceFault, match="UNKNOWN-UPS") as caught:
        make_driver(ups="other")
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


# --- commands


def test_a_good_battery_passes(ups: UpsEmulator, driver: Nut, heard: Heard) -> None:
    for _ in range(2):  # the second ends in the words that the first left behind
        assert driver.perform(SelfTest(), heard.call()) == contract.Tested(passed=True, words="Done and passed")
    assert heard == [contract.Testing(), contract.Testing()]
    assert driver.status().faults == ()


def test_a_worn_battery_fails(ups: UpsEmulator, driver: Nut, heard: Heard) -> None:
    """Although the result of the last test, a good one, stands there until the UPS shows that it tests again."""
    ups._relay.tell("ups.test.result", "Done and passed")
    ups.fault("worn")
    assert driver.perform(SelfTest(), heard.call()) == contract.Tested(passed=False, words="Done and error")


def test_during_a_test_nobody_is_told_of_a_power_cut(ups: UpsEmulator, driver: Nut) -> None:
    ups.mark("CAL")
    ups.mains_fail()
    assert codes(driver) == []


def test_a_test_can_be_cancelled(driver: Nut, heard: Heard) -> None:
    call = heard.call()
    timer = threading.Timer(0.2, call.cancel)
    timer.start()
    with pytest.raises(CommandCanceled):
        driver.perform(SelfTest(), call)
    timer.join()
    time.sleep(0.5)  # the test itself goes on to its end


def test_turning_off_sets_the_time_first(ups: UpsEmulator, driver: Nut, heard: Heard) -> None:
    before = ups.state()["commands"]
    assert driver.perform(TurnOff(after=44.5), heard.call()) == Done()
    assert ups.state()["commands"] == [*before, "shutdown.return"]
    assert driver._told("ups.delay.shutdown") == "45"
    assert driver.perform(CancelTurnOff(), heard.call()) == Done()
    assert ups.state()["commands"] == [*before, "shutdown.return", "shutdown.stop"]


@pytest.mark.parametrize(
    ("command", "name"), [(SelfTest(), COMMANDS[0]), (TurnOff(after=20), COMMANDS[1]), (CancelTurnOff(), COMMANDS[2])]
)
def test_a_command_that_the_ups_has_not_is_unsupported(
    ups: UpsEmulator, make_driver: Make, heard: Heard, command: Any, name: str
) -> None:
    ups._relay.commands = tuple(each for each in COMMANDS if each != name)
    ups.unplug()
    ups.replug()  # upsd asks anew what there is
    try:
        driver = make_driver()
        error = refused(driver, command, heard)
    finally:
        ups._relay.commands = COMMANDS
        ups.unplug()
        ups.replug()
    assert (error.fault.code, heard) == (FaultCode.UNSUPPORTED, [])
    assert name in error.fault.detail
    capabilities = driver.open()
    assert Supported.NO not in (capabilities.self_test, capabilities.delayed_off)


def test_without_a_user_there_are_no_commands(make_driver: Make, heard: Heard) -> None:
    driver = make_driver(user="", password_file="")
    capabilities = driver.open()
    assert (capabilities.self_test, capabilities.delayed_off) == (Supported.NO, Supported.NO)
    for command in (SelfTest(), TurnOff(after=20), CancelTurnOff()):
        assert "user and password_file" in refused(driver, command, heard).fault.detail


def test_a_user_without_rights_is_a_wrong_setting(make_driver: Make, heard: Heard) -> None:
    driver = make_driver(user="onlooker")
    for command in (SelfTest(), TurnOff(after=20), CancelTurnOff()):
        error = refused(driver, command, heard)
        assert error.fault.code is FaultCode.SETTING_INVALID
        assert "upsd.users" in error.fault.detail


def test_the_password_is_in_no_log_and_no_fault(
    make_driver: Make, heard: Heard, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    file = tmp_path / "password"
    file.write_text('Geh"eim\\ 7\n')
    driver = make_driver(password_file=str(file))
    error = refused(driver, CancelTurnOff(), heard)
    assert error.fault.code is FaultCode.SETTING_INVALID
    assert not any("Geh" in text for text in (caplog.text, str(error), repr(driver.settings), repr(vars(driver._link))))


# --- the wire


@pytest.mark.parametrize("kind", ["silent", "garble", "short", "die_mid_command", "endless"])
def test_one_bad_answer_is_overcome(ups: UpsEmulator, driver: Nut, kind: str) -> None:
    if kind == "die_mid_command":
        ups._cable.hang_up()  # as when upsd is started anew
    else:
        ups.fault(kind, times=1)
    assert driver.status().source is Source.MAINS


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("silent", FaultCode.LINK_SILENT), ("short", FaultCode.LINK_GARBLED), ("endless", FaultCode.LINK_GARBLED),
        ("noise", FaultCode.LINK_GARBLED),
    ],
)  # fmt: skip
def test_a_wire_that_stays_bad_is_told_in_bounded_time(
    ups: UpsEmulator, driver: Nut, kind: str, code: FaultCode
) -> None:
    ups.fault(kind)
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code in (code, FaultCode.LINK_GARBLED)
    assert time.monotonic() - begun < 1.5


def test_answers_that_come_twice_are_not_taken_for_the_next(ups: UpsEmulator, driver: Nut) -> None:
    ups.fault("duplicate")
    for _ in range(3):
        found = _fault(driver)
        assert found is None or found.code is FaultCode.LINK_GARBLED
    ups.clear_faults()
    status = driver.status()
    assert (status.source, status.charge, status.runtime) == (Source.MAINS, 100.0, 1800.0)


def test_a_command_is_never_sent_twice(ups: UpsEmulator, driver: Nut, heard: Heard) -> None:
    before = len(ups.state()["commands"])
    driver._learn()
    ups.fault("silent")
    with pytest.raises(DeviceFault) as caught:
        driver._link.command("kioskups", "shutdown.stop", lambda: None)
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    time.sleep(0.1)
    assert len(ups.state()["commands"]) == before + 1


def test_a_power_cut_is_told_by_the_drivers_own_process(ups: UpsEmulator, power: Power) -> None:
    asyncio.run(_power_cut(ups, {**power[1], **QUICK}))


async def _power_cut(ups: UpsEmulator, settings: dict[str, Any]) -> None:
    changed = asyncio.Event()

    def note(snapshot: Snapshot) -> None:
        changed.set()

    client = DeviceClient("ups", DeviceClass.POWER_SUPPLY, "nut", settings, production=True, on_change=note)
    await client.start()
    try:
        async with asyncio.timeout(10):
            while client.snapshot.link is not Link.HERE or client.snapshot.status is None:
                changed.clear()
                await changed.wait()
        begun = time.monotonic()
        ups.mains_fail()
        async with asyncio.timeout(5):
            while client.snapshot.status.source is not Source.BATTERY:
                changed.clear()
                await changed.wait()
        assert time.monotonic() - begun < 2 * TOLD_WITHIN
    finally:
        await client.stop()
