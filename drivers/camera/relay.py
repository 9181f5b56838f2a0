"""A FIFO with a video stream, handed on through a pipe of our own: what blocks in a decoder can then be ended from here.

FFmpeg reads without a time limit. A camera that is connected and silent would hold the reading thread for ever, and whoever reads
next from the same FIFO would share its bytes with that thread. Of a private pipe we own the other end: closing it is its end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import threading
from collections.abc import Iterator

_CHUNK = 65536
_LOOK_UP = 0.1
"""Seconds between two looks whether it is over."""


@contextlib.contextmanager
def relayed(path: str, seconds: float, stop: threading.Event) -> Iterator[str]:
    """Yield a path to read in the FIFO's place, until the block ends, or `stop` is set, or nobody writes any more.

    Raise OSError: ETIME when nobody writes within `seconds`, and what opening it raises.
    """
    source = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        if not _wait(source, select.POLLIN, seconds, stop):
            raise OSError(errno.ETIME, "nobody writes")
        mine, theirs = os.pipe()
    except OSError:
        os.close(source)
        raise
    over = threading.Event()
    pump = threading.Thread(target=_pump, args=(source, theirs, stop, over), name="camera-relay", daemon=True)
    pump.start()
    try:
        yield f"/proc/self/fd/{mine}"
    finally:
        over.set()
        os.close(mine)
        pump.join()


def _pump(source: int, target: int, stop: threading.Event, over: threading.Event) -> None:
    """Hand bytes on; close both ends when it is over."""
    os.set_blocking(target, False)
    try:
        while not (stop.is_set() or over.is_set()):
            if not _ready(source, select.POLLIN):
                continue
            data = memoryview(os.read(source, _CHUNK))
            if not data:
                return
            while data and not (stop.is_set() or over.is_set()):
                if _ready(target, select.POLLOUT):
                    with contextlib.suppress(BlockingIOError):
                        data = data[os.write(target, data) :]
    except BrokenPipeError:
        return  # the decoder has let go
    finally:
        os.close(source)
        os.close(target)


def _wait(descriptor: int, event: int, seconds: float, stop: threading.Event) -> bool:
    for _ in range(max(1, round(seconds / _LOOK_UP))):
        if stop.is_set():
            return False
        if _ready(descriptor, event):
            return True
    return False


def _ready(descriptor: int, event: int) -> bool:
    """Wait a little; whether something can be done. poll, not select: a host may hold more than 1024 descriptors."""
    watch = select.poll()
    watch.register(descriptor, event)
    return bool(watch.poll(_LOOK_UP * 1000))
