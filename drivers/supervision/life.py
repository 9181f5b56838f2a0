"""One life of a host: what the core asks of it every second, and when it says that it must end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import resource
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drivers.contract.faults import Fault, FaultCode, fault
from drivers.contract.messages import Ping, Pong, Stage, ToHost
from drivers.link import wire
from drivers.link.child import Child
from drivers.supervision.timing import Timing

_log = logging.getLogger("drivers.client")


class Life:
    """A host from its start to its end. `settings` are what it was started with."""

    def __init__(self, child: Child, settings: Mapping[str, Any], timing: Timing) -> None:
        self.child = child
        self.settings = settings
        self.began = time.monotonic()
        self.opened_at: float | None = None
        self.verdict: Fault | None = None
        """Why it is ended by force, None while nothing speaks against it."""
        self.dismissed = asyncio.Event()
        """It shall end in good order (a device plugged in elsewhere), and is then started anew."""
        self.not_opened = False
        """Its device could not be opened; it ends by itself."""
        self._timing = timing
        self._stage = Stage.OPENING
        self._stage_seconds = 0.0
        self._unanswered = 0
        _refuse_memory(child.pid, 2 * timing.memory_mb)

    def say(self, message: ToHost, fds: Sequence[int] = ()) -> None:
        """Send; never waits. Raise OSError when it is gone or does not read, ValueError when it is too large."""
        self.child.channel.send(wire.encode(message), fds)

    def opened(self) -> None:
        """Its device is there."""
        self.opened_at = time.monotonic()
        self._stage, self._stage_seconds = Stage.IDLE, 0.0

    def answered(self, pong: Pong) -> None:
        """It lives."""
        self._unanswered = 0
        self._stage, self._stage_seconds = pong.stage, pong.seconds

    async def watch(self, busy: Callable[[], bool]) -> Fault:
        """Ping it and look at its memory until something is wrong; return what. A command that runs may hold more memory."""
        limit = max(2, round(self._timing.ping_answer / self._timing.ping_every))
        # While it opens it may import a large library, and hold the interpreter for as long as a cold disk takes.
        limit_opening = max(limit, round(self._timing.open / self._timing.ping_every))
        number = 0
        next_look = self.began + self._timing.memory_every
        while True:
            await asyncio.sleep(self._timing.ping_every)
            # Pings are counted, not seconds: after a stop of this process (a suspended machine) the answers still wait.
            if self._unanswered >= (limit_opening if self._stage is Stage.OPENING else limit):
                return fault(FaultCode.HOST_HUNG, f"no answer to {self._unanswered} pings")
            if self._overdue():
                return fault(FaultCode.HOST_HUNG, f"{self._stage} for {self._stage_seconds:.0f} s")
            if time.monotonic() >= next_look and not busy():
                held = own_memory_mb(self.child.pid)
                if held > self._timing.memory_mb:
                    return fault(FaultCode.HOST_GREEDY, f"{held:.0f} MB of {self._timing.memory_mb:.0f}")
                next_look = time.monotonic() + self._timing.memory_every
            number += 1
            self._unanswered += 1
            with contextlib.suppress(BlockingIOError):  # it does not read: one more without an answer
                self.say(Ping(number))

    async def condemn(self, verdict: Fault) -> Fault:
        """Kill it; return why it was killed, which is the first verdict."""
        self.verdict = self.verdict or verdict
        await self.child.kill()
        return self.verdict

    async def end(self) -> int | None:
        """Let its driver close the device, unless it cannot be trusted to end. Return the exit code, None: still dying."""
        if self.verdict is not None and self.verdict.code is not FaultCode.HOST_GREEDY:
            return await self.child.kill()
        return await self.child.end(grace=self._timing.close)

    def _overdue(self) -> bool:
        limits = {Stage.OPENING: self._timing.open, Stage.PROBING: self._timing.status}
        return self._stage_seconds > limits.get(self._stage, math.inf)


def own_memory_mb(pid: int) -> float:
    """Return what a process holds for itself, in MB (RssAnon of proc(5)); 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as lines:
            kilobytes = next((line.split()[1] for line in lines if line.startswith("RssAnon:")), "0")
    except OSError:
        return 0.0
    return int(kilobytes) / 1000


def _refuse_memory(pid: int, megabytes: float) -> None:
    """Let the kernel refuse a host memory from here on: a leak that is faster than our looks ends its owner, nobody else."""
    limit = int(megabytes * 1_000_000)
    try:
        resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))
    except ProcessLookupError:
        return  # it has ended already; its channel tells
    except PermissionError:
        _log.warning("the memory of process %d cannot be limited here; it is only looked at", pid)
