"""The emulated reader without its cable: SAM, radio, the card on it, and the packets it answers with.

As a real one it wants the card lifted after a good read: find (20 01) then stays silent about it, while 30 03 and 30 05 go on
answering as long as the card lies there. Radio times: find 120, select 80, text and photo 750 ms, together `radio_seconds`;
30 03 and 30 05 take 40 ms more each. The packets are those of `drivers.id_card.sdt_frames`, by code of its own.
"""

from __future__ import annotations

import base64
import binascii
import random
import struct
from collections.abc import Mapping

from drivers.emulators import id_card_text

_HEAD = bytes.fromhex("AAAAAA9669")
_RADIO_SHARE = {"2001": 120 / 950, "2002": 80 / 950, "3001": 750 / 950, "3010": 1, "3003": 40 / 950, "3005": 40 / 950}
_PHOTO_SIZE = 1024
_TEMPLATE_SIZE = 512
_SAM_ID = struct.pack("<HHIII", 5, 3, 20260101, 1234567890, 987654321)
_LONGEST_COMMAND = 64


class LaidCard:
    """A card on the reader. `state`: fresh, found, selected, read (which find no longer sees)."""

    def __init__(self, card: Mapping[str, str]) -> None:
        self.text = id_card_text.compose(card)
        self.photo = _photo_blob(card.get("photo_base64") or "")
        address = card.get("new_address") or ""
        self.address = id_card_text.compose_address(address) if address else b""
        self.fingerprints = _templates(card.get("fingerprints") or "0")
        self.serial = random.randbytes(8)  # noqa: S311  an emulated chip number
        self.state = "fresh"


class ReaderDevice:
    """`radio_seconds`: the card's own time for find + select + read. `reread`: whether 30 01 may be repeated in one placement."""

    def __init__(self, radio_seconds: float, *, reread: bool) -> None:
        self.card: LaidCard | None = None
        self.reads = 0
        self._radio_seconds = radio_seconds
        self._reread = reread

    def radio_time(self, key: str) -> float:
        """How long the card takes for a command, in seconds."""
        return self._radio_seconds * _RADIO_SHARE.get(key, 0.0)

    def restart(self) -> None:
        """Power comes back: a card that was read answers find again."""
        if self.card is not None:
            self.card.state = "fresh"

    def do(self, key: str) -> tuple[int, bytes]:
        """Do a command ("3001") on a healthy reader; return SW3 and data."""
        match key:
            case "10ff" | "11ff" | "61ff" | "6000" | "6001" | "6002" | "6003" | "6004":
                return 0x90, b""
            case "12ff":
                return 0x90, _SAM_ID
            case "2001":
                return self._find(self.card)
            case "2002":
                return self._select(self.card)
            case "3001" | "3010":
                return self._read(self.card, fingerprint=key == "3010")
            case "3003" | "3005":
                return self._read_more(self.card, key)
        return 0x21, b""

    def _find(self, card: LaidCard | None) -> tuple[int, bytes]:
        if card is None or card.state == "read":
            return 0x80, b""
        card.state = "found"
        return 0x9F, b"\0\0\0\0"

    def _select(self, card: LaidCard | None) -> tuple[int, bytes]:
        if card is None or card.state not in ("found", "selected"):
            return 0x81, b""
        card.state = "selected"
        return 0x90, card.serial

    def _read(self, card: LaidCard | None, *, fingerprint: bool) -> tuple[int, bytes]:
        if card is None or not (card.state == "selected" or (card.state == "read" and self._reread)):
            return 0x41, b""
        card.state = "read"
        self.reads += 1
        lengths = struct.pack(">HH", 256, _PHOTO_SIZE)
        if not fingerprint:
            return 0x90, lengths + card.text + card.photo
        return 0x90, lengths + struct.pack(">H", len(card.fingerprints)) + card.text + card.photo + card.fingerprints

    def _read_more(self, card: LaidCard | None, key: str) -> tuple[int, bytes]:
        if card is None or card.state not in ("selected", "read"):
            return 0x41, b""
        if key == "3005":
            return 0x90, card.serial + bytes(20)
        return (0x90, card.address) if card.address else (0x91, b"")


def reply(sw3: int, data: bytes) -> bytes:
    """Return the packet that the reader sends."""
    rest = struct.pack(">H", len(data) + 4) + bytes((0, 0, sw3)) + data
    return _HEAD + rest + bytes([_xor(rest)])


def whole_commands(pending: bytearray) -> list[bytes]:
    """Cut whole, right commands (CMD PARA data) off the front of what came; what cannot become one is thrown away."""
    commands = []
    while (at := pending.find(_HEAD)) >= 0:
        del pending[:at]
        if len(pending) < 7:
            break
        length = int.from_bytes(pending[5:7], "big")
        if not 3 <= length <= _LONGEST_COMMAND:
            del pending[:1]
        elif len(pending) < 7 + length:
            break
        elif _xor(pending[5 : 7 + length]):
            del pending[:1]
        else:
            commands.append(bytes(pending[7 : 6 + length]))
            del pending[: 7 + length]
    if pending.find(_HEAD) < 0:
        del pending[: max(0, len(pending) - 4)]
    return commands


def _xor(data: bytes | bytearray) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result


def _photo_blob(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("photo_base64: not Base64") from None
    if len(blob) > _PHOTO_SIZE:
        raise ValueError(f"photo_base64: {len(blob)} bytes; the card holds {_PHOTO_SIZE}")
    return blob + bytes(_PHOTO_SIZE - len(blob))


def _templates(count: str) -> bytes:
    """So many invented fingerprint templates of 512 bytes; byte 5 is the finger's position (right and left thumb)."""
    if count not in ("0", "1", "2"):
        raise ValueError(f"fingerprints: {count!r} is none of 0, 1, 2")
    made = (b"C\x01\x12\x01" + bytes([number]) for number in (11, 16)[: int(count)])
    return b"".join(each + random.randbytes(_TEMPLATE_SIZE - len(each)) for each in made)  # noqa: S311  nobody's finger
