"""The conformance kit at the screen: each thing that it wants of the technician's hands is asked for, and seen where it can be."""

from __future__ import annotations

import asyncio
from typing import Any

from drivers.contract.common import DeviceClass
from kiosk.maintenance.replacing.conformity import Conformity, Doing, Trial, Want, Where
from kiosk.maintenance.replacing.limits import Limits, patience
from kiosk.maintenance.replacing.proving_screens import test_screen
from kiosk.maintenance.replacing.sight import Sight, Thing, things
from kiosk.maintenance.shift import Shift
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Ending, VisitEnds


class Stopped(Exception):
    """The technician stopped the test."""


class Testing:
    """One run of the kit, and what stands on the screen meanwhile."""

    def __init__(
        self, shift: Shift, kit: Conformity, sight: Sight, thing: Thing, device_class: DeviceClass, limits: Limits
    ) -> None:
        self._shift, self._kit, self._sight = shift, kit, sight
        self._thing, self._class, self._limits = thing, device_class, limits
        self._doing = Doing(title="", over=0, repeated=0, found=())
        self._of = 0
        self._want: Want | None = None
        self._done = asyncio.Event()
        self._moved = asyncio.Event()
        self.touches = 0

    async def run(self, driver: str, where: Where) -> Trial:
        """Test it. Raise Stopped, VisitEnds, DeviceFault (it is not there at the beginning)."""
        self._of = self._kit.checks(driver)
        running = asyncio.ensure_future(
            self._kit.test(
                driver,
                where,
                times=self._limits.times,
                failures=self._limits.failures,
                ask=self._ask,
                told=self._told,
            )
        )
        try:
            while not running.done():
                self._moved.clear()
                # Shown with what is wanted now; a touch for what was wanted a moment ago is for an older screen, and ignored.
                answer = await self._shift.ask_while(self._screen, self._moved_or(running))
                if isinstance(answer, Answer):
                    self._answered(answer)
            return running.result()
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _answered(self, answer: Answer) -> None:
        self.touches += 1
        if answer.action == "stop":
            raise Stopped
        self._done.set()

    async def _moved_or(self, running: asyncio.Future[Trial]) -> None:
        moved: asyncio.Future[Any] = asyncio.ensure_future(self._moved.wait())
        waits: set[asyncio.Future[Any]] = {moved, running}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            moved.cancel()

    def _screen(self) -> Screen:
        want = self._want
        return test_screen(
            self._shift,
            self._class,
            self._doing,
            self._of,
            want,
            seen=want is not None and self._seen(want),
            times=self._limits.times,
        )

    # --- what the kit says

    def _told(self, doing: Doing) -> None:
        self._doing = doing
        self._moved.set()

    async def _ask(self, want: Want) -> None:
        """Ends when it was said, or seen on the bus; what the device itself sees, the kit takes back."""
        self._want = want
        self._done.clear()
        self._moved.set()
        said: asyncio.Future[Any] = asyncio.ensure_future(self._done.wait())
        seen: asyncio.Future[Any] = asyncio.ensure_future(self._on_the_bus(want))
        try:
            await asyncio.wait({said, seen}, return_when=asyncio.FIRST_COMPLETED, timeout=patience().hands)
            if not said.done() and not seen.done():
                raise VisitEnds(Ending.TIMED_OUT)  # nobody is there any more
        finally:
            said.cancel()
            seen.cancel()
            self._want = None
            self._moved.set()

    def _seen(self, want: Want) -> bool:
        return want.verb in ("unplug", "replug") and self._thing.seen

    async def _on_the_bus(self, want: Want) -> None:
        """Return when the cable is seen out or in; never for anything else."""
        if self._seen(want):
            there = want.verb == "replug"
            await self._sight.until(
                lambda: True if (self._thing.id in things(self._sight.table)) is there else None, patience().hands
            )
        else:
            await asyncio.Event().wait()


async def tested(
    shift: Shift,
    kit: Conformity,
    sight: Sight,
    thing: Thing,
    device_class: DeviceClass,
    limits: Limits,
    driver: str,
    where: Where,
) -> Trial:
    """See `Testing.run`."""
    return await Testing(shift, kit, sight, thing, device_class, limits).run(driver, where)
