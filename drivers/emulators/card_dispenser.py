"""A CRT-591 at the far end of a pseudo-terminal: its handshake, its mechanics, its moods.

It speaks the protocol of `drivers.card_dispenser.crt_frames` with code of its own. As a real one it is a half-duplex slave: it
acknowledges a command, carries it out (deaf to all but EOT), replies, and says the reply again when the host asks (NAK). What
EOT does to a card on its way is not documented; here the card stays where it was and the machine answers EOT.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import card_dispenser_faults
from drivers.emulators.base import Emulator, verb
from drivers.emulators.card_dispenser_faults import ActiveFault, spoil
from drivers.emulators.card_dispenser_machine import Mechanics, Refused
from drivers.emulators.pty_wire import PtyWire, Unplugged

_ACK, _NAK, _EOT = b"\x06", b"\x15", b"\x04"
_SPOILING = ("drop", "garble", "noise", "short", "duplicate", "wrong_checksum")
_REPEATS = 3
_SERIAL = b"591EMULATED0001"


class Crt591Emulator(Emulator):
    """`cards` in the stacker, `few` and fewer are "few"; `move_seconds` a move; `initialized`: False as after power-on.

    `deaf`: a machine that, not initialized, does not even know the line's speed; otherwise it answers B0.
    """

    kind: ClassVar[str] = "crt_591"
    FAULTS: ClassVar[Mapping[str, str]] = card_dispenser_faults.FAULTS

    def __init__(
        self,
        capture: Path | None = None,
        *,
        cards: int = 20,
        few: int = 5,
        bin_room: int = 20,
        move_seconds: float = 0.6,
        draws_in: float | None = None,
        baud: int = 115200,
        address: int = 0,
        initialized: bool = True,
        deaf: bool = False,
        negative_head: int = 0x4E,
    ) -> None:
        super().__init__(capture)
        self.mechanics = Mechanics(cards=cards, few=few, bin_room=bin_room, seconds=move_seconds, draws_in=draws_in)
        self._full = cards
        self._address, self._baud, self._negative_head = address, baud, negative_head
        self._initialized, self._deaf = initialized, deaf
        self._wire = PtyWire(baud, capture, name="card-dispenser")
        self._lock = threading.RLock()
        self._faults: dict[str, ActiveFault] = {}
        self._running = False
        self._last_frame, self._last_key = b"", ""
        self._repeats = 0
        self._commands = 0
        self._thread = threading.Thread(target=self._serve, name="crt-emulator", daemon=True)

    # --- for the tests and the dock

    def start(self) -> dict[str, object]:
        """Plug in and serve; return the settings that reach it."""
        self._wire.plug()
        self._running = True
        self._thread.start()
        return {"port": str(self._wire.port), "baud": self._baud, "address": self._address}

    def stop(self) -> None:
        """Unplug for good."""
        if self._running:
            self._running = False
            self._wire.wake()
            self._thread.join(2.0)
        self._wire.remove()

    def state(self) -> dict[str, Any]:
        """`card` is nowhere, inside or gate; the rest are counts since the start."""
        with self.mechanics.lock, self._lock:
            self.mechanics.status()
            return {
                "plugged": self._wire.plugged,
                "initialized": self._initialized,
                "card": self.mechanics.where,
                "cards": self.mechanics.cards,
                "binned": self.mechanics.binned,
                "dispensed": self.mechanics.dispensed,
                "taken": self.mechanics.taken,
                "commands": self._commands,
                "faults": sorted(self._faults),
            }

    @verb
    def load(self, cards: int) -> None:
        """Put so many cards into the stacker, instead of those that are there. Raise ValueError for a negative number."""
        if cards < 0:
            raise ValueError("cards: at least 0")
        with self.mechanics.lock:
            self.mechanics.cards = cards

    @verb
    def present(self) -> bool:
        """Fill the stacker up to what was in it at the start."""
        self.load(self._full)
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the card at the gate; False when none stands there."""
        return self.mechanics.take()

    @verb
    def empty_bin(self) -> None:
        """Take the cards out of the error bin and set its counter to 0."""
        with self.mechanics.lock:
            self.mechanics.binned = 0

    @verb
    def power_cycle(self) -> None:
        """Switch it off and on: it wants to be initialized again."""
        with self._lock:
            self._initialized = False

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; see FAULTS. `command`: only this CM or CM and PM ("32", "3230"); `times`: so often."""
        made = card_dispenser_faults.make(kind, **arguments)
        with self._lock:
            self._faults[kind] = made
            if kind == "baud_mismatch":
                self._wire.baud = made.baud

    @verb
    def clear_faults(self) -> None:
        """Behave again; a jam is cleared by hand."""
        with self._lock, self.mechanics.lock:
            self._faults.clear()
            self._wire.baud = self._baud
            self.mechanics.jammed = False

    @verb
    def unplug(self) -> None:
        """Pull the data cable. The machine has power of its own: a card goes on to its place."""
        self._wire.unplug()

    @verb
    def replug(self) -> None:
        """Put the cable back."""
        self._wire.plug()
        self._wire.wake()

    # --- the machine's own life

    def _serve(self) -> None:
        pending = bytearray()
        while self._running:
            pending += self._wire.read(1.0)
            try:
                self._hear(pending)
            except Unplugged:
                pending.clear()

    def _hear(self, pending: bytearray) -> None:
        """Take commands off the front of what came; NAK what was torn, say the last reply again when NAKed."""
        while pending:
            if pending[0] != 0xF2:
                self._confirmed(bytes((pending.pop(0),)))
                continue
            if len(pending) < 4 or len(pending) < 6 + int.from_bytes(pending[2:4], "big"):
                # The rest follows within the time of some bytes, or never.
                more = self._wire.read(0.05)
                if more:
                    pending += more
                    continue
                pending.clear()
                self._wire.write(_NAK)
                return
            size = 6 + int.from_bytes(pending[2:4], "big")
            frame = bytes(pending[:size])
            del pending[:size]
            if frame[1] != self._address:
                continue
            if _xor(frame) or frame[-2] != 0x03 or frame[4:5] != b"C" or size < 9:
                self._wire.write(_NAK)
                continue
            self._serve_command(frame[5], frame[6], frame[7:-2], pending)

    def _confirmed(self, byte: bytes) -> None:
        if byte == _NAK and self._last_frame and self._repeats < _REPEATS:
            self._repeats += 1
            self._wire.write(self._damaged(self._last_frame, self._last_key))
        elif byte == _EOT:
            self._wire.write(_EOT)

    def _serve_command(self, cm: int, pm: int, data: bytes, pending: bytearray) -> None:
        key = f"{cm:02x}{pm:02x}"
        with self._lock:
            self._commands += 1
        if self._use("silent", key) or (self._deaf and not self._initialized and cm != 0x30):
            return
        if self._use("nak", key):
            self._wire.write(_NAK)
            return
        if not self._use("lost_ack", key):
            self._wire.write(_ACK)
        if self._use("die_mid_command", key):
            self._wire.unplug()
        text = self._carry_out(cm, pm, data, pending)
        if text is None:
            self._wire.write(_EOT)
            return
        body = bytes((0xF2, self._address)) + len(text).to_bytes(2, "big") + text + b"\x03"
        self._last_frame, self._last_key, self._repeats = body + bytes((_xor(body),)), key, 0
        if not self._use("lost_reply", key):
            self._wire.write(self._damaged(self._last_frame, key))

    def _damaged(self, frame: bytes, key: str) -> bytes:
        for name in _SPOILING:
            active = self._use(name, key)
            if active:
                frame = spoil(name, active, frame)
        return frame

    def _carry_out(self, cm: int, pm: int, data: bytes, pending: bytearray) -> bytes | None:
        """The reply's text; None when EOT came on the way."""
        key = f"{cm:02x}{pm:02x}"
        slow = self._use("slow", key)
        forced = self._use("error", key)
        try:
            if forced:
                raise Refused(forced.code)
            if cm == 0x32:
                self._check_initialized()
                self.mechanics.start(pm)
                if self._use("jam", key):
                    self.mechanics.jammed = True
                if self._stopped(self.mechanics.seconds + (slow.seconds if slow else 0.0), pending):
                    return None
                self.mechanics.finish(pm)
                found = b""
            else:
                if slow and self._stopped(slow.seconds, pending):
                    return None
                found = self._answer(cm, pm, data)
        except Refused as refused:
            return bytes((self._negative_head, cm, pm)) + str(refused).encode("ascii")
        return bytes((0x50, cm, pm)) + self.mechanics.status() + found

    def _answer(self, cm: int, pm: int, data: bytes) -> bytes:
        """The data of a command that moves nothing."""
        if cm == 0x30 and pm in (0x33, 0x37):
            self._initialized = True
            return b"CRT-591-EMULATED"
        self._check_initialized()
        match cm, pm:
            case 0x31, 0x30:
                return b""
            case 0xA2, 0x30:
                return bytes((len(_SERIAL),)) + _SERIAL
            case 0xA4, 0x30:
                return b"CRT-591-EMULATED"
            case 0xA5, 0x30:
                return b"%03d" % self.mechanics.binned
        raise Refused("00")

    def _check_initialized(self) -> None:
        if not self._initialized:
            raise Refused("B0")

    def _stopped(self, seconds: float, pending: bytearray) -> bool:
        """Work for so long; True when EOT came. Whatever else is said meanwhile is not heard."""
        pending.clear()
        until = time.monotonic() + seconds
        while self._running and (left := until - time.monotonic()) > 0:
            if not self._wire.plugged:
                time.sleep(min(left, 0.02))
            elif _EOT in self._wire.read(left):
                return True
        return False

    def _use(self, name: str, key: str) -> ActiveFault | None:
        """The fault if it is on and meant for this command; counts it down."""
        with self._lock:
            active = self._faults.get(name)
            if active is None or not key.startswith(active.command):
                return None
            if active.times is not None:
                active.times -= 1
                if active.times <= 0:
                    del self._faults[name]
            return active


def _xor(data: bytes) -> int:
    result = 0
    for byte in data:
        result ^= byte
    return result
