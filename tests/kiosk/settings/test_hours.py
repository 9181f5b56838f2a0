"""Opening hours: days of the week, holidays and the days worked in their stead, midnight, items with hours of their own."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kiosk.locales import Phrasebook
from kiosk.opening.said import closed_text, hours_text, moment_text
from kiosk.settings.hours import WEEKDAYS, Days, Hours, Opening, Weekday

SITE = """
opens = "08:00:00"
closes = "20:00:00"
[week.saturday]
opens = "09:00:00"
closes = "16:00:00"
[week.sunday]
closed = true
[[days]]
name = "国庆节"
first = 2026-10-01
last = 2026-10-07
closed = true
[[days]]
name = "国庆节值班"
first = 2026-10-03
opens = "10:00:00"
closes = "12:00:00"
[[days]]
name = "国庆节调休上班"
first = 2026-10-10
like = "friday"
[[days]]
name = "国庆节提前上班"
first = 2026-10-06
like = "saturday"
[items.KX-RS-001]
opens = "06:00:00"
closes = "18:30:00"
"""
HOURS = Hours.model_validate(tomllib.loads(SITE))
SAY = Phrasebook()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("09-30 07:59:59", False),
        ("09-30 08:00", True),
        ("09-30 19:59:59", True),
        ("09-30 20:00", False),
        ("09-26 08:30", False),  # a Saturday
        ("09-26 09:00", True),
        ("09-27 12:00", False),  # a Sunday
        ("10-01 12:00", False),
        ("10-07 12:00", False),
        ("10-03 11:00", True),  # the later row wins
        ("10-03 13:00", False),
        ("10-06 08:30", False),  # a Tuesday of the holiday, worked like a Saturday
        ("10-06 09:00", True),
        ("10-10 08:30", True),  # a Saturday that is worked like a Friday
        ("10-17 08:30", False),
    ],
)
def test_a_place_with_weekdays_and_holidays(moment: str, is_open: bool) -> None:
    assert HOURS.open_at(at(moment)) is is_open


def test_an_item_rests_when_it_says_so_and_whenever_the_place_is_closed() -> None:
    assert HOURS.open_at(at("09-30 18:29"), "KX-RS-001")
    assert not HOURS.open_at(at("09-30 18:30"), "KX-RS-001")
    assert HOURS.open_at(at("09-30 18:30"), "KX-XX-001")
    assert not HOURS.open_at(at("09-30 07:00"), "KX-RS-001")


@pytest.mark.parametrize(
    ("moment", "item", "opens"),
    [
        ("09-30 20:00", "", "10-03 10:00"),
        ("10-03 12:00", "", "10-06 09:00"),
        ("09-30 19:00", "KX-RS-001", "10-03 10:00"),
        ("10-08 12:00", "", "10-08 12:00"),
    ],
)
def test_when_it_opens_next(moment: str, item: str, opens: str) -> None:
    assert HOURS.next_opening(at(moment), item) == at(opens)


def test_what_was_written_before_means_what_it_meant() -> None:
    """[hours] with opens and closes alone, or not at all."""
    assert Hours().open_at(at("01-01 00:00"))
    night = Hours.model_validate({"opens": "20:00:00", "closes": "02:00:00"})
    assert [night.open_at(at(f"05-05 {hour}")) for hour in ("19:59", "20:00", "23:59")] == [False, True, True]
    assert [night.open_at(at(f"05-06 {hour}")) for hour in ("00:00", "01:59", "02:00")] == [True, True, False]


def test_the_night_that_began_before_a_holiday_ends_as_it_began() -> None:
    bar = Hours.model_validate(
        {"opens": "20:00:00", "closes": "02:00:00", "days": [{"name": "x", "first": "2026-05-06", "closed": True}]}
    )
    assert bar.open_at(at("05-06 01:00"))
    assert not bar.open_at(at("05-06 21:00"))
    assert not bar.open_at(at("05-07 01:00"))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"opens": "08:00:00", "closed": True}, "二者只留一个"),
        ({"days": [{"name": "x", "first": "2026-05-06", "last": "2026-05-05", "closed": True}]}, "last 在 first 之前"),
        ({"days": [{"name": "x", "first": "2026-05-06"}]}, "要写一种"),
        ({"days": [{"name": "x", "first": "2026-05-06", "closed": True, "like": "monday"}]}, "要写一种"),
    ],
)
def test_what_cannot_be_meant_is_told(written: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Hours.model_validate(written)


def test_how_it_is_said() -> None:
    assert hours_text(SAY, HOURS, at("09-30 12:00")) == "08:00–20:00 开放"
    assert hours_text(SAY, HOURS, at("10-01 12:00")) == "今天不开放"
    assert hours_text(SAY, Hours(), at("10-01 12:00")) == "24 小时开放"
    assert closed_text(SAY, HOURS, "KX-RS-001", at("09-30 19:00")) == "06:00–18:30 开放,下次开放:10月3日 10:00"
    assert closed_text(SAY, HOURS, "", at("09-29 21:00")) == "08:00–20:00 开放,下次开放:明天 08:00"
    assert moment_text(SAY, at("09-29 21:00"), at("09-29 20:00")) == "今天 21:00"
    assert closed_text(SAY, Hours(closed=True), "", at("09-29 21:00")) == "今天不开放", (
        "never again: nothing is promised"
    )


# --- whatever a place writes

minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
openings = st.builds(lambda opens, closes: Opening(opens=opens, closes=closes), minutes, minutes) | st.just(
    Opening(closed=True)
)
days_of_year = st.dates(date(2026, 1, 1), date(2026, 12, 31))
moments = st.datetimes(datetime(2026, 1, 2), datetime(2026, 12, 30))


@st.composite
def holidays(draw: st.DrawFn) -> Days:
    first = draw(days_of_year)
    row: dict[str, object] = {"name": "假", "first": first, "last": first + timedelta(days=draw(st.integers(0, 9)))}
    how = draw(openings | st.sampled_from(WEEKDAYS))
    if isinstance(how, Weekday):
        row["like"] = how
    elif how.closed:
        row["closed"] = True
    else:
        row |= {"opens": how.opens, "closes": how.closes}
    return Days.model_validate(row)


hours_of_any_place = st.builds(
    lambda opens, closes, week, days, item: Hours(opens=opens, closes=closes, week=week, days=days, items={"X": item}),
    minutes,
    minutes,
    st.dictionaries(st.sampled_from(WEEKDAYS), openings),
    st.lists(holidays(), max_size=3).map(tuple),
    openings,
)


@given(hours_of_any_place, moments)
def test_it_is_open_exactly_within_the_spans_of_its_days(hours: Hours, moment: datetime) -> None:
    spans = [
        hours.on(moment.date() + timedelta(days=each)).span(moment.date() + timedelta(days=each)) for each in (-1, 0)
    ]
    assert hours.open_at(moment) == any(span is not None and span.begins <= moment < span.ends for span in spans)


@given(hours_of_any_place, moments, st.sampled_from(["", "X"]))
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: Hours, moment: datetime, item: str) -> None:
    opens = hours.next_opening(moment, item)
    assert opens is None or (opens >= moment and hours.open_at(opens, item))
    until = min(opens or datetime.max, moment + timedelta(days=3))
    step = timedelta(minutes=37)
    while moment < until:
        assert not hours.open_at(moment, item)
        moment += step


@given(openings, days_of_year)
def test_a_span_is_one_day_at_most_and_begins_on_its_day(opening: Opening, day: date) -> None:
    span = opening.span(day)
    assert (span is None) == opening.closed
    if span is not None:
        assert span.begins.date() == day
        assert timedelta(0) < span.ends - span.begins <= timedelta(days=1)


@given(hours_of_any_place, moments)
def test_an_item_is_never_open_longer_than_its_place(hours: Hours, moment: datetime) -> None:
    assert hours.open_at(moment) or not hours.open_at(moment, "X")
