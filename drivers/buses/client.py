"""The core's side of the buses: keeps the process that watches them alive, and holds what it last said.

    watch = BusWatch([Bus.USB, Bus.PCSC], on_change=lambda change: print(change.came, change.gone))
    await watch.start()
    watch.table().state(Bus.PCSC)

Nothing here waits for a device. A process that dies or hangs is started again; until it has answered, what was known stays.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

import msgspec

from drivers.buses.messages import AskAgain, Begin, BusIs, FromWatch, Paces, Ping, Sources
from drivers.buses.table import Answer, BusState, Changed, Table
from drivers.contract.bus import Bus
from drivers.contract.faults import FaultCode, fault
from drivers.link import child, wire
from drivers.link.channel import close_all
from drivers.link.within import within

_log = logging.getLogger("drivers.buses")


@dataclass(frozen=True)
class Supervision:
    """Limits, in seconds; those of a device host (drivers.client.Timing)."""

    start: float = 6.0
    ping_every: float = 1.0
    ping_answer: float = 3.0
    first_pause: float = 0.2
    longest_pause: float = 5.0
    end: float = 1.0
    deaths_until_unknown: int = 3
    """Deaths in a row, none of them after an answer: then nothing is known any more."""


class BusWatch:
    """What is plugged in, on the wanted buses. `on_change` is called in the loop of `start()`, after `table()` has changed."""

    def __init__(
        self,
        wanted: Collection[Bus],
        on_change: Callable[[Changed], None] | None = None,
        *,
        sources: Sources | None = None,
        paces: Paces | None = None,
        supervision: Supervision = Supervision(),
    ) -> None:
        self._wanted = tuple(dict.fromkeys(wanted))
        self._on_change = on_change
        self._sources = sources or Sources()
        self._paces = paces or Paces()
        self._limits = supervision
        self._table = Table(tuple(BusState(bus=bus) for bus in self._wanted))
        self._settled = asyncio.Event()
        self._child: child.Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ending = False
        self._deaths = 0
        self._heard_at = 0.0

    def table(self) -> Table:
        """Return what is known now; a snapshot."""
        return self._table

    @property
    def pid(self) -> int | None:
        """The process, None while there is none."""
        return None if self._child is None else self._child.pid

    async def start(self) -> None:
        """Begin to watch. Returns at once; see `settled()`. Without a wanted bus there is nothing to start."""
        if self._keeper is None and self._wanted:
            self._ending = False
            self._keeper = asyncio.create_task(self._keep(), name="buses")

    async def stop(self) -> None:
        """End the process. What was known stays in `table()`."""
        if self._keeper is not None:
            self._ending = True
            keeper, self._keeper = self._keeper, None
            keeper.cancel()
            await asyncio.wait(
                {keeper}
            )  # a cancellation of whoever stops it is none of the keeper's, and is not lost here

    async def settled(self, seconds: float) -> Table:
        """Wait until every wanted bus has answered (or failed to), at most `seconds`; return the table."""
        if self._wanted:
            with contextlib.suppress(TimeoutError):
                await within(seconds, self._settled.wait())
        return self._table

    def ask_again(self, *buses: Bus) -> None:
        """Have these buses (none named: all) listed now instead of at their next turn."""
        if self._child is not None:
            with contextlib.suppress(OSError):  # it is dying; the next one lists by itself
                self._say(self._child, AskAgain(buses or self._wanted))

    # --- the life of the process

    async def _keep(self) -> None:
        pause = self._limits.first_pause
        while True:
            began = time.monotonic()
            await self._live()
            if self._ending:
                return  # see drivers.client: a TaskGroup before Python 3.13 can swallow the cancellation
            if time.monotonic() - began > self._limits.longest_pause:
                pause = self._limits.first_pause
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311  jitter, not a secret
            pause = min(pause * 2, self._limits.longest_pause)

    async def _live(self) -> None:
        """One life of the process, whatever ends it."""
        try:
            current = await child.start("drivers.buses")
        except OSError as error:
            self._died(f"cannot be started: {type(error).__name__}")
            return
        self._child = current
        try:
            known = tuple(state for state in self._table.states if state.answer is not Answer.UNKNOWN)
            self._say(current, Begin(buses=self._wanted, sources=self._sources, paces=self._paces, known=known))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch(current))
                group.create_task(self._hear(current))
        except* (EOFError, OSError, msgspec.MsgspecError) as errors:
            _log.info("the bus process ended (%s)", type(errors.exceptions[0]).__name__)
        finally:
            self._child = None
            code = await current.end(grace=self._limits.end)
            if not self._ending:
                self._died(f"exit {code}")

    async def _watch(self, current: child.Child) -> None:
        self._heard_at = time.monotonic() + self._limits.start
        number = 0
        while True:
            await asyncio.sleep(self._limits.ping_every)
            number += 1
            self._say(current, Ping(number))
            if time.monotonic() - self._heard_at > self._limits.ping_answer:
                _log.warning("the bus process does not answer; killed")
                await current.kill()
                raise EOFError

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            close_all(fds)
            message: FromWatch = wire.decode(raw, FromWatch)
            self._deaths = 0
            self._heard_at = time.monotonic()
            if isinstance(message, BusIs):
                self._become(message.state)

    def _died(self, detail: str) -> None:
        """One death takes nothing away; after several in a row nothing is known any more."""
        self._deaths += 1
        _log.warning("the bus process died (%s)", detail)
        if self._deaths >= self._limits.deaths_until_unknown:
            reason = fault(FaultCode.HOST_DIED, f"buses: {detail}")
            for bus in self._wanted:
                if self._table.state(bus).answer is not Answer.FAILED:
                    self._become(BusState(bus=bus, answer=Answer.FAILED, fault=reason))

    def _become(self, after: BusState) -> None:
        before = self._table.state(after.bus)
        if after.bus not in self._wanted or after == before:
            return
        self._table = Table(tuple(after if state.bus is after.bus else state for state in self._table.states))
        if self._table.settled():
            self._settled.set()
        if self._on_change is not None:
            self._on_change(Changed(bus=after.bus, before=before, after=after))

    @staticmethod
    def _say(current: child.Child, message: object) -> None:
        current.channel.send(wire.encode(message))
