"""Stands between the real upsd and the real dummy-ups, on the socket by which NUT's drivers tell upsd what the UPS does.

dummy-ups gives the variables and takes new values, but knows no commands (self-test, shutdown), and sleeps a second before it
hears anything. So what happens to the UPS is said here, in the words that a driver would use, and commands are answered here;
everything else passes. Source: NUT developer guide, "Driver/server socket protocol" (docs/sock-protocol.txt).
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path

_INSTCMD = re.compile(rb"INSTCMD (\S+)(?: .*?)??(?: TRACKING (\S+))?")
_SETINFO = re.compile(rb"SETINFO (\S+) ")
_CHUNK = 65536


class DriverRelay:
    """`at` is where upsd looks for its driver, `behind` the socket of dummy-ups. `commands` are offered to upsd; each that it
    gives is handed to `on_command`."""

    def __init__(self, at: Path, behind: Path, commands: tuple[str, ...], on_command: Callable[[str], None]) -> None:
        self._at = at
        self._behind = behind
        self._commands = commands
        self._on_command = on_command
        self._values: dict[bytes, bytes] = {}
        self._dump: dict[bytes, bytes] = {}
        """What dummy-ups told of itself, by what it is about: a upsd that comes back need not wait until it wakes again."""
        self._dumped = False
        self._stale = False
        self._listener: socket.socket | None = None
        self._upsd: socket.socket | None = None
        self._lock = threading.Lock()
        self.told = threading.Event()
        """upsd has been told all that dummy-ups knows; cleared by `open()`, and by whoever waits for the next time."""

    def open(self) -> None:
        """Be there for upsd. Does nothing when it is."""
        if self._listener is None:
            self._at.unlink(missing_ok=True)
            self.told.clear()
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._at))
            self._listener.listen()
            threading.Thread(target=self._accept, args=(self._listener,), name="ups-relay", daemon=True).start()

    def close(self) -> None:
        """Be gone, as when the driver died. Does nothing when it is."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self._at.unlink(missing_ok=True)
            _shut(listener)
        with self._lock:
            upsd, self._upsd = self._upsd, None
        if upsd is not None:
            _shut(upsd)

    def tell(self, name: str, value: str) -> None:
        """The variable has this value from now on. `value` holds neither quotes nor backslashes."""
        with self._lock:
            self._values[name.encode()] = value.encode()
            self._send(b'SETINFO %s "%s"\n' % (name.encode(), value.encode()))

    def be_stale(self, stale: bool) -> None:
        """The UPS does not answer its driver any more, or does again."""
        with self._lock:
            self._stale = stale
            self._send(b"DATASTALE\n" if stale else b"DATAOK\n")

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                upsd, _ = listener.accept()
                driver = socket.socket(socket.AF_UNIX)
                driver.connect(str(self._behind))
            except OSError:
                return
            with self._lock:
                self._upsd = upsd
            for work, source, sink in ((self._to_driver, upsd, driver), (self._to_upsd, driver, upsd)):
                threading.Thread(target=_lines, args=(source, sink, work), name="ups-relay", daemon=True).start()

    def _to_driver(self, line: bytes, driver: socket.socket) -> None:
        if line == b"DUMPALL" and self._dumped:
            upsd = self._upsd
            for known in list(self._dump.values()):
                if upsd is not None:
                    self._to_upsd(known, upsd)
            return
        found = _INSTCMD.fullmatch(line)
        if found is None or found[1].decode() not in self._commands:
            driver.sendall(line + b"\n")
            return
        self._on_command(found[1].decode())
        if found[2]:
            with self._lock:
                self._send(b"TRACKING %s 0\n" % found[2])

    def _to_upsd(self, line: bytes, upsd: socket.socket) -> None:
        with self._lock:
            self._remember(line)
            if (found := _SETINFO.match(line)) and found[1] in self._values:
                line = b'SETINFO %s "%s"' % (found[1], self._values[found[1]])
            fresh = line == b"DATAOK"
            if fresh and self._stale:
                line = b"DATASTALE"
            if line == b"DUMPDONE":
                line = b"".join(b"ADDCMD %s\n" % name.encode() for name in self._commands) + line
            upsd.sendall(line + b"\n")
        if fresh:
            self.told.set()

    def _remember(self, line: bytes) -> None:
        about = b" ".join(line.split(b" ")[:2])
        if not self._dumped:
            self._dump.pop(about, None)  # so that DUMPDONE of the dump that was whole comes last
            self._dump[about] = line
        elif about in self._dump and line.startswith(b"SETINFO"):
            self._dump[about] = line
        if line == b"DUMPDONE" and b"DATAOK" in self._dump:
            self._dumped = True

    def _send(self, data: bytes) -> None:
        if self._upsd is not None:
            with contextlib.suppress(OSError):
                self._upsd.sendall(data)


def _lines(source: socket.socket, sink: socket.socket, work: Callable[[bytes, socket.socket], None]) -> None:
    """Hand each whole line on, until one side is gone; then the other goes too."""
    rest = b""
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                work(line, sink)
    _shut(source)
    _shut(sink)


def _shut(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
    peer.close()
