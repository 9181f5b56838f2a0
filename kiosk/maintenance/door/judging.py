"""What is judged alike at the door and inside, where somebody signs: fields typed to their end, codes by telephone, and what wrong
tries are aimed at."""

from __future__ import annotations

from functools import partial

from drivers.contract.secret import SecretText, wipe_all
from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.memory import DoorMemory, Use
from kiosk.maintenance.door.roster import Roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Screen

CODE, CARD, TIME = "code", "card", "time"
"""What a try is aimed at: "code 0001" as it was typed, whether there is one or not, "card K-0001", "card" for all strange ones,
"time" for all codes by telephone. A code and the card of the same person apart: guesses at the code do not shut out the card."""

_DECOY = "scrypt$16384$8$5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""What nobody's PIN fits: judged where there is nobody at all."""


class Unwritten(Exception):
    """A code was right, but nobody could remember after a restart that it has counted: it does not count, and was no wrong try."""


def decoy(roster: Roster | None) -> str:
    """Judged where there is nobody of that code, so that the wait does not tell: somebody's, since theirs take as long."""
    return roster.member[0].pin if roster is not None and len(roster) else _DECOY


def judge_time_code(
    memory: DoorMemory, tools: Toolbox, secret: bytes, number: str, code: str, role: Role | None = None
) -> Role | None:
    """Judge a code by telephone and use it up; return whose role it gives. None: it was a wrong try, which stays counted: no such
    code, one that has counted before, or (`role`) another role's. Raise Unwritten."""
    memory.try_begins(TIME)
    at = tools.now().timestamp()
    grant = time_codes.find(secret, code, kiosk=tools.site.kiosk_id, number=number, at=at, rule=rules().time_code)
    if grant is None or role not in (None, grant.role) or memory.set_back(at):
        return None
    match memory.use(grant.role.value, number, grant.step):
        case Use.BEFORE:
            return None
        case Use.UNWRITTEN:
            memory.try_was_none()
            raise Unwritten
    memory.try_was_right(TIME)
    memory.sees(at)
    return grant.role


async def all_typed(shift: Shift, screen: partial[Screen], **sizes: int) -> dict[str, SecretText]:
    """Ask until every field is full: what was not typed to its end is no try. Raise Backed, VisitEnds."""
    short = False
    while True:
        answer = await shift.ask(partial(screen, short=short))
        if {key: len(value.raw()) for key, value in answer.typed.items()} == sizes:
            return answer.typed
        wipe_all(answer)
        short = True
