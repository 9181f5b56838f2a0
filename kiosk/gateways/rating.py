"""Port: 好差评, the rating after a visit. One a visit, no edit, and nobody can tell who gave it."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Protocol

import msgspec


class Level(IntEnum):
    """The five levels of the national rating scheme, 5 the best (3 is 基本满意, not 一般)."""

    VERY_SATISFIED = 5
    SATISFIED = 4
    MOSTLY_SATISFIED = 3
    DISSATISFIED = 2
    VERY_DISSATISFIED = 1


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One rating. `visit` is the visit's random name; `item` the item's code."""

    visit: str
    item: str
    level: Level
    at: datetime


class RatingKept(msgspec.Struct, frozen=True, kw_only=True):
    """The platform has it."""

    visit: str
    level: Level


class Ratings(Protocol):
    """The port. Every call raises `GatewayFault`."""

    async def rate(self, rating: Rating) -> RatingKept:
        """Put the visit's rating; again with the same level changes nothing. CONFLICT for another level."""
