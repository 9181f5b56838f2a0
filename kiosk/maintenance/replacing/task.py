"""The way through the replacing of a device, and the way back: whatever happens on it, the old binding is in force or the new."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from functools import partial

from drivers.client import Link, is_ready
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from drivers.link.whole import whole
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.maintenance.replacing import proving_screens, screens
from kiosk.maintenance.replacing.binding import bind, unbind
from kiosk.maintenance.replacing.limits import patience
from kiosk.maintenance.replacing.newcomer import Newcomer, found_and_signed
from kiosk.maintenance.replacing.proving_screens import End
from kiosk.maintenance.replacing.screens import Row
from kiosk.maintenance.replacing.sight import Sight, Thing, looking, things, where_is
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import DoorShut
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Answer
from kiosk.visit import Backed, VisitEnds

_log = logging.getLogger("kiosk.maintenance")


async def run(shift: Shift, tools: Toolbox) -> None:
    """Replace one device after another, until 任务."""
    while True:
        answer = await shift.ask(partial(screens.choose_screen, shift, rows(tools)))
        if not shift.may_change:
            continue  # looking on: the rows are the answer
        if not tools.devices.engaged(answer.action):
            await _Replacing(shift, tools, answer.action).go()


def rows(tools: Toolbox) -> tuple[Row, ...]:
    """The devices, as they are now."""
    return tuple(
        Row(
            name=each.name,
            device_class=each.device_class,
            driver=each.driver,
            here=each.link is Link.HERE,
            engaged=tools.devices.engaged(each.name),
        )
        for each in tools.devices.table()
    )


class _Replacing:
    """One device on its way to be another."""

    def __init__(self, shift: Shift, tools: Toolbox, name: str) -> None:
        self.shift, self.tools, self.name = shift, tools, name
        self.before = tools.devices.settings(name)
        self.device_class: DeviceClass = self.before.device_class
        self.began = time.monotonic()
        self.untried = False
        """It is bound, and was not seen ready yet."""
        self.shut = False
        """Nobody could sign."""

    async def go(self) -> None:
        """Through all of it. Raise VisitEnds when somebody leaves or nobody is there: what is in force then is whole.

        Raise DoorShut, at its end, where nobody could sign: whoever that was has nothing more to do here.
        """
        self._act("began", driver=self.before.driver)
        try:
            async with looking(self.tools.devices, self.device_class) as sight:
                end = await self._through(sight)
        except VisitEnds:
            self._act("left", **({"untried": True} if self.untried else {}))
            if self.shut:
                raise DoorShut from None
            raise
        if self.shut:
            with suppress(VisitEnds):
                await self._tell(End.UNSIGNED if end is None else end)
            raise DoorShut
        if end is not None:
            await self._tell(end)

    async def _through(self, sight: Sight) -> End | None:
        """None: nothing was touched yet, back to the choice."""
        try:
            await self._unplugged(sight)
        except Backed:
            return None
        try:
            async with self.tools.devices.released(self.name):
                newcomer = await found_and_signed(self.shift, self.tools, sight, self.name, self.before)
                self.untried = await whole(self._bind(newcomer))
        except Backed:
            self._act("given_up")
        except DoorShut:
            self.shut = True
            self._act("unsigned")
        if not self.untried:
            return await self._old_again(sight)
        if await self._serves(sight):
            self.untried = False
            self.tools.first_service.look()
            self._act("replaced", driver=self.tools.devices.settings(self.name).driver)
            self.tools.logbook.write(
                "replaced", self.name, driver=self.tools.devices.settings(self.name).driver, by=self.shift.who.code
            )
            return End.REPLACED
        await whole(self._unbind("not_serving"))
        self.untried = False
        return await self._old_again(sight)

    # --- the old one goes

    async def _unplugged(self, sight: Sight) -> None:
        """Until the old device is seen gone. One that is not there at all need not be unplugged."""
        old = where_is(self.before, sight.table)
        thing = None if old is None else next(each for each in things(sight.table).values() if old in each.parts)
        client = self.tools.devices.named(self.name)
        if (thing is None or not thing.seen) and client.snapshot.link is not Link.HERE:
            return
        while True:
            screen = partial(
                screens.unplug_screen, self.shift, self.device_class, seen=thing is not None and thing.seen
            )
            answer = await self.shift.ask_while(
                screen, sight.until(partial(self._gone, sight, thing), patience().hands)
            )
            if answer is True or (isinstance(answer, Answer) and answer.action == "on"):
                self._act("unplugged", seen=answer is True)
                return
            await nothing_came(self.shift, self.device_class, unplugging=True)

    def _gone(self, sight: Sight, thing: Thing | None) -> bool | None:
        if thing is not None and thing.seen:
            return True if thing.id not in things(sight.table) else None
        return True if self.tools.devices.named(self.name).snapshot.link is Link.GONE else None

    # --- the new one comes

    async def _bind(self, newcomer: Newcomer) -> bool:
        """On the disk first, then here. False: it cannot be written; then nothing has changed."""
        try:
            bind(
                self.tools,
                self.shift.who,
                newcomer.proof,
                self.name,
                newcomer.device,
                newcomer.report,
                at=self.tools.now(),
            )
        except OSError as error:
            _log.error("the binding of %s cannot be written: %s", self.name, error)
            self._act("not_written", error=type(error).__name__)
            return False
        self._act("bound", driver=newcomer.device.driver, report=newcomer.report)
        await self.tools.devices.rebind(self.name, newcomer.device)
        self.tools.first_service.bound(self.name, newcomer.report)
        return True

    async def _unbind(self, why: str) -> None:
        try:
            unbind(self.tools, self.name)
        except OSError as error:
            _log.error("the binding before of %s cannot be put back: %s", self.name, error)
        self.tools.first_service.unbound(self.name)
        self._act("rolled_back", why=why)
        await self.tools.devices.rebind(self.name, self.before)

    async def _serves(self, sight: Sight) -> bool:
        """Wait until the device of this name is ready."""
        screen = partial(proving_screens.waiting_screen, self.shift, self.device_class, old=False)
        return (await self.shift.ask_while(screen, sight.until(self._ready, patience().serves))) is True

    def _ready(self) -> bool | None:
        return True if is_ready(self.tools.devices.named(self.name).snapshot) else None

    # --- the old one again

    async def _old_again(self, sight: Sight) -> End:
        """The old device is tried; where it does not come back either, it is listed as missing and somebody is told."""
        screen = partial(proving_screens.waiting_screen, self.shift, self.device_class, old=True)
        answer = await self.shift.ask_while(screen, sight.until(self._ready, patience().hands))
        if answer is True:
            self._act("old_again")
            return End.UNSIGNED if self.shut else End.OLD_AGAIN
        self._act("neither")
        self._tell_somebody()
        return End.NEITHER

    def _tell_somebody(self) -> None:
        fault = self.tools.devices.named(self.name).snapshot.fault
        code = fault.code if fault is not None else FaultCode.DEVICE_GONE
        key = f"{self.tools.site.kiosk_id}-{self.name}-replace-{int(self.tools.now().timestamp())}"
        try:
            self.tools.outbox.post_task(key, TaskKind.DEVICE_FAULT, device=self.name, code=code.value)
        except JournalError as error:
            _log.error("nobody can be told of %s yet: %s", self.name, error)

    async def _tell(self, end: End) -> None:
        minutes = max(1, round((time.monotonic() - self.began) / 60))
        try:
            await self.shift.ask(
                partial(proving_screens.end_screen, self.shift, self.device_class, end, minutes=minutes)
            )
        except Backed:
            pass  # back to the devices, as the button leads too

    def _act(self, what: str, **facts: object) -> None:
        self.shift.act(f"replace.{what}", device=self.name, **facts)


async def nothing_came(shift: Shift, device_class: DeviceClass, *, unplugging: bool) -> None:
    """Nothing was seen for long: once more, or Backed. Here the shift's own clock guards against nobody being there."""
    answer = await shift.ask(partial(screens.nothing_came_screen, shift, device_class, unplugging=unplugging))
    if answer.action == "give_up":
        raise Backed
