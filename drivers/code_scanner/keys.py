"""From the kernel's key events to the bytes that were typed.

Source: Linux, Documentation/input/input.rst ("Event interface") and include/uapi/linux/input.h: struct input_event is a time
(two longs), type and code (16 bits), value (32 bits); EV_KEY has the value 1 for press, 0 for release, 2 for repeat.

Events are taken as they come, torn between two reads or not; events that cannot be (a microsecond of 2,000,000) mark a damaged
stream, and the reader looks for the next one that can.
"""

from __future__ import annotations

import struct
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

EVENT = struct.Struct("@llHHi")

_EV_SYN, _EV_KEY = 0, 1
_SYN_DROPPED = 3
_RELEASED, _PRESSED = 0, 1
_MOST_TYPE, _MOST_CODE = 0x1F, 0x2FF  # EV_MAX, KEY_MAX
_MICROSECONDS = 1_000_000


class KeyMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each key types, plain and with shift; keys that shift; keys that type nothing."""

    keys: tuple[tuple[int, str, str], ...]
    shift: tuple[int, ...]
    silent: tuple[int, ...]


@cache
def us_keys() -> KeyMap:
    """The US layout, which every scanner that types can be set to."""
    text = files("drivers.code_scanner").joinpath("us_keys.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=KeyMap)


class KeyReader:
    """Fed with raw events; gives what they type: bytes, or None for a sign that the key map does not hold."""

    def __init__(self, keys: KeyMap) -> None:
        self._signs = {code: (plain.encode("ascii"), shifted.encode("ascii")) for code, plain, shifted in keys.keys}
        self._shift, self._silent = frozenset(keys.shift), frozenset(keys.silent)
        self._held: set[int] = set()
        self._pending = bytearray()

    def feed(self, raw: bytes | memoryview) -> list[bytes | bytearray | memoryview | None]:
        """Take bytes of /dev/input/event*, return what they type, in order."""
        self._pending += raw
        typed: list[bytes | bytearray | memoryview | None] = []
        at = 0
        while len(self._pending) - at >= EVENT.size:
            _, micros, kind, code, value = EVENT.unpack_from(self._pending, at)
            if not 0 <= micros < _MICROSECONDS or kind > _MOST_TYPE or code > _MOST_CODE:
                typed.append(None)
                at += 1
                continue
            at += EVENT.size
            typed += self._event(kind, code, value)
        self._forget(at)
        return typed

    def start_afresh(self) -> None:
        """After silence: no key is held any more, and half an event will not be completed."""
        self._held.clear()
        self._forget(len(self._pending))

    def _event(self, kind: int, code: int, value: int) -> list[bytes | bytearray | memoryview | None]:
        if kind == _EV_SYN and code == _SYN_DROPPED:
            self._held.clear()
            return [None]  # the kernel's buffer ran over: keys are missing here
        if kind != _EV_KEY or code in self._silent:
            return []
        if code in self._shift:
            self._held.discard(code) if value == _RELEASED else self._held.add(code)
            return []
        if value != _PRESSED:
            return []  # scanners type each sign by itself; a repeat is the kernel's doing
        sign = self._signs.get(code)
        return [sign[bool(self._held)] if sign is not None else None]

    def _forget(self, count: int) -> None:
        self._pending[:count] = bytes(count)
        del self._pending[:count]
