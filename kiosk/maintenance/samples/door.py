"""The screens of the door."""

from __future__ import annotations

from datetime import datetime

from kiosk.locales.staff import tell
from kiosk.maintenance.door import screens as door
from kiosk.maintenance.samples.common import shift, site
from kiosk.screens.screen import Screen

_NOW = datetime(2026, 11, 20, 9, 41)


def screens() -> list[Screen]:
    """Nobody has come in yet; and somebody inside who signs."""
    here, inside = shift(None), shift()
    what = tell("replace.sign_what", device=tell("kinds.id_card_reader"), name="MIAXIS MR-300")
    return [
        door.how_screen(here, cards=True, codes=True, time_codes=True),
        door.how_screen(here, cards=True, codes=True, time_codes=True, note=here.say("device.chip_pulled")),
        door.how_screen(here, cards=False, codes=False, time_codes=True, note=tell("door.roster_unreadable")),
        door.pin_screen(here),
        door.code_screen(here),
        door.code_screen(here, short=True),
        door.time_screen(here, site().kiosk_id, _NOW),
        door.wrong_screen(here, 3),
        door.wrong_screen(here, 3, time_code=True),
        door.shut_screen(here, 1800),
        door.shut_to_screen(here, 1800),
        door.unwritten_screen(here),
        door.expired_screen(here),
        door.clock_screen(here, _NOW),
        door.strange_screen(here),
        door.sign_screen(inside, what),
        door.sign_screen(inside, what, short=True),
        door.sign_time_screen(inside, what, site().kiosk_id, "0731", _NOW),
        door.sign_wrong_screen(inside, 3),
        door.sign_wrong_screen(inside, 3, time_code=True),
        door.sign_cannot_screen(inside, tell("door.roster_unreadable")),
        door.sign_cannot_screen(inside, tell("door.expired_sentence")),
        door.sign_cannot_screen(inside, tell("door.sign_no_codes")),
    ]
