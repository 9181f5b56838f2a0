"""An ID-card reader at the far end of a pseudo-terminal, with its SAM, its radio and its moods.

It speaks the SDT packets of `drivers.id_card.sdt_frames` with code of its own. As a real one it wants the card lifted after a
good read: find (20 01) then stays silent about it, while 30 03 and 30 05 go on answering as long as the card lies there.
Radio times: find 120, select 80, text and photo 750 ms, together `radio_seconds`; 30 03 and 30 05 take 40 ms more each.
"""

from __future__ import annotations

import base64
import binascii
import random
import struct
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import id_card_text
from drivers.emulators.base import Emulator, verb
from drivers.emulators.id_card_faults import FAULTS, ActiveFault, spoil
from drivers.emulators.id_card_photo import stand_in_photo as stand_in_photo
from drivers.emulators.pty_wire import PtyWire, Unplugged

_HEAD = bytes.fromhex("AAAAAA9669")
_RADIO_SHARE = {"2001": 120 / 950, "2002": 80 / 950, "3001": 750 / 950, "3003": 40 / 950, "3005": 40 / 950}
_PHOTO_SIZE = 1024
_SAM_ID = struct.pack("<HHIII", 5, 3, 20260101, 1234567890, 987654321)
_LONGEST_COMMAND = 64


class _LaidCard:
    """A card on the reader. `state`: fresh, found, selected, read (which find no longer sees)."""

    def __init__(self, card: dict[str, str]) -> None:
        self.text = id_card_text.compose(card)
        self.photo = _photo_blob(card.get("photo_base64", ""))
        address = card.get("new_address") or ""
        self.address = id_card_text.compose_address(address) if address else b""
        self.serial = random.randbytes(8)  # noqa: S311  an emulated chip number
        self.state = "fresh"


class SdtEmulator(Emulator):
    """`radio_seconds`: the card's own time for find + select + read. `reread`: whether 30 01 may be repeated in one placement."""

    kind: ClassVar[str] = "sdt_serial"

    def __init__(
        self, capture: Path | None = None, *, radio_seconds: float = 0.95, baud: int = 115200, reread: bool = True
    ) -> None:
        super().__init__(capture)
        self._radio_seconds = radio_seconds
        self._reread = reread
        self._baud = baud
        self._wire = PtyWire(baud, capture, name="id-card-reader")
        self._lock = threading.RLock()
        self._card: _LaidCard | None = None
        self._faults: dict[str, ActiveFault] = {}
        self._running = False
        self._reads = 0
        self._radio_spent = 0.0
        self._thread = threading.Thread(target=self._serve, name="sdt-emulator", daemon=True)

    # --- for the tests and the dock

    def start(self) -> dict[str, object]:
        """Plug in and serve; return the settings that reach it."""
        self._wire.plug()
        self._running = True
        self._thread.start()
        return {"port": str(self._wire.port), "baud": self._baud}

    def stop(self) -> None:
        """Unplug for good."""
        if self._running:
            self._running = False
            self._wire.wake()
            self._thread.join(2.0)
        self._wire.remove()

    def state(self) -> dict[str, Any]:
        """`card` is absent, fresh, found, selected or read; times in seconds since the start."""
        with self._lock:
            return {
                "plugged": self._wire.plugged,
                "card": self._card.state if self._card else "absent",
                "reads": self._reads,
                "faults": sorted(self._faults),
                "wire_seconds": round(self._wire.wire_seconds, 6),
                "radio_seconds": round(self._radio_spent, 6),
            }

    @verb
    def place(self, card: dict[str, str]) -> None:
        """Lay a card down. Fields: kind, name, sex, nation (code), birth, address, number, issuer, valid_from, valid_to, and
        where the kind has them english_name, chinese_name, nationality, pass_number, issue_count, renewals, version,
        old_permit; new_address; photo_base64 (the stand-in, at most 1,024 bytes). Raise ValueError naming a wrong field.
        """
        laid = _LaidCard(card)
        with self._lock:
            self._card = laid

    @verb
    def lift(self) -> None:
        """Take the card away."""
        with self._lock:
            self._card = None

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds and arguments are in `id_card_faults.FAULTS`. `times`: only for so many replies."""
        if kind not in FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
        with self._lock:
            self._faults[kind] = FAULTS[kind](**arguments)
            if kind == "baud_mismatch":
                self._wire.baud = self._faults[kind].baud

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        with self._lock:
            self._faults.clear()
            self._wire.baud = self._baud

    @verb
    def unplug(self) -> None:
        """Pull the cable. The card stays where it is."""
        self._wire.unplug()

    @verb
    def replug(self) -> None:
        """Put the cable back: the reader starts afresh, so a card that was read answers find again."""
        with self._lock:
            if self._card is not None:
                self._card.state = "fresh"
        self._wire.plug()
        self._wire.wake()

    # --- the reader's own life

    def _serve(self) -> None:
        pending = bytearray()
        while self._running:
            pending += self._wire.read(1.0)
            for command in _whole_commands(pending):
                try:
                    self._answer(command)
                except Unplugged:
                    pending.clear()

    def _answer(self, command: bytes) -> None:
        key = command[:2].hex()
        offline = self._use("sam_offline", key)
        if self._use("silent", key):
            return
        self._wait_radio(key)
        forced = self._use("status", key)
        sw3, data = (0x60, b"") if offline else (forced.sw3, b"") if forced else self._do(key)
        slow = self._use("slow", key)
        if slow:
            time.sleep(slow.seconds)
        frame = _reply(sw3, data)
        for name in ("short", "wrong_checksum", "wrong_length", "drop", "garble", "noise"):
            active = self._use(name, key)
            if active:
                frame = spoil(name, active, frame)
        if self._use("die_mid_command", key):
            self._wire.write(frame[: len(frame) // 2])
            self._wire.unplug()
            raise Unplugged
        self._wire.write(frame)

    def _use(self, name: str, key: str) -> ActiveFault | None:
        """The fault if it is on and meant for this command; counts it down."""
        with self._lock:
            active = self._faults.get(name)
            if active is None or (active.command and active.command != key):
                return None
            if active.times is not None:
                active.times -= 1
                if active.times <= 0:
                    del self._faults[name]
            return active

    def _wait_radio(self, key: str) -> None:
        """The card's time. With `lift_early` the card vanishes in the middle of it."""
        seconds = self._radio_seconds * _RADIO_SHARE.get(key, 0.0)
        time.sleep(seconds / 2)
        if self._use("lift_early", key):
            self.lift()
        time.sleep(seconds / 2)
        self._radio_spent += seconds

    def _do(self, key: str) -> tuple[int, bytes]:
        """The command on a healthy reader: SW3 and data."""
        with self._lock:
            card = self._card
            match key:
                case "10ff" | "11ff" | "61ff" | "6000" | "6001" | "6002" | "6003" | "6004":
                    return 0x90, b""
                case "12ff":
                    return 0x90, _SAM_ID
                case "2001":
                    return self._find(card)
                case "2002":
                    return self._select(card)
                case "3001" | "3010":
                    return self._read(card, fingerprint=key == "3010")
                case "3003" | "3005":
                    return self._read_more(card, key)
            return 0x21, b""

    def _find(self, card: _LaidCard | None) -> tuple[int, bytes]:
        if card is None or card.state == "read":
            return 0x80, b""
        card.state = "found"
        return 0x9F, b"\0\0\0\0"

    def _select(self, card: _LaidCard | None) -> tuple[int, bytes]:
        if card is None or card.state not in ("found", "selected"):
            return 0x81, b""
        card.state = "selected"
        return 0x90, card.serial

    def _read(self, card: _LaidCard | None, *, fingerprint: bool) -> tuple[int, bytes]:
        if card is None or not (card.state == "selected" or (card.state == "read" and self._reread)):
            return 0x41, b""
        card.state = "read"
        self._reads += 1
        none_stored = b"\0\0" if fingerprint else b""
        return 0x90, struct.pack(">HH", 256, _PHOTO_SIZE) + none_stored + card.text + card.photo

    def _read_more(self, card: _LaidCard | None, key: str) -> tuple[int, bytes]:
        if card is None or card.state not in ("selected", "read"):
            return 0x41, b""
        if key == "3005":
            return 0x90, card.serial + bytes(20)
        return (0x90, card.address) if card.address else (0x91, b"")


def _reply(sw3: int, data: bytes) -> bytes:
    rest = struct.pack(">H", len(data) + 4) + bytes((0, 0, sw3)) + data
    return _HEAD + rest + bytes([_xor(rest)])


def _xor(data: bytes | bytearray) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result


def _whole_commands(pending: bytearray) -> list[bytes]:
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


def _photo_blob(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("photo_base64: not Base64") from None
    if len(blob) > _PHOTO_SIZE:
        raise ValueError(f"photo_base64: {len(blob)} bytes; the card holds {_PHOTO_SIZE}")
    return blob + bytes(_PHOTO_SIZE - len(blob))
