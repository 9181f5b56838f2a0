"""Signing at the machine: the PIN once more, or another code by telephone, judged by the door and counted as its tries are.

Not the card: a card lies on a reader, and may be somebody's who has gone for a coffee; the reader may be the very device that is
being replaced. A PIN is an act, and its member's alone. Who came in by telephone has none here: for them the operator stands, who
reads out another code when they are told what it is for.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import NoReturn

from kiosk.locales.staff import tell
from kiosk.maintenance.door import screens, verifier
from kiosk.maintenance.door.enter import BY_TELEPHONE, Door
from kiosk.maintenance.door.judging import CODE, TIME, Unwritten, all_typed, decoy, judge_time_code
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import DoorShut, Proof
from kiosk.maintenance.toolbox import Toolbox
from kiosk.visit import Backed


async def sign(door: Door, tools: Toolbox, shift: Shift, what: str) -> Proof:
    """See `kiosk.maintenance.signature.Signs`."""
    number = shift.who.code.removeprefix(f"{BY_TELEPHONE}-")
    proof = Proof.PIN if number == shift.who.code else Proof.TIME_CODE
    aim = f"{CODE} {shift.who.code.partition('-')[2]}" if proof is Proof.PIN else TIME
    while door.memory.left(aim) == 0:
        if proof is Proof.PIN:
            right = await _by_pin(door, tools, shift, what, aim)
        else:
            right = await _by_time_code(door, tools, shift, what, number)
        if right:
            return proof
        door.wrong_try(shift, tools, "sign.refused", way=proof.value)
        if door.memory.left(aim) == 0:
            left = door.memory.tries_left(aim)
            await shift.ask(partial(screens.sign_wrong_screen, shift, left, time_code=proof is Proof.TIME_CODE))
    raise DoorShut


async def _by_pin(door: Door, tools: Toolbox, shift: Shift, what: str, aim: str) -> bool:
    """Judge the member's PIN. A wrong one counts as one that was typed with their code at the door."""
    roster, memory = door.known.roster(), door.memory
    if roster is None:
        await _cannot(shift, tell("door.roster_unreadable"))
    typed = await all_typed(shift, partial(screens.sign_screen, shift, what), pin=rules().pin.digits)
    member = roster.by_code(shift.who.code)
    try:
        memory.try_begins(aim)
        right = await asyncio.to_thread(verifier.fits, typed["pin"], decoy(roster) if member is None else member.pin)
    finally:
        typed["pin"].wipe()
    if member is None or not right:
        return False
    today = tools.now().astimezone(tools.site.zone).date()
    if member.staff != shift.who or not member.valid_on(today):  # expired, or of another role, since they came in
        memory.try_was_none()
        await _cannot(shift, tell("door.expired_sentence"))
    memory.try_was_right(aim)
    return True


async def _by_time_code(door: Door, tools: Toolbox, shift: Shift, what: str, number: str) -> bool:
    secret, now = door.known.time_code_secret(), tools.now()
    here = now.astimezone(tools.site.zone)
    if secret is None:
        await _cannot(shift, tell("door.sign_no_codes"))
    if door.memory.set_back(now.timestamp()):
        await _cannot(shift, tell("door.clock_sentence", now=screens.hour(here)))
    asked = partial(screens.sign_time_screen, shift, what, tools.site.kiosk_id, number, here)
    typed = await all_typed(shift, asked, code=rules().time_code.digits)
    code = typed["code"].reveal()
    typed["code"].wipe()
    try:
        return judge_time_code(door.memory, tools, secret, number, code, shift.who.role) is not None
    except Unwritten:
        await _cannot(shift, tell("door.unwritten_sentence"))


async def _cannot(shift: Shift, why: str) -> NoReturn:
    """Nobody can sign now, and it is nobody's wrong try. Raise Backed."""
    await shift.ask(partial(screens.sign_cannot_screen, shift, why))
    raise Backed
