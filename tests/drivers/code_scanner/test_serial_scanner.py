"""The serial scanner over a real pseudo-terminal: every byte, every way in which a line without check sums can fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.contract.common import Readiness, Supported
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.code_scanner_faults import SAMPLE
from drivers.emulators.code_scanner_serial import SerialScannerEmulator

Plug = Callable[..., tuple[SerialScannerEmulator, Driver]]


@pytest.fixture
def plug() -> Iterator[Plug]:
    """A scanner and its driver, opened; `set_up` goes to the scanner, the rest to the driver."""
    made: list[tuple[SerialScannerEmulator, Driver]] = []

    def make(set_up: dict[str, Any] | None = None, **settings: Any) -> tuple[SerialScannerEmulator, Driver]:
        scanner = SerialScannerEmulator(**(set_up or {}))
        driver = registry.make(
            "serial_scanner",
            {**scanner.start(), "gap_seconds": 0.1, "settle_seconds": 0.15, **settings},
            production=True,
        )
        made.append((scanner, driver))
        driver.open()
        return scanner, driver

    yield make
    for scanner, driver in made:
        driver.close()
        scanner.stop()


def test_a_code_arrives_without_its_frame(plug: Plug, hand: Any) -> None:
    scanner, driver = plug({"prefix": "02", "suffix": "03 0D"})
    assert driver.status().readiness is Readiness.READY
    reading = hand.read(driver)
    assert scanner.present()
    assert reading.data() == SAMPLE.encode()
    assert reading.told == []


@pytest.mark.parametrize(
    "code",
    [
        bytes(range(256)),
        b"a\r",
        *(pytest.param(code, marks=pytest.mark.slow) for code in (b"\r\r", b"\0", b"x" * 2953)),
    ],
)
def test_by_silence_every_byte_arrives(plug: Plug, hand: Any, code: bytes) -> None:
    scanner, driver = plug(gap_seconds=0.3, settle_seconds=0.3)
    assert driver.open().binary_safe is Supported.YES
    reading = hand.read(driver, ready=0.33)
    scanner.show_code(hex=code.hex())
    assert reading.data() == code


def test_by_suffix_a_code_comes_at_once_and_must_not_hold_the_suffix(plug: Plug, hand: Any) -> None:
    scanner, driver = plug(ends_by="suffix", gap_seconds=0.3, settle_seconds=0.3)
    assert driver.open().binary_safe is Supported.NO
    reading = hand.read(driver, ready=0.33)
    shown = time.monotonic()
    scanner.show_code(hex=b"one\0\xff\ntwo".hex())
    assert reading.data() == b"one\0\xff\ntwo"
    assert time.monotonic() - shown < 0.29, "no silence was waited for"
    reading = hand.read(driver, ready=0.33)
    scanner.show_code(hex=b"cut\rhere".hex())
    assert reading.data() == b"cut", "as the framing says"


def test_what_came_before_the_command_does_not_count(plug: Plug, hand: Any) -> None:
    scanner, driver = plug({"baud": 9600}, baud=9600, gap_seconds=0.25, settle_seconds=0.25)
    scanner.show_code("scanned-too-early")
    hand.until(lambda: scanner.state()["sent"] == 1)
    scanner.show_code("under-way-while-it-begins" * 8)
    time.sleep(0.1)
    reading = hand.read(driver, ready=0.55)
    assert reading.code is None, "the tail of a code is no code"
    scanner.show_code("wanted")
    assert reading.data() == b"wanted"


TORN: list[tuple[str, str, dict[str, float]]] = [
    ("silence", "short", {"keep": 6}), ("silence", "pause", {"keep": 6, "seconds": 0.12}), ("silence", "baud_mismatch", {}),
    ("silence", "noise", {"count": 20, "seconds": 0.3}), ("suffix", "short", {"keep": 6}),
    ("suffix", "pause", {"keep": 6, "seconds": 0.12}),
]  # fmt: skip


@pytest.mark.parametrize(("ends_by", "fault", "arguments"), TORN, ids=str)
def test_a_torn_code_is_told_and_the_next_is_right(
    plug: Plug, hand: Any, ends_by: str, fault: str, arguments: dict[str, float]
) -> None:
    scanner, driver = plug(ends_by=ends_by)
    scanner.fault(fault, times=1, **arguments)
    reading = hand.read(driver)
    scanner.show_code("torn-or-after-noise")
    if fault != "noise":
        hand.until(lambda: bool(reading.told))
        time.sleep(0.4 if fault == "pause" else 0.2)
        scanner.show_code("the-next-one")
    assert reading.data() in (b"the-next-one", b"torn-or-after-noise"[: None if fault == "noise" else 0])
    assert reading.told == [FaultCode.CODE_UNREADABLE]


def test_noise_glued_to_a_code_is_seen_by_the_prefix(plug: Plug, hand: Any) -> None:
    scanner, driver = plug({"prefix": "02"})
    scanner.fault("noise", times=1, count=9, seconds=0)
    reading = hand.read(driver)
    scanner.show_code("behind-noise")
    hand.until(lambda: bool(reading.told))
    time.sleep(0.2)
    scanner.show_code("clean")
    assert reading.data() == b"clean"


@pytest.mark.parametrize("fault", ["drop", "garble"])
def test_lost_and_changed_bytes_end_in_bounded_time_and_spoil_no_later_code(plug: Plug, hand: Any, fault: str) -> None:
    """Without a check sum nobody can tell that a byte in the middle is missing: what this wire carries must prove itself."""
    scanner, driver = plug()
    scanner.fault(fault, times=1, every=9)
    reading = hand.read(driver)
    scanner.show_code("0123456789")
    assert reading.data() == {"drop": b"012345679", "garble": b"01234567-9"}[fault]
    reading = hand.read(driver)
    scanner.show_code("0123456789")
    assert reading.data() == b"0123456789"


def test_too_long_is_told_once_and_the_next_is_right(plug: Plug, hand: Any) -> None:
    scanner, driver = plug(longest=40, settle_seconds=0.4)
    reading = hand.read(driver)
    scanner.show_code("x" * 600)
    hand.until(lambda: bool(reading.told))
    time.sleep(0.6)
    scanner.show_code("y" * 40)
    assert reading.data() == b"y" * 40
    assert reading.told == [FaultCode.CODE_TOO_LONG]


def test_a_duplicate_is_one_code(plug: Plug, hand: Any) -> None:
    scanner, driver = plug()
    scanner.fault("duplicate", times=1, seconds=0.15)
    reading = hand.read(driver)
    scanner.show_code("twice")
    assert reading.data() == b"twice"
    reading = hand.read(driver, seconds=0.5)
    assert reading.fault() is FaultCode.DEADLINE


def test_slow_is_waited_for_and_silent_ends_at_the_deadline(plug: Plug, hand: Any) -> None:
    scanner, driver = plug()
    scanner.fault("slow", times=1, seconds=0.2)
    reading = hand.read(driver)
    scanner.present()
    assert reading.data() == SAMPLE.encode()
    scanner.fault("silent")
    begun = time.monotonic()
    reading = hand.read(driver, seconds=0.6)
    scanner.present()
    assert reading.fault() is FaultCode.DEADLINE
    assert time.monotonic() - begun < 1.0


def test_cancel_is_quick(plug: Plug, hand: Any) -> None:
    _, driver = plug()
    reading = hand.read(driver)
    begun = time.monotonic()
    reading.call.cancel()
    assert isinstance(reading.end().ended, CommandCanceled)
    assert time.monotonic() - begun < 0.25


@pytest.mark.parametrize("how", ["unplug", "die_mid_command"])
def test_a_pulled_cable_is_told_and_a_replug_heals(plug: Plug, hand: Any, how: str) -> None:
    scanner, driver = plug()
    reading = hand.read(driver)
    if how == "unplug":
        scanner.unplug()
    else:
        scanner.fault(how, times=1)
        scanner.present()
    assert reading.fault() is FaultCode.DEVICE_GONE
    assert hand.code_of(driver.status) is FaultCode.PORT_ABSENT
    scanner.replug()
    assert driver.status().readiness is Readiness.READY
    reading = hand.read(driver)
    scanner.show_code("back")
    assert reading.data() == b"back"


def test_unplugged_between_commands(plug: Plug, hand: Any) -> None:
    scanner, driver = plug()
    scanner.unplug()
    assert hand.code_of(driver.status) is FaultCode.DEVICE_GONE
    scanner.replug()
    reading = hand.read(driver)
    scanner.show_code("opened by the command")
    assert reading.data() == b"opened by the command"


def test_the_trigger_lights_it_for_one_command(plug: Plug, hand: Any) -> None:
    scanner, driver = plug({"trigger_on": "16 54 0D", "trigger_off": "16 55 0D"})
    assert driver.open().trigger is Supported.YES
    scanner.show_code("held there before")
    time.sleep(0.1)
    assert scanner.state() == {**scanner.state(), "lit": False, "sent": 0}
    assert hand.read(driver).data() == b"held there before"
    reading = hand.read(driver)
    hand.until(lambda: scanner.state()["lit"])
    reading.call.cancel()
    reading.end()
    hand.until(lambda: not scanner.state()["lit"])


def test_a_scanner_that_answers_a_probe_is_known_to_listen(plug: Plug, hand: Any) -> None:
    scanner, driver = plug({"probe": "3F", "probe_answer": "21"}, probe_seconds=0.2)
    assert driver.status().readiness is Readiness.READY
    scanner.fault("silent")
    assert hand.code_of(driver.status) is FaultCode.LINK_SILENT
    scanner.clear_faults()
    scanner.fault("baud_mismatch")
    assert hand.code_of(driver.status) is FaultCode.LINK_GARBLED


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"suffix": "0"}, "suffix"),
        ({"suffix": "", "ends_by": "suffix"}, "suffix"),
        ({"probe": "3F"}, "probe_answer"),
        ({"settle_seconds": 0.03, "gap_seconds": 0.05}, "settle_seconds"),
        ({"prefix": "00" * 33}, "prefix"),
        ({"colour": 1}, "colour"),
        ({"baud": 1200}, "baud"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("serial_scanner", {"port": "/nowhere", **settings}, production=True)
    assert caught.value.fault.code is FaultCode.SETTING_INVALID
    assert named in caught.value.fault.detail
