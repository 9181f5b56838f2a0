"""A device that answers from a tape: what was once asked is answered as it was then; anything else is told, not answered.

Strict: the driver must send, byte for byte and in order, what the tape has. What it does not expect stays in `state()` as
"unexpected", with what was expected at that place, and from then on nothing is answered: a tape cannot guess.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb
from drivers.emulators.pty_wire import PtyWire, Unplugged
from drivers.tapes.tape import Entry, Tape, To, read

_LOOK_UP = 0.1


class _Player:
    """Where the tape stands. Fed with what the driver sent; gives what to send, or says that the device hangs up."""

    def __init__(self, tape: Tape, pace: float) -> None:
        self._entries = tape.entries
        self._pace = pace
        self.at = 0
        self._matched = 0
        self.unexpected: dict[str, Any] | None = None

    @property
    def ended(self) -> bool:
        return self.at >= len(self._entries)

    def hear(self, data: bytes) -> None:
        """Compare with the tape. Each byte is expected or ends the play."""
        for place, byte in enumerate(data):
            entry = self._awaited()
            if self.unexpected is not None:
                return
            if entry is None or entry.data[self._matched] != byte:
                expected = "" if entry is None else entry.hex
                self.unexpected = {
                    "entry": self.at,
                    "byte": self._matched,
                    "expected": expected,
                    "got": data[place:].hex(),
                }
                return
            self._matched += 1
            if self._matched == len(entry.data):
                self.at, self._matched = self.at + 1, 0

    def due(self) -> list[tuple[float, Entry]]:
        """What the device says now, each with the seconds to wait before it."""
        found: list[tuple[float, Entry]] = []
        while (
            self.unexpected is None and not self._matched and not self.ended and self._entries[self.at].to is To.DRIVER
        ):
            before = self._entries[self.at - 1].t if self.at else 0.0
            found.append((max(0.0, self._entries[self.at].t - before) * self._pace, self._entries[self.at]))
            self.at += 1
        return found

    def _awaited(self) -> Entry | None:
        return None if self.ended or self._entries[self.at].to is To.DRIVER else self._entries[self.at]


class TapeEmulator(Emulator):
    """`tape`: the file. `pace`: 1 keeps its times, 0 answers at once. `over`: "serial" (a pseudo-terminal) or "tcp"."""

    kind: ClassVar[str] = "tape"

    def __init__(
        self, capture: Path | None = None, *, tape: str, pace: float = 0.0, over: str = "serial", baud: int = 115200
    ) -> None:
        """Raise ValueError naming what is wrong with the tape, or an unknown `over`."""
        super().__init__(capture)
        if over not in ("serial", "tcp"):
            raise ValueError(f"over: {over!r} is neither serial nor tcp")
        self._player = _Player(read(Path(tape)), pace)
        self._lock = threading.Lock()
        self._running = False
        self._plugged = False
        self._over = over
        self._baud = baud
        self._wire = PtyWire(baud, capture, name="tape")
        self._listener: socket.socket | None = None
        self._thread = threading.Thread(
            target=self._serve_tcp if over == "tcp" else self._serve, name="tape", daemon=True
        )

    def start(self) -> dict[str, object]:
        """Play; return the settings that reach it: port and baud, or host and port."""
        self._running = True
        if self._over == "tcp":
            self._listener = socket.create_server(("127.0.0.1", 0))
            self._listener.settimeout(_LOOK_UP)
            self._thread.start()
            return {"host": "127.0.0.1", "port": self._listener.getsockname()[1]}
        self._wire.plug()
        self._thread.start()
        return {"port": str(self._wire.port), "baud": self._baud}

    def stop(self) -> None:
        """End the play."""
        if self._running:
            self._running = False
            self._thread.join(2.0)
        if self._listener is not None:
            self._listener.close()
        self._wire.remove()

    def state(self) -> dict[str, Any]:
        """How far the tape is, whether it is at its end, and what came that it did not expect."""
        with self._lock:
            return {
                "entry": self._player.at,
                "ended": self._player.ended,
                "unexpected": self._player.unexpected,
                "plugged": self._wire.plugged if self._over == "serial" else self._listener is not None,
            }

    @verb
    def unplug(self) -> None:
        """Pull the cable."""
        self._wire.unplug()

    @verb
    def replug(self) -> None:
        """Put it back; the tape goes on where it stood."""
        self._wire.plug()
        self._wire.wake()

    def _serve(self) -> None:
        def send(data: bytes) -> None:
            try:
                self._wire.write(data)
            except Unplugged:
                return  # the cable was pulled; the tape goes on

        while self._running:
            self._play(self._wire.read(_LOOK_UP), send, self._wire.unplug)

    def _serve_tcp(self) -> None:
        assert self._listener is not None
        while self._running:
            try:
                peer, _ = self._listener.accept()
            except (TimeoutError, OSError):
                continue
            with peer:
                peer.settimeout(_LOOK_UP)
                self._serve_peer(peer)

    def _serve_peer(self, peer: socket.socket) -> None:
        while self._running:
            try:
                data = peer.recv(4096)
            except TimeoutError:
                data = b""
            except OSError:
                return
            else:
                if not data:
                    return
            hung_up = threading.Event()
            try:
                self._play(data, peer.sendall, hung_up.set)
            except OSError:
                return
            if hung_up.is_set():
                return

    def _play(self, data: bytes, send: Callable[[bytes], None], hang_up: Callable[[], None]) -> None:
        with self._lock:
            self._player.hear(data)
            due = self._player.due()
        for wait, entry in due:
            time.sleep(wait)
            if entry.gone:
                hang_up()
                return
            send(entry.data)
