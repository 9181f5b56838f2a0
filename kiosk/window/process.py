"""The shell as a process: started, heard, and started again when it dies, hangs or talks nonsense."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence

import msgspec

from drivers.link import child, wire
from drivers.link.channel import close_all
from drivers.link.memory import FORGETFUL
from drivers.link.within import within
from kiosk.policies import Supervision
from kiosk.screens.protocol import FromShell, Quit, Started, Tick

_log = logging.getLogger("kiosk.window")

_LOOKS = 8
"""Looks in the time after which a shell counts as silent: a hang is found at most an eighth later."""

_STAYED_SECONDS = 2.0
"""A shell that lived so long has served: the next one is started at once, however often that happens in a visit."""

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
"""One that ends sooner is started again with growing pauses, so that it does not eat the machine; with the longest, its screen
is still back within 3 s."""


class ShellProcess:
    """One shell after the other. `begins` is called when a new one listens, `ends` when what it drew is gone from the glass,
    `hears` with each message."""

    def __init__(
        self,
        program: str,
        environment: Mapping[str, str],
        limits: Supervision,
        *,
        begins: Callable[[], None],
        hears: Callable[[FromShell], None],
        ends: Callable[[], None],
    ) -> None:
        self.restarts = 0
        self._program, self._environment, self._limits = program, {**environment, **FORGETFUL}, limits
        self._begins, self._hears, self._ends = begins, hears, ends
        self._child: child.Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ending = False
        self._ready = asyncio.Event()
        self._ticked = 0.0

    async def start(self) -> None:
        """Start the shell and wait until its window is there. Raise TimeoutError."""
        self._keeper = asyncio.create_task(self._keep(), name="window")
        await within(self._limits.shell_start, self._ready.wait())

    async def stop(self) -> None:
        """Close the window."""
        if self._keeper is None:
            return
        self.send(Quit())
        self._ending = True
        self._keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeper

    @property
    def pid(self) -> int | None:
        """The process id of the shell that lives now."""
        return self._child.pid if self._child else None

    def send(self, message: object, fds: Sequence[int] = ()) -> bool:
        """False from a shell that is down or stuck: that is the keeper's business."""
        if self._child is None:
            return False
        try:
            self._child.channel.send(wire.encode(message), fds)
        except OSError:
            return False
        return True

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            await self._live()
            if self._ending:
                return  # the cancellation went down with the shell (see drivers.client)
            self.restarts += 1
            stayed = time.monotonic() - began > _STAYED_SECONDS
            pause = 0.0 if stayed else min(max(2 * pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _live(self) -> None:
        try:
            current = await child.start(self._program, environment=self._environment)
        except OSError as error:
            _log.warning("the shell cannot be started (%s)", type(error).__name__)
            return
        self._child = current
        self._ticked = time.monotonic() + self._limits.shell_start
        try:
            self._begins()
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(current))
                group.create_task(self._hear(current)).add_done_callback(lambda _: watching.cancel())
        except* (EOFError, OSError, msgspec.MsgspecError) as errors:
            _log.warning("the shell ended (%s)", type(errors.exceptions[0]).__name__)
        finally:
            self._child = None
            self._ends()
            # A shell that hangs in GL does not hear a polite word; nothing in it needs saving.
            await current.end(grace=0.3)

    async def _watch(self, current: child.Child) -> None:
        while True:
            await asyncio.sleep(self._limits.shell_silent / _LOOKS)
            if time.monotonic() - self._ticked > self._limits.shell_silent:
                _log.warning("the shell does not tick; started again")
                await current.kill()
                return

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            close_all(fds)
            message = wire.decode(raw, FromShell)
            if isinstance(message, Tick | Started):
                self._ticked = time.monotonic()
            if isinstance(message, Started):
                _log.info("the shell is there; drawn by %s", message.gl)
                self._ready.set()
            self._hears(message)
