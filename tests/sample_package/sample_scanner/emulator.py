"""The scanner at the far end of a TCP connection. The protocol is written a second time here, without lines.py."""

from __future__ import annotations

import contextlib
import socket
import threading
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from drivers.emulators.base import Emulator, verb
from drivers.emulators.wire_faults import KINDS, WireFaults

SAMPLE = b"KIOSK-SAMPLE-0002 \x00\xff"


class SampleScannerEmulator(Emulator):
    """One scanner at 127.0.0.1; its port stays the same over unplug and replug."""

    kind = "sample_scanner"
    FAULTS: ClassVar[Mapping[str, str]] = KINDS

    def __init__(self, capture: Path | None = None, *, symbology: str = "QRCode") -> None:
        super().__init__(capture)
        self._symbology = symbology
        self._faults = WireFaults()
        self._lock = threading.Lock()
        self._listener: socket.socket | None = None
        self._peers: set[socket.socket] = set()
        self._port = 0
        self._armed = self._held = False
        self._seen = b""
        self._last: tuple[str, str] = ("", "")

    # --- life

    def start(self) -> dict[str, object]:
        """Listen; return the settings that reach it."""
        self.replug()
        return {"host": "127.0.0.1", "port": self._port}

    def stop(self) -> None:
        """Hang up for good."""
        self.unplug()

    def state(self) -> dict[str, Any]:
        """Whether it looks, and whether something is before it."""
        with self._lock:
            plugged = self._listener is not None
            return {"plugged": plugged, "armed": self._armed, "holding": self._held, "faults": self._faults.names()}

    # --- verbs

    @verb
    def present(self) -> bool:
        """Hold a code before it."""
        with self._lock:
            self._held = True
            self._look()
        return True

    @verb
    def withdraw(self) -> bool:
        """Take it away."""
        with self._lock:
            self._held = False
        return True

    @verb
    def fault(self, kind: str, **arguments: Any) -> None:
        """Misbehave from now on. Raise LookupError for an unknown kind, TypeError for a wrong argument."""
        if kind not in KINDS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(KINDS)}")
        self._faults.put(kind, **arguments)

    @verb
    def clear_faults(self) -> None:
        """Behave again."""
        self._faults.clear()

    @verb
    def unplug(self) -> None:
        """Nobody can connect, and who was connected is cut off."""
        with self._lock:
            listener, self._listener = self._listener, None
            gone, self._peers = {*self._peers, *([listener] if listener else [])}, set()
        for each in gone:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    @verb
    def replug(self) -> None:
        """Listen again, at the same port."""
        with self._lock:
            if self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", self._port), backlog=8)
                self._port = self._listener.getsockname()[1]
                threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    # --- the wire

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._peers.add(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        received = b""
        with contextlib.suppress(OSError):
            while data := peer.recv(4096):
                *whole, received = (received + data).split(b"\r\n")
                for line in whole:
                    if (answer := self._heard(line)) and not self._send(peer, answer):
                        return
        with self._lock:
            self._peers.discard(peer)

    def _send(self, peer: socket.socket, answer: bytes) -> bool:
        if self._faults.use("die_mid_command") is not None:
            peer.sendall(answer[: len(answer) // 2])
            self.unplug()
            return False
        peer.sendall(self._faults.spoil(answer))
        return True

    def _heard(self, line: bytes) -> bytes:
        """The answer to one line; b"" for what is none."""
        body, star, given = line.partition(b"$")[2].decode("ascii", "replace").partition("*")
        if not star or given != f"{zlib.crc32(body.encode('ascii', 'replace')):08X}":
            return b""
        with self._lock:
            if body != self._last[0]:
                number, _, words = body.partition(",")
                self._last = (body, f"{number},{self._do(words)}")
            said = self._last[1].encode("ascii")
        return b"$" + said + b"*" + f"{zlib.crc32(said):08X}".encode() + b"\r\n"

    def _do(self, words: str) -> str:
        match words:
            case "ID":
                return "ID,Nobody,Sample NR-1,0001"
            case "ALIVE":
                return words
            case "ARM" | "DISARM":
                self._armed, self._seen = words == "ARM", b""
                self._look()
                return words
            case "TAKE":
                return f"TAKE,{self._symbology},{self._seen.hex()}" if self._seen else words
        return "NAK,unknown"

    def _look(self) -> None:
        if self._armed and self._held and not self._seen:
            self._seen = SAMPLE
