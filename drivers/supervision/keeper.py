"""Keeps one device's host alive: starts it, hears it, ends it when it must, and says what is known in a Snapshot."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from drivers.contract.classes import CLASS_TYPES
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault
from drivers.contract.messages import Cancel, Detail, FromHost, NotOpened, Open, Opened, Pong, Say, StatusIs, Unwell
from drivers.link import wire
from drivers.link.channel import close_all
from drivers.link.child import Child
from drivers.link.nursery import Nursery, nursery_for
from drivers.link.whole import whole
from drivers.link.within import within
from drivers.supervision.calls import Calls
from drivers.supervision.life import Life
from drivers.supervision.output import Output, nothing_heard
from drivers.supervision.pace import Pace
from drivers.supervision.private_log import log_defect
from drivers.supervision.snapshot import Died, Link, Snapshot
from drivers.supervision.telling import Telling
from drivers.supervision.timing import Backoff, Timing

_log = logging.getLogger("drivers.client")

Settings = Mapping[str, Any]

_LAST_WORDS_SECONDS = 0.2
"""What a host said before it died is read first. A descendant that holds its channel open ends that wait."""


class Keeper:
    """The life of one device's hosts, one after another. For `drivers.client.DeviceClient`, which explains the settings."""

    def __init__(
        self,
        snapshot: Snapshot,
        settings: Settings | Callable[[], Settings],
        *,
        production: bool,
        timing: Timing,
        on_change: Callable[[Snapshot], None] | None,
    ) -> None:
        self.snapshot = snapshot
        self._types = CLASS_TYPES[snapshot.device_class]
        self.calls = Calls(self._types)
        self.settled = asyncio.Event()
        self._settings = settings
        self._production = production
        self._timing = timing
        self._on_change = on_change
        self._backoff = Backoff(timing)
        self._life: Life | None = None
        self._task: asyncio.Task[None] | None = None
        self._nursery: Nursery | None = None
        self._ending = False
        self._opened = False
        self._turned = asyncio.Event()
        self._nudged = asyncio.Event()
        self._misses = 0
        self.heard = nothing_heard()
        self.telling = Telling(self._tell_detail)

    def start(self) -> None:
        """Begin; what an earlier life knew is not known any more."""
        if self._task is None:
            self._ending = False
            self._misses = 0
            self.settled.clear()
            if self.snapshot.link is not Link.UNKNOWN:
                self._change(link=Link.UNKNOWN, status=None, fault=None)
            self._nursery = nursery_for("drivers.host")
            self._task = asyncio.create_task(self._keep(self._nursery), name=f"device:{self.snapshot.name}")

    async def stop(self) -> None:
        """End the host, for good: a host that is half ended is nobody's, and no other could be started."""
        await whole(self._stop())

    async def _stop(self) -> None:
        if self._task is not None:
            self._ending = True
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None
        self.telling.stop()
        if self._nursery is not None:
            leaving, self._nursery = self._nursery, None
            await leaving.leave()

    @property
    def started(self) -> bool:
        """Whether a host is kept alive."""
        return self._task is not None

    def forget(self) -> None:
        """Stopped, and nothing is known of the device any more: somebody else has it now."""
        if self.snapshot.link is not Link.UNKNOWN:
            self._change(link=Link.UNKNOWN, status=None, fault=None, pid=None)

    def become(self, driver: str, settings: Settings | Callable[[], Settings]) -> None:
        """Stopped, and another device of the same class from now on: what was known is the other one's."""
        self._settings = settings
        self._backoff.fresh()
        self._change(
            driver=driver,
            link=Link.UNKNOWN,
            capabilities=None,
            status=None,
            fault=None,
            restarts=0,
            pid=None,
            died=None,
        )

    def nudge(self) -> None:
        """See `DeviceClient.nudge`."""
        if self.snapshot.link is Link.HERE:
            return
        self._backoff.fresh()
        self._nudged.set()
        self._dismiss_when_moved()

    def _tell_detail(self, detail: Detail) -> None:
        if self._life is not None:
            with contextlib.suppress(OSError):  # one that is on its way down: the next is opened with it
                self._life.say(Say(detail))

    async def serving(self, deadline: float) -> Life:
        """Return the host that serves; wait for one that is being started again. Raise DeviceFault when the device is gone."""
        give_up = min(deadline, time.monotonic() + self._timing.comes_back)
        while self.snapshot.link is Link.HERE:
            if self._life is not None and self._life.opened_at is not None:
                return self._life
            try:
                await within(give_up - time.monotonic(), self._turned.wait())
            except TimeoutError:
                raise failing(FaultCode.HOST_DIED, "not back yet") from None
        raise DeviceFault(self.snapshot.fault or fault(FaultCode.DEVICE_GONE))

    # --- one life after another

    async def _keep(self, hosts: Nursery) -> None:
        while True:
            try:
                await self._live(hosts)
            except Exception as error:
                # The last line: a keeper that ended silently would leave a dead device in the table for ever.
                log_defect(_log, f"the keeper of {self.snapshot.name}", error)
                self._missed(fault(FaultCode.INTERNAL, type(error).__name__))
            if self._ending:
                return  # a host's death and the cancellation met in one turn of the loop
            with contextlib.suppress(TimeoutError):
                await within(self._backoff.next(opened=self._opened), self._nudged.wait())
            self._nudged.clear()

    async def _live(self, hosts: Nursery) -> None:
        """One life of the host: from its start to its end, whatever ends it."""
        output = Output(self.snapshot.name, self.heard)
        self._opened = False
        try:
            settings = self._ask_settings()
            child = await hosts.start(f"host {self.snapshot.name}", output=output.write_end)
            output.started()
            life = self._life = Life(child, settings, self._timing)
            try:
                self._change(pid=child.pid)
                await self._serve(life)
            finally:
                self._life = None
                self.calls.fail_all(life.verdict or fault(FaultCode.HOST_DIED))
                self._mourn(life, await life.end())
        except DeviceFault as error:
            self._missed(error.fault)
        except OSError as error:
            self._missed(fault(FaultCode.HOST_DIED, type(error).__name__))
        finally:
            output.close()

    async def _serve(self, life: Life) -> None:
        """Until the host ends, is condemned, or is dismissed."""
        hearing = asyncio.create_task(self._hear(life.child))
        watching = asyncio.create_task(life.watch(busy=lambda: bool(self.calls)))
        others = [asyncio.create_task(life.child.process.wait()), asyncio.create_task(life.dismissed.wait())]
        tasks = [hearing, watching, *others]
        try:
            life.say(
                Open(
                    driver=self.snapshot.driver,
                    settings=dict(life.settings),
                    production=self._production,
                    detail=self.telling.detail,
                )
            )
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if life.child.exit_code is not None:
                await asyncio.wait({hearing}, timeout=_LAST_WORDS_SECONDS)
        except OSError as error:
            _log.debug("%s: ended before it heard anything (%s)", self.snapshot.name, type(error).__name__)
        finally:
            for task in tasks:
                task.cancel()
            heard, seen, *_ = await asyncio.gather(*tasks, return_exceptions=True)
            if isinstance(seen, Fault):
                life.verdict = life.verdict or seen
            for problem in (heard, seen):
                if isinstance(problem, msgspec.MsgspecError):
                    life.verdict = life.verdict or fault(FaultCode.HOST_DIED, f"garbage: {type(problem).__name__}")
                elif isinstance(problem, Exception) and not isinstance(problem, EOFError | OSError):
                    life.verdict = life.verdict or fault(FaultCode.INTERNAL, type(problem).__name__)
                    log_defect(_log, f"the keeper of {self.snapshot.name}", problem)

    async def _hear(self, child: Child) -> None:
        pace = Pace(self._timing)
        while True:
            raw, fds = await child.channel.receive()
            try:
                message: FromHost = wire.decode(raw, FromHost)
            except msgspec.MsgspecError:
                close_all(fds)
                raise
            asked_for = self.calls.waits_for(message)
            self._handle(message, fds)
            if isinstance(message, NotOpened):
                return
            if not asked_for:
                await pace.take(len(raw))

    def _handle(self, message: FromHost, fds: list[int]) -> None:
        life = self._life
        assert life is not None
        match message:
            case Opened() | StatusIs() | NotOpened() | Unwell() | Pong():
                close_all(fds)
                self._handle_state(life, message)
            case _:
                if not self.calls.hear(message, fds):
                    life.say(Cancel(message.id))

    def _handle_state(self, life: Life, message: Opened | StatusIs | NotOpened | Unwell | Pong) -> None:
        match message:
            case Opened(capabilities=raw):
                self._misses = 0
                life.opened()
                self._change(link=Link.HERE, capabilities=wire.decode(raw, self._types.capabilities), fault=None)
                self.settled.set()
            case StatusIs(body=raw):
                self._misses = 0
                self._change(link=Link.HERE, status=wire.decode(raw, self._types.status), fault=None)
            case NotOpened(fault=reason):
                life.not_opened = True
                self._missed(reason)
            case Unwell(fault=reason):
                self._missed(reason)
                self._dismiss_when_moved()
            case Pong():
                life.answered(message)

    def _mourn(self, life: Life, code: int | None) -> None:
        """A host has ended. Nobody asked for it: that is a death, and a miss."""
        self._opened = life.opened_at is not None
        if life.opened_at is not None and time.monotonic() - life.opened_at > self._timing.longest_pause:
            self._backoff.fresh()
        restarts = self.snapshot.restarts + 1
        if life.not_opened or life.dismissed.is_set() or self._ending:
            if life.dismissed.is_set():
                self._nudged.set()
            self._change(pid=None, restarts=restarts)
            return
        reason = life.verdict or fault(FaultCode.HOST_DIED, _how(code))
        if self.snapshot.link is not Link.GONE:
            _log.warning("%s: its host ended (%s); started again", self.snapshot.name, DeviceFault(reason))
        died = Died(at=time.time(), lived=time.monotonic() - life.began, fault=reason)
        self._change(pid=None, restarts=restarts, died=died)
        self._missed(reason)

    # --- where it is plugged in

    def _ask_settings(self) -> Settings:
        if not callable(self._settings):
            return self._settings
        try:
            return self._settings()
        except DeviceFault:
            raise
        except Exception as error:
            # The caller's code in the keeper's task: its defect must not end the keeper.
            log_defect(_log, f"the settings of {self.snapshot.name}", error)
            raise failing(FaultCode.INTERNAL, f"settings: {type(error).__name__}") from None

    def _dismiss_when_moved(self) -> None:
        """A host whose device now has another address will not find it again: the next one will."""
        life = self._life
        if life is None or not callable(self._settings):
            return
        with contextlib.suppress(DeviceFault):  # it is plugged in nowhere: the host goes on looking
            if self._ask_settings() != life.settings:
                life.dismissed.set()

    # --- what is known

    def _missed(self, reason: Fault) -> None:
        """Count a miss; only the third in a row says "gone", unless the device was never there."""
        self._misses += 1
        if self.snapshot.link is not Link.HERE or self._misses >= self._timing.misses_until_gone:
            self._change(link=Link.GONE, status=None, fault=reason)
        self.settled.set()

    def _change(self, **values: Any) -> None:
        before = self.snapshot
        after = Snapshot(**{**before.__dict__, **values})
        if after.link is not before.link:
            after.since = time.time()
            why = f" ({DeviceFault(after.fault)})" if after.fault is not None else ""
            _log.info("%s: %s -> %s%s", after.name, before.link, after.link, why)
        self.snapshot = after
        self._turned.set()
        self._turned = asyncio.Event()
        if self._on_change is None:
            return
        try:
            self._on_change(after)
        except Exception as error:
            # The caller's code in the keeper's task: its defect must not end the keeper.
            log_defect(_log, "an on_change handler", error)


def _how(code: int | None) -> str:
    if code is None:
        return "killed, still dying"
    return f"signal {-code}" if code < 0 else f"exit {code}"
