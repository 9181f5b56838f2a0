"""IPP bytes on the printer's side (RFC 8010). Apart from the driver's codec, so that a mistake of one shows at the other."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

OPERATION, JOB, END, PRINTER, UNSUPPORTED = 0x01, 0x02, 0x03, 0x04, 0x05

INTEGER, BOOLEAN, ENUM, OCTETS, TEXT, NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = (
    0x21, 0x22, 0x23, 0x30, 0x41, 0x42, 0x44, 0x45, 0x47, 0x48, 0x49,
)  # fmt: skip

Value = int | bool | str | bytes


class BadRequest(Exception):
    """The bytes are no IPP request."""


@dataclass
class Request:
    """A parsed request: attributes by group and name, the order of the operation attributes, and the document behind them."""

    version: tuple[int, int]
    operation: int
    request_id: int
    groups: dict[int, dict[str, list[Value]]] = field(default_factory=dict)
    document: bytes = b""

    @property
    def order(self) -> list[str]:
        """Names of the operation attributes as they came."""
        return list(self.groups.get(OPERATION, {}))

    def value(self, name: str, default: Value | None = None, group: int = OPERATION) -> Value | None:
        """The first value of an attribute."""
        return self.groups.get(group, {}).get(name, [default])[0]

    def values(self, name: str) -> list[Value]:
        """All values of an operation attribute."""
        return self.groups.get(OPERATION, {}).get(name, [])


def parse(raw: bytes) -> Request:
    """Parse a request with its document. Raise BadRequest."""
    try:
        major, minor, operation, request_id = struct.unpack_from(">BBHI", raw)
        request = Request((major, minor), operation, request_id)
        at, group, name = 8, 0, ""
        while (tag := raw[at]) != END:
            at += 1
            if tag < 0x10:
                group = tag
                request.groups.setdefault(group, {})
                continue
            label, at = _counted(raw, at)
            content, at = _counted(raw, at)
            name = label.decode("ascii") or name
            request.groups[group].setdefault(name, []).append(_value(tag, content))
    except (struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        raise BadRequest(type(error).__name__) from error
    request.document = raw[at + 1 :]
    return request


def _counted(raw: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", raw, at)
    if at + 2 + length > len(raw):
        raise BadRequest("a length beyond the end")
    return raw[at + 2 : at + 2 + length], at + 2 + length


def _value(tag: int, content: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        return int.from_bytes(content, "big", signed=True)
    if tag == BOOLEAN:
        return content == b"\x01"
    return content.decode("utf-8") if 0x40 <= tag < 0x60 else content


class Answer:
    """Builds a reply, attribute by attribute."""

    def __init__(self, status: int, request_id: int) -> None:
        self._out = bytearray(struct.pack(">BBHI", 1, 1, status, request_id))
        self.group(OPERATION)
        self.put(CHARSET, "attributes-charset", "utf-8")
        self.put(LANGUAGE, "attributes-natural-language", "en")

    def group(self, tag: int) -> None:
        """Begin a group."""
        self._out.append(tag)

    def put(self, tag: int, name: str, *values: Value) -> None:
        """Add an attribute with one or more values."""
        for index, value in enumerate(values):
            label = name.encode("ascii") if index == 0 else b""
            content = _content(value)
            self._out += struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(content)) + content

    def done(self) -> bytes:
        """Return the bytes."""
        return bytes(self._out) + bytes([END])


def _content(value: Value) -> bytes:
    if isinstance(value, bool):
        return bytes([value])
    if isinstance(value, int):
        return value.to_bytes(4, "big", signed=True)
    return value.encode("utf-8") if isinstance(value, str) else value
