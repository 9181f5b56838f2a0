"""Whatever lies under /sys, a listing lists or says why not: texts that are no text, files that vanish, links in circles."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.buses import evdev, serial, usb, v4l2
from drivers.contract.bus import Attached
from drivers.contract.faults import DeviceFault
from drivers.link import wire

from .machine import KEYBOARD_KEYS, Machine

TEAR = st.one_of(
    st.binary(max_size=300).map(lambda raw: ("bytes", raw)),
    st.sampled_from(
        [("gone", b""), ("loop", b""), ("folder", b""), ("dangling", b""), ("away", b""), ("unreadable", b"")]
    ),
)


def full(folder: Path) -> Machine:
    machine = Machine(folder)
    reader = machine.usb("1.2", serial="SN", manufacturer="ACME")
    machine.input(machine.hid(reader, 0), 1, key=KEYBOARD_KEYS)
    machine.usb_serial(machine.usb("2"), 0)
    machine.camera(machine.usb("3"), 0)
    machine.printer(machine.usb("4"), 0)
    machine.board_serial(0)
    return machine


def paths(machine: Machine) -> list[Path]:
    """Everything in the tree, links not followed."""
    return sorted(Path(top) / name for top, folders, files in os.walk(machine.sysfs) for name in (*folders, *files))


def tear(victim: Path, how: str, raw: bytes) -> None:
    if not os.path.lexists(victim) or not os.path.lexists(victim.parent):
        return
    if victim.is_dir() and not victim.is_symlink():
        victim.rename(victim.with_name(f"{victim.name}~{len(os.listdir(victim.parent))}"))
    else:
        victim.unlink()
    match how:
        case "bytes":
            victim.write_bytes(raw)
        case "loop":
            victim.symlink_to(victim.name)
        case "folder":
            victim.mkdir()
        case "dangling":
            victim.symlink_to("nowhere/at/all")
        case "away":
            victim.symlink_to("/proc/self")
        case "unreadable":
            os.mkfifo(victim, 0o000)


def list_all(machine: Machine) -> list[Attached]:
    found: list[Attached] = []
    for bus in (usb, serial, evdev, v4l2):
        try:
            found += bus.attached(machine.sysfs, machine.dev)
        except DeviceFault:
            continue  # says why it cannot be asked
    return found


def check(tears: list[tuple[int, tuple[str, bytes]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        machine = full(Path(folder))
        for number, (how, raw) in tears:
            everything = paths(machine)
            tear(everything[number % len(everything)], how, raw)
        check_listings(machine)


def check_listings(machine: Machine) -> None:
    for thing in list_all(machine):
        assert wire.decode(wire.encode(thing), Attached) == thing
        assert thing.path
        assert Path(thing.node).exists()
        for text in (thing.path, thing.serial, thing.maker, thing.model, thing.kind):
            assert text.isprintable()
            assert len(text) <= 160


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Machine, list[Path]]:
    machine = full(tmp_path_factory.mktemp("machine"))
    return machine, [path for path in paths(machine) if path.is_file() and not path.is_symlink()]


def check_attribute(whole: tuple[Machine, list[Path]], number: int, raw: bytes) -> None:
    machine, attributes = whole
    attribute = attributes[number % len(attributes)]
    before = attribute.read_bytes()
    attribute.write_bytes(raw)
    try:
        check_listings(machine)
    finally:
        attribute.write_bytes(before)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 10_000), raw=st.binary(max_size=300))
def test_whatever_an_attribute_says(whole: tuple[Machine, list[Path]], number: int, raw: bytes):
    check_attribute(whole, number, raw)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=st.integers(0, 10_000), raw=st.binary(max_size=5000))
def test_whatever_ten_thousand_attributes_say(whole: tuple[Machine, list[Path]], number: int, raw: bytes):
    check_attribute(whole, number, raw)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 10_000), TEAR), min_size=1, max_size=6))
def test_a_torn_tree_never_ends_a_listing(tears: list[tuple[int, tuple[str, bytes]]]):
    check(tears)


@pytest.mark.slow
@pytest.mark.timeout(600)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, 10_000), TEAR), min_size=1, max_size=12))
def test_three_hundred_torn_trees(tears: list[tuple[int, tuple[str, bytes]]]):
    check(tears)


def test_a_serial_number_that_is_no_text_is_still_the_same_number(tmp_path: Path):
    machine = Machine(tmp_path)
    folder = machine.usb("1")
    (machine.sysfs / "devices" / folder / "serial").write_bytes(b"\xff\xfeA\x07B\n")
    (first,), (second,) = (usb.attached(machine.sysfs, machine.dev) for _ in range(2))
    assert first == second
    assert first.serial.isprintable()
    assert first.serial


def test_a_device_that_vanishes_while_it_is_read_is_not_listed_by_half(tmp_path: Path):
    machine = Machine(tmp_path)
    folder = machine.usb("1", serial="SN")
    (machine.sysfs / "devices" / folder / "serial").unlink()
    (machine.sysfs / "devices" / folder / "idVendor").unlink()
    assert usb.attached(machine.sysfs, machine.dev) == ()
