"""The administrator's task: who is on the staff of this machine. Each change is on disk, whole, before it is said to be done, and
in the audit chain: whose code, never a PIN, a card or a token."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from drivers.contract.faults import FaultCode
from drivers.contract.secret import SecretText, wipe_all
from kiosk.locales.staff import tell
from kiosk.maintenance.door import card, verifier
from kiosk.maintenance.door import personnel_screens as screens
from kiosk.maintenance.door.private import Held
from kiosk.maintenance.door.roster import MOST_CARDS, Member, Roster, change_roster, load_roster, weak
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.door.tokens import token_key
from kiosk.maintenance.rights import Role
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Answer, Screen
from kiosk.settings.reading import Mistake
from kiosk.visit import Backed

_log = logging.getLogger("kiosk.maintenance")


async def run(shift: Shift, tools: Toolbox) -> None:
    """Until 任务 or 退出."""
    while True:
        desk = _Desk.opened(shift, tools)
        roster = desk.roster if desk is not None else None
        answer = await shift.ask(partial(screens.roster_screen, shift, roster, _today(tools)))
        if desk is None:
            continue
        try:
            await (desk.add() if answer.action == "add" else desk.one(answer.action))
        except Backed:
            continue


def _today(tools: Toolbox) -> date:
    return tools.now().astimezone(tools.site.zone).date()


@dataclass
class _Desk:
    """The roster as it lies there, and somebody who changes it."""

    shift: Shift
    tools: Toolbox
    path: Path
    roster: Roster

    @classmethod
    def opened(cls, shift: Shift, tools: Toolbox) -> _Desk | None:
        """None where there is no roster that can be read."""
        path = tools.site.staff.roster
        try:
            return None if path is None else cls(shift, tools, path, load_roster(path))
        except Mistake as mistake:
            _log.error("the roster cannot be used: %s", "; ".join(mistake.lines))
            return None

    # --- somebody new

    async def add(self) -> None:
        """Role, term, PIN; then the code is told."""
        role = Role((await self.shift.ask(partial(screens.role_screen, self.shift))).action)
        until = await self._term()
        code = self.roster.free_code(role)
        pin = await self._pin(code)
        member = Member(code=code, role=role, pin=pin, valid_until=until)
        if await self._save(partial(_with, member=member), "personnel.added", code):
            await self._told("added", good=True, code=code)

    # --- somebody who is there

    async def one(self, code: str) -> None:
        """What is done with one of them, until 返回 or they are gone."""
        while (member := self.roster.by_code(code)) is not None:
            answer = await self.shift.ask(partial(screens.member_screen, self.shift, member, _today(self.tools)))
            try:
                await self._does[answer.action](member)
            except Backed:
                continue

    @property
    def _does(self) -> dict[str, Callable[[Member], Any]]:
        return {
            "pin": self._new_pin,
            "card": self._new_card,
            "withdraw": self._withdraw,
            "term": self._new_term,
            "remove": self._remove,
        }

    async def _new_pin(self, member: Member) -> None:
        await self._change(member, "personnel.pin_set", pin=await self._pin(member.code))

    async def _new_term(self, member: Member) -> None:
        until = await self._term()
        await self._change(member, "personnel.term_set", valid_until=until)

    async def _withdraw(self, member: Member) -> None:
        await self._change(member, "personnel.cards_withdrawn", cards=())

    async def _new_card(self, member: Member) -> None:
        if len(member.cards) >= MOST_CARDS:
            await self._told("card_full", most=MOST_CARDS)
            return
        token = await self._laid(member)
        if token is None:
            return
        if self.roster.by_card(token) is not None:
            self.shift.act("personnel.card_refused", about=member.code, why="taken")
            await self._told("card_taken")
            return
        if await self._change(member, "personnel.card_added", cards=(*member.cards, token)):
            await self._told("card_done", good=True)

    async def _remove(self, member: Member) -> None:
        if _last(self.roster, member.code, _today(self.tools)):
            await self._told("last")
            return
        answer = await self.shift.ask(partial(screens.remove_screen, self.shift, member.code))
        if answer.action == "remove":
            change = partial(_without, code=member.code, day=_today(self.tools))
            await self._save(change, "personnel.removed", member.code)

    # --- what is asked

    async def _term(self) -> date | None:
        days = screens.TERMS[(await self.shift.ask(partial(screens.term_screen, self.shift))).action]
        return None if days is None else _today(self.tools) + timedelta(days=days)

    async def _pin(self, code: str) -> str:
        """Ask until there is a PIN that does; return what is kept of it."""
        wrong = ""
        while True:
            answer = await self.shift.ask(partial(screens.pin_screen, self.shift, code, wrong))
            try:
                new, again = answer.typed["new"], answer.typed["again"]
                wrong = _wrong(new, again)
                if not wrong:
                    return await asyncio.to_thread(verifier.make, new, rules().pin.scrypt)
            finally:
                wipe_all(answer)

    async def _laid(self, member: Member) -> str | None:
        """Wait for a card; its token, or None after it was said why there is none."""
        try:
            key = token_key(self.path, make=True)
        except (Mistake, OSError) as error:
            _log.error("cards cannot be used: %s", error)
            await self._told("unsaved")
            return None

        def trouble(code: FaultCode) -> None:
            note = self.shift.say(f"device.{code.value}")
            self.shift.show(partial(screens.card_screen, self.shift, member.code, note))

        patience = self.tools.policy.stay.warn_after
        present = card.present(self.tools.devices, key, seconds=patience, trouble=trouble)
        try:
            found = await self.shift.ask_while(partial(screens.card_screen, self.shift, member.code), present)
        except (card.Copied, card.Nameless) as error:
            self.shift.act("personnel.card_refused", about=member.code, why=type(error).__name__.lower())
            await self._told("card_strange")
            return None
        if found is None or isinstance(found, Answer):
            await self._told("card_none")
            return None
        return found

    # --- what is done

    async def _change(self, member: Member, act: str, **changes: object) -> bool:
        return await self._save(partial(_changed, code=member.code, changes=changes), act, member.code)

    async def _save(self, change: Callable[[Roster], Roster], act: str, about: str) -> bool:
        """Change the roster as it lies there now (`kiosk staff` may have written it while somebody typed here), and write it; what
        could not be written has not happened, and is said so."""
        try:
            self.roster = await self._changed(change)
        except (OSError, Mistake, ValueError) as error:
            _log.error("the roster cannot be written: %s", type(error).__name__)
            self.shift.act("personnel.unsaved", about=about, tried=act)
            await self._told("unsaved")
            return False
        self.shift.act(act, about=about)
        return True

    async def _changed(self, change: Callable[[Roster], Roster]) -> Roster:
        """Between two tries the machine is not kept waiting. Raise OSError, Mistake, ValueError."""
        rule = rules().roster
        for _ in range(rule.writes - 1):
            try:
                return change_roster(self.path, change)
            except Held:
                await asyncio.sleep(rule.apart_seconds)
        return change_roster(self.path, change)

    async def _told(self, what: str, *, good: bool = False, **values: object) -> None:
        made: Callable[[], Screen] = partial(screens.told_screen, self.shift, what, good=good, **values)
        await self.shift.ask(made)


def _with(kept: Roster, member: Member) -> Roster:
    """With somebody new. Raise ValueError: the code was given to another one meanwhile."""
    if kept.by_code(member.code) is not None:
        raise ValueError(member.code)
    return kept.put(member)


def _changed(kept: Roster, code: str, changes: dict[str, object]) -> Roster:
    """With this member changed. Raise ValueError: they were taken off meanwhile."""
    member = kept.by_code(code)
    if member is None:
        raise ValueError(code)
    return kept.put(Member.model_validate({**member.model_dump(), **changes}))


def _without(kept: Roster, code: str, day: date) -> Roster:
    """Without this member. Raise ValueError: meanwhile they have become the last administrator."""
    if _last(kept, code, day):
        raise ValueError(code)
    return kept.without(code)


def _last(kept: Roster, code: str, day: date) -> bool:
    """Whether nobody would be left to manage the roster."""
    others = [each for each in kept.administrators() if each.code != code and each.valid_on(day)]
    member = kept.by_code(code)
    return member is not None and member.role is Role.ADMINISTRATOR and not others


def _wrong(new: SecretText, again: SecretText) -> str:
    """Why this is no PIN, a text; empty when it is one."""
    if len(new.raw()) < rules().pin.digits or len(again.raw()) < rules().pin.digits:
        return tell("personnel.pin_short")
    if new != again:
        return tell("personnel.pin_differ")
    return tell("personnel.pin_weak") if weak(new.reveal()) else ""
