"""Starting, watching and ending a child process that talks over a socket pair. Used for device hosts, shell and face worker."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

from drivers.link import channel

CHANNEL_FD_VARIABLE = "KIOSK_CHANNEL_FD"
_PR_SET_PDEATHSIG = 1


class Child:
    """A running child. Its death is seen as EOF on `channel`; `end()` always leaves no process behind."""

    def __init__(self, process: asyncio.subprocess.Process, link: channel.AsyncChannel) -> None:
        self.process = process
        self.channel = link

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code (negative: the signal), None while it lives."""
        return self.process.returncode

    async def end(self, *, grace: float = 1.0) -> int:
        """Close the channel, wait `grace` seconds for a good end, then kill. Return the exit code."""
        self.channel.close()
        with contextlib.suppress(TimeoutError):
            return await asyncio.wait_for(self.process.wait(), grace)
        return await self.kill()

    async def kill(self) -> int:
        """Kill at once (SIGKILL reaches a stopped process too) and return the exit code."""
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        return await self.process.wait()


async def start(module: str, arguments: Sequence[str] = (), *, environment: Mapping[str, str] | None = None) -> Child:
    """Run `python -m module arguments…` with one end of a socket pair. Raise OSError when it cannot be started."""
    ours, theirs = channel.pair()
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env={**os.environ, **(environment or {}), CHANNEL_FD_VARIABLE: str(theirs.fileno())},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(process, channel.AsyncChannel(ours))


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
