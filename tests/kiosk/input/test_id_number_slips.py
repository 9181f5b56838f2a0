"""What is wrong with an ID number is said as soon as it can be known, and never of a number that can still become right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.input.id_number import LAST, PLACES, Slip, check_character, is_whole, slip, takes
from kiosk.licences.citizen_number import is_valid
from kiosk.licences.iso7064 import mod_11_2

TODAY = date(2026, 11, 22)
births = st.dates(TODAY - timedelta(days=365 * 120), TODAY)


def number(birth: date, order: int) -> str:
    first = f"999999{birth:%Y%m%d}{order:03}"
    return first + check_character(first)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("98", Slip.REGION),
        ("9999993", Slip.CENTURY),
        ("9999996", Slip.CENTURY),  # 999999 65 12 28 001, a number of the old kind
        ("999999184", Slip.YEAR),
        ("9999992027", Slip.YEAR),
        ("99999919902", Slip.MONTH),
        ("999999199013", Slip.MONTH),
        ("999999199000", Slip.MONTH),
        ("9999991990023", Slip.DAY),
        ("99999920260229", Slip.DAY),
        ("99999919900431", Slip.DAY),
        ("99999919901232", Slip.DAY),
        ("99999920261123", Slip.FUTURE),
        ("999999199002280010", Slip.CHECK),
        ("", Slip.NONE),
        ("9", Slip.NONE),
        ("99999920240229", Slip.NONE),
        ("99999919901231", Slip.NONE),
    ],
)
def test_a_slip_is_found_where_it_is_made(typed: str, wrong: Slip) -> None:
    assert slip(typed, TODAY) is wrong
    if wrong is not Slip.NONE:
        assert slip(typed[:-1], TODAY) is Slip.NONE, "and not a digit earlier than that"


@settings(max_examples=25, deadline=None)
@given(births, st.integers(0, 999))
def test_a_right_number_is_never_called_wrong_on_the_way(birth: date, order: int) -> None:
    whole = number(birth, order)
    assert is_valid(whole)
    for end in range(PLACES + 1):
        assert slip(whole[:end], TODAY) is Slip.NONE
        assert end == PLACES or takes(whole[:end], whole[end])
    assert is_whole(whole, TODAY)


@settings(max_examples=25, deadline=None)
@given(births, st.integers(0, 999), st.integers(0, PLACES - 1), st.integers(1, 9))
def test_any_one_wrong_digit_is_found(birth: date, order: int, place: int, by: int) -> None:
    whole = number(birth, order)
    if whole[place] == LAST:
        return
    bent = whole[:place] + str((int(whole[place]) + by) % 10) + whole[place + 1 :]
    assert slip(bent, TODAY) is not Slip.NONE, "MOD 11-2 finds every single error"


@settings(max_examples=25, deadline=None)
@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_check_character_is_that_of_the_licences(first: str) -> None:
    assert check_character(first) == mod_11_2(first)


def test_keys_that_cannot_stand_there_are_not_taken() -> None:
    assert not takes("", LAST)
    assert takes("9" * 17, LAST)
    assert not takes("9" * 18, "1")
    assert not takes("", "a")
    assert not takes("", "12")
