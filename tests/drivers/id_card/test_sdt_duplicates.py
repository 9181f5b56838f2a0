"""Answers that come twice, or in the shape of another command's: the next question gets its own answer."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.contract.common import Readiness
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import CardSeen, TryAgain, WaitCard
from drivers.emulators import id_card_people
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.id_card import sdt_frames as sdt
from drivers.id_card.sdt_serial import SdtSerial


def test_every_answer_twice_changes_nothing(reader: SdtEmulator, driver: SdtSerial, heard: Any) -> None:
    reader.fault("duplicate")
    for which in range(3):
        card = id_card_people.person("citizen", which) | ({"new_address": "新址"} if which == 1 else {})
        reader.place(card)
        read = driver.perform(WaitCard(), heard.call()).card
        assert read.number.reveal() == card["number"]
        assert (read.newest_address is None) == (which != 1)
        assert driver.status().readiness is Readiness.READY
    assert heard == [CardSeen()] * 3


def test_a_read_answered_twice_does_not_answer_for_the_next_person(
    reader: SdtEmulator, driver: SdtSerial, heard: Any
) -> None:
    first, second = id_card_people.person("citizen", 11), id_card_people.person("citizen", 12)
    reader.place(first)
    reader.fault("duplicate", command="3001", times=1)
    driver.perform(WaitCard(newest_address=False), heard.call())
    reader.place(second)
    assert driver.perform(WaitCard(newest_address=False), heard.call()).card.number.reveal() == second["number"]


@pytest.mark.parametrize("templates", ["0", "1", "2"])
def test_an_answer_with_fingerprints_that_nobody_asked_for_is_passed_over(
    reader: SdtEmulator, driver: SdtSerial, heard: Any, templates: str
) -> None:
    """1,297, 1,809 or 2,321 bytes where 1,295 belong: not taken, wiped, asked again."""
    card = id_card_people.person("citizen", 4) | {"fingerprints": templates}
    reader.place(card)
    reader.fault("fingerprint", times=1)
    assert driver.perform(WaitCard(), heard.call()).card.number.reveal() == card["number"]
    link = driver._reader._link
    assert link is not None
    assert not link._reader._buffer


def test_a_reader_that_always_sends_fingerprints_is_told_without_personal_data(
    reader: SdtEmulator, driver: SdtSerial, heard: Any
) -> None:
    card = id_card_people.person("citizen", 4) | {"fingerprints": "2"}
    reader.place(card)
    reader.fault("fingerprint")
    with pytest.raises(DeviceFault) as caught:
        driver.perform(WaitCard(), heard.call())
    assert caught.value.fault.code in (FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT)
    assert card["number"] not in str(caught.value)
    assert not any(isinstance(event, TryAgain) for event in heard)


@pytest.mark.parametrize("templates", ["0", "1", "2"])
def test_the_reply_with_fingerprints_is_a_known_shape(templates: str) -> None:
    from drivers.emulators.id_card_device import LaidCard, ReaderDevice, reply

    device = ReaderDevice(0.0, reread=True)
    device.card = LaidCard(id_card_people.person("citizen", 1) | {"fingerprints": templates})
    for key in ("2001", "2002"):
        device.do(key)
    packet = reply(*device.do("3010"))
    assert len(packet) == 1297 + 512 * int(templates)
    (answer,) = sdt.FrameReader().feed(packet)
    assert answer.answers(sdt.READ_WITH_FINGERPRINT)
    assert not answer.answers(sdt.READ_BASE)
