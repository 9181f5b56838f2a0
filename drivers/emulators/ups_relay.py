"""Stands between the real upsd and the real dummy-ups, on the socket by which NUT's drivers tell upsd what the UPS does.

dummy-ups gives the variables and takes new values, but knows no commands (self-test, shutdown), and sleeps a second before it
hears anything. So what happens to the UPS is said here, in the words that a driver would use, and commands are answered here;
everything else passes. Source: NUT developer guide, "Driver/server socket protocol" (docs/sock-protocol.txt).

There is one connection to dummy-ups, which outlives upsd: dummy-ups 2.8.0 aborts when it writes to one that was closed.
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
        self.commands = commands
        self._on_command = on_command
        self._told: dict[bytes, bytes] = {}
        """Variables that have our values, not those of dummy-ups."""
        self._known: dict[bytes, bytes] = {}
        """What dummy-ups told of itself, by what each line is about."""
        self._complete = threading.Event()
        self.dumped = threading.Event()
        """upsd was told everything; cleared by who waits for the next time."""
        self._stale = False
        self._driver = socket.socket(socket.AF_UNIX)
        self._listener: socket.socket | None = None
        self._upsd: socket.socket | None = None
        self._lock = threading.RLock()

    def start(self, seconds: float) -> None:
        """Learn all that dummy-ups knows. Raise RuntimeError when it did not tell it in this time."""
        self._driver.connect(str(self._behind))
        self._thread(_lines, self._driver, self._from_driver)
        self._driver.sendall(b"DUMPALL\n")
        if not self._complete.wait(seconds):
            raise RuntimeError("dummy-ups tells nothing")

    def stop(self) -> None:
        """Be gone for good."""
        self.close()
        _shut(self._driver)

    def open(self) -> None:
        """Be there for upsd. Does nothing when it is."""
        if self._listener is None:
            self._at.unlink(missing_ok=True)
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self._at))
            self._listener.listen()
            self._thread(self._accept, self._listener)

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
            self._told[name.encode()] = value.encode()
            self._send(b'SETINFO %s "%s"' % (name.encode(), value.encode()))

    def be_stale(self, stale: bool) -> None:
        """The UPS does not answer its driver any more, or does again."""
        with self._lock:
            self._stale = stale
            self._send(b"DATASTALE" if stale else b"DATAOK")

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                upsd, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._upsd = upsd
            self._thread(_lines, upsd, self._from_upsd)

    def _from_upsd(self, line: bytes) -> None:
        found = _INSTCMD.fullmatch(line)
        if line == b"DUMPALL":
            self._dump()
        elif found is not None and found[1].decode() in self.commands:
            self._on_command(found[1].decode())
            if found[2]:
                self._send(b"TRACKING %s 0" % found[2])
        else:
            self._driver.sendall(line + b"\n")

    def _from_driver(self, line: bytes) -> None:
        with self._lock:
            if line.startswith((b"SETINFO ", b"SETAUX ", b"SETFLAGS ", b"DATAOK")):
                self._known[b" ".join(line.split(b" ")[:2])] = line
            if not self._complete.is_set():
                if line == b"DUMPDONE":
                    self._known[line] = line
                if {b"DUMPDONE", b"DATAOK"} <= self._known.keys():
                    self._complete.set()
            elif line != b"DATAOK":
                self._send(self._ours(line))

    def _dump(self) -> None:
        with self._lock:
            for line in self._known.values():
                if line not in (b"DATAOK", b"DUMPDONE"):
                    self._send(self._ours(line))
            for name in self.commands:
                self._send(b"ADDCMD " + name.encode())
            self._send(b"DATASTALE" if self._stale else b"DATAOK")
            self._send(b"DUMPDONE")
        self.dumped.set()

    def _ours(self, line: bytes) -> bytes:
        """The line with our value, where we told one."""
        found = _SETINFO.match(line)
        if found is None or found[1] not in self._told:
            return line
        return b'SETINFO %s "%s"' % (found[1], self._told[found[1]])

    def _send(self, line: bytes) -> None:
        with self._lock:
            if self._upsd is not None:
                with contextlib.suppress(OSError):  # upsd ended; it dumps all when it is back
                    self._upsd.sendall(line + b"\n")

    def _thread(self, target: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, name="ups-relay", daemon=True).start()


def _lines(source: socket.socket, work: Callable[[bytes], None]) -> None:
    """Hand each whole line on, until the other side is gone."""
    rest = b""
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                work(line)
    _shut(source)


def _shut(peer: socket.socket) -> None:
    with contextlib.suppress(OSError):
        peer.shutdown(socket.SHUT_RDWR)
    peer.close()
