"""The screens of the administrator's task 人员."""

from __future__ import annotations

from datetime import date

from kiosk.locales.staff import tell
from kiosk.maintenance.door import personnel_screens as made
from kiosk.maintenance.door.roster import MOST_CARDS, Member, Roster
from kiosk.maintenance.rights import Role
from kiosk.maintenance.samples.common import CODES, shift
from kiosk.screens.screen import Screen

_TODAY = date(2026, 11, 20)
_PIN = "scrypt$16384$8$5$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""Nobody's."""


def screens() -> list[Screen]:
    """From the list to somebody who is gone."""
    here = shift(Role.ADMINISTRATOR)
    keeper = Member(code="K-0002", role=Role.KEEPER, pin=_PIN, cards=("id_card:" + "0" * 64,))
    technician = Member(code="T-0003", role=Role.TECHNICIAN, pin=_PIN, valid_until=date(2027, 2, 18))
    gone = Member(code="T-0004", role=Role.TECHNICIAN, pin=_PIN, valid_until=date(2026, 10, 1))
    own = Member(code=CODES[Role.ADMINISTRATOR], role=Role.ADMINISTRATOR, pin=_PIN)
    return [
        made.roster_screen(here, Roster(member=(own, keeper, technician, gone)), _TODAY),
        made.roster_screen(here, None, _TODAY),
        made.member_screen(here, keeper, _TODAY),
        made.member_screen(here, technician, _TODAY),
        made.role_screen(here),
        made.term_screen(here),
        made.pin_screen(here, "K-0002"),
        made.pin_screen(here, "K-0002", tell("personnel.pin_differ")),
        made.card_screen(here, "K-0002"),
        made.card_screen(here, "K-0002", here.say("device.card_lifted")),
        made.remove_screen(here, "K-0002"),
        made.told_screen(here, "added", good=True, code="K-0002"),
        made.told_screen(here, "card_done", good=True),
        *(made.told_screen(here, each) for each in ("last", "card_taken", "card_strange", "card_none", "unsaved")),
        made.told_screen(here, "card_full", most=MOST_CARDS),
    ]
