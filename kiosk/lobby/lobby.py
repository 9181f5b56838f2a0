"""One visitor after the other: the choice of mode and item, and the one exit chain through which every visit ends."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from drivers.link.memory import give_back
from kiosk.catalogue.item import Item, Journey, items
from kiosk.catalogue.listed import catalogue
from kiosk.catalogue.shelf import Shelf
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.journey.certificate import CERTIFICATE
from kiosk.journey.desk import Desk
from kiosk.journey.home import find_item
from kiosk.journey.output import Printed
from kiosk.journey.runner import CHOOSE, Route, walk
from kiosk.journey.trial import Trial, TrialComposer
from kiosk.lobby.goodbye import card_lies_there, see_card_off, thanks
from kiosk.lobby.idle import closed_screen, idle_screen
from kiosk.maintenance.service import Handshake, How, Service
from kiosk.maintenance.toolbox import Trialed
from kiosk.opening.pauses import Kind
from kiosk.opening.serving import Shut
from kiosk.policies import VisitPolicy
from kiosk.screens.compose import Composer
from kiosk.screens.screen import SERVICE, Answer, Look, Mode
from kiosk.settings.profile import Offered
from kiosk.visit import Backed, Ending, Visit, VisitEnds
from kiosk.window import Window

_log = logging.getLogger("kiosk.lobby")

ROUTES: Mapping[Journey, Route] = {Journey.CERTIFICATE: CERTIFICATE}

_LOOK_AT_THE_CLOCK_SECONDS = 1.0
"""A pause ends by the wall clock, which may be set meanwhile."""


class Lobby:
    """Serves visitors one after the other, for ever."""

    def __init__(
        self,
        window: Window,
        desk: Desk,
        policy: VisitPolicy,
        composer: Composer,
        record: Callable[..., None],
        service: Service,
        *,
        signs: bool = False,
    ) -> None:
        """`service`: the staff's side of the machine. `signs`: every visit begins with sign language."""
        self._window = window
        self._desk = desk
        self._policy = policy
        self._composer = composer
        self._record = record
        self.service = service
        ways = {code: desk.devices.offered(code, items()[code].required) for code in desk.site.items}
        hidden = [code for code in items() if ways.get(code, Offered.HIDDEN) is Offered.HIDDEN]
        self._shelf = Shelf(
            entries={code: entry for code, entry in catalogue().items() if code not in hidden},
            here=tuple(code for code, way in ways.items() if way is None),
            guided=tuple(code for code, way in ways.items() if way is Offered.GUIDE),
            favourites=tuple(code for code in desk.site.favourites if code not in hidden),
            note=lambda say, code: desk.serving.note(say, Kind.ITEM, code, desk.local_now()),
        )
        self._shelf.warm()
        service.let_try(self.trial if desk.site.items else None)
        self._first_look = Look(language=composer.languages[0], signs=signs)
        self.visit: Visit | None = None
        self.visits_ended = 0
        self._serving = False

    def alone(self, quiet: float) -> bool:
        """Whether nobody is being served, works inside, or has touched the screen for `quiet` seconds."""
        idle = not self._serving and self.service.state is Handshake.AWAY
        return idle and time.monotonic() - self._window.stirred_at >= quiet

    async def serve(self) -> None:
        """Serve until cancelled: visitors, and the staff whenever they have asked and nobody is being served."""
        while True:
            if self.service.wanted.is_set():
                await self.service.serve()
                await self._staffs_card_off()
            await self.one_visit()

    async def one_visit(self) -> Ending:
        """From idle to wiped. Whatever happens inside, the exit chain runs and the next visitor finds an idle kiosk."""
        visit = Visit(self._window, self._policy, self._composer, self._trail, look=self._first_look)
        visit.call = partial(self._call_for_help, visit)
        ending = await self._through(visit, self._visit(visit))
        self.visits_ended += ending is not Ending.SERVICE
        return ending

    async def trial(self) -> Trialed:
        """Staff try the machine: a whole visit with a test card, from the guide on, that ends as every visit does."""
        composer = TrialComposer(self._composer.place)
        visit = Visit(self._window, self._policy, composer, self._trail, look=self._first_look)
        visit.elder_offered = True
        trial, printed = Trial(), Trialed("")

        async def walked() -> Ending:
            nonlocal printed
            visit.give(trial)
            visit.give(items()[self._desk.site.items[0]])
            try:
                done = await walk(ROUTES[visit.take(Item).journey], visit, self._desk)
            finally:
                if (last := visit.known.get(Printed)) is not None:
                    printed = Trialed("", last.result.state.value, last.result.serial)
            return Ending.DONE if done != CHOOSE else Ending.LEFT

        ending = await self._through(visit, walked())
        return replace(printed, ending=ending.value, refused=trial.refused)

    async def _staffs_card_off(self) -> None:
        """A card that staff have forgotten is found by the next visitor, and read as theirs by a reader that was just started anew:
        nobody is served before it is taken. Staff may come in meanwhile: it may be the reader that only says so."""
        if not await card_lies_there(self._desk):
            return
        visit = Visit(self._window, self._policy, self._composer, self._trail, look=self._first_look)
        taken = asyncio.ensure_future(see_card_off(visit, self._desk, self._tell))
        wanted = asyncio.ensure_future(self.service.wanted.wait())
        try:
            await asyncio.wait({taken, wanted}, return_when=asyncio.FIRST_COMPLETED)
            if taken.done():
                taken.result()
        finally:
            taken.cancel()
            wanted.cancel()
            await asyncio.gather(taken, wanted, return_exceptions=True)
            visit.wipe()

    async def _through(self, visit: Visit, work: Awaitable[Ending]) -> Ending:
        """Do it, and whatever happens in it, end by the one exit chain."""
        self.visit = visit
        ending = Ending.CRASHED
        try:
            ending = await work
        except VisitEnds as ends:
            ending = ends.ending
        except asyncio.CancelledError:
            # The kiosk is told to end: nothing is asked any more, nothing is left either.
            self._wipe(visit, ending)
            self.visit = None  # a trial ends so with its shift, and the kiosk goes on
            raise
        except Exception as error:
            # A defect costs one visit. Its text could quote a value, so only types and places are kept.
            places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
            self._tell("crash", visit=visit.token, error=type(error).__name__, places=places)
            _log.error("a visit crashed: %s at %s", type(error).__name__, " > ".join(places))
        await self._exit(visit, ending)
        return ending

    async def _visit(self, visit: Visit) -> Ending:
        shut = self._desk.serving.shut()
        shown = (
            partial(idle_screen, visit, self._desk) if shut is None else partial(closed_screen, visit, self._desk, shut)
        )
        answer = await visit.ask_while(shown, self._between_visits(visit, shut))
        if answer is Ending.SERVICE:
            return Ending.SERVICE
        assert isinstance(answer, Answer)
        if answer.action == SERVICE:
            self.service.request(How.GESTURE)
            return Ending.SERVICE
        self._serving = True
        visit.look = msgspec.structs.replace(visit.look, mode=Mode(answer.action))
        visit.record("visit", visit=visit.token, mode=visit.look.mode.value)
        while True:
            try:
                item = await find_item(visit, self._desk, self._shelf)
            except Backed:
                return Ending.LEFT
            visit.give(item)
            if await walk(ROUTES[item.journey], visit, self._desk) != CHOOSE:
                return Ending.DONE

    async def _between_visits(self, visit: Visit, shut: Shut | None) -> Ending:
        """While nobody is served: until the staff ask for the machine, or a pause of the whole kiosk is over."""
        forgetting = asyncio.ensure_future(self._forget_languages(visit))
        wanted = asyncio.ensure_future(self.service.wanted.wait())
        try:
            while not (forgetting.done() or wanted.done()) and self._desk.serving.shut() == shut:
                limit = None if shut is None or shut.until is None else _LOOK_AT_THE_CLOCK_SECONDS
                await asyncio.wait({forgetting, wanted}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if forgetting.done():
                forgetting.result()  # it goes on for ever: what ended it is a defect, and is raised here
            return Ending.SERVICE
        finally:
            forgetting.cancel()
            wanted.cancel()

    async def _forget_languages(self, visit: Visit) -> None:
        """For ever: bring the idle screen back to the place's own language when whoever chose another one has gone away."""
        quiet = self._policy.idle.warn_after.of(Mode.STANDARD) + self._policy.idle.countdown.of(Mode.STANDARD)
        while True:
            left = self._window.stirred_at + quiet - time.monotonic()
            if left > 0:
                await asyncio.sleep(left)
                continue
            visit.look_anew(self._first_look)
            await asyncio.sleep(quiet)

    # --- what is written down

    def _trail(self, event: str, **payload: Any) -> None:
        """Write a visit's trail. Before a card is read nothing happens that must be on disk; from then on what cannot be written
        is not done: JournalError ends the visit."""
        if self.visit is not None and self.visit.card_was_read:
            self._record(event, **payload)
        else:
            self._tell(event, **payload)

    def _tell(self, event: str, **payload: Any) -> None:
        """Write what is so whether or not it can be written: a full disk must not keep anybody's data from being wiped."""
        try:
            self._record(event, **payload)
        except JournalError as error:
            _log.error("%s is not in the journal: %s", event, error)

    # --- the one exit chain

    async def _exit(self, visit: Visit, ending: Ending) -> None:
        """Wipe, then see the card off, then say good-bye. Effects under way are already in the hands of operations."""
        read = visit.card_was_read
        self._wipe(visit, ending)
        try:
            if read:
                await see_card_off(visit, self._desk, self._tell)
            if ending is Ending.DONE:
                await visit.ask(partial(thanks, visit), seconds=self._policy.done.shown.of(visit.look.mode))
        except (VisitEnds, Backed):
            pass  # the visitor leaves the good-bye screen: that is what it is for
        finally:
            self.visit = None
            self._serving = False
            give_back()

    def _wipe(self, visit: Visit, ending: Ending) -> None:
        visit.wipe()
        self._tell("wiped", visit=visit.token, ending=ending.value)

    def _call_for_help(self, visit: Visit) -> bool:
        """Somebody here wants a person: told to the back office, once a visit, and to nobody what about."""
        try:
            self._desk.outbox.post_task(f"{visit.token}-help", TaskKind.HELP_WANTED)
        except JournalError as error:
            _log.error("nobody can be called yet: %s", error)
            return False
        return True
