"""Whether a visitor hesitates, from what their hand does: a small state machine with limits from the visit's policy.

Nothing is measured of the person, nothing is kept: the counts end with the visit.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.policies import Hesitation as Limits


class Sign(StrEnum):
    """What may be seen of somebody who does not know what to do next."""

    SILENT = "silent"
    """Nothing was touched for `silent` seconds on a screen that asks something."""
    MISSED = "missed"
    """A touch beside everything that can be touched."""
    BACK = "back"
    HELP = "help"


class Seen(msgspec.Struct, frozen=True):
    """What was seen so far: touches beside everything on this screen, 返回 from a question and 帮忙 in this visit."""

    missed: int = 0
    backs: int = 0
    helps: int = 0
    silent: bool = False

    def and_(self, sign: Sign) -> Seen:
        """Return it with one more sign."""
        match sign:
            case Sign.SILENT:
                return msgspec.structs.replace(self, silent=True)
            case Sign.MISSED:
                return msgspec.structs.replace(self, missed=self.missed + 1)
            case Sign.BACK:
                return msgspec.structs.replace(self, backs=self.backs + 1)
            case Sign.HELP:
                return msgspec.structs.replace(self, helps=self.helps + 1)

    def on_the_next_screen(self) -> Seen:
        """Return it without what belongs to one screen: whoever found the way on was not lost."""
        return msgspec.structs.replace(self, missed=0, silent=False)

    def hesitates(self, limits: Limits) -> bool:
        """Whether any of the limits is reached."""
        return self.silent or self.missed >= limits.missed or self.backs >= limits.backs or self.helps >= limits.helps
