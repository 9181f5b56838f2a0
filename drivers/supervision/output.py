"""What a host and its vendor's library print. It passes through the core: bounded, without long numbers, under the device's name.

A host that printed straight into the core's log could fill the disk, drown every other line, or write a card's number there.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections import deque
from dataclasses import dataclass

_log = logging.getLogger("drivers.output")

_READ_BYTES = 64 * 1024
_READ_PAUSE = 0.05  # together 1.3 MB/s: a host that prints more waits for the pipe, and only itself
_LINE_BYTES = 2_000
_LINES = 50
_LINES_SECONDS = 10.0
_KEPT = 200  # lines for a technician to read: some minutes of debugging
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")  # telephone (11), bank card (16 to 19), identity number (18)
_LEVELS = {"DEBUG": logging.DEBUG, "INFO": logging.INFO, "ERROR": logging.ERROR, "CRITICAL": logging.CRITICAL}


@dataclass(frozen=True)
class Line:
    """One line that a host said, scrubbed. `at` is Unix time, `level` one of logging's."""

    at: float
    level: int
    text: str


Heard = deque[Line]
"""The last lines of one device's hosts, in memory only."""


def nothing_heard() -> Heard:
    """An empty one."""
    return deque(maxlen=_KEPT)


class Output:
    """The reading end of one host's stdout and stderr. What it says is logged, and kept in `heard`."""

    def __init__(self, name: str, heard: Heard) -> None:
        self._name = name
        self._heard = heard
        self._fd, self.write_end = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self._fd, False)
        self._rest = b""
        self._window = time.monotonic()
        self._lines = 0
        self._dropped = 0
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._loop.add_reader(self._fd, self._readable)

    def started(self) -> None:
        """The host has its end of the pipe."""
        os.close(self.write_end)
        self.write_end = -1

    def close(self) -> None:
        """Read what is there, and stop. What a descendant of the host still prints meets a closed pipe."""
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._fd)
        self._take(self._read() or b"")
        if self._rest:
            self._tell(self._rest)
        self._sum_up()
        os.close(self._fd)
        if self.write_end >= 0:
            self.started()

    def _readable(self) -> None:
        self._loop.remove_reader(self._fd)
        data = self._read()
        if data is None or data:
            self._take(data or b"")
            self._timer = self._loop.call_later(_READ_PAUSE, self._loop.add_reader, self._fd, self._readable)

    def _read(self) -> bytes | None:
        """Return what has come, empty at the end, None when nothing has come yet."""
        try:
            return os.read(self._fd, _READ_BYTES)
        except BlockingIOError:
            return None

    def _take(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[:_LINE_BYTES]
        for line in lines:
            self._tell(line)

    def _tell(self, line: bytes) -> None:
        now = time.monotonic()
        if now - self._window > _LINES_SECONDS:
            self._sum_up()
            self._window, self._lines = now, 0
        if self._lines >= _LINES:
            self._dropped += 1
            return
        self._lines += 1
        text = _LONG_NUMBER.sub("***", line[:_LINE_BYTES].decode("utf-8", "replace")).rstrip()
        word, _, message = text.partition(" ")
        if word in _LEVELS:
            self._keep(_LEVELS[word], message)
        elif text:
            self._keep(logging.WARNING, text)

    def _keep(self, level: int, text: str) -> None:
        _log.log(level, "%s: %s", self._name, text)
        self._heard.append(Line(time.time(), level, text))

    def _sum_up(self) -> None:
        if self._dropped:
            self._keep(logging.WARNING, f"{self._dropped} more lines were dropped")
            self._dropped = 0
