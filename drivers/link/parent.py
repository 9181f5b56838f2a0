"""The child's side of a start (see drivers.link.child): its channel to the parent, and the promise to die with it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket

from drivers.link import channel

CHANNEL_FD_VARIABLE = "KIOSK_CHANNEL_FD"
_PR_SET_PDEATHSIG = 1


def parent_channel() -> channel.Channel:
    """In the child: the channel to the parent. The child dies with its parent. Raise SystemExit when run by hand."""
    number = os.environ.pop(CHANNEL_FD_VARIABLE, "")
    if not number.isdigit():
        raise SystemExit("this program is started by the kiosk core, not by hand")
    die_with_parent()
    sock = socket.socket(fileno=int(number))
    sock.set_inheritable(False)
    return channel.Channel(sock)


def die_with_parent() -> None:
    """Ask the kernel for SIGKILL when the parent ends (prctl(2) PR_SET_PDEATHSIG), so that no orphan holds a device."""
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit("the parent is gone")
