"""Recorders: a man in the middle between a driver and its device, on a serial line or a TCP connection.

    with SerialRecorder("/dev/ttyUSB0", Path("reader.tape"), protocol="sdt") as recorder:
        ...  # the driver opens recorder.port instead of /dev/ttyUSB0

Every byte goes on as it came. What is kept goes through the protocol's scrubber first: nothing else ever touches the disk. When
the scrubber or the disk fails, the tape ends there and `problem` says why; the line goes on.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import tempfile
import threading
import time
import tty
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType

import serial

from drivers.tapes.pieces import Piece
from drivers.tapes.scrub import AsItIs, scrubber_for
from drivers.tapes.tape import Entry, Head, To, line_of

_QUIET_SECONDS = 0.5
"""Silence after which what was held back is not the beginning of a packet any more; the drivers wait less for the rest of one."""
_LOOK_UP = 0.1
_CHUNK = 4096
_CONNECT_SECONDS = 3.0


class TapeWriter:
    """Scrubs and writes. Not for two threads at once."""

    def __init__(self, file: Path, protocol: str, *, nothing_personal: bool) -> None:
        """Begin a tape. Raise ValueError for a protocol that cannot be scrubbed, FileExistsError when the file is there."""
        self._scrubber = scrubber_for(protocol, nothing_personal=nothing_personal)
        self._file = file.open("x", encoding="utf-8")
        self._began = time.monotonic()
        self._heard = 0.0
        self._ready: list[Piece] = []
        self._file.write(
            line_of(Head(protocol=protocol, personal_data="none" if isinstance(self._scrubber, AsItIs) else "scrubbed"))
        )
        self._file.flush()

    def put(self, to: To, data: bytes) -> None:
        """Bytes crossed the wire."""
        self._heard = self._now()
        self._write(self._scrubber.feed(to, data, self._heard))

    def idle(self) -> None:
        """To be called now and then: silence has a meaning, too."""
        if self._now() - self._heard >= _QUIET_SECONDS:
            self._write(self._scrubber.quiet(self._now()))

    def gone(self) -> None:
        """The device hung up."""
        self._write(self._scrubber.quiet(self._now()))
        self._file.write(line_of(Entry(t=round(self._now(), 4), to=To.DRIVER, gone=True)))
        self._file.flush()

    def close(self) -> None:
        """Write what is held back, and end the tape."""
        if not self._file.closed:
            self._write(self._scrubber.quiet(self._now()))
            self._file.close()

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _write(self, pieces: list[Piece]) -> None:
        """In the order in which they came: a question waits until the torn answer before it is known to be torn."""
        self._ready = sorted(self._ready + pieces, key=lambda piece: piece.at)
        held = self._scrubber.held_since
        fit = [piece for piece in self._ready if held is None or piece.at <= held]
        self._ready = self._ready[len(fit) :]
        for piece in fit:
            self._file.write(line_of(Entry(t=round(piece.at, 4), to=piece.to, hex=piece.data.hex(), note=piece.note)))
        if fit:
            self._file.flush()


class Recorder(ABC):
    """Carries bytes between two descriptors in a thread, and keeps them. `carried`: bytes so far, both ways."""

    def __init__(self, tape: Path, protocol: str, *, nothing_personal: bool) -> None:
        self._writer = TapeWriter(tape, protocol, nothing_personal=nothing_personal)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self.carried = 0
        self.problem: Exception | None = None
        """Why the tape ended early, None when it did not."""

    def __enter__(self) -> Recorder:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End carrying and the tape. Calling it again does nothing."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(_CONNECT_SECONDS + 1.0)
        self._close()
        self._keep(self._writer.close)

    @abstractmethod
    def _run(self) -> None:
        """Carry until `_stop` is set."""

    @abstractmethod
    def _close(self) -> None:
        """Let go of both sides."""

    def _carry(self, driver: int, device: int) -> None:
        """Until one side hangs up or `_stop` is set."""
        while not self._stop.is_set():
            ready, _, _ = select.select([driver, device], [], [], _LOOK_UP)
            if not ready:
                self._keep(self._writer.idle)
            # What the device said comes first: it was said before the driver's next word.
            for source, target, to in ((device, driver, To.DRIVER), (driver, device, To.DEVICE)):
                if source not in ready:
                    continue
                data = _read(source)
                if not data:
                    if to is To.DRIVER:
                        self._keep(self._writer.gone)
                    return
                _write(target, data)
                self.carried += len(data)
                self._keep(partial(self._writer.put, to, data))

    def _keep(self, write: Callable[[], None]) -> None:
        """Whatever goes wrong with the tape (disk full, a defect in a scrubber) must not cut the device off."""
        if self.problem is not None:
            return
        try:
            write()
        except Exception as error:
            self.problem = error


class SerialRecorder(Recorder):
    """For a serial port; the driver opens `port`, a pseudo-terminal. The line's speed is `baud`, whatever the driver sets."""

    def __init__(
        self, device: str, tape: Path, *, protocol: str, baud: int = 115200, nothing_personal: bool = False
    ) -> None:
        """Open the device. Raise ValueError (protocol), FileExistsError (tape), serial.SerialException (device)."""
        self._device = serial.Serial(device, baud, timeout=0, exclusive=True)
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._folder = Path(tempfile.mkdtemp(prefix="tape-"))
        (self._folder / "tty-tape").symlink_to(os.ttyname(self._slave))
        try:
            super().__init__(tape, protocol, nothing_personal=nothing_personal)
        except BaseException:
            self._close()
            raise

    @property
    def port(self) -> str:
        """What the driver is to open."""
        return str(self._folder / "tty-tape")

    def _run(self) -> None:
        self._carry(self._master, self._device.fileno())
        self._close()  # a device that is gone is gone for the driver, too

    def _close(self) -> None:
        if self._device.is_open:
            self._device.close()
            for fd in (self._master, self._slave):
                os.close(fd)
            shutil.rmtree(self._folder, ignore_errors=True)


class TcpRecorder(Recorder):
    """For a device at host:port; the driver connects to `address`. One connection at a time, as devices have it."""

    def __init__(self, host: str, port: int, tape: Path, *, protocol: str, nothing_personal: bool = False) -> None:
        """Listen. Raise ValueError (protocol), FileExistsError (tape)."""
        super().__init__(tape, protocol, nothing_personal=nothing_personal)
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()[:2]

    def _run(self) -> None:
        self._listener.settimeout(_LOOK_UP)
        while not self._stop.is_set():
            try:
                peer, _ = self._listener.accept()
            except TimeoutError:
                self._keep(self._writer.idle)
                continue
            # A device that does not answer refuses the driver, too: its connection is closed at once.
            with peer, contextlib.suppress(OSError), socket.create_connection(self._target, _CONNECT_SECONDS) as device:
                self._carry(peer.fileno(), device.fileno())

    def _close(self) -> None:
        self._listener.close()


def _read(fd: int) -> bytes:
    """Return what is there, b"" when the other end is gone."""
    with contextlib.suppress(OSError):
        return os.read(fd, _CHUNK)
    return b""


def _write(fd: int, data: bytes) -> None:
    """Send all of it; an end that is gone is noticed by the next read."""
    with contextlib.suppress(OSError):
        while data:
            select.select([], [fd], [], _CONNECT_SECONDS)
            data = data[os.write(fd, data) :]
