"""Bad lines. What may be sent again is, a move never: at the end the sensors tell how many cards came, and it is never two."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers.card_dispenser.crt_591 import Crt591
from drivers.contract.card_dispenser import Capture, Move, Moved, Place
from drivers.contract.common import Readiness
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.card_dispenser import Crt591Emulator
from drivers.emulators.card_dispenser_faults import FAULTS

HASTY = {"ack_seconds": 0.08, "answer_seconds": 0.1, "move_seconds": 0.25}
"""As in the conftest."""

Make = Callable[..., Crt591]

DAMAGE = [
    ("noise", {"count": 300}), ("short", {"keep": 6}), ("short", {"keep": 3}), ("wrong_checksum", {}),
    ("garble", {"every": 4}), ("drop", {"every": 5}), ("duplicate", {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "kind", "arguments"),
    [("3130", "short", {"keep": 6}), ("3130", "noise", {"count": 300}), *(("3231", *damage) for damage in DAMAGE)],
    ids=str,
)
def test_one_bad_reply_is_said_again_and_one_card_comes(
    machine: Crt591Emulator, driver: Crt591, heard: Any, command: str, kind: str, arguments: dict[str, int]
) -> None:
    machine.fault(kind, command=command, times=1, **arguments)
    assert driver.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)
    assert machine.state()["dispensed"] == 1
    assert machine.state()["faults"] == []  # it did happen
    assert driver.status().card is Place.GATE


@pytest.mark.parametrize("command", ["3130", "3231", "3230"])
def test_a_refused_command_is_sent_again(machine: Crt591Emulator, driver: Crt591, heard: Any, command: str) -> None:
    machine.fault("nak", command=command, times=2)
    assert driver.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)
    assert machine.state()["dispensed"] == 1


def test_a_command_that_is_always_refused_is_given_up(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    machine.fault("nak", command="32")
    before = machine.state()["commands"]
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert caught.value.fault.code is FaultCode.LINK_GARBLED
    assert machine.state()["commands"] - before == 4  # the status, and three tries
    assert (driver.status().card, machine.state()["dispensed"]) == (Place.NOWHERE, 0)


@pytest.mark.parametrize("kind", ["lost_reply", "lost_ack"])
def test_a_card_that_the_sensors_see_at_the_gate_was_brought_there(
    machine: Crt591Emulator, hasty: Crt591, heard: Any, kind: str
) -> None:
    machine.fault(kind, command="3230", times=1)
    assert hasty.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)
    assert machine.state()["dispensed"] == 1


@pytest.mark.parametrize("kind", ["lost_reply", "lost_ack"])
def test_a_feed_whose_reply_was_lost_is_not_repeated(
    machine: Crt591Emulator, hasty: Crt591, heard: Any, kind: str
) -> None:
    machine.fault(kind, command="3231", times=1)
    with pytest.raises(DeviceFault, match="the card is: inside") as caught:
        hasty.perform(Move(to=Place.GATE), heard.call())
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    assert hasty.status().card is Place.INSIDE
    assert hasty.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)  # that card, not another
    assert machine.state()["dispensed"] == 1


def test_a_move_that_was_not_heard_fails_and_tells_that_no_card_came(
    machine: Crt591Emulator, hasty: Crt591, heard: Any
) -> None:
    machine.fault("silent", command="32", times=1)
    with pytest.raises(DeviceFault, match="the card is: nowhere"):
        hasty.perform(Move(to=Place.GATE), heard.call())
    assert machine.state()["dispensed"] == 0


def test_a_line_that_falls_silent_for_good_leaves_the_place_unknown(
    machine: Crt591Emulator, make_driver: Make, heard: Any
) -> None:
    driver = make_driver(**HASTY, attempts=1)

    def fall_silent(event: object, fds: object) -> None:
        machine.fault("silent")
        machine.fault("lost_reply", command="3231")

    call = heard.call()
    call._emit = fall_silent
    begun = time.monotonic()
    with pytest.raises(DeviceFault, match="the card is: unknown") as caught:
        driver.perform(Move(to=Place.GATE), call)
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    assert time.monotonic() - begun < 3
    with pytest.raises(DeviceFault):
        driver.status()
    machine.clear_faults()
    assert driver.status().card is Place.INSIDE


def test_a_capture_whose_reply_was_lost_is_proven_by_the_counter(
    machine: Crt591Emulator, hasty: Crt591, heard: Any
) -> None:
    hasty.perform(Move(to=Place.GATE), heard.call())
    machine.fault("lost_reply", command="3233", times=1)
    assert hasty.perform(Capture(), heard.call()) == Moved(Place.NOWHERE)
    hasty.perform(Move(to=Place.GATE), heard.call())
    machine.fault("silent", command="3233", times=1)
    with pytest.raises(DeviceFault, match="the card is: gate"):
        hasty.perform(Capture(), heard.call())
    assert machine.state()["binned"] == 1


@pytest.mark.parametrize(
    ("kind", "arguments"), [("silent", {}), ("lost_reply", {}), ("baud_mismatch", {"baud": 9600})], ids=str
)
def test_silence_is_told(machine: Crt591Emulator, hasty: Crt591, kind: str, arguments: dict[str, int]) -> None:
    machine.fault(kind, **arguments)
    with pytest.raises(DeviceFault) as caught:
        hasty.status()
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    machine.clear_faults()
    assert hasty.status().readiness is Readiness.READY


@pytest.mark.slow
def test_the_worst_silence_is_told_within_the_two_seconds_of_a_probe(machine: Crt591Emulator, driver: Crt591) -> None:
    machine.fault("lost_reply")
    machine.fault("slow", seconds=0.3)  # until it says so much as EOT
    for _ in ("open", "to be opened again"):
        begun = time.monotonic()
        with pytest.raises(DeviceFault):
            driver.status()
        assert time.monotonic() - begun < 2.0


def test_a_command_to_a_machine_that_must_be_opened_again_keeps_its_deadline(
    machine: Crt591Emulator, hasty: Crt591, heard: Any
) -> None:
    machine.fault("lost_reply")
    with pytest.raises(DeviceFault):
        hasty.status()
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        hasty.perform(Move(to=Place.GATE), heard.call(0.5))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert time.monotonic() - begun < 1.0


def test_a_wrong_speed_in_the_settings_is_silence_that_names_the_speed(make_driver: Make) -> None:
    with pytest.raises(DeviceFault, match="9600 baud") as caught:
        make_driver(baud=9600, **HASTY)
    assert caught.value.fault.code is FaultCode.LINK_SILENT


def test_a_wrong_address_is_silence(make_driver: Make) -> None:
    with pytest.raises(DeviceFault) as caught:
        make_driver(address=3, **HASTY)
    assert caught.value.fault.code is FaultCode.LINK_SILENT


def test_a_slow_machine_is_waited_for(machine: Crt591Emulator, driver: Crt591, heard: Any) -> None:
    machine.fault("slow", command="32", seconds=0.2)
    machine.fault("slow", command="31", seconds=0.08)
    assert driver.perform(Move(to=Place.GATE), heard.call()) == Moved(Place.GATE)


def test_a_machine_unplugged_in_the_middle_of_a_move_tells_where_the_card_is_when_it_is_back(
    machine: Crt591Emulator, driver: Crt591, heard: Any
) -> None:
    machine.fault("die_mid_command", command="3230", times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert caught.value.fault.code is FaultCode.DEVICE_GONE
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code is FaultCode.PORT_ABSENT
    time.sleep(0.1)
    machine.replug()
    assert driver.status().card is Place.GATE
    assert machine.state()["dispensed"] == 1


def test_an_error_that_the_protocol_does_not_list_is_told_as_it_came(
    machine: Crt591Emulator, driver: Crt591, heard: Any
) -> None:
    machine.fault("error", command="32", code="Z9", times=1)
    with pytest.raises(DeviceFault, match="5a39") as caught:
        driver.perform(Move(to=Place.GATE), heard.call())
    assert caught.value.fault.code is FaultCode.DISPENSER_FAILED


def test_the_machine_that_prints_45_for_a_failure_is_understood(
    make_driver: Make, other_machine: Any, heard: Any
) -> None:
    machine = other_machine(negative_head=0x45)
    driver = make_driver(port=str(machine._wire.port))
    machine.fault("error", command="32", code="51", times=1)
    with pytest.raises(DeviceFault, match="motor"):
        driver.perform(Move(to=Place.GATE), heard.call())
    told = driver.status()
    assert (told.readiness, told.faults[0].code) == (Readiness.FAULT, FaultCode.DISPENSER_FAILED)


def test_every_fault_verb_is_tried_here() -> None:
    tried = {kind for kind, _ in DAMAGE} | {
        "silent", "lost_ack", "lost_reply", "nak", "error", "jam", "slow", "baud_mismatch", "die_mid_command",
    }  # fmt: skip
    assert tried == set(FAULTS)
