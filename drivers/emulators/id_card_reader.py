"""An ID-card reader at the far end of a pseudo-terminal: a serial one, and one that speaks USB HID reports.

What it is behind its cable is in `id_card_device`, its moods are in `id_card_faults`, its people in `id_card_people`.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators import id_card_faults, id_card_people
from drivers.emulators.base import Emulator, verb
from drivers.emulators.id_card_device import LaidCard, ReaderDevice, reply, whole_commands
from drivers.emulators.id_card_faults import ActiveFault, spoil
from drivers.emulators.id_card_hid import HidWire
from drivers.emulators.id_card_photo import stand_in_photo as stand_in_photo
from drivers.emulators.pty_wire import PtyWire, Unplugged

_SPOILERS = ("short", "wrong_checksum", "wrong_length", "drop", "garble", "noise", "duplicate")
"""In this order, when several are on."""


class SdtEmulator(Emulator):
    """`radio_seconds`: the card's own time for find + select + read. `reread`: whether 30 01 may be repeated in one placement."""

    kind: ClassVar[str] = "sdt_serial"
    FAULTS = id_card_faults.FAULTS

    def __init__(
        self, capture: Path | None = None, *, radio_seconds: float = 0.95, baud: int = 115200, reread: bool = True
    ) -> None:
        super().__init__(capture)
        self._baud = baud
        self._wire = self._make_wire(baud, capture)
        self._device = ReaderDevice(radio_seconds, reread=reread)
        self._lock = threading.RLock()
        self._faults: dict[str, ActiveFault] = {}
        self._running = False
        self._radio_spent = 0.0
        self._people = 0
        self._thread = threading.Thread(target=self._serve, name="sdt-emulator", daemon=True)

    def _make_wire(self, baud: int, capture: Path | None) -> PtyWire:
        return PtyWire(baud, capture, name="id-card-reader")

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
                "card": self._device.card.state if self._device.card else "absent",
                "reads": self._device.reads,
                "faults": sorted(self._faults),
                "wire_seconds": round(self._wire.wire_seconds, 6),
                "radio_seconds": round(self._radio_spent, 6),
            }

    @verb
    def place(self, card: dict[str, str]) -> None:
        """Lay a card down. Fields: kind, name, sex, nation (code), birth, address, number, issuer, valid_from, valid_to, and
        where the kind has them english_name, chinese_name, nationality, pass_number, issue_count, renewals, version,
        old_permit; new_address; photo_base64 (the stand-in, at most 1,024 bytes); fingerprints (how many templates: 0, 1, 2).
        Raise ValueError naming a wrong field.
        """
        laid = LaidCard(card)
        with self._lock:
            self._device.card = laid

    @verb
    def lift(self) -> None:
        """Take the card away."""
        with self._lock:
            self._device.card = None

    @verb
    def present(self, kind: str = "citizen", who: str = "hopper") -> bool:
        """Lay down the card of another invented person each time, with the photograph of a portrait. Raise ValueError."""
        card = id_card_people.person(kind, self._people) | {"photo_base64": id_card_people.photo_base64(who)}
        self._people += 1
        self.place(card)
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the card away."""
        self.lift()
        return True

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds are in `FAULTS`. `command`: only this one ("3001"). `times`: only so many replies."""
        made = id_card_faults.make(kind, arguments)
        with self._lock:
            self._faults[kind] = made
            if kind == "baud_mismatch":
                self._wire.baud = made.baud

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
            self._device.restart()
        self._wire.plug()
        self._wire.wake()

    # --- the reader's own life

    def _serve(self) -> None:
        pending = bytearray()
        while self._running:
            pending += self._wire.read(1.0)
            for command in whole_commands(pending):
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
        asked = "3010" if key == "3001" and self._use("fingerprint", key) else key
        with self._lock:
            sw3, data = (0x60, b"") if offline else (forced.sw3, b"") if forced else self._device.do(asked)
        slow = self._use("slow", key)
        if slow:
            time.sleep(slow.seconds)
        frame = reply(sw3, data)
        for name in _SPOILERS:
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
        seconds = self._device.radio_time(key)
        time.sleep(seconds / 2)
        if self._use("lift_early", key):
            self.lift()
        time.sleep(seconds / 2)
        self._radio_spent += seconds


class SdtHidEmulator(SdtEmulator):
    """The same reader behind a node that carries 64-byte reports, as /dev/hidraw* does."""

    kind: ClassVar[str] = "sdt_usb"
    FAULTS: ClassVar[dict[str, str]] = {k: v for k, v in id_card_faults.FAULTS.items() if k != "baud_mismatch"}

    def _make_wire(self, baud: int, capture: Path | None) -> PtyWire:
        return HidWire(baud, capture, name="id-card-hid")

    def start(self) -> dict[str, object]:
        """Plug in and serve; return the settings that reach it."""
        return {"device": super().start()["port"], "connection": "hid"}

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on; kinds are in `FAULTS`. `command`: only this one ("3001"). `times`: only so many replies."""
        if kind not in self.FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(self.FAULTS)}")
        super().fault(kind, **arguments)
