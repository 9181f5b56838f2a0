"""When a place is open: its usual hours, days of the week that differ, holidays, and items with narrower hours of their own.

    [hours]
    opens = "08:00:00"
    closes = "20:00:00"
    [hours.week.sunday]
    closed = true
    [[hours.days]]                 # the State Council's yearly list, as the site writes it
    name = "国庆节"
    first = 2026-10-01
    last = 2026-10-07
    closed = true
    [[hours.days]]
    name = "国庆节调休上班"
    first = 2026-10-10
    like = "friday"
    [hours.items."KX-RS-001"]      # at night this item rests, the others go on
    opens = "06:00:00"
    closes = "23:00:00"

All times are the place's own, and naive here: what passes midnight belongs to the day on which it began.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, StrictBool, model_validator

from kiosk.settings.reading import Model

_DAY = timedelta(days=1)

_LOOK_AHEAD_DAYS = 400
"""A place that opens no more within a year has no next opening that anybody should wait for."""


class Weekday(StrEnum):
    """In the order of `date.weekday()`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = tuple(Weekday)


class Span(NamedTuple):
    """From `begins` until before `ends`, local time."""

    begins: datetime
    ends: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.begins <= moment < self.ends


class Opening(Model):
    """The hours of one day. Equal times mean around the clock; a closing time before the opening time passes midnight."""

    opens: time = time(0, 0)
    closes: time = time(0, 0)
    closed: StrictBool = False

    @model_validator(mode="after")
    def _closed_has_no_hours(self) -> Opening:
        if self.closed and self.model_fields_set & {"opens", "closes"}:
            raise ValueError("写了 closed = true，又写了时间 → 二者只留一个")
        return self

    @property
    def always(self) -> bool:
        """Whether it is open from midnight to midnight."""
        return not self.closed and self.opens == self.closes

    def span(self, day: date) -> Span | None:
        """When it is open if it has these hours on this day; None: not at all."""
        if self.closed:
            return None
        if self.always:
            return Span(datetime.combine(day, time.min), datetime.combine(day + _DAY, time.min))
        closes_on = day if self.opens < self.closes else day + _DAY
        return Span(datetime.combine(day, self.opens), datetime.combine(closes_on, self.closes))


class Days(Opening):
    """Days that are different: a holiday, or a working day in its stead. Later rows win over earlier ones.

    Closed, with hours of their own, or `like` an ordinary day of the week.
    """

    name: str = Field(min_length=1)
    first: date
    last: date | None = None
    like: Weekday | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Days:
        if self.last is not None and self.last < self.first:
            raise ValueError("last 在 first 之前 → first 写头一天，last 写末一天")
        if (self.like is not None) + self.closed + bool(self.model_fields_set & {"opens", "closes"}) != 1:
            raise ValueError('这几天怎么开放，要写一种 → closed = true，或 opens 和 closes，或 like = "monday"')
        return self

    def covers(self, day: date) -> bool:
        """Whether this day is one of them."""
        return self.first <= day <= (self.last or self.first)


class Hours(Opening):
    """Opening hours of a place. `items`: by code, when an item can be done, at most as long as the place is open."""

    week: dict[Weekday, Opening] = Field(default_factory=dict)
    days: tuple[Days, ...] = ()
    items: dict[str, Opening] = Field(default_factory=dict)

    def on(self, day: date) -> Opening:
        """The hours of this day."""
        rows = [each for each in self.days if each.covers(day)]
        if not rows:
            return self._usual(WEEKDAYS[day.weekday()])
        return rows[-1] if rows[-1].like is None else self._usual(rows[-1].like)

    def _usual(self, weekday: Weekday) -> Opening:
        return self.week.get(weekday, self)

    def named(self, day: date) -> str:
        """What this day is called where it differs; "" on a usual day."""
        return next((each.name for each in reversed(self.days) if each.covers(day)), "")

    def open_at(self, moment: datetime, item: str = "") -> bool:
        """Whether the place is open at this local time, and the item can be done then."""
        return all(
            any(span is not None and moment in span for span in spans)
            for spans in self._around(moment.date(), item, (-1, 0))
        )

    def next_opening(self, moment: datetime, item: str = "") -> datetime | None:
        """When it opens next: `moment` itself while it is open, None when not within a year."""
        if self.open_at(moment, item):
            return moment
        begins = (
            span.begins
            for spans in self._around(moment.date(), item, range(_LOOK_AHEAD_DAYS))
            for span in spans
            if span is not None and span.begins > moment
        )
        return next((each for each in sorted(begins) if self.open_at(each, item)), None)

    def _around(self, day: date, item: str, offsets: range | tuple[int, ...]) -> Iterator[list[Span | None]]:
        """The spans of days around this one: the place's, then the item's where it has hours of its own."""
        days = [day + each * _DAY for each in offsets]
        yield [self.on(each).span(each) for each in days]
        if item in self.items:
            yield [self.items[item].span(each) for each in days]
