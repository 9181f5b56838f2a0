"""What an ID-card reader sent: SDT packets and the 256 bytes of card text, parsed from the captured line.

    AA AA AA 96 69 | length, 2 bytes | SW1 SW2 SW3 | data | XOR of all from the length on
    select (20 02) answers 90 + 8 bytes; read (30 01) answers 90 + 01 00 04 00 + 256 bytes of text + 1,024 of photo

Published descriptions: the sdtapi sources, qiwenming/IDCardDemo. The text is UTF-16LE, padded with blanks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

_HEAD = bytes.fromhex("AAAAAA9669")
_GOOD = 0x90
_LENGTHS = bytes.fromhex("01000400")
_TEXT, _PHOTO = 256, 1024
_SERIAL = 8
# Name, birth, address, number at the same places in the citizen's card and the residence permit for HK, Macau and Taiwan.
_FIELDS = {"name": (0, 30), "birth": (36, 52), "address": (52, 122), "number": (122, 158)}
_LAYOUTS = {" ": "citizen", "J": "hmt_permit"}
_LETTER = slice(248, 250)


class CardRead(msgspec.Struct, frozen=True):
    """One good answer to "read". `at`: Unix time; `placement`: the chip's number, which the emulator draws per placement."""

    at: float
    placement: bytes
    name: str
    number: str
    personal_fields: int


class Stamp(msgspec.Struct, frozen=True):
    """One row of tx.jsonl: bytes `offset` to `offset + length` were on the line at Unix time `at`."""

    at: float
    offset: int
    length: int


def reads(raw: bytes, stamps: Sequence[Stamp]) -> list[CardRead]:
    """Return every card that was read from the line, in order. A layout that is not known has neither name nor number."""
    found = []
    placement = b""
    for end, data in _answers(raw):
        if len(data) == _SERIAL:
            placement = data
        elif len(data) == len(_LENGTHS) + _TEXT + _PHOTO and data.startswith(_LENGTHS):
            text, photo = data[4 : 4 + _TEXT], data[4 + _TEXT :]
            found.append(_read(_time(stamps, end), placement, text, photo))
    return found


def _answers(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield where each good packet ends, and its data."""
    at = 0
    while (at := raw.find(_HEAD, at)) >= 0:
        length = int.from_bytes(raw[at + 5 : at + 7], "big")
        end = at + 7 + length
        packet = raw[at + 5 : end]
        if length >= 4 and len(packet) == length + 2 and _xor(packet) == 0:
            if packet[2:5] == bytes((0, 0, _GOOD)):
                yield end, packet[5:-1]
            at = end
        else:
            at += 1


def _xor(packet: bytes) -> int:
    result = 0
    for byte in packet:
        result ^= byte
    return result


def _read(at: float, placement: bytes, text: bytes, photo: bytes) -> CardRead:
    known = text[_LETTER].decode("utf-16-le", "replace") in _LAYOUTS
    fields = {name: text[slice(*place)].decode("utf-16-le", "replace").strip(" \0") for name, place in _FIELDS.items()}
    return CardRead(
        at=at,
        placement=placement,
        name=fields["name"] if known else "",
        number=fields["number"] if known else "",
        personal_fields=sum(bool(value) for value in fields.values()) + any(photo),
    )


def _time(stamps: Sequence[Stamp], end: int) -> float:
    """When the byte before `end` was sent. Raise ValueError when the index does not reach so far."""
    for stamp in stamps:
        if stamp.offset < end <= stamp.offset + stamp.length:
            return stamp.at
    raise ValueError(f"tx.jsonl says nothing of byte {end - 1}")
