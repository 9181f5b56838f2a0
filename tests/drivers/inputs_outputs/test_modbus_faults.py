"""Bad lines and modules that say no: silence, torn and changed frames, another unit, exceptions, a cable that is pulled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract.common import Readiness
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.inputs_outputs import Level, Output, Pulse, Switch
from drivers.emulators.modbus_io import ModbusEmulator
from drivers.inputs_outputs.modbus_io import ModbusIo

from .conftest import NETWORK, SERIAL, Heard, Make, output, until

LOCK = Output.DOOR_LOCK

BAD_ANSWERS = [
    ("silent", {}), ("garble", {"every": 3}), ("drop", {"every": 4}), ("short", {"count": 3}), ("wrong_checksum", {}),
    ("other_unit", {}), ("noise", {"count": 40}),
]  # fmt: skip


@SERIAL
@pytest.mark.parametrize(("kind", "arguments"), BAD_ANSWERS, ids=str)
def test_one_bad_answer_is_overcome_within_the_command(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, kind: str, arguments: dict[str, int]
) -> None:
    module.fault(kind, times=1, **arguments)
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert module.state()["outputs"]["card_light"]
    assert module.state()["faults"] == []  # it did happen


@SERIAL
@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("silent", FaultCode.LINK_SILENT), ("garble", FaultCode.LINK_GARBLED), ("drop", FaultCode.LINK_GARBLED),
        ("wrong_checksum", FaultCode.LINK_GARBLED), ("other_unit", FaultCode.LINK_GARBLED),
    ],
)  # fmt: skip
def test_a_line_that_stays_bad_is_told_in_bounded_time_and_heals(
    module: ModbusEmulator, driver: ModbusIo, kind: str, code: FaultCode
) -> None:
    module.fault(kind)
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code is code
    assert time.monotonic() - begun < 1.0
    module.clear_faults()
    assert driver.status().readiness is Readiness.READY


def test_a_slow_module_is_waited_for_and_a_late_answer_is_not_taken_for_another(
    module: ModbusEmulator, make_driver: Make, heard: Heard
) -> None:
    driver = make_driver(attempts=1, answer_seconds=0.25)
    module.fault("slow", seconds=0.04)
    assert driver.status().readiness is Readiness.READY
    module.clear_faults()
    module.fault("slow", seconds=0.32, times=1)  # answers after it was given up
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert output(driver.status(), Output.CARD_LIGHT) is Level.ON


def test_an_answer_that_comes_twice_is_taken_once(module: ModbusEmulator, driver: ModbusIo, heard: Heard) -> None:
    module.fault("duplicate")
    for on in (True, False, True):
        driver.perform(Switch(output=Output.CARD_LIGHT, on=on), heard.call())
        assert output(driver.status(), Output.CARD_LIGHT) is (Level.ON if on else Level.OFF)


def test_another_speed_is_silence_or_noise(module: Any, driver: ModbusIo) -> None:
    if module.reached["connection"] == "network":
        with pytest.raises(ValueError, match="baud_mismatch"):
            module.fault("baud_mismatch")
        return
    module.fault("baud_mismatch", baud=9600)
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code in (FaultCode.LINK_SILENT, FaultCode.LINK_GARBLED)


@pytest.mark.parametrize(
    ("exception", "code"),
    [
        (1, FaultCode.SETTING_INVALID), (3, FaultCode.SETTING_INVALID), (4, FaultCode.OUTPUT_STUCK),
        (6, FaultCode.LINK_SILENT), (11, FaultCode.LINK_SILENT),
    ],
)  # fmt: skip
def test_each_exception_names_its_wire_and_who_must_act(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, exception: int, code: FaultCode
) -> None:
    module.fault("exception", code=exception)
    with pytest.raises(DeviceFault, match=rf"outputs.card_light.address: exception {exception}, ") as caught:
        driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert caught.value.fault.code is code


@pytest.mark.parametrize("table", ["inputs", "outputs"])
def test_an_address_that_the_module_has_not_is_named(module: Any, make_driver: Make, table: str) -> None:
    """Also when it is asked for in one question with good ones."""
    name = "tamper" if table == "inputs" else "fan"
    wires = {**module.reached[table], name: {"address": 8}}
    wires |= {"presence": {"address": 7}} if table == "inputs" else {}
    with pytest.raises(DeviceFault, match=rf"{table}\.{name}\.address: exception 2") as caught:
        make_driver(**{table: wires})
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


def test_a_unit_that_is_not_there_is_silent(make_driver: Make) -> None:
    with pytest.raises(DeviceFault, match="unit 9 does not answer") as caught:
        make_driver(unit=9)
    assert caught.value.fault.code is FaultCode.LINK_SILENT


def test_a_pulled_cable_is_noticed_and_a_cable_put_back_heals(module: Any, driver: ModbusIo) -> None:
    module.unplug()
    codes = []
    for _ in range(2):
        with pytest.raises(DeviceFault) as caught:
            driver.status()
        codes.append(caught.value.fault.code)
    assert codes == [FaultCode.DEVICE_GONE, FaultCode.PORT_ABSENT]
    module.replug()
    assert driver.status().readiness is Readiness.READY


def test_a_module_that_dies_in_the_middle_of_an_answer_comes_back(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard
) -> None:
    module.fault("die_mid_command", times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert caught.value.fault.code in (FaultCode.DEVICE_GONE, FaultCode.LINK_GARBLED)
    until(lambda: not module.state()["plugged"])  # the half answer comes before the end
    module.replug()
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert module.state()["outputs"]["card_light"]


def test_a_lock_whose_cable_was_pulled_is_shut_when_the_cable_is_back(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, later: Callable[..., None]
) -> None:
    """What no program can do is to shut it before: the manifest says which hardware can."""
    later(0.2, module.unplug)
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Pulse(output=LOCK, seconds=10), heard.call(seconds=20))
    assert caught.value.fault.code in (FaultCode.DEVICE_GONE, FaultCode.PORT_ABSENT)
    assert time.monotonic() - begun < 1.5
    assert module.state()["outputs"]["door_lock"]
    module.replug()
    assert output(driver.status(), LOCK) is Level.OFF
    assert not module.state()["outputs"]["door_lock"]


@SERIAL
def test_a_short_break_of_the_cable_is_outlived_within_the_pulse(
    module: ModbusEmulator, make_driver: Make, heard: Heard, later: Callable[..., None]
) -> None:
    driver = make_driver(release_seconds=1.5)
    later(0.2, module.unplug)
    later(0.6, module.replug)
    with pytest.raises(DeviceFault):
        driver.perform(Pulse(output=LOCK, seconds=10), heard.call(seconds=20))
    assert not module.state()["outputs"]["door_lock"]


@SERIAL
@pytest.mark.parametrize("kind", ["silent", "garble"])
def test_a_pulse_whose_on_was_not_answered_is_shut_all_the_same(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, kind: str
) -> None:
    """The relay may have pulled in although no answer came."""
    module.fault(kind, times=2)
    with pytest.raises(DeviceFault):
        driver.perform(Pulse(output=LOCK, seconds=1), heard.call())
    assert not module.state()["outputs"]["door_lock"]


@NETWORK
@pytest.mark.parametrize("kind", ["garble", "short", "wrong_checksum", "other_unit"])
def test_one_bad_answer_over_tcp_is_overcome(module: ModbusEmulator, driver: ModbusIo, heard: Heard, kind: str) -> None:
    module.fault(kind, times=1)
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert module.state()["outputs"]["card_light"]
    assert module.state()["faults"] == []
