"""What a step is: a coroutine that asks screens and uses the desk, and a closed set of outcomes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.journey.desk import Desk
from kiosk.visit import Visit


class Outcome(StrEnum):
    """How a step ended. Every outcome that a step declares has a row in the journey's table."""

    DONE = "done"
    BACK = "back"
    REFUSED = "refused"
    OTHER_WAY = "other_way"
    MISSING = "missing"
    FAILED = "failed"
    AGAIN = "again"


Run = Callable[[Visit, Desk], Awaitable[Outcome]]


@dataclass(frozen=True)
class Step:
    """A step of a visit. `needs` must have been given by earlier steps; `gives` is given with DONE, `leaves` with any outcome
    but BACK, and both are discarded when the visit goes back past this step.

    `point_of_no_return`: from here on neither back nor leave; the effect is on its way.
    """

    name: str
    run: Run = field(repr=False)
    outcomes: frozenset[Outcome]
    needs: tuple[type, ...] = ()
    gives: tuple[type, ...] = ()
    leaves: tuple[type, ...] = ()
    point_of_no_return: bool = False
