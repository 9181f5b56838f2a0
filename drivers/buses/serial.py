"""Serial ports: USB adapters (ttyUSB), devices with a port of their own (ttyACM), and those on the board (ttyS, ttyAMA).

The path is that of /dev/serial/by-path: place and number of the port on its adapter ("pci-0000:00:14.0-usb-0:1.2:1.0-port0").
kind is the name of the kernel's driver ("ftdi_sio", "ch341-uart", "cdc_acm", "serial").
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from drivers.buses import sysfs as tree
from drivers.contract.bus import Attached, Bus

_HARDWARE = frozenset({"usb", "usb-serial", "pnp", "platform", "pci", "amba", "serial-base", "acpi"})
"""Subsystems of a device that a real port belongs to. Consoles, ptys and Bluetooth channels have another, or none."""

_NOT_FITTED = "0"
"""`type` of a port whose chip the kernel did not find: PORT_UNKNOWN (linux/serial_core.h)."""

_PLACEHOLDERS = "serial8250"
"""The platform device to which the kernel gives the ports of a PC that are not there, so that a program may configure them."""


def attached(sysfs: Path = tree.SYSFS, dev: Path = tree.DEV) -> tuple[Attached, ...]:
    """List the serial ports that exist. Raise DeviceFault: SERVICE_DOWN (no sysfs there), PORT_DENIED."""
    found = (_port(folder, sysfs, dev) for folder in tree.class_devices(sysfs, "tty"))
    return tuple(thing for thing in found if thing is not None)


def _port(folder: Path, sysfs: Path, dev: Path) -> Attached | None:
    node = dev / folder.name
    device = Path(os.path.realpath(folder / "device"))
    if tree.link_name(device, "subsystem") not in _HARDWARE or not os.path.exists(node):
        return None
    chip = _chip(device, sysfs)
    if not _fitted(folder, chip):
        return None
    usb = tree.usb_device(device, sysfs)
    ids = tree.usb_ids(usb)
    if usb is not None and not ids.vendor:
        return None  # on its way out
    path = f"{tree.port_path(device, sysfs)}-port{_number(folder, device)}"
    return Attached(bus=Bus.SERIAL, path=path, node=str(node), kind=tree.link_name(chip, "driver"), **ids._asdict())


def _chip(device: Path, sysfs: Path) -> Path:
    """The device behind a port; since Linux 6.5 two of the "serial-base" subsystem stand between."""
    for folder in tree.ancestors(device, sysfs):
        if tree.link_name(folder, "subsystem") not in ("serial-base", ""):
            return folder
    return device


def _fitted(folder: Path, chip: Path) -> bool:
    kind = tree.text(folder, "type")
    if kind:
        return kind != _NOT_FITTED
    # `type` is there for root only (mode 0440). USB adapters have none, and are always what they say.
    return not (tree.link_name(chip, "subsystem") == "platform" and chip.name == _PLACEHOLDERS)


def _number(folder: Path, device: Path) -> int:
    """Which port of its adapter or card it is: a place, not the order of plugging in."""
    told = tree.text(device, "port_number")  # usb-serial
    if told.isascii() and told.isdigit():
        return int(told)
    if tree.link_name(device, "subsystem") == "serial-base":
        last = device.name.rpartition(".")[2]  # "00:05:0.1": controller 0, port 1
        return int(last) if last.isascii() and last.isdigit() else 0
    family = re.sub("[0-9]+$", "", folder.name)
    siblings = [sibling.name for sibling in tree.entries(folder.parent) if sibling.name.startswith(family)]
    return siblings.index(folder.name) if folder.name in siblings else 0
