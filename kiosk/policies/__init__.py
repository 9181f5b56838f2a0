"""Policies: limits that a site may have to answer for, as data with their sources (`*.toml` beside this file)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from kiosk.screens.screen import Mode


class ByMode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number of seconds for each mode."""

    standard: float
    elder: float

    def of(self, mode: Mode) -> float:
        """Return the seconds for this mode."""
        return self.elder if mode is Mode.ELDER else self.standard


class Idle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody touches anything."""

    warn_after: ByMode
    countdown: float
    extensions: int


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting for the card, and for its owner to take it back."""

    wait: ByMode
    tries: int
    left_reminder: float
    left_task: float


class Fetch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting for the platform."""

    progress_after: float


class Print(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Waiting for the printer and for the paper to be taken."""

    job: float
    take: ByMode
    take_reminder: float


class Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last screen."""

    shown: ByMode


class Settle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After a restart."""

    printer: float


class Supervision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The window, seen from the core."""

    shell_silent: float
    shell_start: float


class Outbox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Delivery to the platform."""

    first_pause: float
    longest_pause: float


class VisitPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`visit.toml`."""

    idle: Idle
    card: Card
    fetch: Fetch
    print: Print
    done: Done
    settle: Settle
    supervision: Supervision
    outbox: Outbox


@cache
def visit_policy() -> VisitPolicy:
    """Return the visit's limits. Raise msgspec.ValidationError naming the key."""
    text = files("kiosk.policies").joinpath("visit.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=VisitPolicy)
