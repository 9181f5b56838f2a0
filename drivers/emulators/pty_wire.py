"""An emulator's end of a serial line: a pseudo-terminal behind a stable path, paced like the line, captured."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import tempfile
import termios
import threading
import time
import tty
from pathlib import Path

_BITS_A_BYTE = 10  # 8N1
_PACE_BYTES = 32  # written at once; 2.8 ms of line at 115200
_SPEEDS = {
    termios.B9600: 9600,
    termios.B19200: 19200,
    termios.B38400: 38400,
    termios.B57600: 57600,
    termios.B115200: 115200,
}


class Unplugged(Exception):
    """The wire is not there (any more)."""


class PtyWire:
    """`port` is a symbolic link in a folder of its own that points to the pty of the moment, so it survives a replug."""

    def __init__(self, baud: int, capture: Path | None, *, name: str) -> None:
        self.baud = baud
        self._name = name
        self.wire_seconds = 0.0
        """Time that all bytes so far took on the line, both ways, by the baud rate."""
        self._folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self._capture = capture
        self._offsets = {direction: _size(capture, direction) for direction in ("tx", "rx")}
        self._lock = threading.Lock()
        self._waiting = threading.Lock()  # held while `read()` waits: as long as it does, a closed pty hangs up nobody
        self._master = self._slave = -1
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)

    @property
    def port(self) -> Path:
        """What to write in the driver's settings."""
        return self._folder / f"tty-{self._name}"

    @property
    def plugged(self) -> bool:
        """Whether the pty is there."""
        return self._master >= 0

    def plug(self) -> None:
        """Make the pty and point `port` to it. Does nothing when it is there."""
        with self._lock:
            if self.plugged:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self.port.unlink(missing_ok=True)
            self.port.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Take the pty away: whoever has it open sees a hang-up, and `port` is gone."""
        with self._lock:
            if not self.plugged:
                return
            self.port.unlink(missing_ok=True)
            ends, self._master, self._slave = (self._master, self._slave), -1, -1
        self.wake()
        with self._waiting:
            for end in ends:
                os.close(end)

    def remove(self) -> None:
        """Unplug for good, and leave nothing behind. Calling it again does nothing."""
        self.unplug()
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._wake_read >= 0:
            os.close(self._wake_read)
            os.close(self._wake_write)
            self._wake_read = self._wake_write = -1

    def wake(self) -> None:
        """End a `read()` that waits."""
        os.write(self._wake_write, b"!")

    def read(self, seconds: float) -> bytes:
        """Return what came, b"" after `seconds` or a `wake()`. Bytes at another speed than ours come out as others."""
        if self.plugged:
            with self._waiting:
                master = self._master
                select.select([self._wake_read] + [master] * (master >= 0), [], [], seconds)
        else:
            select.select([self._wake_read], [], [], seconds)  # without the lock: `unplug()` may want it just now
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 64)
        data, speed = self._take()
        self._take_time(len(data))
        if speed != self.baud:
            data = bytes(byte ^ 0x5A for byte in data)
        if data:
            self._keep("rx", data)
        return data

    def write(self, data: bytes) -> None:
        """Send at the line's speed. Raise Unplugged when the wire goes away on the way."""
        begun = time.monotonic()
        sent = 0
        try:
            for at in range(0, len(data), _PACE_BYTES):
                part = data[at : at + _PACE_BYTES]
                # A byte is there when its last bit is: wait first, then hand it over.
                time.sleep(max(0.0, begun + self._duration(at + len(part)) - time.monotonic()))
                self.wire_seconds += self._duration(len(part))
                self._put(part)
                sent += len(part)
        finally:
            if sent:
                self._keep("tx", data[:sent])

    def _put(self, part: bytes) -> None:
        with self._lock:
            if not self.plugged:
                raise Unplugged
            try:
                os.write(self._master, part)
            except BlockingIOError:
                return  # nobody reads and the terminal's buffer is full: as on a real line, the bytes are lost
            except OSError:
                raise Unplugged from None

    def _take(self) -> tuple[bytes, int | None]:
        """What has arrived, and the speed that the other side set."""
        with self._lock:
            if not self.plugged:
                return b"", None
            try:
                return os.read(self._master, 4096), _SPEEDS.get(termios.tcgetattr(self._master)[5])
            except (OSError, termios.error):
                return b"", None

    def _take_time(self, count: int) -> None:
        time.sleep(self._duration(count))
        self.wire_seconds += self._duration(count)

    def _duration(self, count: int) -> float:
        return count * _BITS_A_BYTE / self.baud

    def _keep(self, direction: str, data: bytes) -> None:
        if self._capture is None:
            return
        offset = self._offsets[direction]
        with (self._capture / f"{direction}.bin").open("ab") as raw:
            raw.write(data)
        with (self._capture / f"{direction}.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps({"at": time.time(), "offset": offset, "length": len(data)}) + "\n")
        self._offsets[direction] = offset + len(data)


def _size(capture: Path | None, direction: str) -> int:
    """How many bytes an earlier run left in the capture folder."""
    file = capture / f"{direction}.bin" if capture else None
    return file.stat().st_size if file and file.exists() else 0
