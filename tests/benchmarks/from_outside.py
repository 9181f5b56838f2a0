"""A display that is watched from outside: whoever draws on it, by whatever means, is timed alike.

Xvfb keeps its picture in a file (`-fbdir`), which is read here without a word to the server; touches are XTest's. So neither the
eye nor the hand costs the program that is measured more than a look at shared memory.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Region = tuple[slice, slice]
"""Rows, columns."""

_LOOK_EVERY = 0.001
"""Seconds; adds half of it to every figure."""
_PATIENCE = 20.0
_XWD_WORDS = 25
_HEADER_SIZE, _BYTES_PER_LINE, _COLOURS, _COLOUR_BYTES = 0, 12, 19, 12
"""Words of an XWD file's header (X11/XWDFile.h), big endian, and the size of a colour map's entry."""


class Watched:
    """One display: `name` is its DISPLAY, `glass` its pixels now (rows, columns, BGRX)."""

    def __init__(self, name: str, glass: Picture) -> None:
        self.name, self.glass = name, glass
        self._x11, self._xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._server = ctypes.c_void_p(self._x11.XOpenDisplay(name.encode()))
        if not self._server:
            raise RuntimeError(f"display {name} does not answer")

    def close(self) -> None:
        """Let the server go."""
        self._x11.XCloseDisplay(self._server)

    def move(self, x: int, y: int) -> None:
        """The pointer goes there."""
        self._xtst.XTestFakeMotionEvent(self._server, -1, x, y, ctypes.c_ulong(0))
        self._x11.XFlush(self._server)

    def button(self, down: bool) -> float:
        """The finger comes down or goes up; return when."""
        self._xtst.XTestFakeButtonEvent(self._server, 1, int(down), ctypes.c_ulong(0))
        began = time.perf_counter()
        self._x11.XFlush(self._server)
        return began

    def look(self, region: Region) -> Picture:
        """A copy of what is there now."""
        return self.glass[region].copy()

    def until(self, seen: Callable[[], bool], seconds: float = _PATIENCE) -> float:
        """Look until it is so; return when. Raise TimeoutError."""
        give_up = time.perf_counter() + seconds
        while not seen():
            if time.perf_counter() > give_up:
                raise TimeoutError("what was expected did not come to the glass")
            time.sleep(_LOOK_EVERY)
        return time.perf_counter()

    def until_other(self, region: Region, before: Picture) -> float:
        """Until anything in the region is different."""
        return self.until(lambda: not np.array_equal(self.glass[region], before))

    def until_like(self, region: Region, wanted: Picture) -> float:
        """Until the region looks like this."""
        return self.until(lambda: np.array_equal(self.glass[region], wanted))

    def settled(self, region: Region, seconds: float = 0.6) -> Picture:
        """What the region shows once it has not changed for so long."""
        last, since = self.look(region), time.perf_counter()
        while time.perf_counter() - since < seconds:
            time.sleep(0.02)
            now = self.look(region)
            if not np.array_equal(now, last):
                last, since = now, time.perf_counter()
        return last


@contextmanager
def watched_display(size: tuple[int, int]) -> Iterator[Watched]:
    """Run Xvfb of this size with its picture in a file; end it."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="glass-") as folder:
        command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size[0]}x{size[1]}x24", "-fbdir", folder]
        server = subprocess.Popen([*command, "-nolisten", "tcp"], pass_fds=(writing,), stderr=subprocess.DEVNULL)
        os.close(writing)
        try:
            with os.fdopen(reading) as pipe:
                number = pipe.readline().strip()
            with (Path(folder) / "Xvfb_screen0").open("rb") as file:
                watched = Watched(f":{number}", _pixels(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ), size))
            watched.move(0, 0)  # the server's own pointer is seen until a program hides it
            try:
                yield watched
            finally:
                watched.close()
        finally:
            server.terminate()
            server.wait()


def _pixels(file: mmap.mmap, size: tuple[int, int]) -> Picture:
    header = np.frombuffer(file, ">u4", _XWD_WORDS)
    begins, line = int(header[_HEADER_SIZE] + header[_COLOURS] * _COLOUR_BYTES), int(header[_BYTES_PER_LINE])
    width, height = size
    return (
        np.frombuffer(file, np.uint8, line * height, begins)
        .reshape(height, line)[:, : width * 4]
        .reshape(height, width, 4)
    )


def family(pid: int) -> list[psutil.Process]:
    """A process and all that it started."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def memory_mb(members: list[psutil.Process]) -> float:
    """Memory of them all; what several of them share counts once. Unlike PSS it is not less because another program happens to
    run beside them that uses the same libraries."""
    own, shared = 0, dict[str, int]()
    for member in members:
        for each in member.memory_maps(grouped=True):
            own += each.private_clean + each.private_dirty
            shared[each.path] = max(shared.get(each.path, 0), each.shared_clean + each.shared_dirty)
    return (own + sum(shared.values())) / 1e6


def cpu_percent(members: list[psutil.Process], seconds: float) -> float:
    """Of one processor, over so many seconds."""

    def used() -> float:
        times: list[Any] = [each.cpu_times() for each in members]
        return float(sum(each.user + each.system for each in times))

    before = used()
    time.sleep(seconds)
    return 100 * (used() - before) / seconds
