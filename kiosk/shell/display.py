"""Displays: whether one answers, and a virtual one (Xvfb) where there is none: for the demo, the gallery and the tests."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_DEPTH = 24
_SOCKETS = "/tmp/.X11-unix/X"  # noqa: S108  where X.Org listens, whoever owns /tmp


@contextmanager
def virtual_display(size: tuple[int, int]) -> Iterator[str]:
    """Run Xvfb of this size (pixels) on a free number; give its DISPLAY; end it. Raise RuntimeError that names the cure."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{size[0]}x{size[1]}x{_DEPTH}", "-nolisten", "tcp"]
    try:
        # A group of its own: Ctrl-C must not take the screen away before who draws on it.
        server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL, process_group=0)
    except FileNotFoundError:
        os.close(reading)
        raise RuntimeError("没有安装 Xvfb（虚拟屏）→ 运行 apt-get install xvfb，或 make setup") from None
    finally:
        os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("虚拟屏没有起来 → 运行 Xvfb -displayfd 1，看它说什么")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def answers(display: str) -> bool:
    """Whether somebody serves this display. One on another machine, or of Wayland, is believed."""
    number, _, _ = display.removeprefix(":").partition(".")
    if not display.startswith(":") or not number.isdigit():
        return True
    # Servers listen at the abstract name, at the path, or at both (xtrans of X.Org).
    return any(_listens(f"{mark}{_SOCKETS}{number}") for mark in ("\0", ""))


def _listens(address: str) -> bool:
    with socket.socket(socket.AF_UNIX) as knocking:
        return knocking.connect_ex(address) == 0
