"""The tape's file: JSON lines, a head and then one line for each thing that crossed the wire.

{"tape": 1, "protocol": "sdt", "personal_data": "scrubbed"}          or "none": the protocol carries none
{"t": 0.0132, "to": "device", "hex": "aaaaaa969600…"}                t in seconds since the beginning
{"t": 0.2201, "to": "driver", "hex": "…", "note": "scrubbed"}        what was changed before it was written
{"t": 9.8000, "to": "driver", "gone": true}                          the device hung up
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

VERSION = 1


class To(StrEnum):
    """Which way bytes went."""

    DEVICE = "device"
    DRIVER = "driver"


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line. `personal_data`: scrubbed before it was written, or none in this protocol as its recorder declared."""

    tape: int = VERSION
    protocol: str
    personal_data: Literal["scrubbed", "none"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line. `note` says what the scrubber did ("scrubbed", "damaged", "noise"); a device that hung up is `gone`."""

    t: float
    to: To
    hex: str = ""
    note: str = ""
    gone: bool = False

    @property
    def data(self) -> bytes:
        """The bytes. Raise ValueError when `hex` is none."""
        return bytes.fromhex(self.hex)


T = TypeVar("T", Head, Entry)


class Tape(msgspec.Struct, frozen=True, kw_only=True):
    """A whole tape."""

    head: Head
    entries: tuple[Entry, ...]


def read(file: Path) -> Tape:
    """Read a tape. Raise ValueError naming file, line and what is wrong."""
    lines = file.read_text("utf-8").splitlines()
    if not lines:
        raise ValueError(f"{file.name}: empty; the first line of a tape is its head")
    head = _line(file, 1, lines[0], Head)
    if head.tape != VERSION:
        raise ValueError(f"{file.name}: line 1: tape {head.tape}; this program reads version {VERSION}")
    entries = tuple(_line(file, number, line, Entry) for number, line in enumerate(lines[1:], 2))
    for number, entry in enumerate(entries, 2):
        try:
            _ = entry.data
        except ValueError:
            raise ValueError(f"{file.name}: line {number}: hex: not pairs of hexadecimal digits") from None
    return Tape(head=head, entries=entries)


def line_of(what: Head | Entry) -> str:
    """Return the line of a head or an entry, with its end."""
    return msgspec.json.encode(what).decode() + "\n"


def _line(file: Path, number: int, line: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ValueError(f"{file.name}: line {number}: {error}") from None
