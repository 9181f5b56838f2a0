"""Bad lines: noise, torn and changed packets, silence, the wrong speed, a cable that is pulled."""

from __future__ import annotations

import os
import random
import threading
import time
import tty
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract.common import Readiness
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import CardSeen, WaitCard, WaitLift
from drivers.emulators import id_card_people
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_link import SdtLink, Timing
from drivers.id_card.sdt_serial import SdtSerial
from drivers.lines.serial_line import SerialLine

Make = Callable[..., SdtSerial]


@pytest.mark.parametrize("command", ["2001", "3001"])
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("noise", {"count": 300}), ("short", {"keep": 8}), ("short", {"keep": 3}), ("wrong_checksum", {}),
        ("wrong_length", {"count": 40}), ("wrong_length", {"count": -2}), ("garble", {"every": 6}), ("drop", {"every": 9}),
    ],
    ids=str,
)  # fmt: skip
def test_one_bad_answer_is_overcome_within_the_command(
    reader: SdtEmulator,
    driver: SdtSerial,
    heard: Any,
    citizen: dict[str, str],
    command: str,
    name: str,
    arguments: dict[str, int],
) -> None:
    reader.place(citizen)
    reader.fault(name, command=command, times=1, **arguments)
    card = driver.perform(WaitCard(), heard.call()).card
    assert card.number.reveal() == citizen["number"]
    assert heard == [CardSeen()]
    assert reader.state()["faults"] == []  # it did happen


def test_a_line_that_stays_bad_is_garbled_in_bounded_time(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    reader.fault("garble", every=100, command="3001")
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call())
    assert caught.value.fault.code is FaultCode.LINK_GARBLED
    assert time.monotonic() - begun < 2.5


def test_a_reader_that_does_not_repeat_a_read_wants_the_card_laid_again(
    make_driver: Make, heard: Any, citizen: dict[str, str]
) -> None:
    strict = SdtEmulator(radio_seconds=0.02, reread=False)
    address = strict.start()
    try:
        driver = make_driver(**address)
        strict.place(citizen)
        strict.fault("wrong_checksum", command="3001", times=1)

        def lay_again(event: object) -> None:
            if getattr(event, "code", ""):
                strict.place(citizen)

        card = driver.perform(WaitCard(), heard.call(on_event=lay_again)).card
        assert card.number.reveal() == citizen["number"]
        assert [getattr(event, "code", "") for event in heard] == ["", "card_unreadable", ""]
    finally:
        strict.stop()


@pytest.mark.parametrize("fault", [("silent", {}), ("baud_mismatch", {"baud": 9600})])
def test_silence_is_told_in_bounded_time(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, fault: tuple[str, dict[str, int]]
) -> None:
    reader.fault(fault[0], **fault[1])
    for ask in (driver.status, lambda: driver.perform(WaitCard(), heard.call())):
        begun = time.monotonic()
        with pytest.raises(DeviceFault) as caught:
            ask()
        assert caught.value.fault.code is FaultCode.LINK_SILENT
        assert time.monotonic() - begun < 2.0
    reader.clear_faults()
    assert driver.status().readiness is Readiness.READY


def test_a_wrong_speed_in_the_settings_is_silence_that_names_the_speed(make_driver: Make) -> None:
    with pytest.raises(DeviceFault, match="9600 baud") as caught:
        make_driver(baud=9600)
    assert caught.value.fault.code is FaultCode.LINK_SILENT


def test_a_slow_reader_is_waited_for(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    reader.fault("slow", seconds=0.15)
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == citizen["number"]


def test_a_pulled_cable_is_noticed_and_a_cable_put_back_heals(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], later: Callable[..., None]
) -> None:
    later(0.3, reader.unplug)
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call())
    assert caught.value.fault.code is FaultCode.DEVICE_GONE
    assert time.monotonic() - begun < 1.5
    for ask in (driver.status, lambda: driver.perform(WaitLift(), heard.call())):
        with pytest.raises(DeviceFault) as caught:
            ask()
        assert caught.value.fault.code is FaultCode.PORT_ABSENT

    reader.replug()
    assert driver.status().readiness is Readiness.READY
    reader.place(citizen)
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == citizen["number"]


def test_a_reader_that_dies_in_the_middle_of_an_answer_is_gone_and_comes_back(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    reader.fault("die_mid_command", times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call())
    assert caught.value.fault.code is FaultCode.DEVICE_GONE
    reader.replug()
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == citizen["number"]


def test_an_answer_of_another_shape_is_not_taken_for_this_commands() -> None:
    """A read's 1,284 bytes, late by any time, are no answer to select: replies carry no command id."""
    far, near = os.openpty()
    tty.setraw(near)
    link = SdtLink(SerialLine(os.ttyname(near), 115200), Timing(0.05, 1, 11520, "at 115200 baud"))
    late = bytes.fromhex("AAAAAA9669 0508 000090") + bytes(1284)
    late += bytes([sdt.checksum(late[5:])])
    select = bytes.fromhex("AAAAAA9669 000C 000090 0102030405060708 94")

    def answer() -> None:
        os.read(far, 64)
        os.write(far, late + select)

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        reply = link.ask(sdt.SELECT, seconds=1.0, check=lambda: None)
        assert reply.data == bytes(range(1, 9))
    finally:
        thread.join()
        link.close()
        os.close(far)
        os.close(near)


SPOILT = ("noise", "short", "wrong_checksum", "wrong_length", "garble", "drop", "duplicate", "silent", "slow")


@pytest.mark.parametrize("seed", range(3))
def test_a_run_of_random_mishaps_on_the_wire_ends_with_the_right_card(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, seed: int
) -> None:
    """Some of the storm's streams on a real pseudo-terminal."""
    dice = random.Random(seed)
    for _ in range(3):
        name, command = dice.choice(SPOILT), dice.choice(("2001", "2002", "3001", "3003"))
        amount = {"garble": {"every": dice.randint(2, 90)}, "drop": {"every": dice.randint(2, 90)},
                  "short": {"keep": dice.randint(0, 9)}, "noise": {"count": dice.randint(1, 200)}}.get(name, {})  # fmt: skip
        card = id_card_people.person("citizen", dice.randrange(1000))
        reader.place(card)
        reader.fault(name, command=command, times=1, **amount)
        assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == card["number"]
        reader.clear_faults()
