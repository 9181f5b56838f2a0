"""The driver on a healthy machine: where the card is, what is left, taken or taken back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers import registry
from drivers.card_dispenser.crt_591 import Crt591
from drivers.contract.bus import Attached, Bus
from drivers.contract.card_dispenser import Capture, Move, Moved, Moving, Place, WaitTaken
from drivers.contract.common import Done, Readiness, Room, Supply, Supported
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.__main__ import create
from drivers.emulators.card_dispenser import Crt591Emulator

Make = Callable[..., Crt591]
Start = Callable[..., Crt591Emulator]


def code_of(caught: pytest.ExceptionInfo[DeviceFault]) -> FaultCode:
    return caught.value.fault.code


def test_opening_tells_who_it_is_and_moves_nothing(machine: Crt591Emulator, make_driver: Make) -> None:
    machine.mechanics.where = "inside"
    driver = make_driver()
    driver.close()
    told = driver.open()
    assert told.identity.serial == "591EMULATED0001"
    assert told.places == (Place.GATE, Place.CONTACT, Place.CONTACTLESS)
    assert (told.bin, told.take_sensor) == (Supported.YES, Supported.YES)
    assert driver.status().card is Place.INSIDE
    assert machine.state()["card"] == "inside"
    assert machine.state()["binned"] == 0


def test_a_machine_just_switched_on_is_initialized(other_machine: Start, make_driver: Make) -> None:
    machine = other_machine(initialized=False)
    driver = make_driver(port=str(machine._wire.port))
    assert driver.status().readiness is Readiness.READY
    machine.power_cycle()
    assert driver.status().readiness is Readiness.READY
    assert machine.state()["initialized"]


def test_a_machine_that_does_not_know_the_lines_speed_yet_is_initialized(
    other_machine: Start, make_driver: Make
) -> None:
    machine = other_machine(initialized=False, deaf=True)
    driver = make_driver(port=str(machine._wire.port), ack_seconds=0.1)
    assert driver.status().readiness is Readiness.READY
    machine.power_cycle()
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert code_of(caught) is FaultCode.LINK_SILENT
    assert driver.status().readiness is Readiness.READY


@pytest.mark.parametrize("to", [Place.GATE, Place.CONTACT, Place.CONTACTLESS])
def test_one_card_comes_from_the_stacker(machine: Crt591Emulator, driver: Crt591, heard: Any, to: Place) -> None:
    assert driver.perform(Move(to=to), heard.call()) == Moved(to)
    assert heard == [Moving()]
    assert driver.status().card is to
    assert (machine.state()["dispensed"], machine.state()["cards"]) == (1, 19)


def test_the_card_inside_goes_on_and_no_second_one_comes(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    for to in (Place.CONTACT, Place.CONTACTLESS, Place.GATE):
        assert driver.perform(Move(to=to), heard.call()) == Moved(to)
    assert machine.state()["dispensed"] == 1
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert code_of(caught) is FaultCode.SLOT_OCCUPIED
    assert machine.state()["dispensed"] == 1


@pytest.mark.parametrize("to", [Place.NOWHERE, Place.INSIDE, Place.UNKNOWN])
def test_there_is_no_move_to_nowhere(driver: Crt591, heard: Any, to: Place) -> None:
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=to), heard.call())
    assert code_of(caught) is FaultCode.UNSUPPORTED


def test_supplies_are_told_with_the_time_since(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    machine.load(3)
    first = driver.status()
    assert (first.cards, first.readiness) == (Supply.LOW, Readiness.READY)
    assert [each.code for each in first.faults] == [FaultCode.CARDS_LOW]
    assert driver.status().faults == first.faults
    machine.load(0)
    told = driver.status()
    assert (told.cards, told.readiness) == (Supply.OUT, Readiness.FAULT)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert code_of(caught) is FaultCode.CARDS_OUT
    machine.load(9)
    assert driver.status().faults == ()


def test_a_stacker_that_is_empty_in_spite_of_its_sensor(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    machine.fault("error", command="3231", code="A0")
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert code_of(caught) is FaultCode.CARDS_OUT


def test_a_taken_card_is_taken(machine: Crt591Emulator, driver: Crt591, heard: Any, later: Callable[..., None]) -> None:
    driver.perform(Move(to=Place.GATE), heard.call())
    later(0.1, machine.withdraw)
    assert driver.perform(WaitTaken(), heard.call()) == Done()
    assert machine.state()["taken"] == 1
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitTaken(), heard.call())
    assert code_of(caught) is FaultCode.SLOT_EMPTY


def test_a_card_that_nobody_takes_is_waited_for_until_the_deadline(driver: Crt591, heard: Any) -> None:
    driver.perform(Move(to=Place.GATE), heard.call())
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitTaken(), heard.call(0.2))
    assert code_of(caught) is FaultCode.DEADLINE
    assert driver.status().card is Place.GATE


def test_a_card_drawn_in_by_the_machine_was_not_taken(other_machine: Start, make_driver: Make, heard: Any) -> None:
    machine = other_machine(draws_in=0.15)
    driver = make_driver(port=str(machine._wire.port))
    driver.perform(Move(to=Place.GATE), heard.call())
    with pytest.raises(DeviceFault, match="by itself") as caught:
        driver.perform(WaitTaken(), heard.call())
    assert code_of(caught) is FaultCode.SLOT_EMPTY
    assert driver.status().captured == 1


def test_without_a_counter_taken_and_taken_back_are_not_told_apart(
    machine: Crt591Emulator, make_driver: Make, heard: Any, later: Callable[..., None]
) -> None:
    machine.fault("error", command="a5", code="00")
    driver = make_driver()
    driver.close()
    assert driver.open().take_sensor is Supported.NO
    assert driver.status().captured is None
    driver.perform(Move(to=Place.GATE), heard.call())
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitTaken(), heard.call())
    assert code_of(caught) is FaultCode.UNSUPPORTED
    driver.close()
    never_draws_in = make_driver(takes_back=False)
    later(0.1, machine.withdraw)
    assert never_draws_in.perform(WaitTaken(), heard.call()) == Done()


@pytest.mark.parametrize("place", ["gate", "inside"])
def test_a_card_is_captured_and_counted(machine: Crt591Emulator, driver: Crt591, heard: Any, place: str) -> None:
    machine.mechanics.where = place
    assert driver.perform(Capture(), heard.call()) == Moved(Place.NOWHERE)
    assert driver.status().captured == 1
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Capture(), heard.call())
    assert code_of(caught) is FaultCode.SLOT_EMPTY


def test_a_full_bin_keeps_the_card_where_it_is(other_machine: Start, make_driver: Make, heard: Any) -> None:
    machine = other_machine(bin_room=1)
    driver = make_driver(port=str(machine._wire.port))
    for _ in range(2):
        driver.perform(Move(to=Place.GATE), heard.call())
        told = driver.status()
        if told.bin is Room.FULL:
            break
        driver.perform(Capture(), heard.call())
    assert FaultCode.BIN_FULL in [each.code for each in told.faults]
    assert told.readiness is Readiness.READY
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Capture(), heard.call())
    assert code_of(caught) is FaultCode.BIN_FULL
    assert driver.status().card is Place.GATE


def test_a_jam_stays_in_the_status_until_a_move_succeeds(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    machine.fault("jam", times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert code_of(caught) is FaultCode.CARD_JAM
    told = driver.status()
    assert (told.readiness, told.faults[0].code) == (Readiness.FAULT, FaultCode.CARD_JAM)
    machine.clear_faults()
    assert driver.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)
    assert driver.status().faults == ()


def test_a_cancelled_move_is_not_stopped_half_way(
    other_machine: Start, make_driver: Make, heard: Any, later: Callable[..., None]
) -> None:
    machine = other_machine(move_seconds=0.8)
    driver = make_driver(port=str(machine._wire.port), move_seconds=2.0)
    canceled = threading.Event()
    later(0.2, canceled.set)
    begun = time.monotonic()
    with pytest.raises(CommandCanceled):
        driver.perform(Move(to=Place.CONTACT), heard.call(canceled=canceled))
    assert time.monotonic() - begun < 0.5
    assert driver.status().readiness is Readiness.BUSY
    while driver.status().readiness is Readiness.BUSY:
        assert time.monotonic() - begun < 5
    assert driver.status().card is Place.INSIDE  # sensed; that it is the IC position nobody told
    assert machine.state()["dispensed"] == 1


def test_any_serial_port_may_be_one_and_the_emulator_is_found_by_its_id() -> None:
    port = Attached(bus=Bus.SERIAL, path="usb-1", node="/dev/ttyUSB7")
    claim = next(each for each in registry.claims(port) if each.driver == "crt_591")
    assert claim.rule.settings_for(port) == {"port": "/dev/ttyUSB7"}
    assert claim.rule.priority == 0
    emulator = create("crt_591")
    try:
        assert set(emulator.start()) <= {"port", "baud", "address"}
        with pytest.raises(LookupError):
            emulator.do("fault", kind="sings")
        with pytest.raises(TypeError):
            emulator.do("fault", kind="slow", colour=1)
        with pytest.raises(ValueError, match="cards"):
            emulator.do("load", cards=-1)
    finally:
        emulator.stop()
