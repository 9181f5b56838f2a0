"""A code scanner at the far end of a serial line: what is held before it, it sends; nothing else is said on this wire."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

from drivers.emulators.base import Emulator, verb
from drivers.emulators.code_scanner_faults import FAULTS, SAMPLE, Faults, without_each
from drivers.emulators.pty_wire import PtyWire, Unplugged

_LOOK_UP = 0.5


class SerialScannerEmulator(Emulator):
    """Bytes are written in hexadecimal. With `trigger_on` it sees only between that order and `trigger_off`, or one code.

    `probe` is answered with `probe_answer`, whenever it comes.
    """

    kind = "serial_scanner"
    FAULTS = FAULTS

    def __init__(
        self,
        capture: Path | None = None,
        *,
        baud: int = 115200,
        prefix: str = "",
        suffix: str = "0D",
        trigger_on: str = "",
        trigger_off: str = "",
        probe: str = "",
        probe_answer: str = "",
    ) -> None:
        super().__init__(capture)
        self._settings: dict[str, object] = {
            "baud": baud, "prefix": prefix, "suffix": suffix, "trigger_on": trigger_on, "trigger_off": trigger_off,
            "probe": probe, "probe_answer": probe_answer,
        }  # fmt: skip
        self._wire = PtyWire(baud, capture, name="code-scanner")
        self._prefix, self._suffix = bytes.fromhex(prefix), bytes.fromhex(suffix)
        self._on, self._off = bytes.fromhex(trigger_on), bytes.fromhex(trigger_off)
        self._probe, self._probe_answer = bytes.fromhex(probe), bytes.fromhex(probe_answer)
        self._faults = Faults()
        self._lock = threading.Condition()
        self._held: bytes | None = None
        self._sent_held = False
        self._lit = not self._on
        self._sent = 0
        self._running = False
        self._random = random.Random(1)  # noqa: S311  line noise
        self._threads = [
            threading.Thread(target=target, name="scanner-emulator", daemon=True)
            for target in (self._hear_orders, self._scan_what_is_held)
        ]

    # --- life

    def start(self) -> dict[str, object]:
        """Plug in and serve; return the settings that reach it."""
        self._wire.plug()
        self._running = True
        for thread in self._threads:
            thread.start()
        return {"port": str(self._wire.port), **{key: value for key, value in self._settings.items() if value != ""}}

    def stop(self) -> None:
        """Unplug for good."""
        if self._running:
            with self._lock:
                self._running = False
                self._lock.notify_all()
            self._wire.wake()
            for thread in self._threads:
                thread.join(2.0)
        self._wire.remove()

    def state(self) -> dict[str, Any]:
        """`lit`: it sees now. `holding`: something is before it. `sent`: codes sent since the start."""
        with self._lock:
            return {
                "plugged": self._wire.plugged,
                "lit": self._lit,
                "holding": self._held is not None,
                "sent": self._sent,
                "faults": self._faults.names(),
            }

    # --- verbs

    @verb
    def show_code(self, text: str = "", hex: str = "") -> None:
        """Hold a code before it: text (UTF-8) or bytes in hexadecimal. It is sent once, as soon as the scanner sees."""
        with self._lock:
            self._held, self._sent_held = bytes.fromhex(hex) if hex else text.encode(), False
            self._lock.notify_all()

    @verb
    def present(self) -> bool:
        """Hold the sample code before it."""
        self.show_code(SAMPLE)
        return True

    @verb
    def withdraw(self) -> bool:
        """Take the code away."""
        with self._lock:
            self._held = None
        return True

    @verb
    def fault(self, kind: str, times: int | None = None, **arguments: Any) -> None:
        """Misbehave from now on, or for so many codes; kinds and arguments are in `code_scanner_faults.FAULTS`."""
        self._faults.set(kind, times, arguments)

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Pull the cable."""
        self._wire.unplug()

    @verb
    def replug(self) -> None:
        """Put the cable back; a scanner with a trigger is dark then."""
        with self._lock:
            self._lit = not self._on
        self._wire.plug()
        self._wire.wake()

    # --- the scanner's own life

    def _hear_orders(self) -> None:
        heard = bytearray()
        while self._running:
            heard += self._wire.read(_LOOK_UP)
            while (order := self._first_order(heard)) is not None:
                if order == self._probe and self._faults.use("silent") is None:
                    self._send_raw(self._garbled_by_speed(self._probe_answer))
                with self._lock:
                    if order in (self._on, self._off):
                        self._lit = order == self._on
                        self._lock.notify_all()

    def _first_order(self, heard: bytearray) -> bytes | None:
        """Cut the first whole order off; what is none is forgotten when an order follows it."""
        orders = [each for each in (self._on, self._off, self._probe) if each and each in heard]
        if not orders:
            del heard[:-64]
            return None
        first = min(orders, key=heard.find)
        del heard[: heard.find(first) + len(first)]
        return first

    def _scan_what_is_held(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: not self._running or self._may_send())
                if not self._running:
                    return
                assert self._held is not None
                code, self._sent_held = self._held, True
                if self._on:
                    self._lit = False  # a trigger is good for one code
            self._send(code)

    def _may_send(self) -> bool:
        return self._held is not None and not self._sent_held and self._lit

    def _send(self, code: bytes) -> None:
        if self._faults.use("silent") is not None:
            return
        if (slow := self._faults.use("slow")) is not None:
            time.sleep(slow["seconds"])
        if (noise := self._faults.use("noise")) is not None:
            self._send_raw(self._random.randbytes(int(noise["count"])))
            time.sleep(noise["seconds"])
        frame = self._spoiled(self._prefix + code + self._suffix)
        if self._faults.use("die_mid_command") is not None:
            self._send_raw(frame[: len(frame) // 2])
            self._wire.unplug()
            return
        if (pause := self._faults.use("pause")) is not None:
            self._send_raw(frame[: int(pause["keep"])])
            time.sleep(pause["seconds"])
            frame = frame[int(pause["keep"]) :]
        self._send_raw(frame)
        if (again := self._faults.use("duplicate")) is not None:
            time.sleep(again["seconds"])
            self._send_raw(frame)
        with self._lock:
            self._sent += 1

    def _spoiled(self, frame: bytes) -> bytes:
        if (drop := self._faults.use("drop")) is not None:
            frame = bytes(without_each(list(frame), int(drop["every"])))
        if (garble := self._faults.use("garble")) is not None:
            frame = bytes(byte ^ 0x15 if at % int(garble["every"]) == 0 else byte for at, byte in enumerate(frame, 1))
        if (short := self._faults.use("short")) is not None:
            frame = frame[: int(short["keep"])]
        return self._garbled_by_speed(frame)

    def _garbled_by_speed(self, frame: bytes) -> bytes:
        return bytes(byte ^ 0x5A for byte in frame) if self._faults.use("baud_mismatch") is not None else frame

    def _send_raw(self, data: bytes) -> None:
        try:
            self._wire.write(data)
        except Unplugged:
            return  # what is read while the cable is out is lost
