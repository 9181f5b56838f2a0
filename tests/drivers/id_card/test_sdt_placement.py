"""What visitors do with the card, and when commands must end: forgotten, lifted early, changed; cancel and deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from drivers.contract.common import Presence
from drivers.contract.driver import CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import CardSeen, TryAgain, WaitCard, WaitLift
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card.sdt_serial import SdtSerial

Cards = dict[str, dict[str, str]]
Make = Callable[..., SdtSerial]
NOT_LIFTED = TryAgain(FaultCode.CARD_NOT_LIFTED)


def test_a_forgotten_card_keeps_wait_lift_waiting_and_is_asked_for_before_the_next_read(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitLift(), heard.call(seconds=1.5))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert driver.status().card is Presence.PRESENT

    heard.clear()

    def lift_and_lay_again(event: object) -> None:
        if event == NOT_LIFTED:
            reader.lift()
            reader.place(citizen)

    card = driver.perform(WaitCard(), heard.call(on_event=lift_and_lay_again)).card
    assert heard == [NOT_LIFTED, CardSeen()]
    assert card.number.reveal() == citizen["number"]


def test_a_forgotten_card_is_known_after_the_driver_was_restarted(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str]
) -> None:
    first = make_driver()
    reader.place(citizen)
    first.perform(WaitCard(), heard.call())
    first.close()
    second = make_driver()
    assert second.status().card is Presence.PRESENT
    heard.clear()
    with pytest.raises(DeviceFault):
        second.perform(WaitCard(), heard.call(seconds=0.7))
    assert heard == [NOT_LIFTED]


def test_a_card_changed_for_another_is_read_as_the_other(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, cards: Cards
) -> None:
    reader.place(cards["citizen"])
    driver.perform(WaitCard(), heard.call())
    reader.place(cards["hmt_permit"])
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == cards["hmt_permit"]["number"]
    assert NOT_LIFTED not in heard


def test_wait_lift_sees_a_card_that_nobody_read(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], later: Callable[..., None]
) -> None:
    reader.place(citizen)
    with pytest.raises(DeviceFault):
        driver.perform(WaitLift(), heard.call(seconds=1.2))
    # Selected, because real cards answer find no more than once, and a selected one answers the probe.
    assert reader.state()["card"] == "selected"
    later(0.3, reader.lift)
    driver.perform(WaitLift(), heard.call())
    assert reader.state()["card"] == "absent"


def test_a_card_lifted_while_it_is_read_is_told_and_read_when_it_is_back(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    reader.fault("lift_early", times=1)

    def lay_again(event: object) -> None:
        if isinstance(event, TryAgain):
            reader.place(citizen)

    driver.perform(WaitCard(), heard.call(on_event=lay_again))
    assert heard == [CardSeen(), TryAgain(FaultCode.CARD_LIFTED), CardSeen()]


def test_a_card_lifted_before_its_address_was_read_is_not_passed_off_as_one_without(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen | {"new_address": "新址"})
    reader.fault("lift_early", command="3003", times=1)

    def lay_again(event: object) -> None:
        if isinstance(event, TryAgain):
            reader.place(citizen | {"new_address": "新址"})

    card = driver.perform(WaitCard(), heard.call(on_event=lay_again)).card
    assert TryAgain(FaultCode.CARD_LIFTED) in heard
    assert card.newest_address is not None


def test_one_missed_look_is_not_gone(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str]
) -> None:
    driver = make_driver(gone_misses=3)
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    reader.fault("status", sw3=0x41, command="3003", times=2)
    assert [driver.status().card for _ in range(3)] == [Presence.PRESENT] * 3
    reader.lift()
    seen = [driver.status().card for _ in range(4)]
    assert seen == [Presence.PRESENT, Presence.PRESENT, Presence.ABSENT, Presence.UNKNOWN]


def test_the_status_probe_does_not_use_up_a_cards_answer(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str]
) -> None:
    reader.place(citizen)
    assert driver.status().card is Presence.UNKNOWN
    assert reader.state()["card"] == "fresh"


@pytest.mark.parametrize(("command", "laid"), [(WaitCard(), False), (WaitCard(), True), (WaitLift(), True)])
def test_a_cancel_is_heard_within_a_fifth_of_a_second(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], command: Any, laid: bool
) -> None:
    if laid:
        reader.place(citizen)
        reader.fault("silent", command="3001")
        reader.fault("slow", command="2001", seconds=1.0)
    call = heard.call()
    at: list[float] = []
    timer = threading.Timer(0.35, lambda: (at.append(time.monotonic()), call.cancel()))
    timer.start()
    with pytest.raises(CommandCanceled):
        driver.perform(command, call)
    assert time.monotonic() - at[0] < 0.2


def test_the_deadline_is_kept(driver: SdtSerial, heard: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call(seconds=0.5))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert 0.5 <= time.monotonic() - begun < 0.7


def test_the_late_answer_to_a_cancelled_read_is_not_taken_for_the_next_one(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, cards: Cards
) -> None:
    """The reader goes on with a read that was given up; its answer must never become another command's, or another visit's."""
    reader.place(cards["citizen"])
    reader.fault("slow", command="3001", seconds=0.3, times=1)
    call = heard.call()
    threading.Timer(0.2, call.cancel).start()
    with pytest.raises(CommandCanceled):
        driver.perform(WaitCard(), call)
    reader.place(cards["hmt_permit"])
    for _ in range(3):
        card = driver.perform(WaitCard(), heard.call()).card
        assert card.number.reveal() == cards["hmt_permit"]["number"]
        reader.place(cards["hmt_permit"])


def test_the_late_answer_to_a_cancelled_find_does_not_conjure_up_a_card(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, citizen: dict[str, str], later: Callable[..., None]
) -> None:
    reader.place(citizen)
    reader.fault("slow", command="2001", seconds=0.2, times=1)
    call = heard.call()
    later(0.1, call.cancel)
    with pytest.raises(CommandCanceled):
        driver.perform(WaitCard(), call)
    reader.lift()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call(seconds=0.8))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert heard == []


def test_the_late_answer_of_a_sam_that_was_well_does_not_hide_that_it_is_not(
    reader: SdtEmulator, driver: SdtSerial
) -> None:
    reader.fault("slow", command="11ff", seconds=0.6, times=1)
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code is FaultCode.LINK_SILENT
    reader.fault("sam_offline")
    with pytest.raises(DeviceFault) as caught:
        driver.status()
    assert caught.value.fault.code is FaultCode.SAM_FAILED


def test_a_card_that_was_read_must_be_lifted_also_where_its_presence_cannot_be_sensed(
    reader: SdtEmulator, make_driver: Make, heard: Any, citizen: dict[str, str]
) -> None:
    driver = make_driver(presence_by="none")
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    heard.clear()
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call(seconds=0.7))
    assert caught.value.fault.code is FaultCode.DEADLINE
    assert heard == []  # nothing is claimed about a card that cannot be sensed
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitLift(), heard.call())
    assert caught.value.fault.code is FaultCode.UNSUPPORTED
    assert driver.status().card is Presence.NOT_SUPPORTED
    reader.lift()
    reader.place(citizen)
    driver.perform(WaitCard(), heard.call())
    assert heard == [CardSeen()]
