"""The numbers of limits.toml."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each is for stands in limits.toml."""

    start_seconds: float
    answer_seconds: float
    restarts: int
    pinyin_guesses: int
    written_guesses: int
    oldest_years: int
    regions: frozenset[str]


@cache
def limits() -> Limits:
    """Return the limits. Raise msgspec.ValidationError naming the key."""
    return msgspec.toml.decode(resources.files("kiosk.input").joinpath("limits.toml").read_bytes(), type=Limits)
