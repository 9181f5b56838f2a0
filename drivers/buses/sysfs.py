"""Reading /sys without trusting it: a device can vanish between two reads, and its texts are what its maker burnt in."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import NamedTuple

from drivers.contract.faults import FaultCode, failing

SYSFS = Path("/sys")
DEV = Path("/dev")

LONGEST_TEXT = 128
"""Characters kept of a name. A USB string descriptor holds at most 126; what is longer is no name."""

_ATTRIBUTE_BYTES = 4096  # one page, the most an attribute of sysfs can hold
_NAME = re.compile(r"[!-~]+")
_HEX_WORD = re.compile(rb"[0-9a-f]{1,16}")
_LONG_BITS = 8 * struct.calcsize("L")
_HEX_ID = re.compile(r"[0-9a-f]{4}")
_PLACES = ("pci", "platform", "acpi", "amba", "pnp", "virtio")
"""Subsystems whose device names say where it sits. udev's path_id knows all but "pnp": there it gives no path at all, which
would leave the serial ports of a PC's own board without a place."""


class UsbIds(NamedTuple):
    """What a USB device says of itself."""

    vendor: str
    product: str
    serial: str
    maker: str
    model: str


NO_USB = UsbIds("", "", "", "", "")


def clean(text: str) -> str:
    """Make a foreign text fit for a table: printable, one line, no longer than a name."""
    return "".join(letter if letter.isprintable() else "?" for letter in text.strip())[:LONGEST_TEXT].strip()


def text(folder: Path, name: str) -> str:
    """Return an attribute, "" when it is absent or cannot be read (the device may be on its way out)."""
    return clean(_read(folder / name).decode("utf-8", "replace"))


def bits(folder: Path, name: str) -> int:
    """Return a bit mask as the kernel writes it, "10000 0 3ff": its longs, the highest first. What is no mask has no bits."""
    mask = 0
    for word in _read(folder / name).split():
        if not _HEX_WORD.fullmatch(word):
            return 0
        mask = mask << _LONG_BITS | int(word, 16)
    return mask


def _read(file: Path) -> bytes:
    try:
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(opened, _ATTRIBUTE_BYTES).partition(b"\0")[0]
    except OSError:
        return b""
    finally:
        os.close(opened)


def entries(folder: Path) -> list[Path]:
    """Return what lies in a folder, links followed, in the order of the names; nothing when there is no such folder.

    Raise DeviceFault(PORT_DENIED) when it may not be read.
    """
    try:
        names = os.listdir(folder)
    except PermissionError as error:
        raise failing(FaultCode.PORT_DENIED, f"{folder}: no permission") from error
    except OSError:
        return []
    # realpath: unlike Path.resolve it raises nothing when links run in a circle.
    return [Path(os.path.realpath(folder / name)) for name in sorted(names, key=_natural) if _NAME.fullmatch(name)]


def class_devices(sysfs: Path, name: str) -> list[Path]:
    """Return the folders of a class's devices. A class that is not there has no devices: the kernel makes it with the first.

    Raise DeviceFault: SERVICE_DOWN when no sysfs is mounted there (nothing is known then), PORT_DENIED.
    """
    require(sysfs)
    return [device for device in entries(sysfs / "class" / name) if inside(device, sysfs)]


def require(sysfs: Path) -> None:
    """Raise DeviceFault(SERVICE_DOWN) unless a sysfs is mounted there."""
    if not os.path.isdir(sysfs / "class"):
        raise failing(FaultCode.SERVICE_DOWN, f"{sysfs}: no sysfs is mounted there")


def inside(device: Path, sysfs: Path) -> bool:
    """Whether a folder is a device of this tree (and not a link to somewhere else, nor one that leads nowhere)."""
    return (
        bool(_NAME.fullmatch(device.name))
        and device.is_relative_to(os.path.realpath(sysfs / "devices"))
        and os.path.isdir(device)
    )


def link_name(folder: Path, name: str) -> str:
    """Return the last part of a link ("subsystem", "driver"), "" when there is none."""
    try:
        last = os.path.basename(os.readlink(folder / name))
    except OSError:
        return ""
    return last if _NAME.fullmatch(last) else ""


def ancestors(device: Path, sysfs: Path) -> list[Path]:
    """Return the device and those it hangs on, nearest first."""
    top = Path(os.path.realpath(sysfs / "devices"))
    return [folder for folder in (device, *device.parents) if folder != top and folder.is_relative_to(top)]


def port_path(device: Path, sysfs: Path) -> str:
    """Return where a device is plugged in, in the form of udev's ID_PATH: "pci-0000:00:14.0-usb-0:1.2:1.0".

    Source: systemd, udev-builtin-path_id.c. Of neighbours of one subsystem (hubs, bridges) only the one nearest to the device is
    named. A device that hangs on nothing (made by a program) is "virtual".
    """
    parts: list[str] = []
    named = ""
    for folder in ancestors(device, sysfs):
        subsystem = link_name(folder, "subsystem")
        if not subsystem or subsystem == named:
            continue
        part = _part(subsystem, folder.name)
        named = subsystem if part else ""
        if part:
            parts.append(part)
    return clean("-".join(reversed(parts))) or "virtual"


def _part(subsystem: str, name: str) -> str:
    if subsystem == "usb":
        _, dash, port = name.partition("-")
        return f"usb-0:{port}" if dash else ""  # a root hub ("usb1") is no port; and its number is a counter
    if subsystem == "serio":
        return f"serio-{name.removeprefix('serio')}"
    return f"{subsystem}-{name}" if subsystem in _PLACES else ""


def usb_device(device: Path, sysfs: Path) -> Path | None:
    """Return the USB device that a node belongs to, None when it hangs on no USB port."""
    for folder in ancestors(device, sysfs):
        if link_name(folder, "subsystem") == "usb" and os.path.exists(folder / "idVendor"):
            return folder
    return None


def usb_ids(device: Path | None) -> UsbIds:
    """Read what a USB device says of itself. Without a vendor (never, or gone meanwhile) everything is "".

    The vendor is read last: a device that vanished half-way must not leave a thing without its serial number.
    """
    if device is None:
        return NO_USB
    serial, maker, model = (text(device, name) for name in ("serial", "manufacturer", "product"))
    product, vendor = (hex_id(device, name) for name in ("idProduct", "idVendor"))
    return UsbIds(vendor, product, serial, maker, model) if vendor else NO_USB


def hex_id(folder: Path, name: str) -> str:
    """Return an attribute of four hexadecimal digits, in lower case; "" when it is no such number."""
    word = text(folder, name).lower()
    return word if _HEX_ID.fullmatch(word) else ""


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """Sort "event10" after "event9"."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", name) if part]
