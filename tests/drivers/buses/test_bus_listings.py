"""What each bus of a made-up machine lists: every kind of node, places in udev's form, and nothing that is not there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drivers.buses import evdev, serial, usb, v4l2
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.lines.serial_line import SerialLine

from .machine import DIGITS_AND_ENTER, KEYBOARD_KEYS, MOUSE_KEYS, TOUCH_KEYS, Machine

PORT = "pci-0000:00:14.0-usb-0:1.2"


def listed(bus: object, machine: Machine) -> tuple[Attached, ...]:
    return bus.attached(machine.sysfs, machine.dev)  # type: ignore[attr-defined, no-any-return]


def test_an_empty_machine_has_nothing(machine: Machine):
    assert [listed(bus, machine) for bus in (usb, serial, evdev, v4l2)] == [(), (), (), ()]


@pytest.mark.parametrize("bus", [usb, serial, evdev, v4l2])
def test_without_sysfs_nothing_is_known(bus: object, tmp_path: Path):
    with pytest.raises(DeviceFault) as caught:
        bus.attached(tmp_path / "no-sys", tmp_path)  # type: ignore[attr-defined]
    assert caught.value.fault.code is FaultCode.SERVICE_DOWN
    assert "no sysfs" in caught.value.fault.detail


def test_usb_lists_the_device_and_the_nodes_of_its_interfaces(machine: Machine):
    hub = machine.usb("1", device_class="09")
    reader = machine.usb("1.2", vendor="0400", product="C35A", serial="  SN-7 ", manufacturer="ACME", model="Reader  1")
    machine.hid(reader, 3)
    printer = machine.usb("3", vendor="04b8", product="0e15", serial="P1")
    machine.printer(printer, 0)
    found = {thing.kind: thing for thing in listed(usb, machine) if thing.vendor == "0400"}
    assert found["device"] == Attached(
        bus=Bus.USB,
        path=PORT,
        node=str(machine.dev / "bus/usb/001/003"),
        vendor="0400",
        product="c35a",
        serial="SN-7",
        maker="ACME",
        model="Reader  1",
        kind="device",
    )
    assert (found["hid"].path, found["hid"].node) == (f"{PORT}:1.0", str(machine.dev / "hidraw3"))
    (lp,) = [thing for thing in listed(usb, machine) if thing.kind == "printer"]
    assert (lp.path, lp.node, lp.serial) == ("pci-0000:00:14.0-usb-0:3:1.0", str(machine.dev / "usb/lp0"), "P1")
    assert not any(hub.endswith(thing.path) or thing.path.endswith("usb-0:1") for thing in listed(usb, machine)), (
        "no hubs"
    )


def test_a_replug_changes_the_node_and_never_the_identity(machine: Machine):
    """Odoo's USB id is vid:pid and a counter: after a replug it is another device."""
    first = machine.usb("1.2", serial="SN")
    machine.usb_serial(first, 0)
    before = [*listed(usb, machine), *listed(serial, machine)]
    machine.unplug(first)
    assert listed(usb, machine) == listed(serial, machine) == ()
    other = machine.usb("4")  # takes ttyUSB0 meanwhile
    machine.usb_serial(other, 0)
    machine.usb_serial(machine.usb("1.2", serial="SN"), 1)
    after = {thing.identity: thing for thing in (*listed(usb, machine), *listed(serial, machine))}
    assert len(before) == 2
    for thing in before:
        assert after[thing.identity].node != thing.node
    assert after[before[1].identity].node.endswith("ttyUSB1")


def test_two_equal_devices_differ_by_their_ports(machine: Machine):
    machine.usb_serial(machine.usb("1"), 0)
    machine.usb_serial(machine.usb("2"), 1)
    assert len({thing.identity for thing in listed(serial, machine)}) == 2


def test_serial_ports_have_the_ids_of_their_usb_device(machine: Machine):
    machine.usb_serial(
        machine.usb("1.2", vendor="10C4", product="ea60", serial="0001", manufacturer="Silicon Labs"), 5, "cp210x"
    )
    machine.acm(machine.usb("3", vendor="0bda"), 0)
    adapter, acm = listed(serial, machine)[::-1]
    assert (adapter.path, adapter.kind) == (f"{PORT}:1.0-port0", "cp210x")
    assert (adapter.vendor, adapter.product, adapter.serial, adapter.maker) == ("10c4", "ea60", "0001", "Silicon Labs")
    assert (acm.path, acm.kind, acm.vendor) == ("pci-0000:00:14.0-usb-0:3:1.0-port0", "cdc_acm", "0bda")


def test_ports_of_the_board_are_listed_only_where_there_is_a_chip(machine: Machine):
    machine.board_serial(0)
    machine.board_serial(1, port=1)
    machine.board_serial(2, port=2, kind="0")
    machine.placeholder_serial(3, kind="0")
    machine.placeholder_serial(4, kind=None)  # `type` may be read by root only
    machine.class_device("virtual/tty/tty1", "tty", "tty1")
    found = listed(serial, machine)
    assert [(Path(thing.node).name, thing.path) for thing in found] == [
        ("ttyS0", "pnp-00:05-port0"),
        ("ttyS1", "pnp-00:05-port1"),
    ]
    assert {thing.kind for thing in found} == {"serial"}


def test_ports_of_one_card_before_linux_6_5_are_told_apart(machine: Machine):
    machine.board_serial(4, kind=None, old_kernel=True)
    machine.board_serial(5, kind=None, old_kernel=True)
    assert [thing.path for thing in listed(serial, machine)] == ["pnp-00:05-port0", "pnp-00:05-port1"]


def test_a_listed_serial_node_is_what_a_driver_opens(machine: Machine):
    master, slave = os.openpty()
    machine.usb_serial(machine.usb("1"), 0)
    node = machine.dev / "ttyUSB0"
    node.unlink()
    node.symlink_to(os.ttyname(slave))
    try:
        (thing,) = listed(serial, machine)
        line = SerialLine(thing.node, 115200)
        line.write(b"hello")
        assert os.read(master, 5) == b"hello"
        line.close()
    finally:
        os.close(master)
        os.close(slave)


def test_what_has_no_node_cannot_be_used_and_is_not_listed(machine: Machine):
    reader = machine.usb("1")
    machine.usb_serial(reader, 0)
    machine.hid(reader, 0, "1.1")
    for node in ("ttyUSB0", "hidraw0", "bus/usb/001/002"):
        (machine.dev / node).unlink()
    assert listed(usb, machine) == listed(serial, machine) == ()


def test_a_camera_is_its_first_node(machine: Machine):
    camera = machine.usb("1.2", vendor="046d", product="0825", serial="C270")
    machine.camera(camera, 0, index=0)
    machine.camera(camera, 1, index=1)
    (thing,) = listed(v4l2, machine)
    assert (thing.path, thing.node) == (f"{PORT}:1.0-video-index0", str(machine.dev / "video0"))
    assert (thing.kind, thing.model, thing.vendor, thing.serial) == ("uvcvideo", "UVC Camera", "046d", "C270")


@pytest.mark.parametrize(
    ("masks", "kind", "suffix"),
    [
        ({"ev": "120013", "key": KEYBOARD_KEYS}, "keyboard", "-event-kbd"),
        ({"ev": "3", "key": DIGITS_AND_ENTER}, "scanner-like", "-event-kbd"),
        ({"ev": "17", "key": MOUSE_KEYS, "rel": "103"}, "mouse", "-event-mouse"),
        ({"ev": "b", "key": TOUCH_KEYS, "abs": "260800000000003", "properties": "2"}, "touchscreen", "-event"),
        ({"ev": "b", "key": TOUCH_KEYS, "abs": "3"}, "touchscreen", "-event"),
        ({"ev": "b", "key": "420 30000 0 0 0 0", "abs": "3"}, "touchpad", "-event-mouse"),
        ({"ev": "b", "key": "70000 0 0 0 0", "abs": "3"}, "mouse", "-event-mouse"),
        ({"ev": "3", "key": "10000000000000 0"}, "buttons", "-event"),
        ({"ev": "21"}, "other", "-event"),
    ],
)
def test_input_devices_are_told_apart_by_their_bits(machine: Machine, masks: dict[str, str], kind: str, suffix: str):
    where = machine.hid(machine.usb("1.2", serial="K1"), 0)
    machine.input(where, 7, name="Some Input", **masks)
    (thing,) = listed(evdev, machine)
    assert (thing.kind, thing.path) == (kind, f"{PORT}:1.0{suffix}")
    assert (thing.node, thing.model, thing.serial) == (str(machine.dev / "input/event7"), "Some Input", "K1")


def test_a_device_behind_a_platform_bus_has_a_place_too(machine: Machine):
    machine._device("platform/soc", "platform")
    machine._device("platform/soc/fe5c0000.i2c", "platform")
    machine._device("platform/soc/fe5c0000.i2c/i2c-1/1-0014", "i2c")
    machine.input("platform/soc/fe5c0000.i2c/i2c-1/1-0014", 0, key=TOUCH_KEYS, abs="3", properties="2")
    (thing,) = listed(evdev, machine)
    assert thing.path == "platform-fe5c0000.i2c-event"


def test_what_a_program_made_has_no_place(machine: Machine):
    machine.input("virtual", 9, key=KEYBOARD_KEYS)
    assert listed(evdev, machine)[0].path == "virtual-event-kbd"
