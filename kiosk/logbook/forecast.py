"""How long paper and toner last: what was used at which hour of which kind of day, carried on until the stock is gone.

    counter readings → hours that were watched → habits (a rate for each hour of each kind of day) → when it is empty, and a range

A hall has a rhythm: nothing at night, much on Monday, little on Sunday, nothing on a holiday. "So many sheets left, divided by so
many a day" is wrong by days across a weekend, so days are told apart by their kind. What is known of a kind of day grows with
the days of it that were seen: until then it borrows from the days like it (a Tuesday from other working days), and those from all.

The range is honest about two things: visitors come at random (counts scatter as Poisson counts do, or more: `Habits.scatter`),
and a habit learned from few days is itself uncertain. All times are Unix seconds, all amounts in the counter's own unit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import IntEnum

import msgspec

HOURS = 24
_HOUR = 3600.0
_DAY = 86_400.0


class DayKind(IntEnum):
    """What a day is like. A working Saturday before a holiday is whatever the calendar calls it (a Friday, say)."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6
    HOLIDAY = 7


_ALIKE = (
    frozenset(DayKind(number) for number in range(5)),
    frozenset({DayKind.SATURDAY, DayKind.SUNDAY, DayKind.HOLIDAY}),
)
"""Days that borrow from each other before they borrow from all."""

Calendar = Callable[[date], DayKind]


def weekdays(day: date) -> DayKind:
    """The calendar of a place that knows no holidays."""
    return DayKind(day.weekday())


class ForecastLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a forecast is made; see supplies.toml."""

    half_life_days: float
    borrowed_days: float
    borrowed_from_all_days: float
    few_days: float
    longest_gap_hours: float
    range_z: float
    horizon_days: int


@dataclass(frozen=True)
class Reading:
    """What a counter showed. It only grows; one that fell was changed or set back."""

    at: float
    used: float


@dataclass(frozen=True)
class Habits:
    """`rates`: use in an hour, by kind of day and hour. `days`: how many whole days were watched; `weight`: what was used in
    them, the recent counted more; `scatter`: variance over mean of a day's use (1 for single sheets that come at random)."""

    rates: dict[DayKind, tuple[float, ...]]
    days: float
    weight: float
    scatter: float

    def a_day(self, kind: DayKind) -> float:
        """What a whole day of this kind uses."""
        return sum(self.rates[kind])


@dataclass(frozen=True)
class Forecast:
    """When it is empty: most likely, and between `earliest` and `latest` (four times of five). None: not within the horizon.
    `few`: learned from so few days that the range says more than the time."""

    empty_at: float | None
    earliest: float | None
    latest: float | None
    few: bool

    def before(self, at: float) -> bool:
        """Whether it is likely to be empty before a time."""
        return self.empty_at is not None and self.empty_at < at


def learn(
    readings: Sequence[Reading], now: float, zone: tzinfo, limits: ForecastLimits, calendar: Calendar = weekdays
) -> Habits | None:
    """Learn the habits from counter readings, oldest first; None when nothing was watched yet.

    A gap longer than `longest_gap_hours` (the machine was off) teaches nothing, not even that nothing was used. Neither does a
    counter or a clock that ran backwards.
    """
    watched = _Watched(now, calendar, limits)
    for at, local, share, used in _hours(readings, zone, limits):
        watched.add(at, local, share, used)
    return watched.habits()


def until_empty(
    left: float, habits: Habits, now: float, zone: tzinfo, limits: ForecastLimits, calendar: Calendar = weekdays
) -> Forecast:
    """Carry the habits on from now until `left` is used up."""
    few = habits.days < limits.few_days
    at: dict[str, float | None] = {"mean": None, "early": None, "late": None}
    mean = before = 0.0
    for begin, share, rate in _ahead(habits, now, zone, limits, calendar):
        mean = before + rate * share
        bounds = {"early": _bound(mean, habits, limits, 1), "mean": mean, "late": _bound(mean, habits, limits, -1)}
        earlier = {
            "early": _bound(before, habits, limits, 1),
            "mean": before,
            "late": _bound(before, habits, limits, -1),
        }
        for name, used in bounds.items():
            if at[name] is None and used >= left:
                part = (left - earlier[name]) / (used - earlier[name]) if used > earlier[name] else 0.0
                at[name] = begin + max(0.0, min(1.0, part)) * share * _HOUR
        if at["late"] is not None:
            break
        before = mean
    return Forecast(empty_at=at["mean"], earliest=at["early"], latest=at["late"], few=few)


# --- what was watched


def _hours(
    readings: Sequence[Reading], zone: tzinfo, limits: ForecastLimits
) -> Iterator[tuple[float, datetime, float, float]]:
    """Cut the time between readings at full hours; what was used is spread evenly over it.

    Yield (Unix time, local time, share of an hour that was watched, what was used meanwhile).
    """
    for first, then in itertools.pairwise(readings):
        seconds, used = then.at - first.at, then.used - first.used
        if not 0 < seconds <= limits.longest_gap_hours * _HOUR or used < 0:
            continue
        at = first.at
        while at < then.at:
            end = min(then.at, (at // _HOUR + 1) * _HOUR)
            yield at, datetime.fromtimestamp(at, zone), (end - at) / _HOUR, used * (end - at) / seconds
            at = end


@dataclass
class _Day:
    """One local day: its kind, how much it counts, how much of it was watched, what was used in it."""

    kind: DayKind
    weight: float
    share: float = 0.0
    used: float = 0.0


class _Watched:
    """Sums over the watched hours, those of long ago counted less."""

    def __init__(self, now: float, calendar: Calendar, limits: ForecastLimits) -> None:
        self._now, self._calendar, self._limits = now, calendar, limits
        self._used = dict.fromkeys(DayKind, 0.0)
        self._seen = {kind: [0.0] * HOURS for kind in DayKind}
        self._by_hour = [0.0] * HOURS
        self._hours_seen = [0.0] * HOURS
        self._days: dict[date, _Day] = {}

    def add(self, at: float, local: datetime, share: float, used: float) -> None:
        """Take in an hour, or the watched part of one."""
        day = self._days.get(local.date())
        if day is None:
            day = self._days[local.date()] = self._begun(at, local.date())
        hour, weight = local.hour, day.weight
        self._used[day.kind] += weight * used
        self._seen[day.kind][hour] += weight * share
        self._by_hour[hour] += weight * used
        self._hours_seen[hour] += weight * share
        day.share += share / HOURS
        day.used += used

    def _begun(self, at: float, day: date) -> _Day:
        age = max(0.0, self._now - at) / _DAY
        return _Day(self._calendar(day), 0.5 ** (age / self._limits.half_life_days))

    def habits(self) -> Habits | None:
        """What was learned; None when nothing was watched."""
        days = sum(day.share for day in self._days.values())
        if days <= 0:
            return None
        shares = self._shares()
        a_day = self._a_day(shares)
        return Habits(
            rates={kind: tuple(a_day[kind] * share for share in shares) for kind in DayKind},
            days=days,
            weight=sum(self._used.values()),
            scatter=self._scatter(a_day),
        )

    def _shares(self) -> tuple[float, ...]:
        """How a day's use falls on its hours. All kinds of days together: the doors open at the same hour.

        An hour that was never watched is like the average one.
        """
        rates = [used / seen if seen > 0 else None for used, seen in zip(self._by_hour, self._hours_seen, strict=True)]
        known = [rate for rate in rates if rate is not None]
        mean = sum(known) / len(known) if known else 0.0
        filled = [mean if rate is None else rate for rate in rates]
        total = sum(filled)
        return tuple(rate / total for rate in filled) if total > 0 else (1 / HOURS,) * HOURS

    def _a_day(self, shares: tuple[float, ...]) -> dict[DayKind, float]:
        """What a whole day of each kind uses: its own days, with some of the days like it, and these with a little of all."""
        # Days' worth of watching: an hour at noon is more of a day than one at midnight.
        worth = {kind: sum(map(float.__mul__, self._seen[kind], shares)) for kind in DayKind}
        overall = _ratio(sum(self._used.values()), sum(worth.values()), 0.0)
        found = {}
        for kinds in _ALIKE:
            lent, of_all = self._limits.borrowed_days, self._limits.borrowed_from_all_days
            like = (sum(self._used[kind] for kind in kinds) + of_all * overall) / (
                sum(worth[k] for k in kinds) + of_all
            )
            for kind in kinds:
                found[kind] = (self._used[kind] + lent * like) / (worth[kind] + lent)
        return found

    def _scatter(self, a_day: dict[DayKind, float]) -> float:
        """Variance over mean of a day's use, from the whole days that were watched; at least 1, as single events have."""
        whole = [(day.kind, day.used) for day in self._days.values() if day.share > _WHOLE_DAY]
        expected = sum(a_day[kind] for kind, _ in whole)
        if len(whole) < len(DayKind) or expected <= 0:
            return _SCATTER_UNKNOWN
        # The kinds' own means were learned from the same days: so many fewer of them are free to differ.
        free = (len(whole) - len({kind for kind, _ in whole})) / len(whole)
        off = sum((used - a_day[kind]) ** 2 for kind, used in whole) / expected
        return max(1.0, off / free) if free > 0 else _SCATTER_UNKNOWN


_WHOLE_DAY = 0.95

_SCATTER_UNKNOWN = 3.0
"""Before there are days to compare: a visitor takes one to three sheets, and crowds come together."""


def _ratio(over: float, under: float, otherwise: float) -> float:
    return over / under if under > 0 else otherwise


# --- what is ahead


def _ahead(
    habits: Habits, now: float, zone: tzinfo, limits: ForecastLimits, calendar: Calendar
) -> Iterable[tuple[float, float, float]]:
    """Yield (begin, share of an hour, rate an hour) from now to the horizon."""
    day, kind = date.min, DayKind.MONDAY
    at, end = now, now + limits.horizon_days * _DAY
    while at < end:
        local = datetime.fromtimestamp(at, zone)
        if local.date() != day:
            day, kind = local.date(), calendar(local.date())
        then = (at // _HOUR + 1) * _HOUR
        yield at, (then - at) / _HOUR, habits.rates[kind][local.hour]
        at = then


def _bound(mean: float, habits: Habits, limits: ForecastLimits, sign: int) -> float:
    """The use that is passed by then at least (sign 1) or at most (-1) in one case of ten."""
    random = habits.scatter * mean
    learned = mean * mean * habits.scatter / habits.weight if habits.weight > 0 else mean * mean
    return max(0.0, mean + sign * limits.range_z * math.sqrt(random + learned))
