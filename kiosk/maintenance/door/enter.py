"""The door: asks for two things until somebody may come in, leaves, or has tried too often.

Each try is written down before it is judged, and into the audit chain when it was: by which way, whose code where there is such
a code, never what was typed or laid. A card that is pulled early is asked for again; a card that was read may go.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from functools import partial
from pathlib import Path

from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretText, wipe_all
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.maintenance.door import card, screens, time_codes, verifier
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.roster import Member, Roster, load_roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.door.tokens import token_key
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.service import How
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Answer, Screen
from kiosk.settings.reading import Mistake
from kiosk.settings.site import Site
from kiosk.visit import Backed, Ending, VisitEnds

_log = logging.getLogger("kiosk.maintenance")

DECOY = "scrypt$16384$8$5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Judged where there is nobody of that code, so that the wait does not tell."""

_SHUT_SHOWN = 60.0
"""Seconds that the countdown stands: a machine whose door is shut serves visitors meanwhile."""

BY_TELEPHONE = "P"
"""How codes begin of those who came in by a time code; the roster gives this letter to nobody."""


def door_of(site: Site) -> Door | None:
    """Return the door of a site; None where nobody could come in."""
    if site.staff.roster is None and site.staff.time_codes is None:
        return None
    return Door(site.staff.roster, site.staff.time_codes, DoorMemory(site.state_folder / "door.json", rules()))


class Door:
    """One door; it is asked one person at a time (`service.Door`)."""

    def __init__(self, roster: Path | None, time_code_file: Path | None, memory: DoorMemory) -> None:
        self._roster_file, self._time_code_file, self._memory = roster, time_code_file, memory
        self._series = secrets.token_hex(4)
        """Names the alarm of one series of wrong tries."""

    async def __call__(self, shift: Shift, tools: Toolbox, how: How) -> Staff | None:
        """See `service.Door`. Raise VisitEnds: left, silent, or shut for longer than it makes sense to wait here."""
        while True:
            try:
                await self._while_shut(shift)
                who = await _Try(self, shift, tools).go()
            except Backed:
                continue
            if who is not None:
                return who

    async def _while_shut(self, shift: Shift) -> None:
        left = self._memory.left()
        if left > 0:
            shift.act("door.shut", seconds=round(left))
            await shift.ask_while(partial(screens.shut_screen, shift, left), asyncio.sleep(min(left, _SHUT_SHOWN)))
            if self._memory.left() > 0:
                raise VisitEnds(Ending.TIMED_OUT)

    # --- what is known here

    def roster(self) -> Roster | None:
        """The staff as they are now; None where there is no roster that can be read."""
        if self._roster_file is None:
            return None
        try:
            return load_roster(self._roster_file)
        except Mistake as mistake:
            _log.error("the roster cannot be used: %s", "; ".join(mistake.lines))
            return None

    def card_key(self, roster: Roster) -> bytes | None:
        """The key of the cards' tokens; None where nobody has a card."""
        if self._roster_file is None or not any(each.cards for each in roster.member):
            return None
        try:
            return token_key(self._roster_file)
        except Mistake as mistake:
            _log.error("cards cannot be used: %s", "; ".join(mistake.lines))
            return None

    def time_code_secret(self) -> bytes | None:
        """The secret of the time codes; None where there are none."""
        if self._time_code_file is None:
            return None
        try:
            return read_key(self._time_code_file)
        except Mistake as mistake:
            _log.error("time codes cannot be used: %s", "; ".join(mistake.lines))
            return None

    @property
    def has_roster_file(self) -> bool:
        """Whether this site names a roster."""
        return self._roster_file is not None

    @property
    def memory(self) -> DoorMemory:
        """What it does not forget."""
        return self._memory

    # --- tries

    def judged(self, tools: Toolbox, secret: bytes, number: str, code: str, role: Role | None = None) -> Role | None:
        """Judge a time code, and use it up; None: it does not count (for this role), and was a wrong try."""
        memory, at = self._memory, tools.now().timestamp()
        memory.try_begins()
        kiosk, rule = tools.site.kiosk_id, rules().time_code
        grant = time_codes.find(secret, code, kiosk=kiosk, number=number, at=at, rule=rule)
        if grant is None or role not in (None, grant.role):
            return None
        if memory.set_back(at) or not memory.use(grant.role.value, number, grant.step):
            return None
        memory.try_was_right()
        memory.sees(at)
        return grant.role

    def wrong_try(self, tools: Toolbox, shift: Shift, act: str, **facts: str) -> float:
        """Write down a try that was counted and was wrong; return for how long the door is shut by it. Seconds."""
        shut = self._memory.left()
        shift.act(act, wrong=self._memory.wrong, shut=round(shut), **facts)
        if self._memory.alarms:
            self._tell_alarm(tools)
            shift.act("door.alarm", wrong=self._memory.wrong)
        return shut

    def _tell_alarm(self, tools: Toolbox) -> None:
        """Somebody has shut the door twice: the back office is told, once a series."""
        kiosk = tools.site.kiosk_id
        try:
            tools.outbox.post_task(f"{kiosk}-door-{self._series}", TaskKind.STAFF_LOCKED_OUT, device="door")
        except JournalError as error:
            _log.error("nobody can be told of the lock-out yet: %s", error)
        self._series = secrets.token_hex(4)


class _Try:
    """One try, from the ways in to the verdict."""

    def __init__(self, door: Door, shift: Shift, tools: Toolbox) -> None:
        self._door, self._shift, self._tools = door, shift, tools
        self._roster = door.roster()

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
        key = self._door.card_key(roster) if roster is not None else None
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
                await self._was_wrong("card_copied")
                return None
            if answer is None and time.monotonic() - began >= patience:
                raise VisitEnds(Ending.TIMED_OUT)
        if answer is None:
            answer = await shift.ask(partial(self._how, cards=False))
        return answer.action if isinstance(answer, Answer) else answer

    def _how(self, *, cards: bool, note: str = "") -> Screen:
        codes = self._roster is not None and len(self._roster) > 0
        broken = self._door.has_roster_file and self._roster is None
        return screens.how_screen(
            self._shift,
            cards=cards,
            codes=codes,
            time_codes=self._door.time_code_secret() is not None,
            note=note or (tell("door.roster_unreadable") if broken else ""),
        )

    def _patience(self) -> float:
        """As long as a question of this shift may stand: the wait for a card keeps its own time."""
        return self._tools.policy.stay.warn_after + self._tools.policy.stay.countdown

    def _trouble(self, code: FaultCode) -> None:
        """The card was pulled too early, or lies badly: it is asked for again."""
        self._shift.show(partial(self._how, cards=True, note=self._shift.say(f"device.{code.value}")))

    async def _by_card(self, token: str) -> Staff | None:
        typed = await all_typed(self._shift, partial(screens.pin_screen, self._shift), pin=rules().pin.digits)
        found = self._roster.by_card(token) if self._roster is not None else None
        return await self._judge("card", found, typed["pin"])

    async def _by_code(self) -> Staff | None:
        sizes = {"code": rules().pin.code_digits, "pin": rules().pin.digits}
        typed = await all_typed(self._shift, partial(screens.code_screen, self._shift), **sizes)
        found = self._roster.by_digits(typed["code"].reveal()) if self._roster is not None else None
        typed["code"].wipe()
        return await self._judge("code", found, typed["pin"])

    async def _by_time_code(self) -> Staff | None:
        shift, tools, memory = self._shift, self._tools, self._door.memory
        secret, now = self._door.time_code_secret(), tools.now()
        if secret is None:
            return None
        if memory.set_back(now.timestamp()):
            await self._notice("clock_set_back", screens.clock_screen(shift, now.astimezone(tools.site.zone)))
            return None
        asked = partial(screens.time_screen, shift, tools.site.kiosk_id, now.astimezone(tools.site.zone))
        typed = await all_typed(shift, asked, number=rules().pin.code_digits, code=rules().time_code.digits)
        number, code = typed["number"].reveal(), typed["code"].reveal()
        wipe_all(typed)
        role = self._door.judged(tools, secret, number, code)
        if role is None:
            await self._was_wrong("time_code", counted=True)
            return None
        who = Staff(code=f"{BY_TELEPHONE}-{number}", role=role)
        shift.act("door.opened", way="time_code", code=who.code)
        return who

    # --- the verdict

    async def _judge(self, way: str, member: Member | None, pin: SecretText) -> Staff | None:
        memory = self._door.memory
        try:
            memory.try_begins()
            right = await asyncio.to_thread(verifier.fits, pin, DECOY if member is None else member.pin)
        finally:
            pin.wipe()
        if member is None or not right:
            await self._was_wrong(way, code="" if member is None else member.code, counted=True)
            return None
        now = self._tools.now()
        if not member.valid_on(now.astimezone(self._tools.site.zone).date()):
            memory.try_was_expired()
            await self._notice("expired", screens.expired_screen(self._shift), code=member.code)
            return None
        memory.try_was_right()
        memory.sees(now.timestamp(), trusted=True)
        self._shift.act("door.opened", way=way, code=member.code)
        return member.staff

    async def _was_wrong(self, way: str, *, code: str = "", counted: bool = False) -> None:
        memory = self._door.memory
        if not counted:
            memory.try_begins()
        facts = {"code": code} if code else {}
        shut = self._door.wrong_try(self._tools, self._shift, "door.refused", way=way, **facts)
        if shut == 0:
            by_time = way == "time_code"
            await self._shift.ask(partial(screens.wrong_screen, self._shift, memory.tries_left, time_code=by_time))

    async def _notice(self, why: str, screen: Screen, **facts: str) -> None:
        self._shift.act("door.not_opened", why=why, **facts)
        await self._shift.ask(lambda: screen)


async def all_typed(shift: Shift, screen: partial[Screen], **sizes: int) -> dict[str, SecretText]:
    """Ask until every field is full: what was not typed to its end is no try. Raise Backed, VisitEnds."""
    short = False
    while True:
        answer = await shift.ask(partial(screen, short=short))
        if {key: len(value.raw()) for key, value in answer.typed.items()} == sizes:
            return answer.typed
        wipe_all(answer)
        short = True
