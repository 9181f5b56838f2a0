"""What is known of each bus at one moment. Three answers, and no fourth: listed, could not be asked, not asked yet."""

from __future__ import annotations

import time
from enum import StrEnum

import msgspec

from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import Fault


class Answer(StrEnum):
    """What a bus said when it was asked last."""

    UNKNOWN = "unknown"  # not asked yet, or not wanted
    LISTED = "listed"
    FAILED = "failed"  # could not be asked; `fault` says why


class BusState(msgspec.Struct, frozen=True, kw_only=True):
    """One bus. `things` is filled only when it was LISTED, `fault` only when it FAILED: unknown is not absent.

    `since` is Unix time in seconds of the last change of `answer`.
    """

    bus: Bus
    answer: Answer = Answer.UNKNOWN
    things: tuple[Attached, ...] = ()
    fault: Fault | None = None
    since: float = msgspec.field(default_factory=time.time)


class Table(msgspec.Struct, frozen=True):
    """All buses that are watched; a snapshot that never changes."""

    states: tuple[BusState, ...] = ()

    def state(self, bus: Bus) -> BusState:
        """Return what is known of a bus; UNKNOWN for one that nobody watches."""
        return next((state for state in self.states if state.bus is bus), BusState(bus=bus, since=0.0))

    def things(self) -> tuple[Attached, ...]:
        """Return all that is attached, on every bus."""
        return tuple(thing for state in self.states for thing in state.things)

    def settled(self) -> bool:
        """Whether every bus has answered, or failed to."""
        return all(state.answer is not Answer.UNKNOWN for state in self.states)


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One bus is not what it was. A thing whose node alone changed is in both `came` and `gone`."""

    bus: Bus
    before: BusState
    after: BusState

    @property
    def came(self) -> tuple[Attached, ...]:
        """What is there now and was not."""
        return tuple(thing for thing in self.after.things if thing not in self.before.things)

    @property
    def gone(self) -> tuple[Attached, ...]:
        """What was there and is not (or: of which nothing is known any more)."""
        return tuple(thing for thing in self.before.things if thing not in self.after.things)
