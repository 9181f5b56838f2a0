"""Cards in a reader behind a real pcscd."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from drivers.contract.common import Done, Presence, Readiness, Supported
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import SecretBytes
from drivers.contract.smart_card import (
    CardFamily,
    CardIn,
    CardSeen,
    Release,
    Select,
    Transmit,
    TryAgain,
    WaitCard,
    WaitRemoval,
)

from .conftest import READ_CARD_NUMBER, READ_NAME, SSSE, Bench


def failing(bench: Bench, command: object, seconds: float = 5.0) -> FaultCode:
    with pytest.raises(DeviceFault) as caught:
        bench.do(command, seconds)
    return caught.value.fault.code


def test_the_reader_says_what_it_can_do(bench: Bench) -> None:
    assert bench.capabilities.families == (CardFamily.SOCIAL_SECURITY, CardFamily.STAFF)
    assert bench.capabilities.presence is Supported.YES
    assert bench.capabilities.identity.model == bench.settings["reader"]


def test_waiting_ends_at_the_deadline_and_when_cancelled(bench: Bench) -> None:
    bench.empty()
    began = time.monotonic()
    assert failing(bench, WaitCard(), 0.3) is FaultCode.DEADLINE
    assert time.monotonic() - began < 0.7
    call = bench.call()
    threading.Timer(0.1, call.cancel).start()
    began = time.monotonic()
    with pytest.raises(CommandCanceled):
        bench.driver.perform(WaitCard(), call)
    assert time.monotonic() - began < 0.5


def test_a_social_security_card_comes_is_read_and_goes(bench: Bench, later: Callable[..., None]) -> None:
    bench.empty()
    assert failing(bench, Transmit(apdu=SecretBytes(bytes(4)))) is FaultCode.CHIP_ABSENT
    later(0.05, bench.emulator.present)
    card = bench.do(WaitCard())
    assert isinstance(card, CardIn)
    assert card.family is CardFamily.SOCIAL_SECURITY
    assert card.atr.reveal().hex().startswith("3b6d0000")
    assert bench.events == [CardSeen()]
    status = bench.driver.status()
    assert (status.readiness, status.card, status.powered) == (Readiness.READY, Presence.PRESENT, True)
    chosen = bench.do(Select(aid=SSSE))
    assert chosen.sw == 0x9000
    assert SSSE in chosen.data.reveal(), "61xx was followed"
    assert bench.send(READ_CARD_NUMBER).data.reveal() == b"\x07\x09X00000000", "6Cxx was followed"
    assert bench.send(READ_NAME).data.reveal()[2:].rstrip(b"\0").decode("gbk") == "林试验"
    assert bench.send("00B2090000").data.reveal() == bench.send(READ_NAME).data.reveal(), "by tag as by place"
    assert bench.send("00B2630400").sw == 0x6A83
    later(0.05, bench.emulator.withdraw)
    assert bench.do(WaitRemoval()) == Done()
    status = bench.driver.status()
    assert (status.card, status.powered) == (Presence.ABSENT, False)


def test_another_application_is_absent_and_the_card_stays_powered(bench: Bench) -> None:
    bench.wait_card()
    assert failing(bench, Select(aid=b"\xa0\x00\x00\x03\x33")) is FaultCode.APPLICATION_ABSENT
    assert bench.do(Select(aid=SSSE)).sw == 0x9000


def test_what_no_card_can_be_asked_is_the_callers_defect(bench: Bench) -> None:
    bench.wait_card()
    before = bench.emulator.state()["commands"]
    assert failing(bench, Select(aid=b"1234")) is FaultCode.INTERNAL
    assert failing(bench, Transmit(apdu=SecretBytes(b"\0\xa4\4"))) is FaultCode.INTERNAL
    assert failing(bench, Transmit(apdu=SecretBytes(bytes.fromhex("00B00000000000")))) is FaultCode.UNSUPPORTED, "T=0"
    assert bench.emulator.state()["commands"] == before, "nothing was sent"
    assert bench.do(Select(aid=SSSE)).sw == 0x9000


def test_release_resets_the_card_and_locks_what_was_open(bench: Bench) -> None:
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    assert bench.send(READ_NAME).sw == 0x9000
    resets = bench.emulator.state()["resets"]
    assert bench.do(Release()) == Done()
    bench.until(lambda: bench.emulator.state()["resets"] == resets + 1)
    assert bench.driver.status().powered is False
    assert failing(bench, Transmit(apdu=SecretBytes(bytes(4)))) is FaultCode.CHIP_ABSENT


def test_a_card_the_wrong_way_round_is_told_once_and_another_is_waited_for(
    bench: Bench, later: Callable[..., None]
) -> None:
    def put_another_in(event: object, fds: object) -> None:
        bench.events.append(event)
        if isinstance(event, TryAgain):
            later(0.5, bench.lay, "staff")  # long enough for a second look at the first

    bench.lay("mute")
    bench.until(lambda: bench.driver.status().card is Presence.ABSENT)
    card = bench.driver.perform(WaitCard(), Call(6, put_another_in))
    assert isinstance(card, CardIn)
    assert card.family is CardFamily.STAFF
    assert bench.events == [TryAgain(FaultCode.CHIP_UNREADABLE), CardSeen()]


def test_a_staff_card_is_known_by_the_sites_rule_and_takes_extended_apdus(bench: Bench) -> None:
    assert bench.wait_card("staff").family is CardFamily.STAFF
    response = bench.send("00B00000000000")
    assert (response.sw, len(response.data.reveal())) == (0x9000, 1000)
    assert len(bench.send("00B0000000").data.reveal()) == 256
    closed = bench.make(extended_apdu="ask")
    assert closed.open().extended_apdu is Supported.UNKNOWN, "this reader does not say"
    closed.close()


def test_one_cards_command_never_reaches_the_next_card(bench: Bench) -> None:
    bench.wait_card("staff")
    moves = bench.driver._watch.look(lambda: None).placement.moves
    bench.lay()
    bench.until(lambda: bench.driver._watch.look(lambda: None).placement.moves >= moves + 2)
    before = bench.emulator.state()["commands"]
    assert failing(bench, Transmit(apdu=SecretBytes(bytes.fromhex(READ_NAME)))) is FaultCode.CHIP_PULLED
    assert bench.emulator.state()["commands"] == before
    assert bench.driver.status().powered is False
    bench.do(WaitCard())
    bench.do(Select(aid=SSSE))
    assert bench.send(READ_NAME).sw == 0x9000


@pytest.mark.slow
def test_a_card_of_no_known_family_is_told_as_such(bench: Bench) -> None:
    assert bench.wait_card("unknown").family is CardFamily.UNKNOWN


@pytest.mark.slow
def test_a_guarded_file_stays_closed(bench: Bench) -> None:
    bench.wait_card(guarded=True)
    bench.do(Select(aid=SSSE))
    assert bench.send(READ_CARD_NUMBER).sw == 0x9000
    assert bench.send(READ_NAME).sw == 0x6982
