"""A shift: one stay of one member of staff. A visit in all that concerns its questions, with the staff's frame and clocks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from kiosk.journal.store import JournalError
from kiosk.locales import OWN
from kiosk.maintenance.frame import StaffComposer
from kiosk.maintenance.rights import Right, Staff, right
from kiosk.policies import Answered, ByMode, VisitPolicy
from kiosk.policies.maintenance import Door, MaintenancePolicy, Stay
from kiosk.screens.screen import Look
from kiosk.visit import Visit
from kiosk.window import Window

_log = logging.getLogger("kiosk.maintenance")


class Shift(Visit):
    """Asks like a visit (`ask`, `ask_while`, `show`), knows who is here, and writes down every act. By the door's clocks first: who
    has not come in must not keep visitors waiting."""

    composer: StaffComposer
    _task: str = ""

    def __init__(
        self,
        window: Window,
        policy: VisitPolicy,
        limits: MaintenancePolicy,
        composer: StaffComposer,
        record: Callable[..., None],
    ) -> None:
        super().__init__(window, _by_clocks(policy, limits.door), composer, record, look=Look(language=OWN))
        self._inside = _by_clocks(policy, limits.stay)
        self.elder_offered = True  # one mode, one language
        self.token = ""  # a shift has no subject: its acts are its staff's

    @property
    def who(self) -> Staff:
        """Who works here. Raise LookupError at the door."""
        if self.composer.who is None:
            raise LookupError("nobody has come in yet")
        return self.composer.who

    def begin(self, who: Staff) -> None:
        """Somebody has come in."""
        self.composer = StaffComposer(self.composer.place, who=who)
        self.policy = self._inside

    def doing(self, task: str) -> None:
        """From now on this task is done ("" none)."""
        self._task = task

    @property
    def may_change(self) -> bool:
        """Whether the present task may be done by this role, not only looked at."""
        return right(self._task, self.who.role) is Right.USE

    def act(self, act: str, **facts: Any) -> None:
        """Write an act to the audit chain: what, by whom, with short facts that never name a visitor.

        A journal that cannot be written (a full disk) is one of the things that staff come to mend: it is said in the log, and
        the work goes on (decision 024).
        """
        who = self.composer.who
        by = {"by": who.code, "role": who.role.value} if who is not None else {}
        try:
            self.record("staff", act=act, **by, **facts)
        except JournalError as error:
            _log.error("the act %s is not in the journal: %s", act, error)


def _by_clocks(policy: VisitPolicy, stay: Stay | Door) -> VisitPolicy:
    idle = msgspec.structs.replace(
        policy.idle,
        warn_after=ByMode(stay.warn_after, stay.warn_after),
        countdown=Answered(stay.countdown, stay.countdown),
        extensions=max(policy.idle.extensions, round(stay.longest / stay.warn_after)),
    )
    return msgspec.structs.replace(policy, idle=idle)
