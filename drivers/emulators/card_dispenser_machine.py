"""The mechanics of an emulated CRT-591: a stacker, one path with room for one card, a gate, an error bin that counts."""

from __future__ import annotations

import threading
import time


class Refused(Exception):
    """The machine refuses; the text is its error code, e1 e0."""


class Mechanics:
    """`where` is "nowhere", "gate" or "inside". Moves take `seconds`; the card arrives at their end.

    A card at the gate is drawn into the bin after `draws_in` seconds, as some machines do; None: never.
    """

    def __init__(self, *, cards: int, few: int, bin_room: int, seconds: float, draws_in: float | None) -> None:
        self.lock = threading.RLock()
        self.cards, self.few, self.bin_room, self.seconds, self.draws_in = cards, few, bin_room, seconds, draws_in
        self.where = "nowhere"
        self.binned = 0
        self.dispensed = 0
        self.taken = 0
        self.jammed = False
        self._at_gate_since = 0.0

    def status(self) -> bytes:
        """st0 st1 st2."""
        with self.lock:
            self._draw_in()
            st0 = {"nowhere": b"0", "gate": b"1", "inside": b"2"}[self.where]
            st1 = b"0" if self.cards == 0 else b"1" if self.cards <= self.few else b"2"
            return st0 + st1 + (b"1" if self.binned >= self.bin_room else b"0")

    def start(self, pm: int) -> None:
        """Begin the move of this PM. Raise Refused when it cannot begin."""
        with self.lock:
            self._draw_in()
            if self.jammed:
                raise Refused("10")
            if pm not in (0x30, 0x31, 0x32, 0x33):
                raise Refused("01")
            if self.where == "nowhere" and pm != 0x31:
                raise Refused("02")
            if self.where == "nowhere" and self.cards == 0:
                raise Refused("A0")
            if pm == 0x33 and self.binned >= self.bin_room:
                raise Refused("A1")

    def finish(self, pm: int) -> None:
        """The card has arrived. Raise Refused when it jammed on the way."""
        with self.lock:
            if self.jammed:
                raise Refused("10")
            if self.where == "nowhere":
                self.cards -= 1
                self.dispensed += 1
            if pm == 0x33:
                self.where = "nowhere"
                self.binned += 1
            else:
                self.where = "gate" if pm == 0x30 else "inside"
                self._at_gate_since = time.monotonic()

    def take(self) -> bool:
        """A person pulls the card out of the gate."""
        with self.lock:
            self._draw_in()
            if self.where != "gate":
                return False
            self.where = "nowhere"
            self.taken += 1
            return True

    def _draw_in(self) -> None:
        waited = time.monotonic() - self._at_gate_since
        if self.where == "gate" and self.draws_in is not None and waited >= self.draws_in:
            self.where = "nowhere"
            self.binned += 1
