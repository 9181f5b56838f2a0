"""A simulated hall: visitors come as they come (Poisson) with the week's rhythm, stay away on holidays, and each takes some sheets.

Nobody's data: rates are invented, of the size that is known of such halls (some 20 to 30 visitors a day, 1.5 sheets each).
"""

from __future__ import annotations

import bisect
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.logbook.forecast import DayKind, Habits, Reading

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 8, 31, tzinfo=ZONE)  # a Monday
GOLDEN_WEEK = frozenset(date(2026, 10, day) for day in range(1, 8))
VISITORS = {
    DayKind.MONDAY: 38,
    DayKind.TUESDAY: 32,
    DayKind.WEDNESDAY: 28,
    DayKind.THURSDAY: 28,
    DayKind.FRIDAY: 31,
    DayKind.SATURDAY: 4,
    DayKind.SUNDAY: 3,
    DayKind.HOLIDAY: 2,
}
"""A day: 23 on average. A hall in an office building, nearly empty at weekends: where a forecast without weekdays goes wrong."""
_HOURS = dict(zip(range(8, 18), (1, 2, 2.5, 2, 1, 1, 2, 2.5, 1.5, 0.7), strict=True))
_REMEMBERED = 12 * 7 * 24
"""Readings, one an hour."""
_SHEETS, _OF_TEN = (1, 2, 3), (6, 3, 1)


def calendar(day: date) -> DayKind:
    """Weekdays and the holiday."""
    return DayKind.HOLIDAY if day in GOLDEN_WEEK else DayKind(day.weekday())


def readings(seed: int, weeks: int, *, off: range = range(0)) -> list[Reading]:
    """The counter at every full hour; in the hours `off` the machine had no power: nobody came, nothing was read."""
    chance = random.Random(seed)
    found, used = [], 0
    for number in range(weeks * 7 * 24):
        at = BEGIN + timedelta(hours=number)
        if number in off:
            continue
        found.append(Reading(at.timestamp(), float(used)))
        mean = VISITORS[calendar(at.date())] * _HOURS.get(at.hour, 0.0) / sum(_HOURS.values())
        for _ in range(_poisson(chance, mean)):
            used += chance.choices(_SHEETS, _OF_TEN)[0]
    return found


def known_habits() -> Habits:
    """What an all-knowing forecaster would have learned: no forecast can be expected to be better than with these."""
    a_sheet = sum(sheets * of_ten for sheets, of_ten in zip(_SHEETS, _OF_TEN, strict=True)) / sum(_OF_TEN)
    whole = sum(_HOURS.values())
    rates = {
        kind: tuple(count * a_sheet * _HOURS.get(hour, 0.0) / whole for hour in range(24))
        for kind, count in VISITORS.items()
    }
    return Habits(rates=rates, days=1e3, weight=1e9, scatter=1.0)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth: how many arrivals before the product of uniform numbers falls below e^-mean."""
    count, product, least = 0, chance.random(), math.exp(-mean)
    while product > least:
        count, product = count + 1, product * chance.random()
    return count


def slips(read: Sequence[Reading], seed: int) -> list[Reading]:
    """A roll's counter beside that of the sheets: a slip a sheet, each of another length (mm)."""
    chance, found, used = random.Random(seed), [], 0.0
    for before, each in itertools.pairwise((Reading(0.0, 0.0), *read)):
        used += sum(chance.uniform(60, 140) for _ in range(round(each.used - before.used)))
        found.append(Reading(each.at, used))
    return found


SLIP_MM = 100.0
"""On average."""


def week_of(habits: Habits, now: float) -> float:
    """What a forecaster expects to be used in the week that begins at this midnight."""
    day = datetime.fromtimestamp(now, ZONE).date()
    return sum(habits.a_day(calendar(day + timedelta(days=number))) for number in range(7))


def weeks(read: Sequence[Reading], *, after_weeks: int) -> Iterator[tuple[Sequence[Reading], float]]:
    """Every whole week: what was read before it, and what was used in it."""
    for first in range(after_weeks * 168, len(read) - 168, 168):
        yield read[max(0, first - _REMEMBERED) : first + 1], read[first + 168].used - read[first].used


@dataclass(frozen=True)
class Morning:
    """A forecast is asked for: what was read by then, what is left of how much, and when it was really empty (Unix time)."""

    known: Sequence[Reading]
    left: float
    full: float
    empty_at: float

    @property
    def at_refill(self) -> bool:
        """Whether it has just been filled up."""
        return self.left == self.full

    @property
    def now(self) -> float:
        """When it is asked for."""
        return self.known[-1].at


def mornings(read: Sequence[Reading], full: float, *, after_weeks: int) -> Iterator[Morning]:
    """Every day at the hour of the last refill, while there is stock for a day at least; it is filled up when it is empty."""
    used = [each.used for each in read]
    begin = 0
    while (end := bisect.bisect_left(used, used[begin] + full)) < len(used):
        for now in range(begin, end, 24):
            known = read[max(0, now - _REMEMBERED) : now + 1]
            if read[end].at - read[now].at >= 86_400 and read[now].at >= read[0].at + after_weeks * 7 * 86_400:
                yield Morning(known, full - (used[now] - used[begin]), full, read[end].at)
        begin = end


def error(cases: Sequence[Morning], forecast: Callable[[Morning], float]) -> float:
    """Mean absolute error of the time until empty, as a share of the mean time until empty (Unix times)."""
    off = sum(abs(forecast(each) - each.empty_at) for each in cases)
    return off / sum(each.empty_at - each.now for each in cases)
