"""What goes wrong between card, reader, service and driver: each has its name, none hangs, and the next card is read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest
from smartcard import scard

from drivers.contract.common import Presence
from drivers.contract.faults import DeviceFault, Fault, FaultCode
from drivers.contract.secret import SecretBytes
from drivers.contract.smart_card import CardFamily, CardSeen, Select, Transmit, TryAgain, WaitCard, WaitRemoval
from drivers.emulators.smart_card import PcscEmulator

from .conftest import READ_CARD_NUMBER, READ_NAME, SSSE, Bench


def fault_of(bench: Bench, apdu: str = READ_CARD_NUMBER, seconds: float = 5.0) -> Fault:
    with pytest.raises(DeviceFault) as caught:
        bench.send(apdu, seconds)
    return caught.value.fault


def status_fault(bench: Bench) -> FaultCode | None:
    try:
        bench.driver.status()
    except DeviceFault as error:
        return error.fault.code
    return None


def reads(bench: Bench) -> bool:
    return bench.do(Select(aid=SSSE)).sw == 0x9000 and bench.send(READ_NAME).sw == 0x9000


@pytest.mark.parametrize(
    ("kind", "arguments", "detail"),
    [
        ("short", {}, "1 bytes are no answer"),
        ("long", {"count": 300}, "bytes of data came"),
        ("endless", {}, "without end"),
        ("garble", {"every": 1}, "no status"),
        ("answer", {"answer": "0102"}, "no status"),
    ],
)
def test_a_spoilt_answer_is_garbled_and_the_next_command_works(
    bench: Bench, kind: str, arguments: dict[str, int], detail: str
) -> None:
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    bench.emulator.fault(kind, ins="C0" if kind in ("long", "garble") else "", **arguments)
    with pytest.raises(DeviceFault) as caught:
        bench.do(Select(aid=SSSE))
    assert caught.value.fault.code is FaultCode.LINK_GARBLED
    assert detail in caught.value.fault.detail
    bench.emulator.clear_faults()
    assert reads(bench), "the card was still powered"


def test_a_wrong_status_is_the_cards_word_and_a_slow_answer_is_an_answer(bench: Bench) -> None:
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    bench.emulator.fault("wrong_status", times=1)
    assert bench.send(READ_NAME).sw == 0x6F00
    bench.emulator.fault("slow", seconds=0.2, times=1)
    assert bench.send(READ_NAME).sw == 0x9000


@pytest.mark.slow
def test_a_silent_card_holds_up_its_command_only(bench: Bench) -> None:
    bench.wait_card()
    bench.emulator.fault("silent")
    began = time.monotonic()
    assert fault_of(bench).code is FaultCode.LINK_SILENT
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    assert bench.driver.status().card is Presence.PRESENT
    assert time.monotonic() - began < 0.2, "the status comes by another way"
    bench.emulator.clear_faults()
    bench.emulator.withdraw()
    bench.do(WaitRemoval())
    bench.wait_card()
    assert reads(bench)


def test_a_silent_card_does_not_outlast_the_deadline(bench: Bench) -> None:
    bench.wait_card()
    bench.emulator.fault("silent")
    began = time.monotonic()
    assert fault_of(bench, seconds=0.2).code is FaultCode.DEADLINE
    assert time.monotonic() - began < 0.5
    bench.emulator.clear_faults()
    bench.emulator.withdraw()
    bench.do(WaitRemoval())


@pytest.mark.parametrize("kind", ["lift_early", pytest.param("drop", marks=pytest.mark.slow)])
def test_a_card_that_leaves_in_the_middle_was_lifted(bench: Bench, kind: str) -> None:
    bench.wait_card()
    bench.emulator.fault(kind, times=1)
    assert fault_of(bench).code is FaultCode.CHIP_PULLED
    assert bench.driver.status().powered is False
    assert fault_of(bench).code is FaultCode.CHIP_ABSENT, "nothing is sent before a card was powered anew"


@pytest.mark.slow
def test_a_card_lifted_while_it_is_powered_is_asked_for_again(bench: Bench, later: Callable[..., None]) -> None:
    bench.wait_card()
    bench.events.clear()
    bench.emulator.fault("lift_early", times=1)
    later(0.1, bench.emulator.present)
    assert bench.do(WaitCard()).family is CardFamily.SOCIAL_SECURITY
    assert bench.events == [CardSeen(), TryAgain(FaultCode.CHIP_PULLED), CardSeen()]


@pytest.mark.slow
def test_answers_that_come_twice_end_with_the_placement(bench: Bench) -> None:
    bench.wait_card()
    bench.do(Select(aid=SSSE))
    bench.emulator.fault("duplicate", times=1)
    assert bench.send(READ_CARD_NUMBER[:-2] + "0B").sw == 0x9000
    bench.emulator.withdraw()
    bench.do(WaitRemoval())
    bench.wait_card()
    assert reads(bench)


def test_an_unplugged_reader_is_absent_and_comes_back(bench: Bench) -> None:
    bench.emulator.unplug()
    assert status_fault(bench) is FaultCode.READER_ABSENT
    assert status_fault(bench) is FaultCode.READER_ABSENT, "absent, not without a card"
    with pytest.raises(DeviceFault) as caught:
        bench.do(WaitCard())
    assert caught.value.fault.code is FaultCode.READER_ABSENT
    bench.emulator.replug()
    bench.wait_card()
    assert reads(bench)


def test_a_reader_that_is_listed_without_a_state_is_not_without_a_card(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pcscd 1.9.9 goes on listing a reader whose driver could not be loaded, with no state bits at all."""
    nothing = [scard.SCARD_S_SUCCESS, [(bench.settings["reader"], scard.SCARD_STATE_CHANGED, [])]]
    monkeypatch.setattr(scard, "SCardGetStatusChange", lambda *arguments: nothing)
    assert status_fault(bench) is FaultCode.READER_ABSENT


@pytest.mark.slow
def test_a_reader_unplugged_in_the_middle_of_an_answer(bench: Bench) -> None:
    bench.wait_card()
    bench.emulator.fault("die_mid_command", times=1)
    torn = fault_of(bench)
    assert (torn.code, torn.detail[:7]) == (FaultCode.LINK_GARBLED, "1 bytes")
    bench.until(lambda: status_fault(bench) is FaultCode.READER_ABSENT)
    bench.emulator.replug()
    bench.wait_card()
    assert reads(bench)


@pytest.mark.parametrize("signal", ["TERM", pytest.param("KILL", marks=pytest.mark.slow)])
def test_a_service_that_was_restarted_is_found_again(bench: Bench, signal: str) -> None:
    bench.wait_card()
    bench.emulator.daemon_stop(signal)
    assert fault_of(bench).code is FaultCode.SERVICE_DOWN
    assert status_fault(bench) is FaultCode.SERVICE_DOWN
    bench.emulator.daemon_start()
    assert status_fault(bench) is None, "the first probe connects again"
    bench.wait_card()
    assert reads(bench)


def test_a_service_restarted_unseen_is_no_reason_to_fail(bench: Bench) -> None:
    bench.wait_card()
    bench.emulator.daemon_stop("KILL")
    bench.emulator.daemon_start()
    assert bench.do(WaitCard()).family is CardFamily.SOCIAL_SECURITY, "it connects again by itself"


def test_a_service_that_hangs_is_down_within_the_time_of_a_status(bench: Bench) -> None:
    bench.emulator.daemon_hang()
    try:
        began = time.monotonic()
        assert status_fault(bench) is FaultCode.SERVICE_DOWN
        assert time.monotonic() - began < 2.0
    finally:
        bench.emulator.daemon_wake()
    bench.until(lambda: status_fault(bench) is None)


def test_a_process_knows_one_socket(bench: Bench) -> None:
    other = bench.make(socket="/nowhere/pcscd.comm")
    with pytest.raises(DeviceFault, match="socket") as caught:
        other.open()
    other.close()
    assert caught.value.fault.code is FaultCode.SETTING_INVALID


def test_no_log_and_no_fault_tells_what_is_on_a_card(
    bench: Bench, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    atr = bench.wait_card().atr.reveal()
    bench.do(Select(aid=SSSE))
    told = [repr(bench.send(READ_NAME)), repr(bench.events)]
    for kind in ("short", "long", "garble", "endless"):
        bench.emulator.fault(kind, times=1)
        try:
            told.append(repr(bench.do(Transmit(apdu=SecretBytes(bytes.fromhex(READ_NAME))))))
        except DeviceFault as error:
            told.append(f"{error} {error.fault}")
    captured = capfd.readouterr()
    text = (" ".join(told) + caplog.text + captured.out + captured.err).lower()
    name = "林试验".encode("gbk").hex()
    for secret in (atr.hex(), atr.hex(" "), name, "林试验", str(list(atr)), READ_NAME.lower()):
        assert secret not in text


def test_every_fault_verb_says_what_it_does() -> None:
    assert set(PcscEmulator.FAULTS) >= {
        "silent", "slow", "drop", "garble", "short", "die_mid_command", "lift_early", "duplicate", "wrong_status",
    }  # fmt: skip
    assert all(PcscEmulator.FAULTS.values())
