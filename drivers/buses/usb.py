"""USB: each device with its raw node, and the HID and printer nodes of its interfaces.

kind "device" -> /dev/bus/usb/BBB/DDD (libusb), "hid" -> /dev/hidrawN, "printer" -> /dev/usb/lpN. The numbers in the nodes change
with every replug; the path (the port) and the serial number do not. A device has the path of its port,
a node that of its interface.
"""

from __future__ import annotations

import os
from pathlib import Path

from drivers.buses import sysfs as tree
from drivers.contract.bus import Attached, Bus

_HUB = "09"
"""bDeviceClass of a hub (USB 2.0, 11.23.1): it is the way to things, not a thing."""


def attached(sysfs: Path = tree.SYSFS, dev: Path = tree.DEV) -> tuple[Attached, ...]:
    """List what is plugged in and has a node. Raise DeviceFault: SERVICE_DOWN (no sysfs there), PORT_DENIED."""
    tree.require(sysfs)
    found = [_device(folder, sysfs, dev) for folder in tree.entries(sysfs / "bus" / "usb" / "devices")]
    found += [_node(folder, sysfs, dev / folder.name, "hid") for folder in tree.class_devices(sysfs, "hidraw")]
    found += [
        _node(folder, sysfs, dev / "usb" / folder.name, "printer")
        for folder in tree.class_devices(sysfs, "usbmisc")
        if folder.name.startswith("lp")
    ]
    return tuple(thing for thing in found if thing is not None)


def _device(folder: Path, sysfs: Path, dev: Path) -> Attached | None:
    if not tree.inside(folder, sysfs) or "-" not in folder.name or ":" in folder.name:
        return None  # a root hub, an interface
    if tree.text(folder, "bDeviceClass") == _HUB:
        return None
    numbers = [tree.text(folder, name) for name in ("busnum", "devnum")]
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return None  # on its way out
    bus, device = (f"{int(number):03}" for number in numbers)
    return _thing(folder, folder, sysfs, dev / "bus" / "usb" / bus / device, "device")


def _node(folder: Path, sysfs: Path, node: Path, kind: str) -> Attached | None:
    return _thing(folder, tree.usb_device(folder, sysfs), sysfs, node, kind)


def _thing(folder: Path, device: Path | None, sysfs: Path, node: Path, kind: str) -> Attached | None:
    """A thing that can be opened; None for one that hangs on no USB port, is on its way out, or has no node."""
    ids = tree.usb_ids(device)
    if not ids.vendor or not os.path.exists(node):
        return None
    return Attached(bus=Bus.USB, path=tree.port_path(folder, sysfs), node=str(node), kind=kind, **ids._asdict())
