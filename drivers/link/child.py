"""Starting, watching and ending a child process that talks over a socket pair: shell, face worker, the device hosts' nursery."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Protocol

from drivers.link import channel
from drivers.link.async_channel import AsyncChannel
from drivers.link.parent import CHANNEL_FD_VARIABLE
from drivers.link.within import within

_REAP_SECONDS = 0.2
"""A killed process is gone in milliseconds; one with much memory, or stuck in the kernel, may take its time without an
audience: it has no channel any more, and is waited for in the background."""


class Process(Protocol):
    """What a Child needs of a process: that of `start()`, and that of `drivers.link.nursery`."""

    @property
    def pid(self) -> int:
        """The process id."""

    @property
    def returncode(self) -> int | None:
        """The exit code (negative: the signal), None while it lives."""

    def kill(self) -> None:
        """Send SIGKILL. Raise ProcessLookupError when it has ended."""

    async def wait(self) -> int:
        """Wait for its end; return the exit code."""


class Child:
    """A running child. Its death is seen as EOF on `channel`; `end()` always leaves no process behind."""

    def __init__(self, process: Process, link: AsyncChannel) -> None:
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

    async def end(self, *, grace: float = 1.0, patience: float = _REAP_SECONDS) -> int | None:
        """Close the channel, wait `grace` seconds for a good end, then kill. Return the exit code, see `kill()`."""
        self.channel.close()
        try:
            return await within(grace, self.process.wait())
        except TimeoutError:
            return await self.kill(patience=patience)
        except asyncio.CancelledError:
            self._kill()
            raise

    async def kill(self, *, patience: float = _REAP_SECONDS) -> int | None:
        """Kill at once (SIGKILL reaches a stopped process too). Return the exit code; None: still dying after `patience`."""
        self.channel.close()
        self._kill()
        with contextlib.suppress(TimeoutError):
            return await within(patience, self.process.wait())
        return None

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


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
            process_group=0,  # Ctrl-C in a terminal is for the core, which closes the channel
            env={**os.environ, **(environment or {}), CHANNEL_FD_VARIABLE: str(theirs.fileno())},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(process, AsyncChannel(ours))
