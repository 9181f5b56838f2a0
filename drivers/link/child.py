"""Starting, watching and ending a child process that talks over a socket pair. Used for device hosts, shell and face worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping, Sequence

from drivers.link import channel
from drivers.link.async_channel import AsyncChannel
from drivers.link.parent import CHANNEL_FD_VARIABLE


class Child:
    """A running child. Its death is seen as EOF on `channel`; `end()` always leaves no process behind."""

    def __init__(self, process: asyncio.subprocess.Process, link: AsyncChannel) -> None:
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
            process_group=0,  # Ctrl-C in a terminal is for the core, which closes the channel
            env={**os.environ, **(environment or {}), CHANNEL_FD_VARIABLE: str(theirs.fileno())},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(process, AsyncChannel(ours))
