"""A virtual screen (Xvfb) to draw on where there is no display: for the demo without one, the gallery and the tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_DEPTH = 24


@contextmanager
def virtual_display(size: tuple[int, int]) -> Iterator[str]:
    """Run Xvfb of this size (pixels) on a free number; give its DISPLAY; end it. Raise RuntimeError that names the cure."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size[0]}x{size[1]}x{_DEPTH}", "-nolisten", "tcp"]
    try:
        server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    except FileNotFoundError:
        os.close(reading)
        raise RuntimeError("Xvfb is not installed; run: apt-get install xvfb") from None
    finally:
        os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb ended without a display; run it by hand to see why: Xvfb -displayfd 1")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
