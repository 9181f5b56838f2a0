"""Numbers, digits, dates, sums and times as they are read aloud; each word must be one of the recordings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.voice import reading

WORTH = {"零": 0, **{word: value for value, word in enumerate("一二三四五六七八九", start=1)}}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def understood(words: str) -> int:
    """A listener: what number was said."""
    whole, section, digit = 0, 0, 0
    for character in words:
        if character in WORTH:
            digit = WORTH[character]
        elif UNITS[character] < 10**4:
            section += (digit or (1 if character == "十" else 0)) * UNITS[character]
            digit = 0
        else:
            whole += (section + digit) * UNITS[character]
            section = digit = 0
    return whole + section + digit


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_a_listener_understands_the_number_that_was_meant(number: int) -> None:
    told = reading.count(str(number))
    assert told is not None
    assert understood("".join(told)) == number
    assert set(told) <= reading.every_word()
    assert "零零" not in "".join(told)
    assert number == 0 or not "".join(told).endswith("零")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("10", "十"),
        ("16", "十六"),
        ("110", "一百一十"),
        ("1005", "一千零五"),
        ("10010", "一万零一十"),
        ("120000", "十二万"),
        ("20260001", "二千零二十六万零一"),
    ],
)
def test_zeros_and_tens_are_said_as_people_say_them(number: str, words: str) -> None:
    assert "".join(reading.count(number) or ()) == words


@settings(deadline=None)
@given(st.text("0123456789", min_size=3, max_size=18))
def test_every_digit_is_told_in_its_order_and_one_is_yao(number: str) -> None:
    told = reading.digits(number)
    assert told is not None
    spoken = [word for word in told if word != reading.COMMA]
    assert [reading.DIALLED.index(word) for word in spoken] == [int(digit) for digit in number]
    assert "一" not in spoken
    breaths = "".join("|" if word == reading.COMMA else "." for word in told).split("|")
    assert all(1 <= len(breath) <= 5 for breath in breaths)


def test_a_mobile_number_is_told_in_three_breaths() -> None:
    told = "".join(reading.digits("138 0013 8000") or ())
    assert told == "幺三八，零零幺三，八零零零"
    assert "".join(reading.digits("13800138000") or ()) == told


@settings(deadline=None)
@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_a_date_is_understood(day: date) -> None:
    told = reading.date(day.isoformat())
    assert told is not None
    assert set(told) <= reading.every_word()
    year, month, rest = "".join(told).partition("年")[0], *"".join(told).partition("年")[2].split("月")
    assert [WORTH[word] for word in year] == [int(digit) for digit in str(day.year)]
    assert (understood(month), understood(rest.removesuffix("日"))) == (day.month, day.day)


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_a_sum_is_understood_to_the_last_fen(fen: int) -> None:
    told = reading.money(f"{fen // 100}.{fen % 100:02d}元")
    assert told is not None
    assert set(told) <= reading.every_word()
    rest, heard = "".join(told), 0
    for unit, worth in (("元", 100), ("角", 10), ("分", 1)):
        before, found, after = rest.partition(unit)
        if found:
            heard, rest = heard + worth * understood(before), after
    assert heard == fen


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=24 * 60 - 1))
def test_a_time_of_day_is_understood(minute: int) -> None:
    told = reading.clock(f"{minute // 60:02d}:{minute % 60:02d}")
    assert told is not None
    assert set(told) <= reading.every_word()
    hours, _, minutes = "".join(told).partition("点")
    assert understood(hours.replace("两", "二")) * 60 + understood(minutes.removesuffix("分")) == minute


@pytest.mark.parametrize("value", ["", "张三", "12a", "-5", "1" * 13, "2026-13-01", "1999-01-01", "25:00", "1,23元"])
def test_what_is_none_of_these_is_not_guessed(value: str) -> None:
    assert all(read(value) is None for read in (reading.count, reading.date, reading.clock, reading.money))
    assert reading.digits("张三") is None


def test_a_year_from_now_has_a_recording() -> None:
    """The years that are recorded run out one day: this says so ten years before."""
    assert reading.date((date.today() + timedelta(days=3650)).isoformat()) is not None
