"""The figures of `door.toml`, typed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

Count = Annotated[int, msgspec.Meta(ge=1)]
Seconds = Annotated[float, msgspec.Meta(gt=0)]


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What scrypt spends: 128 · r · n bytes, p times."""

    n: Count
    r: Count
    p: Count


class PinRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many digits are typed, and what a try costs."""

    digits: Count
    code_digits: Count
    scrypt: Cost


class LockRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After `tries` wrong ones the door is shut for `first_seconds`, then twice as long, up to `longest_seconds`."""

    tries: Count
    first_seconds: Seconds
    longest_seconds: Seconds
    alarm_after: Count


class TimeCodeRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a time code is made, and for how long it is worth something."""

    digits: Annotated[int, msgspec.Meta(ge=6, le=8)]
    step_seconds: Count
    steps_back: Annotated[int, msgspec.Meta(ge=0)]
    steps_ahead: Annotated[int, msgspec.Meta(ge=0)]
    set_back_seconds: Seconds
    kept: Count


class RosterRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who finds the roster held by another writer tries again, so often and so far apart."""

    writes: Count
    apart_seconds: Seconds


class DoorRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    pin: PinRule
    lockout: LockRule
    time_code: TimeCodeRule
    roster: RosterRule


@cache
def rules() -> DoorRules:
    """Return the figures. Raise msgspec.ValidationError naming the key: the program was packed wrongly."""
    return msgspec.convert(
        tomllib.loads(files("kiosk.maintenance.door").joinpath("door.toml").read_text("utf-8")), type=DoorRules
    )
