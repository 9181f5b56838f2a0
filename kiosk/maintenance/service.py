"""The handshake by which the machine is handed to its staff and back: asked for, entered, active, left.

    AWAY ── asked for (hidden gesture, service key) ──▶ WANTED: whoever is being served is served to the end first
    WANTED ── the lobby is between two visits ──▶ ENTERING: every screen is marked, the door asks who it is
    ENTERING ── somebody may come in ──▶ ACTIVE: the tasks
    ENTERING, ACTIVE ── left, silent, too long, key turned back, crashed ──▶ LEAVING: wiped, written down ──▶ AWAY

While it is not AWAY no visit can begin: the lobby awaits `serve`. (After VendorMode of XFS4IoT, with its register of
applications left out: here there is one.)
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from drivers.contract.secret import counts
from drivers.link.within import within
from kiosk.logbook.events import BROKE
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.leaving import seen_off
from kiosk.maintenance.rights import Staff
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import DoorShut
from kiosk.maintenance.toolbox import Toolbox, Trialed
from kiosk.policies import VisitPolicy
from kiosk.screens.compose import Composer
from kiosk.visit import Backed, Ending, VisitEnds
from kiosk.window import Window

_log = logging.getLogger("kiosk.maintenance")


class Handshake(StrEnum):
    """Where it stands."""

    AWAY = "away"
    WANTED = "wanted"
    ENTERING = "entering"
    ACTIVE = "active"
    LEAVING = "leaving"


class How(StrEnum):
    """How it was asked for."""

    GESTURE = "gesture"
    KEY = "key"


_LETS_GO_SECONDS = 5.0
"""What a task puts back on its way out (a device, a light, a matrix) is put back by then."""

Door = Callable[[Shift, Toolbox, How], Awaitable[Staff | None]]
"""Asks who it is, on the shift's screens; None: nobody who may come in."""


class Service:
    """The staff's side of one machine. `door` None: this site has no staff who could come in."""

    def __init__(
        self,
        window: Window,
        policy: VisitPolicy,
        composer: Composer,
        tools: Toolbox,
        record: Callable[..., None],
        *,
        door: Door | None,
    ) -> None:
        self._window, self._policy, self._record = window, policy, record
        self._composer = StaffComposer(composer.place)
        self.tools = tools
        self.door = door
        self._how = How.GESTURE
        self._inside: asyncio.Task[str] | None = None
        self._turned_back = asyncio.Event()
        self.state = Handshake.AWAY
        self.wanted = asyncio.Event()
        """Somebody asks to come in."""
        self.shift: Shift | None = None
        self.shifts_ended = 0

    def let_try(self, trial: Callable[[], Awaitable[Trialed]] | None) -> None:
        """From now on staff can try a whole visit by this; None: this site has no item to try."""
        self.tools = replace(self.tools, trial=trial)

    def request(self, how: How) -> None:
        """Somebody asks. Heard by the lobby when nobody is being served, at once or after the visit that goes on."""
        if self.door is not None and self.state is Handshake.AWAY:
            self._how, self.state = how, Handshake.WANTED
            self.wanted.set()

    def call_away(self) -> None:
        """The service key was turned back: a request is forgotten, a shift ends."""
        if self._inside is not None:
            self._turned_back.set()
        elif self.state is Handshake.WANTED:
            self.state = Handshake.AWAY
            self.wanted.clear()

    async def serve(self) -> None:
        """From the door to away again. For the lobby, between two visits; whatever happens inside, it returns."""
        self.wanted.clear()
        self._turned_back.clear()
        limits = self.tools.policy
        shift = self.shift = Shift(self._window, self._policy, limits, self._composer, self._record)
        why = "cancelled"
        inside = self._inside = asyncio.ensure_future(self._stay(shift))
        turned_back = asyncio.ensure_future(self._turned_back.wait())
        waits: set[asyncio.Future[Any]] = {inside, turned_back}
        try:
            await asyncio.wait(waits, timeout=limits.stay.longest, return_when=asyncio.FIRST_COMPLETED)
            why = inside.result() if inside.done() else "key_turned_back" if turned_back.done() else "too_long"
        finally:
            turned_back.cancel()
            await self._end(shift, inside, why)

    async def _stay(self, shift: Shift) -> str:
        """Door and work; returns why it ended."""
        assert self.door is not None
        self.state = Handshake.ENTERING
        try:
            try:
                who = await within(self.tools.policy.door.longest, self.door(shift, self.tools, self._how))
            except TimeoutError:
                return "too_long"
            if who is None:
                return "not_admitted"
            shift.begin(who)
            self.state = Handshake.ACTIVE
            shift.act("entered", how=self._how.value)
            await self._work(shift)
        except VisitEnds as ends:
            return "silent" if ends.ending is Ending.TIMED_OUT else "left"
        except DoorShut:
            return "door_shut"
        except Backed:
            return "left"
        except Exception as error:
            places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
            kind, way = type(error).__name__, " > ".join(places)
            _log.error("maintenance crashed: %s at %s", kind, way, extra={BROKE: error})
            return f"crashed:{type(error).__name__}"
        return "left"

    async def _work(self, shift: Shift) -> None:
        """Task after task, until somebody leaves and everything is as it should be, or may stay as it is."""
        from kiosk.maintenance.home import home  # what the tasks need is loaded when staff come, not before visitors do

        while True:
            try:
                await home(shift, self.tools)
            except VisitEnds as ends:
                if ends.ending is not Ending.LEFT or await seen_off(shift, self.tools):
                    raise

    async def _end(self, shift: Shift, inside: asyncio.Task[str], why: str) -> None:
        self.state = Handshake.LEAVING
        try:
            while not inside.done():
                # A fault on a task's way out can take the place of its cancellation: then it is told again.
                inside.cancel()
                await asyncio.wait({inside}, timeout=_LETS_GO_SECONDS)
        finally:
            shift.wipe()
            shift.act("left", why=why, secrets=_alive())
            self._inside, self.shift = None, None
            self.shifts_ended += 1
            self.state = Handshake.AWAY


def _alive() -> int:
    """How many secrets the core still holds: typed PINs are gone with the shift, and the chain says so."""
    now = counts()
    return now["made"] - now["wiped"] - now["dropped"]
