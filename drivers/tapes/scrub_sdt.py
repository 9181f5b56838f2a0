"""Takes people out of the SDT protocol's packets: each card becomes an invented person's, checksums are made right again.

Nothing passes that is not known to be harmless. Of the reader's packets head, length and status stay; the data of every answer
is replaced, by its length: text and photograph, appended addresses; zeros for the card's serial and chip number, the SAM's
number, fingerprints, anything else. Of the commands those of `sdt_frames` stay, without what else they carry. Bytes that are no
packet become zeros.

What a problem may hang on is kept: lengths, times, the kind of card, how many appended addresses, that a checksum is wrong,
where a packet is torn. One card is one invented person throughout a tape, another card another.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
from functools import cache

from drivers.emulators import id_card_people, id_card_text
from drivers.id_card import sdt_frames as sdt
from drivers.tapes.pieces import Piece
from drivers.tapes.tape import To

SCRUBBED, DAMAGED, NOISE = "scrubbed", "damaged", "noise"

_GIVEN_UP_SECONDS = 0.04
"""Silence of a device before a question that shows that an answer was torn; drivers wait 50 to 150 ms for the rest of one."""

_HEAD_SIZE = len(sdt.HEAD)
_BODY_AT = _HEAD_SIZE + 2
_STATUS_SIZE = 3
_SHORTEST, _LONGEST = 3, 2314
_TEXT, _PHOTO, _ADDRESS = 256, 1024, 70
_MOST_ADDRESSES = 4
_NUMBER_AT = slice(122, 158)
_LETTER_AT = slice(248, 250)
_KINDS = {"J": "hmt_permit", "I": "foreigner_2017", "Y": "foreigner_2023"}
_STATUSES = frozenset(sdt.Status)
_PLAIN = {(each.cmd, each.para) for each in sdt.COMMANDS}


class SdtScrubber:
    """One for each recording: it remembers (as salted digests, in memory only) which card became which invented person."""

    def __init__(self) -> None:
        self._held = {To.DEVICE: bytearray(), To.DRIVER: bytearray()}
        self._since = {To.DEVICE: 0.0, To.DRIVER: 0.0}
        self._heard = 0.0
        self._people: dict[bytes, int] = {}
        self._here = 0
        self._salt = secrets.token_bytes(16)

    @property
    def held_since(self) -> float | None:
        """When the oldest of the bytes came that are held back, None when none are."""
        return min((self._since[to] for to, held in self._held.items() if held), default=None)

    def feed(self, to: To, data: bytes, at: float) -> list[Piece]:
        """Take bytes as they come; return whole packets and what lay between them."""
        found: list[Piece] = []
        if to is To.DEVICE and at - self._heard >= _GIVEN_UP_SECONDS:
            # Whoever asks again after a pause has given up the answer that began: it ends here, as it did for the driver.
            found += self._give_up(To.DRIVER)
        if to is To.DRIVER:
            self._heard = at
        held = self._held[to]
        if not held:
            self._since[to] = at
        held += data
        while piece := self._next(to):
            found.append(piece)
            self._since[to] = at
        return found

    def quiet(self, at: float) -> list[Piece]:
        """What was held back will not become a packet any more."""
        return self._give_up(To.DRIVER) + self._give_up(To.DEVICE)

    def _give_up(self, to: To) -> list[Piece]:
        held = self._held[to]
        found: list[Piece] = []
        while held:
            found.append(self._torn(to, self._next_head(held) or len(held)))
            while piece := self._next(to):
                found.append(piece)
        return found

    def _next(self, to: To) -> Piece | None:
        """Cut the next thing off what is held: noise before a head, or a packet that is whole. None: more is needed."""
        held = self._held[to]
        noise = held.find(sdt.HEAD)
        if noise < 0:
            begun = next((size for size in range(_HEAD_SIZE - 1, 0, -1) if held.endswith(sdt.HEAD[:size])), 0)
            noise = len(held) - begun
        if noise:
            return self._cut(to, noise, bytes(noise), NOISE)
        if len(held) < _BODY_AT:
            return None
        length = int.from_bytes(held[_HEAD_SIZE:_BODY_AT], "big")
        if not _SHORTEST <= length <= _LONGEST:
            return self._torn(to, self._next_head(held) or _BODY_AT)
        end = _BODY_AT + length
        if len(held) < end:
            # A head within what should be data: the packet was torn, and the next one is here already.
            following = self._next_head(held)
            return self._torn(to, following) if following else None
        return self._packet(to, end)

    def _packet(self, to: To, end: int) -> Piece:
        packet = bytes(self._held[to][:end])
        error = sdt.checksum(packet[_HEAD_SIZE:])
        clean, changed = self._clean(to, packet[:-1], sound=not error)
        clean += bytes([sdt.checksum(clean[_HEAD_SIZE:]) ^ error])
        return self._cut(to, end, clean, DAMAGED if error else SCRUBBED if changed else "")

    def _torn(self, to: To, count: int) -> Piece:
        """The beginning of a packet, cleaned as the whole one would be, so far as it came."""
        part = bytes(self._held[to][:count])
        if len(part) <= _BODY_AT or not part.startswith(sdt.HEAD):
            kept = min(count, _BODY_AT) if part.startswith(sdt.HEAD[: len(part)]) else 0
            return self._cut(to, count, part[:kept] + bytes(count - kept), DAMAGED)
        length = int.from_bytes(part[_HEAD_SIZE:_BODY_AT], "big")
        whole = part[: _BODY_AT + length - 1].ljust(_BODY_AT + min(length, _LONGEST) - 1, b"\0")
        clean, _ = self._clean(to, whole, sound=False)
        return self._cut(to, count, clean[:count].ljust(count, b"\0"), DAMAGED)

    def _cut(self, to: To, count: int, clean: bytes, note: str) -> Piece:
        assert len(clean) == count
        held = self._held[to]
        held[:count] = bytes(count)
        del held[:count]
        return Piece(self._since[to], to, clean, note)

    @staticmethod
    def _next_head(held: bytearray) -> int:
        return max(0, held.find(sdt.HEAD, 1))

    # --- one packet, without its checksum

    def _clean(self, to: To, packet: bytes, *, sound: bool) -> tuple[bytes, bool]:
        if to is To.DEVICE:
            return self._command(packet)
        keep = _BODY_AT + _STATUS_SIZE
        head, data = packet[:keep], packet[keep:]
        if not sound and (head[_BODY_AT:-1] != b"\0\0" or head[-1] not in _STATUSES):
            head = head[:_BODY_AT].ljust(len(head), b"\0")  # in a shifted packet this may be anything
        clean = self._data(data, sound=sound)
        return head + clean, clean != data

    @staticmethod
    def _command(packet: bytes) -> tuple[bytes, bool]:
        keep = _BODY_AT + 2
        known = tuple(packet[_BODY_AT:keep]) in _PLAIN
        clean = packet[: keep if known else _BODY_AT]
        clean += bytes(len(packet) - len(clean))
        return clean, clean != packet

    def _data(self, data: bytes, *, sound: bool) -> bytes:
        """The same amount of data of the same sort, about nobody."""
        for lengths in (4, 6):
            if len(data) in (lengths + _TEXT + _PHOTO, lengths + _TEXT + _PHOTO + 512, lengths + _TEXT + _PHOTO + 1024):
                return self._card(data, lengths, sound=sound)
        if data and len(data) % _ADDRESS == 0 and len(data) <= _MOST_ADDRESSES * _ADDRESS:
            return b"".join(self._address(each) for each in range(len(data) // _ADDRESS))
        return bytes(len(data))

    def _card(self, data: bytes, lengths: int, *, sound: bool) -> bytes:
        text, photo = data[lengths : lengths + _TEXT], data[lengths + _TEXT : lengths + _TEXT + _PHOTO]
        if sound:  # a torn number would be another person's
            token = hashlib.blake2b(text[_NUMBER_AT], key=self._salt).digest()
            self._here = self._people.setdefault(token, len(self._people))
        kind = _KINDS.get(text[_LETTER_AT].decode("utf-16-le", "replace"), "citizen")
        clean = id_card_text.compose(id_card_people.person(kind, self._here))
        rest = len(data) - lengths - _TEXT - _PHOTO
        head = data[:lengths] if sound else struct.pack(">HHH", _TEXT, _PHOTO, rest)[:lengths]
        return head + clean + (_photo() if any(photo) else bytes(_PHOTO)) + bytes(rest)

    def _address(self, which: int) -> bytes:
        return id_card_text.compose_address(f"虚构省试验市新区甲路{self._here + 1}号之{which + 1}")


@cache
def _photo() -> bytes:
    return base64.b64decode(id_card_people.photo_base64("hopper")).ljust(_PHOTO, b"\0")
