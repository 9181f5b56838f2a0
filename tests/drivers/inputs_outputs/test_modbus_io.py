"""Locks, lights and contacts over a sound line: what is told, what is switched, and that a lock never stays open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract.common import Done, Readiness
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.inputs_outputs import AllOff, Input, Level, Output, Pulse, Sensed, Switch, Switched
from drivers.emulators.modbus_io import INPUTS, OUTPUTS, ModbusEmulator
from drivers.inputs_outputs.modbus_io import ModbusIo

from .conftest import NETWORK, SERIAL, Heard, Make, output, sensed, until

LOCK = Output.DOOR_LOCK


def lock_of(module: ModbusEmulator) -> bool:
    return bool(module.state()["outputs"]["door_lock"])


def test_it_names_what_hangs_on_it(module: Any, make_driver: Make) -> None:
    driver = make_driver()
    capabilities = driver.open()
    assert capabilities.inputs == tuple(INPUTS)
    assert capabilities.outputs == tuple(OUTPUTS)
    assert capabilities.momentary == (Output.DOOR_LOCK, Output.CABINET_LOCK)


@pytest.mark.parametrize("name", list(INPUTS))
def test_each_input_is_told_by_its_own_name(module: ModbusEmulator, driver: ModbusIo, name: str) -> None:
    """Also those whose contact is closed while nothing happens."""
    assert {each.level for each in driver.status().inputs} == {Level.OFF}
    module._sense(name, True)
    assert [each.name for each in driver.status().inputs if each.level is Level.ON] == [name]


@NETWORK
def test_the_persons_verbs_are_seen(module: ModbusEmulator, driver: ModbusIo) -> None:
    assert module.present()
    assert sensed(driver.status(), Input.PRESENCE) is Level.ON
    assert module.withdraw()
    module.door(True)
    module.press_help(0.2)
    status = driver.status()
    assert [sensed(status, name) for name in (Input.PRESENCE, Input.DOOR, Input.HELP_BUTTON)] == ["off", "on", "on"]
    until(lambda: sensed(driver.status(), Input.HELP_BUTTON) is Level.OFF)


@pytest.mark.parametrize("name", [Output.CARD_LIGHT, Output.HALL_LIGHT])
def test_a_light_is_switched_and_read_back(module: Any, driver: ModbusIo, heard: Heard, name: Output) -> None:
    """The hall light hangs on a resting contact: its coil is off while it is on."""
    for on in (True, False, True):
        assert driver.perform(Switch(output=name, on=on), heard.call()) == Done()
        assert module.state()["outputs"][name] is on
        assert output(driver.status(), name) is (Level.ON if on else Level.OFF)
    assert heard == [Switched(name, True), Switched(name, False), Switched(name, True)]


def test_all_off_is_all_off(module: Any, driver: ModbusIo, heard: Heard) -> None:
    for name in (Output.CARD_LIGHT, Output.HALL_LIGHT, Output.DESK_LIGHT):
        driver.perform(Switch(output=name, on=True), heard.call())
    driver.perform(AllOff(), heard.call())
    assert not any(module.state()["outputs"].values())
    assert {each.level for each in driver.status().outputs} == {Level.OFF}


def test_a_pulse_opens_and_shuts(module: ModbusEmulator, driver: ModbusIo, heard: Heard) -> None:
    during: list[bool] = []
    begun = time.monotonic()
    call = heard.call(on_event=lambda event: during.append(lock_of(module)))
    assert driver.perform(Pulse(output=LOCK, seconds=0.3), call) == Done()
    assert 0.3 <= time.monotonic() - begun < 0.9
    assert heard == [Switched(LOCK, True), Switched(LOCK, False)]
    assert during == [True, False]


@NETWORK
def test_what_changes_during_a_pulse_is_told(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, later: Callable[..., None]
) -> None:
    """The visitor opens the door: no status is told while a command runs."""
    later(0.1, module.door, True)
    driver.perform(Pulse(output=LOCK, seconds=0.5), heard.call())
    changes = [event for event in heard if isinstance(event, Sensed)]
    assert [(each.name, each.level) for each in changes[0].inputs] == [(Input.DOOR, Level.ON)]
    assert len(changes) == 1


@NETWORK
def test_a_cancelled_pulse_shuts_the_lock_at_once(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard, later: Callable[..., None]
) -> None:
    call = heard.call()
    later(0.1, call.cancel)
    begun = time.monotonic()
    with pytest.raises(CommandCanceled):
        driver.perform(Pulse(output=LOCK, seconds=10), call)
    assert time.monotonic() - begun < 0.6
    assert not lock_of(module)


@NETWORK
def test_a_pulse_ends_at_the_deadline(module: ModbusEmulator, driver: ModbusIo, heard: Heard) -> None:
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Pulse(output=LOCK, seconds=10), heard.call(seconds=0.2))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert not lock_of(module)


@pytest.mark.parametrize(
    "command", [Switch(output=LOCK, on=True), Switch(output=Output.FAN, on=True), Pulse(output=Output.FAN, seconds=1)]
)
def test_what_it_cannot_or_must_not_do_is_refused(
    module: Any, driver: ModbusIo, heard: Heard, command: Switch | Pulse
) -> None:
    with pytest.raises(DeviceFault, match=command.output) as caught:
        driver.perform(command, heard.call())
    assert caught.value.fault.code is FaultCode.UNSUPPORTED
    assert not any(on for name, on in module.state()["outputs"].items() if name != "hall_light")


def test_a_lock_that_a_crash_left_open_is_shut_at_the_next_open(module: ModbusEmulator, make_driver: Make) -> None:
    module._server._coils[OUTPUTS["door_lock"]] = True
    _write_from_elsewhere(module)
    assert lock_of(module)
    make_driver()
    assert not lock_of(module)


def test_a_lock_that_another_opened_is_shut_by_the_next_status(module: ModbusEmulator, driver: ModbusIo) -> None:
    _write_from_elsewhere(module)
    assert lock_of(module)
    assert output(driver.status(), LOCK) is Level.OFF
    assert not lock_of(module)


def _write_from_elsewhere(module: ModbusEmulator) -> None:
    """Another master switches the lock on, past our wire."""
    from pymodbus import FramerType
    from pymodbus.client import ModbusTcpClient

    framer = FramerType.RTU if module._serial else FramerType.SOCKET
    client = ModbusTcpClient("127.0.0.1", port=module._server.port, framer=framer)
    assert client.connect()
    assert not client.write_coil(OUTPUTS["door_lock"], True, device_id=1).isError()
    client.close()


def test_a_relay_that_does_not_pull_in_is_stuck(module: ModbusEmulator, driver: ModbusIo, heard: Heard) -> None:
    module.fault("stuck", output="card_light")
    with pytest.raises(DeviceFault, match="card_light was switched on and reads off") as caught:
        driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert caught.value.fault.code is FaultCode.OUTPUT_STUCK
    assert heard == []
    status = driver.status()
    assert (status.readiness, [fault.code for fault in status.faults]) == (Readiness.READY, [FaultCode.OUTPUT_STUCK])
    assert driver.status().faults == status.faults  # the same fault, since the same time
    driver.perform(Switch(output=Output.DESK_LIGHT, on=True), heard.call())  # the rest goes on working
    module.clear_faults()
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert driver.status().faults == ()


def test_an_order_that_was_refused_is_not_held_against_the_output(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard
) -> None:
    """The caller was told; a light that is off as before is no fault that stays for ever."""
    module.fault("exception", code=4, times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert caught.value.fault.code is FaultCode.OUTPUT_STUCK
    status = driver.status()
    assert (status.readiness, status.faults) == (Readiness.READY, ())
    driver.perform(Switch(output=Output.CARD_LIGHT, on=True), heard.call())
    assert output(driver.status(), Output.CARD_LIGHT) is Level.ON


@NETWORK
def test_a_lock_that_sticks_open_is_told_and_shut_as_soon_as_it_moves(
    module: ModbusEmulator, driver: ModbusIo, heard: Heard
) -> None:
    stick = heard.call(on_event=lambda event: module.fault("stuck", output="door_lock"))
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Pulse(output=LOCK, seconds=0.2), stick)
    assert caught.value.fault.code is FaultCode.OUTPUT_STUCK
    status = driver.status()
    assert output(status, LOCK) is Level.ON
    assert [fault.code for fault in status.faults] == [FaultCode.OUTPUT_STUCK]
    module.clear_faults()
    status = driver.status()
    assert (output(status, LOCK), status.faults, status.readiness) == (Level.OFF, (), Readiness.READY)
    assert not lock_of(module)


def test_all_off_reaches_those_behind_one_that_sticks(module: ModbusEmulator, driver: ModbusIo, heard: Heard) -> None:
    for name in (Output.CARD_LIGHT, Output.HALL_LIGHT):
        driver.perform(Switch(output=name, on=True), heard.call())
    module.fault("stuck", output="card_light")
    with pytest.raises(DeviceFault, match="card_light"):
        driver.perform(AllOff(), heard.call())
    assert [name for name, on in module.state()["outputs"].items() if on] == ["card_light"]


@SERIAL
def test_two_masters_do_not_share_a_serial_line(module: ModbusEmulator, make_driver: Make) -> None:
    make_driver()
    with pytest.raises(DeviceFault, match="held by another program") as caught:
        make_driver()
    assert caught.value.fault.code is FaultCode.PORT_DENIED


def test_nothing_is_left_after_stop() -> None:
    before = {thread.name for thread in threading.enumerate()}
    emulator = ModbusEmulator(connection="serial")
    port = str(emulator.start()["path"])
    emulator.stop()
    emulator.stop()
    until(lambda: {thread.name for thread in threading.enumerate()} <= before)
    with pytest.raises(FileNotFoundError):
        open(port).close()
