"""What a check is: a coroutine that plays with a device on the bench, and raises `Unfit` when device or driver falls short."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drivers.conformance.bench import Bench


class Level(StrEnum):
    """How far a driver is proven. Each level contains the ones before it (docs/drivers.md says what each promises)."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Verdict(StrEnum):
    """How a check ended. SKIPPED: it needed a hand that was not there, or a device that did not open for a check before it.
    NOT_APPLICABLE: this device or bench has no such thing."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"


class Unfit(Exception):
    """The device or its driver does not conform; the text says in what. It never holds personal data."""


class Short(Unfit):
    """Less than was asked for, and told as such. Unfit on a sound line; on a spoiled one it is the truth, told in time."""


class NeedsHand(Exception):
    """Somebody must do something at the device, and nobody is there."""


class NotOpened(Exception):
    """The device never opened for an earlier check; the text says why. This one was not tried."""


class NotApplicable(Exception):
    """There is nothing to check here; the text says why."""


@dataclass(frozen=True)
class Check:
    """One thing that a driver must do. `id` is what reports and `titles.toml` call it."""

    id: str
    level: Level
    play: Callable[[Bench], Awaitable[str | None]]
    """Returns words for the report (a figure), or None."""
    needs_device: bool = True
    """False for what looks at files and logs only."""
    endless: bool = False
    """It keeps its own time, and is not ended as one that hangs."""


def demand(condition: bool, words: str, otherwise: type[Unfit] = Unfit) -> None:
    """Raise Unfit (or what `otherwise` says) with these words unless the condition holds."""
    if not condition:
        raise otherwise(words)
