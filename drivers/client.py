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
import time
from collections.abc import Callable, Sequence
from typing import Any

from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode, failing, fault
from drivers.contract.messages import Cancel, Detail, Perform
from drivers.link import wire
from drivers.link.within import within
from drivers.supervision.calls import EventHandler, Running
from drivers.supervision.keeper import Keeper, Settings
from drivers.supervision.life import Life
from drivers.supervision.output import Line
from drivers.supervision.snapshot import Died, Link, Snapshot, is_ready
from drivers.supervision.timing import STANDARD, Timing

__all__ = ["Detail", "DeviceClient", "Died", "EventHandler", "Line", "Link", "Snapshot", "Timing", "is_ready"]


class DeviceClient:
    """One device, as the core sees it. `name` is the profile's name for it.

    `settings` are the driver's, or a function that is asked for them before each start of the host ("where is it plugged in
    now?"); it must not block, and may raise DeviceFault (PORT_ABSENT), which counts like a failed opening.

    **One command at a time.** A call given while another runs waits its turn, in the order given. Its deadline runs from the
    call: when its turn does not come in time it fails with DEVICE_BUSY, and costs the one that runs nothing. A status probe
    (2 s at most) or a restart of the host (waited for while the device was here a moment ago) delays a call the same way.
    """

    def __init__(
        self,
        name: str,
        device_class: DeviceClass,
        driver: str,
        settings: Settings | Callable[[], Settings],
        *,
        production: bool,
        timing: Timing = STANDARD,
        on_change: Callable[[Snapshot], None] | None = None,
    ) -> None:
        self._timing = timing
        self._keeper = Keeper(
            Snapshot(name, device_class, driver), settings, production=production, timing=timing, on_change=on_change
        )

    @property
    def name(self) -> str:
        """The profile's name for this device."""
        return self.snapshot.name

    @property
    def snapshot(self) -> Snapshot:
        """What is known now."""
        return self._keeper.snapshot

    async def start(self) -> None:
        """Begin to keep the host alive. Returns at once; see `settled()`."""
        self._keeper.start()

    async def settled(self, seconds: float) -> Snapshot:
        """Wait until the first attempt has ended (well or not), at most `seconds`; return the snapshot."""
        with contextlib.suppress(TimeoutError):
            await within(seconds, self._keeper.settled.wait())
        return self.snapshot

    async def stop(self) -> None:
        """End the host and stop keeping it alive."""
        await self._keeper.stop()

    async def release(self) -> None:
        """End the host, and know nothing of the device until `start()`: somebody else works with it meanwhile."""
        await self.stop()
        self._keeper.forget()

    async def rebind(self, driver: str, settings: Settings | Callable[[], Settings]) -> None:
        """Serve another device of the same class from now on, by another driver or elsewhere; whoever holds this client keeps it.

        Commands that run fail with HOST_DIED. A client that is stopped stays so.
        """
        kept_alive = self._keeper.started
        await self.stop()
        self._keeper.become(driver, settings)
        if kept_alive:
            await self.start()

    def nudge(self) -> None:
        """Something changed on the bus: try now. Does nothing while the device is here."""
        self._keeper.nudge()

    def debug_for(self, seconds: float) -> None:
        """Let its hosts say more for so long, also those that are started meanwhile; then it goes back by itself. 0: back now."""
        self._keeper.telling.debug_for(seconds)

    @property
    def detail(self) -> Detail:
        """How much its hosts say now."""
        return self._keeper.telling.detail

    @property
    def heard(self) -> tuple[Line, ...]:
        """The last lines that its hosts said, oldest first: bounded, scrubbed of long numbers, in memory only."""
        return tuple(self._keeper.heard)

    async def call(
        self, command: Any, *, seconds: float, fds: Sequence[int] = (), on_event: EventHandler | None = None
    ) -> Any:
        """Perform a command; return its result. Raise DeviceFault. Cancelling this task cancels the command on the device.

        Faults of the client's own: DEVICE_GONE (or why it is gone), DEVICE_BUSY (its turn did not come), HOST_DIED, HOST_HUNG,
        HOST_GREEDY, INTERNAL (a defect in the driver or in `on_event`). ValueError: the command does not fit into a message.
        """
        deadline = time.monotonic() + seconds
        life = await self._keeper.serving(deadline)
        running = self._keeper.calls.begin(on_event)
        try:
            left = max(0.0, deadline - time.monotonic())
            try:
                life.say(Perform(id=running.number, seconds=left, body=wire.encode(command)), fds)
            except OSError as error:
                raise failing(FaultCode.HOST_DIED, type(error).__name__) from None
            return await _outcome(running, life, deadline, self._timing)
        except asyncio.CancelledError:
            await _cancel(running, life, self._timing)
            raise
        finally:
            self._keeper.calls.end(running)


async def _outcome(running: Running, life: Life, deadline: float, timing: Timing) -> Any:
    done = {running.done}
    await asyncio.wait(done, timeout=deadline - time.monotonic())
    if not running.begun and not running.done.done():
        with contextlib.suppress(OSError):
            life.say(Cancel(running.number))
        raise failing(FaultCode.DEVICE_BUSY)
    # The deadline is the host's to keep; `late` later the keeper of the deadline is this side.
    await asyncio.wait(done, timeout=max(0.0, deadline + timing.late - time.monotonic()))
    if not running.done.done():
        raise DeviceFault(await life.condemn(fault(FaultCode.HOST_HUNG, "no outcome by the deadline")))
    return running.done.result()


async def _cancel(running: Running, life: Life, timing: Timing) -> None:
    """A cancelled command still has one outcome; wait for it, so that the next visit meets a free device."""
    with contextlib.suppress(OSError):
        life.say(Cancel(running.number))
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({running.done}, timeout=timing.cancel)
    if not running.done.done():
        await life.condemn(fault(FaultCode.HOST_HUNG, "a cancelled command goes on"))
