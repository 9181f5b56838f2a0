"""Input devices, told apart by what they say they can send (/sys/class/input/*/capabilities); nothing is opened.

kind is one of

- "keyboard": has every key of a typewriter's block. So do most code scanners that type: their bits do not differ from a keyboard's,
  and only vendor and product (or a port that was named in the profile) tell which it is.
- "scanner-like": types the digits and Enter but is no whole keyboard. A keypad types the digits of the number block instead.
- "touchscreen", "touchpad", "mouse" as in udev's input_id; "buttons" has keys of any other sort; "other" has none.
"""

from __future__ import annotations

import os
from pathlib import Path

from drivers.buses import sysfs as tree
from drivers.contract.bus import Attached, Bus

# Bits of linux/input-event-codes.h.
_REL_XY = 0b11
_ABS_XY = 0b11
_ABS_MT_XY = 0b11 << 0x35
_TYPEWRITER = 0xFFFFFFFE  # Esc, the digits, Q to S: what udev's input_id asks of a keyboard
_DIGITS_AND_ENTER = (0b11_1111_1111 << 2) | (1 << 28)
_BTN_LEFT = 1 << 0x110
_BTN_TOOL_PEN = 1 << 0x140
_BTN_TOOL_FINGER = 1 << 0x145
_BTN_TOUCH = 1 << 0x14A
_PROP_DIRECT = 1 << 1

_SUFFIXES = {
    "keyboard": "-event-kbd",
    "scanner-like": "-event-kbd",
    "mouse": "-event-mouse",
    "touchpad": "-event-mouse",
}
"""As in /dev/input/by-path (udev, 60-persistent-input.rules)."""


def attached(sysfs: Path = tree.SYSFS, dev: Path = tree.DEV) -> tuple[Attached, ...]:
    """List the input devices. Raise DeviceFault: SERVICE_DOWN (no sysfs there), PORT_DENIED."""
    found = (
        _input(folder, sysfs, dev) for folder in tree.class_devices(sysfs, "input") if folder.name.startswith("event")
    )
    return tuple(thing for thing in found if thing is not None)


def _input(folder: Path, sysfs: Path, dev: Path) -> Attached | None:
    node = dev / "input" / folder.name
    device = folder / "device"
    if not os.path.exists(node) or not os.path.isdir(device / "capabilities"):
        return None
    usb = tree.usb_device(folder, sysfs)
    ids = tree.usb_ids(usb)
    if usb is not None and not ids.vendor:
        return None  # on its way out
    kind = _kind(device)
    return Attached(
        bus=Bus.EVDEV,
        path=tree.port_path(folder, sysfs) + _SUFFIXES.get(kind, "-event"),
        node=str(node),
        vendor=ids.vendor or _id(device, "vendor"),
        product=ids.product or _id(device, "product"),
        serial=ids.serial or tree.text(device, "uniq"),
        maker=ids.maker,
        model=tree.text(device, "name"),
        kind=kind,
    )


def _kind(device: Path) -> str:
    keys, absolute, relative, properties = (
        tree.bits(device, name) for name in ("capabilities/key", "capabilities/abs", "capabilities/rel", "properties")
    )
    if _has(absolute, _ABS_XY) or _has(absolute, _ABS_MT_XY):
        if properties & _PROP_DIRECT or (keys & _BTN_TOUCH and not keys & (_BTN_TOOL_FINGER | _BTN_TOOL_PEN)):
            return "touchscreen"
        if keys & _BTN_TOOL_FINGER:
            return "touchpad"
        if keys & _BTN_LEFT:
            return "mouse"
    if _has(relative, _REL_XY) and keys & _BTN_LEFT:
        return "mouse"
    if _has(keys, _TYPEWRITER):
        return "keyboard"
    if _has(keys, _DIGITS_AND_ENTER):
        return "scanner-like"
    return "buttons" if keys else "other"


def _has(bits: int, mask: int) -> bool:
    return bits & mask == mask


def _id(device: Path, name: str) -> str:
    word = tree.hex_id(device, f"id/{name}")
    return "" if word == "0000" else word
