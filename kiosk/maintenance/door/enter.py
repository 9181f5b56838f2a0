"""The door: asks for two things until somebody may come in, leaves, or has tried too often.

Each try is written down before it is judged, and into the audit chain when it was: by which way, whose code where there is such
a code, never what was typed or laid. A card that is pulled early is asked for again; a card that was read may go.
"""

from __future__ import annotations

import asyncio
import logging
import time
from functools import partial

from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretText, wipe_all
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.maintenance.door import card, screens, verifier
from kiosk.maintenance.door.judging import CARD, CODE, TIME, Unwritten, all_typed, decoy, judge_time_code
from kiosk.maintenance.door.known import Known
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.roster import Member
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Staff
from kiosk.maintenance.service import How
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.operations.outbox import Outbox
from kiosk.screens.screen import Answer, Screen
from kiosk.settings.site import Site
from kiosk.visit import Backed, Ending, VisitEnds

_log = logging.getLogger("kiosk.maintenance")

_SHUT_SHOWN = 60.0
"""Seconds that the countdown stands: a machine whose door is shut serves visitors meanwhile."""

BY_TELEPHONE = "P"
"""How codes begin of those who came in by a time code; the roster gives this letter to nobody."""


def door_of(site: Site) -> Door | None:
    """Return the door of a site; None where nobody could come in."""
    if site.staff.roster is None and site.staff.time_codes is None:
        return None
    return Door(Known(site.staff.roster, site.staff.time_codes), DoorMemory(site.state_folder / "door.json", rules()))


class Door:
    """One door; it is asked one person at a time (`service.Door`)."""

    def __init__(self, known: Known, memory: DoorMemory) -> None:
        self.known, self.memory = known, memory

    async def __call__(self, shift: Shift, tools: Toolbox, how: How) -> Staff | None:
        """See `service.Door`. Raise VisitEnds: left, silent, or shut for longer than it makes sense to wait here."""
        self.tell_alarm(tools.outbox, tools.site.kiosk_id)
        while True:
            try:
                await self._while_shut(shift)
                who = await _Try(self, shift, tools).go()
            except Backed:
                continue
            if who is not None:
                return who

    async def _while_shut(self, shift: Shift) -> None:
        left = self.memory.left()
        if left > 0:
            shift.act("door.shut", seconds=round(left))
            await shift.ask_while(partial(screens.shut_screen, shift, left), asyncio.sleep(min(left, _SHUT_SHOWN)))
            if self.memory.left() > 0:
                raise VisitEnds(Ending.TIMED_OUT)

    def wrong_try(self, shift: Shift, tools: Toolbox, act: str, **facts: str) -> None:
        """Write down a try that was counted and was wrong, at the door or inside; tell the back office where it is one too many."""
        shift.act(act, wrong=self.memory.wrong, shut=round(self.memory.left()), **facts)
        if self.memory.alarm:
            shift.act("door.alarm", wrong=self.memory.wrong)
            self.tell_alarm(tools.outbox, tools.site.kiosk_id)

    def tell_alarm(self, outbox: Outbox, kiosk: str) -> None:
        """Somebody has shut the door twice in a row, or what belongs to one person: the back office is told, once a series. What
        could not be told is told when the kiosk starts again, or somebody comes."""
        alarm = self.memory.alarm
        if not alarm:
            return
        try:
            outbox.post_task(f"{kiosk}-door-{alarm}", TaskKind.STAFF_LOCKED_OUT, device="door")
        except JournalError as error:
            _log.error("nobody can be told of the lock-out yet: %s", error)
        else:
            self.memory.alarm_is_told()


class _Try:
    """One try, from the ways in to the verdict."""

    def __init__(self, door: Door, shift: Shift, tools: Toolbox) -> None:
        self._door, self._shift, self._tools = door, shift, tools
        self._known, self._memory = door.known, door.memory
        self._roster = self._known.roster()

    async def go(self) -> Staff | None:
        """Return who may come in; None after a try that failed, or a card that did not do. Raise Backed, VisitEnds."""
        way = await self._way()
        if way == "code":
            return await self._by_code()
        if way == "time":
            return await self._by_time_code()
        return None if way is None else await self._by_card(way)

    # --- the ways

    async def _way(self) -> str | None:
        """What was chosen, or the token of a card that was laid; None after a card by which nobody could be known."""
        roster, shift = self._roster, self._shift
        key = self._known.card_key(roster) if roster is not None else None
        there = bool(key) and bool(card.readers(self._tools.devices))
        answer: Answer | str | None = None
        if there and key is not None:
            began, patience = time.monotonic(), self._patience()
            present = card.present(self._tools.devices, key, seconds=patience, trouble=self._trouble)
            try:
                answer = await shift.ask_while(partial(self._how, cards=True), present)
            except card.Nameless:
                await self._notice("card_nameless", screens.strange_screen(shift))
                return None
            except card.Copied:
                self._memory.try_begins()
                await self._was_wrong("card_copied")
                return None
            if answer is None and time.monotonic() - began >= patience:
                raise VisitEnds(Ending.TIMED_OUT)
        if answer is None:
            answer = await shift.ask(partial(self._how, cards=False))
        return answer.action if isinstance(answer, Answer) else answer

    def _how(self, *, cards: bool, note: str = "") -> Screen:
        codes = self._roster is not None and len(self._roster) > 0
        broken = self._known.has_roster_file and self._roster is None
        return screens.how_screen(
            self._shift,
            cards=cards,
            codes=codes,
            time_codes=self._known.time_code_secret() is not None,
            note=note or (tell("door.roster_unreadable") if broken else ""),
        )

    def _patience(self) -> float:
        """As long as a question may stand at the door: the wait for a card keeps its own time."""
        return self._tools.policy.door.warn_after + self._tools.policy.door.countdown

    def _trouble(self, code: FaultCode) -> None:
        """The card was pulled too early, or lies badly: it is asked for again."""
        self._shift.show(partial(self._how, cards=True, note=self._shift.say(f"device.{code.value}")))

    async def _by_card(self, token: str) -> Staff | None:
        typed = await all_typed(self._shift, partial(screens.pin_screen, self._shift), pin=rules().pin.digits)
        found = self._roster.by_card(token) if self._roster is not None else None
        return await self._judge("card", CARD if found is None else f"{CARD} {found.code}", found, typed["pin"])

    async def _by_code(self) -> Staff | None:
        sizes = {"code": rules().pin.code_digits, "pin": rules().pin.digits}
        typed = await all_typed(self._shift, partial(screens.code_screen, self._shift), **sizes)
        digits = typed["code"].reveal()
        typed["code"].wipe()
        found = self._roster.by_digits(digits) if self._roster is not None else None
        return await self._judge("code", f"{CODE} {digits}", found, typed["pin"])

    async def _by_time_code(self) -> Staff | None:
        shift, tools, memory = self._shift, self._tools, self._memory
        secret, now = self._known.time_code_secret(), tools.now()
        if secret is None or await self._shut_to(TIME, "time_code"):
            return None
        if memory.set_back(now.timestamp()):
            await self._notice("clock_set_back", screens.clock_screen(shift, now.astimezone(tools.site.zone)))
            return None
        asked = partial(screens.time_screen, shift, tools.site.kiosk_id, now.astimezone(tools.site.zone))
        typed = await all_typed(self._shift, asked, number=rules().pin.code_digits, code=rules().time_code.digits)
        number, code = typed["number"].reveal(), typed["code"].reveal()
        wipe_all(typed)
        try:
            role = judge_time_code(memory, tools, secret, number, code)
        except Unwritten:
            await self._notice("unwritten", screens.unwritten_screen(shift))
            return None
        if role is None:
            await self._was_wrong("time_code", TIME)
            return None
        who = Staff(code=f"{BY_TELEPHONE}-{number}", role=role)
        shift.act("door.opened", way="time_code", code=who.code)
        return who

    # --- the verdict

    async def _judge(self, way: str, aim: str, member: Member | None, pin: SecretText) -> Staff | None:
        memory = self._memory
        if memory.left(aim) > 0:
            pin.wipe()
            await self._shut_to(aim, way)
            return None
        try:
            memory.try_begins(aim)
            right = await asyncio.to_thread(verifier.fits, pin, decoy(self._roster) if member is None else member.pin)
        finally:
            pin.wipe()
        if member is None or not right:
            await self._was_wrong(way, aim, code="" if member is None else member.code)
            return None
        now = self._tools.now()
        if not member.valid_on(now.astimezone(self._tools.site.zone).date()):
            memory.try_was_none()
            await self._notice("expired", screens.expired_screen(self._shift), code=member.code)
            return None
        tried = memory.wrong_at(aim) - 1
        memory.try_was_right(aim)
        memory.sees(now.timestamp(), trusted=True)
        self._shift.act("door.opened", way=way, code=member.code, **({"tried": tried} if tried else {}))
        return member.staff

    async def _shut_to(self, aim: str, way: str) -> bool:
        """Whether this has been tried too often, code or card that there is or not; then it is said, and nothing is judged."""
        left = self._memory.left(aim)
        if left == 0:
            return False
        self._shift.act("door.shut_to", way=way, seconds=round(left))
        await self._shift.ask(partial(screens.shut_to_screen, self._shift, left))
        return True

    async def _was_wrong(self, way: str, aim: str = "", *, code: str = "") -> None:
        memory = self._memory
        self._door.wrong_try(self._shift, self._tools, "door.refused", way=way, **({"code": code} if code else {}))
        if memory.left() == 0 and not await self._shut_to(aim, way):
            by_time = way == "time_code"
            await self._shift.ask(partial(screens.wrong_screen, self._shift, memory.tries_left(aim), time_code=by_time))

    async def _notice(self, why: str, screen: Screen, **facts: str) -> None:
        self._shift.act("door.not_opened", why=why, **facts)
        await self._shift.ask(lambda: screen)
