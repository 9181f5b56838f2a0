"""The caller's side of a device: starts its host, keeps it alive, and turns messages into awaitable calls.

    client = DeviceClient("id_reader", DeviceClass.ID_CARD_READER, "sdt_serial", {"port": "/dev/ttyS0"}, production=True)
    await client.start()
    card = await client.call(WaitCard(), seconds=30, on_event=print)

A call ends with its result or raises DeviceFault; cancelling the task that awaits it cancels the command. A host that dies,
hangs or misses its deadline is ended and started again, with growing pauses; the pause starts afresh once it has been well.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from drivers.contract.classes import CLASS_TYPES
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault
from drivers.contract.messages import (
    Accepted,
    Cancel,
    Canceled,
    Failed,
    FromHost,
    Happened,
    NotOpened,
    Open,
    Opened,
    Perform,
    Ping,
    Pong,
    StatusIs,
    Succeeded,
    Unwell,
)
from drivers.link import child, wire
from drivers.link.channel import close_all

_log = logging.getLogger("drivers.client")

EventHandler = Callable[[Any, list[int]], None]
"""Called with an event and its descriptors; it must close (or keep and later close) each descriptor."""


@dataclass(frozen=True)
class Timing:
    """Limits of supervision, in seconds. Figures: design rule "restart within 2 s of a crash, gone after three misses"."""

    open: float = 6.0
    ping_every: float = 1.0
    ping_answer: float = 3.0
    late: float = 1.0
    first_pause: float = 0.2
    longest_pause: float = 5.0
    misses_until_gone: int = 3


class Link(StrEnum):
    """What the client knows of its device. UNKNOWN until the first attempt has ended: "not asked yet" is not "absent"."""

    UNKNOWN = "unknown"
    HERE = "here"
    GONE = "gone"


@dataclass
class _Running:
    done: asyncio.Future[Any]
    on_event: EventHandler | None
    deadline: float


@dataclass
class Snapshot:
    """What is known now, for the device table: replaced as a whole with each change."""

    name: str
    device_class: DeviceClass
    driver: str
    link: Link = Link.UNKNOWN
    capabilities: Any = None
    status: Any = None
    fault: Fault | None = None
    restarts: int = 0
    pid: int | None = None
    since: float = field(default_factory=time.time)


class DeviceClient:
    """One device, as the core sees it. `name` is the profile's name for it."""

    def __init__(
        self,
        name: str,
        device_class: DeviceClass,
        driver: str,
        settings: Mapping[str, object],
        *,
        production: bool,
        timing: Timing = Timing(),
        on_change: Callable[[Snapshot], None] | None = None,
    ) -> None:
        self.snapshot = Snapshot(name, device_class, driver)
        self._types = CLASS_TYPES[device_class]
        self._settings = dict(settings)
        self._production = production
        self._timing = timing
        self._on_change = on_change
        self._child: child.Child | None = None
        self._running: dict[int, _Running] = {}
        self._next_id = 1
        self._keeper: asyncio.Task[None] | None = None
        self._ending = False
        self._settled = asyncio.Event()
        self._misses = 0
        self._pong_at = 0.0

    # --- for the caller

    @property
    def name(self) -> str:
        """The profile's name for this device."""
        return self.snapshot.name

    async def start(self) -> None:
        """Begin to keep the host alive. Returns at once; see `settled()`."""
        self._ending = False
        self._keeper = asyncio.create_task(self._keep(), name=f"device:{self.name}")

    async def settled(self, seconds: float) -> Snapshot:
        """Wait until the first attempt has ended (well or not), at most `seconds`; return the snapshot."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), seconds)
        return self.snapshot

    async def stop(self) -> None:
        """End the host and stop keeping it alive."""
        if self._keeper is not None:
            self._ending = True
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None

    async def call(
        self, command: Any, *, seconds: float, fds: Sequence[int] = (), on_event: EventHandler | None = None
    ) -> Any:
        """Perform a command; return its result. Raise DeviceFault. Cancelling this task cancels the command on the device."""
        running_child = self._child
        if running_child is None or self.snapshot.link is not Link.HERE:
            raise DeviceFault(self.snapshot.fault or fault(FaultCode.DEVICE_GONE))
        number, self._next_id = self._next_id, self._next_id + 1
        running = _Running(asyncio.get_running_loop().create_future(), on_event, time.monotonic() + seconds)
        self._running[number] = running
        try:
            self._say(running_child, Perform(id=number, seconds=seconds, body=wire.encode(command)), fds)
            # The deadline is the host's to keep; `late` later the keeper of the deadline is this side.
            return await asyncio.wait_for(asyncio.shield(running.done), seconds + self._timing.late)
        except TimeoutError:
            _log.warning("%s: no outcome by the deadline; its host is restarted", self.name)
            await running_child.kill()
            raise failing(FaultCode.HOST_HUNG) from None
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                self._say(running_child, Cancel(number))
            await self._await_end(running, running_child)
            raise
        finally:
            self._running.pop(number, None)
            if running.done.done() and not running.done.cancelled():
                running.done.exception()

    async def _await_end(self, running: _Running, running_child: child.Child) -> None:
        """A cancelled command still has one outcome; wait for it, so that the next visit meets a free device."""
        try:
            await asyncio.wait_for(asyncio.shield(running.done), _CANCEL_SECONDS)
        except TimeoutError:
            await running_child.kill()
        except (DeviceFault, asyncio.CancelledError):
            return

    # --- the host's life

    async def _keep(self) -> None:
        pause = self._timing.first_pause
        while True:
            began = time.monotonic()
            try:
                await self._live()
            finally:
                self._end_running(fault(FaultCode.HOST_DIED))
            if self._ending:
                # A host that dies in the moment of `stop()` (a signal to the whole group) takes the cancellation with it:
                # before Python 3.13 a TaskGroup raises its children's error instead.
                return
            if time.monotonic() - began > self._timing.longest_pause:
                pause = self._timing.first_pause
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311  jitter, not a secret
            pause = min(pause * 2, self._timing.longest_pause)

    async def _live(self) -> None:
        """One life of the host: from its start to its end, whatever ends it."""
        try:
            current = await child.start("drivers.host")
        except OSError as error:
            self._missed(fault(FaultCode.HOST_DIED, type(error).__name__))
            return
        self._child = current
        try:
            self._say(current, Open(driver=self.snapshot.driver, settings=self._settings, production=self._production))
            self._change(pid=current.pid)
            async with asyncio.TaskGroup() as group:
                pinging = group.create_task(self._watch(current))
                group.create_task(self._hear(current)).add_done_callback(lambda _: pinging.cancel())
        except* (EOFError, OSError, msgspec.MsgspecError) as errors:
            _log.info("%s: host ended (%s)", self.name, type(errors.exceptions[0]).__name__)
        finally:
            self._child = None
            code = await current.end(grace=_END_SECONDS)
            self._change(pid=None, restarts=self.snapshot.restarts + 1)
            if code != 0:
                self._missed(fault(FaultCode.HOST_DIED, f"exit {code}"))

    async def _watch(self, current: child.Child) -> None:
        """Ping the host's own loop; a host that was opened and stays silent is killed."""
        self._pong_at = time.monotonic() + self._timing.open
        number = 0
        while True:
            await asyncio.sleep(self._timing.ping_every)
            number += 1
            self._say(current, Ping(number))
            if time.monotonic() - self._pong_at > self._timing.ping_answer:
                _log.warning("%s: host does not answer; killed", self.name)
                await current.kill()
                return

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            try:
                message: FromHost = wire.decode(raw, FromHost)
            except msgspec.MsgspecError:
                close_all(fds)
                raise
            if not isinstance(message, Happened):
                close_all(fds)
            self._handle(message, fds)
            if isinstance(message, NotOpened):
                return

    def _handle(self, message: FromHost, fds: list[int]) -> None:
        match message:
            case Opened(capabilities=raw):
                self._misses = 0
                self._change(link=Link.HERE, capabilities=wire.decode(raw, self._types.capabilities), fault=None)
                self._settled.set()
            case StatusIs(body=raw):
                self._misses = 0
                self._change(link=Link.HERE, status=wire.decode(raw, self._types.status), fault=None)
            case NotOpened(fault=reason) | Unwell(fault=reason):
                self._missed(reason)
            case Pong():
                self._pong_at = time.monotonic()
            case Accepted():
                self._pong_at = time.monotonic()
            case Happened(id=number, body=body):
                self._event(number, body, fds)
            case Succeeded(id=number, body=body):
                self._finish(number, wire.decode(body, self._types.result))
            case Failed(id=number, fault=reason):
                self._fail(number, reason)
            case Canceled(id=number):
                self._fail(number, fault(FaultCode.JOB_CANCELED))

    def _event(self, number: int, body: bytes, fds: list[int]) -> None:
        running = self._running.get(number)
        if running is None or running.on_event is None:
            close_all(fds)
            return
        running.on_event(wire.decode(body, self._types.event), fds)

    def _finish(self, number: int, result: Any) -> None:
        running = self._running.get(number)
        if running is not None and not running.done.done():
            running.done.set_result(result)

    def _fail(self, number: int, reason: Fault) -> None:
        running = self._running.get(number)
        if running is not None and not running.done.done():
            running.done.set_exception(DeviceFault(reason))

    def _end_running(self, reason: Fault) -> None:
        for number in list(self._running):
            self._fail(number, reason)

    def _missed(self, reason: Fault) -> None:
        """Count a miss; only the third in a row says "gone", unless the device was never there."""
        self._misses += 1
        if self.snapshot.link is not Link.HERE or self._misses >= self._timing.misses_until_gone:
            self._change(link=Link.GONE, status=None, fault=reason)
        self._settled.set()

    def _change(self, **values: Any) -> None:
        before = self.snapshot
        after = Snapshot(**{**before.__dict__, **values})
        if after.link is not before.link:
            after.since = time.time()
            _log.info("%s: %s -> %s", self.name, before.link, after.link)
        self.snapshot = after
        if self._on_change is not None:
            self._on_change(after)

    @staticmethod
    def _say(current: child.Child, message: object, fds: Sequence[int] = ()) -> None:
        current.channel.send(wire.encode(message), fds)


def is_ready(snapshot: Snapshot) -> bool:
    """Whether a command can be given now. Unknown is not ready."""
    return (
        snapshot.link is Link.HERE
        and snapshot.status is not None
        and snapshot.status.readiness in (Readiness.READY, Readiness.BUSY)
    )


_CANCEL_SECONDS = 3.0
"""A driver looks at its cancel flag every 0.2 s; one that has not ended after this is killed."""

_END_SECONDS = 2.0
"""A good end of a host: the driver's close() within the host's own limit."""
