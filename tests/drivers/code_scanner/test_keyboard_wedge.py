"""The typing scanner: raw key events through a FIFO, and a kernel device as umockdev plays it."""

from __future__ import annotations

import json
import os
import shutil
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import registry
from drivers.code_scanner.keys import EVENT, KeyReader, us_keys
from drivers.contract.common import Readiness, Supported
from drivers.contract.driver import CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.code_scanner_faults import SAMPLE
from drivers.emulators.code_scanner_keys import KeyboardWedgeEmulator

Plug = Callable[..., tuple[KeyboardWedgeEmulator, Driver]]
TYPED = string.ascii_letters + string.digits + string.punctuation + " "


@pytest.fixture
def plug() -> Iterator[Plug]:
    made: list[tuple[KeyboardWedgeEmulator, Driver]] = []

    def make(suffix: str = "enter", **settings: Any) -> tuple[KeyboardWedgeEmulator, Driver]:
        scanner = KeyboardWedgeEmulator(suffix=suffix, key_ms=0.0)
        quick = {"key_gap_seconds": 0.15, "settle_seconds": 0.2}
        driver = registry.make("keyboard_wedge", {**scanner.start(), **quick, **settings}, production=True)
        made.append((scanner, driver))
        driver.open()
        return scanner, driver

    yield make
    for scanner, driver in made:
        driver.close()
        scanner.stop()


@pytest.mark.parametrize("suffix", ["enter", "tab", "none"])
def test_every_sign_of_the_keyboard_arrives(plug: Plug, hand: Any, suffix: str) -> None:
    scanner, driver = plug(suffix)
    assert driver.open().binary_safe is Supported.NO
    assert driver.status().readiness is Readiness.READY
    reading = hand.read(driver)
    scanner.show_code(TYPED)
    assert reading.data() == TYPED.encode()


@pytest.mark.parametrize("code", ["国", "a\0b"])
def test_a_sign_that_no_key_has_is_told_not_guessed(plug: Plug, hand: Any, code: str) -> None:
    scanner, driver = plug()
    reading = hand.read(driver)
    scanner.show_code(code)
    hand.until(lambda: bool(reading.told))
    time.sleep(0.25)
    scanner.present()
    assert reading.data() == SAMPLE.encode()
    assert reading.told == [FaultCode.CODE_UNREADABLE]


@pytest.mark.parametrize(
    ("fault", "arguments"),
    [("short", {"keep": 6}), ("pause", {"keep": 6, "seconds": 0.17}), ("noise", {"seconds": 0.3})],
)
def test_a_torn_code_is_told_and_the_next_is_right(
    plug: Plug, hand: Any, fault: str, arguments: dict[str, float]
) -> None:
    scanner, driver = plug()
    scanner.fault(fault, times=1, **arguments)
    reading = hand.read(driver)
    scanner.show_code("Torn-Or-After-Noise")
    if fault == "noise":
        assert reading.data() == b"Torn-Or-After-Noise"
    else:
        hand.until(lambda: bool(reading.told))
        time.sleep(0.45 if fault == "pause" else 0.25)
        scanner.show_code("The-Next")
        assert reading.data() == b"The-Next"
    assert reading.told == [FaultCode.CODE_UNREADABLE]


def test_lost_and_changed_keys_cannot_be_seen_and_spoil_no_later_code(plug: Plug, hand: Any) -> None:
    scanner, driver = plug()
    for fault, wanted in (("drop", b"012345678"), ("garble", b"012345678x")):
        scanner.fault(fault, times=1, every=10)
        reading = hand.read(driver)
        scanner.show_code("0123456789")
        assert reading.data() == wanted
    reading = hand.read(driver)
    scanner.show_code("0123456789")
    assert reading.data() == b"0123456789"


def test_before_the_command_twice_slow_and_silent(plug: Plug, hand: Any) -> None:
    scanner, driver = plug()
    scanner.show_code("too-early")
    hand.until(lambda: scanner.state()["sent"] == 1)
    scanner.fault("duplicate", times=1, seconds=0.05)
    scanner.fault("slow", times=1, seconds=0.15)
    reading = hand.read(driver)
    scanner.show_code("once")
    assert reading.data() == b"once"
    time.sleep(0.1)
    scanner.fault("silent", times=1)
    reading = hand.read(driver, seconds=0.5)
    scanner.present()
    assert reading.fault() is FaultCode.DEADLINE
    assert reading.told == []


def test_too_long(plug: Plug, hand: Any) -> None:
    scanner, driver = plug(longest=20)
    reading = hand.read(driver)
    scanner.show_code("x" * 60)
    hand.until(lambda: bool(reading.told))
    time.sleep(0.3)
    scanner.show_code("y" * 20)
    assert reading.data() == b"y" * 20
    assert reading.told == [FaultCode.CODE_TOO_LONG]


@pytest.mark.parametrize("how", ["unplug", "die_mid_command"])
def test_unplugged_and_back(plug: Plug, hand: Any, how: str) -> None:
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
    scanner.show_code("Back")
    assert reading.data() == b"Back"


def test_cancel_is_quick(plug: Plug, hand: Any) -> None:
    _, driver = plug()
    reading = hand.read(driver)
    begun = time.monotonic()
    reading.call.cancel()
    assert isinstance(reading.end().ended, CommandCanceled)
    assert time.monotonic() - begun < 0.25


@pytest.mark.parametrize("path", ["/dev/null", "regular"])
def test_what_is_no_keyboard_is_named(tmp_path: Path, path: str, hand: Any) -> None:
    (tmp_path / "regular").write_bytes(b"no keyboard")
    driver = registry.make("keyboard_wedge", {"path": str(tmp_path / path)}, production=True)
    assert hand.code_of(driver.open) is FaultCode.SETTING_INVALID
    driver.close()


@pytest.mark.parametrize(
    ("settings", "named"),
    [({"path": "event5"}, "path"), ({"suffix": "space"}, "suffix"), ({"settle_seconds": 0.05}, "settle_seconds")],
)
def test_a_wrong_setting_is_named(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        registry.make("keyboard_wedge", {"path": "/nowhere", **settings}, production=True)
    assert named in caught.value.fault.detail


# --- the kernel's side, as umockdev plays it

DEVICE = """P: /devices/pci0000:00/usb1/1-2/input/input7/event5
N: input/event5
E: DEVNAME=/dev/input/event5
E: ID_INPUT_KEYBOARD=1
E: SUBSYSTEM=input
A: dev=13:69
"""
KEYS = (30, 48, 46, 28)  # a b c Enter
READ = """
import json, sys
from drivers import registry
from drivers.code_scanner import keyboard_device
from drivers.contract.code_scanner import ReadCode
from drivers.contract.driver import Call
ioctls, real = [], keyboard_device.fcntl.ioctl
def noted(fd, request, *rest):
    ioctls.append(request)
    return real(fd, request, *rest)
keyboard_device.fcntl.ioctl = noted
driver = registry.make("keyboard_wedge", {"path": "/dev/input/event5"}, production=True)
code = driver.perform(ReadCode(), Call(15.0, lambda event, fds: None))
print(json.dumps({"code": code.data.reveal().decode(), "ioctls": ioctls}), flush=True)
driver.close()
"""


def test_a_character_device_is_grabbed_and_read(tmp_path: Path) -> None:
    assert shutil.which("umockdev-run"), "umockdev is missing: run `make setup` (it installs .ci/apt-packages.txt)"
    (tmp_path / "device").write_text(DEVICE)
    # evemu's format: seconds, type, code, value. Typed again and again, for a machine that is slow to start Python.
    lines = ["# EVEMU 1.3", "E: 0.000001 0000 0000 0000"]
    for begin in (0.5 * turn for turn in range(1, 30)):
        for at, key in enumerate(KEYS):
            for step, value in ((0.0, 1), (0.002, 0)):
                moment = f"{begin + at * 0.01 + step:.6f}"
                lines += [f"E: {moment} 0001 {key:04x} {value:04d}", f"E: {moment} 0000 0000 0000"]
    (tmp_path / "events").write_text("\n".join(lines) + "\n")
    command = ["umockdev-run", "-d", str(tmp_path / "device"), "-e", f"/dev/input/event5={tmp_path / 'events'}", "--"]
    with subprocess.Popen(
        [*command, sys.executable, "-c", READ],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stderr is not None
        line = running.stdout.readline()
        running.terminate()  # it would play the events to their end
        assert line, running.stderr.read()
    told = json.loads(line)
    assert told["code"] == "abc"
    assert told["ioctls"][0] == 0x40044590


# --- the parser

SIGNS = {sign: [(code, shift)] for code, *both in us_keys().keys for shift, sign in enumerate(both)}


def events(*keys: tuple[int, int]) -> bytes:
    return b"".join(EVENT.pack(1, 2, 1, code, value) + EVENT.pack(1, 2, 0, 0, 0) for code, value in keys)


def check_any_events(noise: bytes, cuts: list[int]) -> None:
    reader = KeyReader(us_keys())
    for cut in cuts:
        for each in reader.feed(noise[:cut]):
            assert each is None or len(each) == 1
        noise = noise[cut:]
    reader.feed(noise)
    reader.start_afresh()
    assert reader.feed(events((42, 1), (30, 1), (30, 0), (42, 0), (30, 1), (30, 2), (30, 0))) == [b"A", b"a"]


raw = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.builds(EVENT.pack, st.just(0), st.integers(0, 999_999), st.integers(0, 5), st.integers(0, 0x300), st.integers(-2, 3)),
        max_size=20,
    ).map(b"".join),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(raw, st.lists(st.integers(0, 60), max_size=6))
def test_any_events_and_then_the_next_are_right(noise: bytes, cuts: list[int]) -> None:
    check_any_events(noise, cuts)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(raw, st.lists(st.integers(0, 60), max_size=6))
def test_ten_thousand_event_streams(noise: bytes, cuts: list[int]) -> None:
    check_any_events(noise, cuts)


def test_keys_that_the_kernel_lost_are_told() -> None:
    reader = KeyReader(us_keys())
    assert reader.feed(events((30, 1)) + EVENT.pack(0, 0, 0, 3, 0) + events((48, 1))) == [b"a", None, b"b"]


def test_the_key_map_holds_every_printable_sign_once_on_the_main_keys() -> None:
    main = [sign for code, *both in us_keys().keys if code < 55 for sign in both if sign.isprintable() and sign != " "]
    assert sorted(main) == sorted(set(TYPED) - {" "})
