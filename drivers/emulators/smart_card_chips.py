"""Virtual cards: what a chip answers, command by command. Everything in them is invented.

Written from the public descriptions, with code of its own: ATR of a social-security card (shuzhiduo.com 社保系列11 ATR), its
application, EF05 and EF06 (blog.csdn.net zz_bubble 106245384 and public readers), T=0 status bytes (ISO/IEC 7816-4 clause 5.6).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

SOCIAL_SECURITY_NAME = "sx1.sh.社会保障".encode("gbk")
STAFF_NAME = bytes.fromhex("F04B494F534B")
"""A proprietary identifier (ISO/IEC 7816-5: category F, registered with nobody): "KIOSK"."""

_OK = b"\x90\x00"
_WRONG_LENGTH = b"\x67\x00"
_NOT_ALLOWED = b"\x69\x82"
_NO_FILE = b"\x6a\x82"
_NO_RECORD = b"\x6a\x83"
_WRONG_PLACE = b"\x6b\x00"
_NO_INSTRUCTION = b"\x6d\x00"
_NO_CLASS = b"\x6e\x00"

_PERSON = {"number": "999999199003071242", "name": "林试验", "sex": "2", "nation": "01", "birth": "19900307"}
_CARD = {"card_number": "X00000000", "issued": "20240102", "valid_to": "20340102", "region": "999999"}


class Chip:
    """A chip that knows nothing. `atr` is empty for one that is silent at reset."""

    atr = bytes.fromhex("3B6800000073C84013009000")  # a common bank card's
    kind = "unknown"

    def reset(self) -> None:
        """Forget what was selected and unlocked."""

    def answer(self, command: bytes) -> bytes:
        """Return data and status bytes for one command."""
        if len(command) < 4:
            return _WRONG_LENGTH
        return _NO_FILE if command[1] == 0xA4 else _NO_INSTRUCTION


class MuteChip(Chip):
    """A card the wrong way round, or half in: the switch sees it, nothing answers."""

    atr = b""
    kind = "mute"


class SocialSecurityChip(Chip):
    """T=0. `guarded`: the holder's file is closed to who has not shown a key, as on later cards."""

    atr = bytes.fromhex("3B6D0000 0081543100 8660 990101000001")
    kind = "social_security"

    def __init__(self, fields: Mapping[str, str], *, guarded: bool = False) -> None:
        person = {**_PERSON, **_CARD, **fields}
        unknown = set(person) - set(_PERSON) - set(_CARD)
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: no field of a card; there are {', '.join(person)}")
        region = bytes.fromhex(person["region"])
        self._files: dict[int, list[tuple[int, bytes]]] = {
            0xEF05: [
                (0x01, region + bytes(13)),
                (0x02, b"1"),
                (0x03, b"2.00"),
                (0x04, region + bytes(9)),
                (0x05, bytes.fromhex(person["issued"])),
                (0x06, bytes.fromhex(person["valid_to"])),
                (0x07, _text(person["card_number"], 9)),
            ],
            0xEF06: [
                (0x08, _text(person["number"], 18)),
                (0x09, _text(person["name"], 30)),
                (0x0A, _text(person["sex"], 1)),
                (0x0B, bytes.fromhex(person["nation"])),
                (0x0C, region),
                (0x0D, bytes.fromhex(person["birth"])),
            ],
        }
        self._guarded = guarded
        self.reset()

    def reset(self) -> None:
        """As every chip."""
        self._selected = False
        self._file = 0
        self._waiting = b""

    def answer(self, command: bytes) -> bytes:
        """As every chip."""
        if len(command) < 5:
            return _WRONG_LENGTH
        waiting, self._waiting = self._waiting, b""
        if command[0] != 0x00:
            return _NO_CLASS
        match command[1]:
            case 0xA4:
                return self._select(command[2], command[5 : 5 + command[4]])
            case 0xB2:
                return self._read_record(command[2], command[3], command[4])
            case 0xC0:
                return waiting[: command[4] or 256] + _OK if waiting else _NO_FILE
        return _NO_INSTRUCTION

    def _select(self, how: int, name: bytes) -> bytes:
        if how == 0x04:
            self._selected, self._file = name == SOCIAL_SECURITY_NAME, 0
            if not self._selected:
                return _NO_FILE
            inner = b"\x84" + bytes((len(name),)) + name
            self._waiting = b"\x6f" + bytes((len(inner),)) + inner
            return bytes((0x61, len(self._waiting)))
        number = int.from_bytes(name, "big")
        if how not in (0x00, 0x02) or not self._selected or number not in self._files:
            return _NO_FILE
        self._file = number
        return _OK

    def _read_record(self, which: int, how: int, length: int) -> bytes:
        if how >> 3:
            self._file = 0xEF00 + (how >> 3)  # short file identifier: 5 is EF05
        if not self._selected or self._file not in self._files:
            return _NO_FILE
        if self._guarded and self._file == 0xEF06:
            return _NOT_ALLOWED
        records = self._files[self._file]
        if how & 7 == 4:
            found = records[which - 1 : which] if which else []
        else:
            found = [record for record in records if record[0] == which]
        if not found:
            return _NO_RECORD
        record = bytes((found[0][0], len(found[0][1]))) + found[0][1]
        return record + _OK if length == len(record) else bytes((0x6C, len(record)))


class StaffChip(Chip):
    """T=1, with an application of this project and a file of 1,000 bytes, so that extended answers can be tried."""

    kind = "staff"

    def __init__(self) -> None:
        rest = bytes.fromhex("8A01") + b"KIOSKSTAFF"
        check = 0
        for byte in rest:
            check ^= byte
        self.atr = b"\x3b" + rest + bytes((check,))
        self._data = struct.pack(">250I", *range(250))
        self.reset()

    def reset(self) -> None:
        """As every chip."""
        self._selected = False

    def answer(self, command: bytes) -> bytes:
        """As every chip."""
        if len(command) < 4:
            return _WRONG_LENGTH
        match command[1]:
            case 0xA4:
                self._selected = command[5 : 5 + len(STAFF_NAME)] == STAFF_NAME
                return _OK if self._selected else _NO_FILE
            case 0xB0 if self._selected:
                return self._read_binary(int.from_bytes(command[2:4], "big"), command[4:])
            case 0xB0:
                return _NOT_ALLOWED
        return _NO_INSTRUCTION

    def _read_binary(self, offset: int, length: bytes) -> bytes:
        if offset >= len(self._data):
            return _WRONG_PLACE
        wanted = int.from_bytes(length, "big") or (256 if len(length) == 1 else 65_536)
        return self._data[offset : offset + wanted] + _OK


CHIPS: dict[str, Callable[..., Chip]] = {
    "social_security": lambda guarded=False, **fields: SocialSecurityChip(fields, guarded=guarded),
    "staff": StaffChip,
    "unknown": Chip,
    "mute": MuteChip,
}
"""The kinds of card without a key of their own."""


def _text(text: str, size: int) -> bytes:
    raw = text.encode("gbk")
    if len(raw) > size:
        raise ValueError(f"{text!r} does not fit into {size} bytes")
    return raw.ljust(size, b"\0")
