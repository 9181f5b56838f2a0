"""A trial: staff walk a whole visit with a test card, through the same steps as a visitor.

What is different is here: whose card may be used, what the paper says, and that it does not count.
"""

from __future__ import annotations

from typing import Any

import msgspec

from drivers.contract.id_card import IdCard
from kiosk.locales import Phrasebook
from kiosk.locales.staff import tell
from kiosk.screens.compose import Composer
from kiosk.screens.screen import Screen
from kiosk.visit import Visit

NOBODYS = "999999"
"""The division code of synthetic people: GB/T 2260 gives it to no place."""


class Trial:
    """This visit is a trial. `refused`: the card that was laid is, or may be, a real person's."""

    refused = False


class TrialComposer(Composer):
    """Marks every screen of a trial, so that nobody takes it for a visit."""

    def screen(self, say: Phrasebook, name: str, **frame: Any) -> Screen:
        """See `Composer.screen`."""
        return msgspec.structs.replace(super().screen(say, name, **frame), header=tell("trial.header"), staff=True)


def may_be_tried(card: IdCard) -> bool:
    """Whether this is surely a synthetic person's card."""
    return card.number.reveal().startswith(NOBODYS)


def purpose(visit: Visit, real: str) -> str:
    """What the paper says it is for, in watermark and block."""
    return tell("trial.purpose") if Trial in visit.known else real
