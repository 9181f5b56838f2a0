"""The bytes of IPP messages (RFC 8010): requests out, replies in.

Written here instead of taking pyipp: that library is bound to aiohttp (some 15 MB in every device host, and an event loop where
a driver has a plain thread), and it gives up on a torn reply with struct.error or IndexError. What a printer can answer to this
driver's nine operations is small; anything that is not whole and well formed ends as DeviceFault(LINK_GARBLED) naming the place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

from drivers.contract.faults import FaultCode, failing


class Group(IntEnum):
    """Delimiter tags (RFC 8010 3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05


class Tag(IntEnum):
    """Value tags that this driver writes or understands (RFC 8010 3.5.2); others are kept as bytes."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    OCTETS = 0x30
    DATE_TIME = 0x31
    RESOLUTION = 0x32
    RANGE = 0x33
    BEGIN_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49
    MEMBER_NAME = 0x4A


Value = int | bool | str | bytes | tuple[int, ...] | Mapping[str, "list[Value]"]
"""Decoded values: numbers, booleans, text, octets; ranges and resolutions as tuples; a collection as a mapping."""

E = TypeVar("E", bound=IntEnum)

_MAX_DEPTH = 8
"""Collections in collections; media-col needs 3."""

_FIRST_VALUE_TAG = 0x10
_OUT_OF_BAND = range(0x10, 0x20)
_LANGUAGE_TAGS = (Tag.TEXT_WITH_LANGUAGE, Tag.NAME_WITH_LANGUAGE)
_NUMBER_TAGS = (Tag.INTEGER, Tag.ENUM)


class Attributes(dict[str, list[Value]]):
    """One group of attributes; the typed getters raise DeviceFault(LINK_GARBLED) naming the attribute."""

    def integer(self, name: str) -> int | None:
        """The first value as a number, None when the attribute is absent or has no value."""
        value = self._first(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise garbled(f"{name} is not a number")

    def enum(self, name: str, kind: type[E]) -> E:
        """The first value as a member of `kind`; an absent or unknown one is a fault."""
        value = self.integer(name)
        if value not in {member.value for member in kind}:
            raise garbled(f"{name} is {value}")
        return kind(value)

    def boolean(self, name: str) -> bool | None:
        """The first value as a boolean, None when absent."""
        value = self._first(name)
        if value is None or isinstance(value, bool):
            return value
        raise garbled(f"{name} is not a boolean")

    def text(self, name: str) -> str:
        """The first value as text, "" when absent."""
        value = self._first(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        raise garbled(f"{name} is not text")

    def texts(self, name: str) -> tuple[str, ...]:
        """All values as text; octet strings (the trays of PWG 5100.13 are such) are read as UTF-8."""
        return tuple(self._as_text(name, value) for value in self.get(name, ()))

    def integers(self, name: str) -> tuple[int, ...]:
        """All values as numbers."""
        found = []
        for value in self.get(name, ()):
            if not isinstance(value, int) or isinstance(value, bool):
                raise garbled(f"{name} is not a list of numbers")
            found.append(value)
        return tuple(found)

    def _first(self, name: str) -> Value | None:
        values = self.get(name)
        return values[0] if values else None

    @staticmethod
    def _as_text(name: str, value: Value) -> str:
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        if isinstance(value, str):
            return value
        raise garbled(f"{name} is not text")


@dataclass(frozen=True)
class Reply:
    """A decoded reply: status code (RFC 8011 B.1), and its groups in order."""

    status: int
    request_id: int
    groups: tuple[tuple[int, Attributes], ...]

    def first(self, group: Group) -> Attributes:
        """The first group of this kind, empty when there is none."""
        return next((attributes for tag, attributes in self.groups if tag == group), Attributes())

    def all(self, group: Group) -> Iterator[Attributes]:
        """Every group of this kind."""
        return (attributes for tag, attributes in self.groups if tag == group)


Line = tuple[Tag, str, Sequence[int | bool | str] | int | bool | str]
"""One attribute of a request: tag, name, value or values."""


def encode(operation: int, request_id: int, groups: Sequence[tuple[Group, Sequence[Line]]]) -> bytes:
    """Return the bytes of a request. Version 1.1: every IPP printer must take it (RFC 8011 5.3.14)."""
    out = bytearray(struct.pack(">BBHI", 1, 1, operation, request_id))
    for group, lines in groups:
        if not lines:
            continue
        out.append(group)
        for tag, name, value in lines:
            values = [value] if isinstance(value, (str, int)) else value
            for index, single in enumerate(values):
                _put(out, tag, name if index == 0 else "", single)
    out.append(Group.END)
    return bytes(out)


def _put(out: bytearray, tag: Tag, name: str, value: int | bool | str) -> None:
    if isinstance(value, bool):
        raw = b"\x01" if value else b"\x00"
    elif isinstance(value, int):
        raw = struct.pack(">i", value)
    else:
        raw = value.encode("utf-8")
    label = name.encode("ascii")
    out += struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(raw)) + raw


def decode(raw: bytes) -> Reply:
    """Decode a whole reply. Raise DeviceFault(LINK_GARBLED) naming where it is torn or wrong."""
    reader = _Reader(raw)
    major, _, status, request_id = struct.unpack(">BBHI", reader.take(8, "header"))
    if major not in (1, 2):
        raise garbled(f"header: IPP version {major}")
    groups: list[tuple[int, Attributes]] = []
    values: list[Value] | None = None
    while True:
        tag = reader.byte("group tag")
        if tag == Group.END:
            return Reply(status, request_id, tuple(groups))
        if tag < _FIRST_VALUE_TAG:
            groups.append((tag, Attributes()))
            values = None
            continue
        name = reader.label("attribute name")
        if name:
            if not groups:
                raise garbled(f"{name} stands before any group")
            # A name that comes twice in a group is a mistake of the printer (RFC 8011 4.1.3); the first one counts.
            values = []
            groups[-1][1].setdefault(name, values)
        elif values is None:
            raise garbled("a further value stands before any attribute")
        _read_value(reader, tag, values, name or "further value", depth=0)


def _read_value(reader: _Reader, tag: int, into: list[Value], name: str, *, depth: int) -> None:
    """Read one value (its name is already read) and append it; "no value" and "unknown" append nothing."""
    raw = reader.sized(name)
    if tag == Tag.BEGIN_COLLECTION:
        into.append(_read_collection(reader, name, depth + 1))
    elif tag not in _OUT_OF_BAND:
        into.append(_value(tag, raw, name))


def _read_collection(reader: _Reader, name: str, depth: int) -> Mapping[str, list[Value]]:
    if depth > _MAX_DEPTH:
        raise garbled(f"{name}: collections nested deeper than {_MAX_DEPTH}")
    members: dict[str, list[Value]] = {}
    values: list[Value] | None = None
    while True:
        tag = reader.byte(name)
        if reader.label(name):
            raise garbled(f"{name}: a member of a collection has a name field")
        if tag == Tag.END_COLLECTION:
            reader.sized(name)
            return members
        if tag == Tag.MEMBER_NAME:
            values = members.setdefault(reader.sized(name).decode("utf-8", "replace"), [])
        elif values is None or tag < _FIRST_VALUE_TAG:
            raise garbled(f"{name}: tag {tag:#04x} inside a collection")
        else:
            _read_value(reader, tag, values, name, depth=depth)


def _value(tag: int, raw: bytes, name: str) -> Value:
    """Turn the bytes of one value into a Python value."""
    if tag in _NUMBER_TAGS:
        return int(_unpack(">i", raw, name)[0])
    if tag == Tag.BOOLEAN:
        return bool(_unpack(">B", raw, name)[0])
    if tag == Tag.RANGE:
        return _unpack(">ii", raw, name)
    if tag == Tag.RESOLUTION:
        return _unpack(">iib", raw, name)
    if tag in _LANGUAGE_TAGS:
        inner = _Reader(raw)
        inner.sized(name)
        return inner.sized(name).decode("utf-8", "replace")
    if 0x40 <= tag < 0x60:
        return raw.decode("utf-8", "replace")
    return raw


def _unpack(layout: str, raw: bytes, name: str) -> tuple[int, ...]:
    if len(raw) != struct.calcsize(layout):
        raise garbled(f"{name} has {len(raw)} bytes instead of {struct.calcsize(layout)}")
    return struct.unpack(layout, raw)


class _Reader:
    """Walks over bytes; every step that would leave them is a fault."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def take(self, count: int, what: str) -> bytes:
        part = self._raw[self._at : self._at + count]
        if len(part) < count:
            raise garbled(f"the reply ends inside {what} (byte {len(self._raw)})")
        self._at += count
        return part

    def byte(self, what: str) -> int:
        return self.take(1, what)[0]

    def sized(self, what: str) -> bytes:
        (length,) = struct.unpack(">H", self.take(2, what))
        return self.take(length, what)

    def label(self, what: str) -> str:
        return self.sized(what).decode("ascii", "replace")


def garbled(detail: str) -> Exception:
    """Return the fault for a reply that cannot be what a printer meant."""
    return failing(FaultCode.LINK_GARBLED, f"IPP reply: {detail}")
