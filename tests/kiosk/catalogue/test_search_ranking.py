"""What people say and type finds what they mean: measured on everyday phrases, those that were tuned on and those that were not."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.catalogue.listed import catalogue
from kiosk.catalogue.search.compiled import compiled
from kiosk.catalogue.search.finder import find
from kiosk.catalogue.search.index import Index

TOP_3 = 0.90

LEAST_PHRASES = 200

MEANT_SHOWN = 3.0
"""Items that are shown for a phrase, on average."""

NOTHING_FOR = 0.3
"""Share of the phrases which no item is about that bring nothing."""


@cache
def index() -> Index:
    return compiled(catalogue().values())


def phrases(part: str) -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_name(f"phrases_{part}.toml").read_text("utf-8"))


def best(typed: str, most: int = 3) -> list[str]:
    return [found.code for found in find(index(), typed, most)]


@pytest.mark.parametrize("part", ["tuning", "held_out"])
def test_what_is_meant_is_among_the_first_three(part: str) -> None:
    labelled = phrases(part)
    assert len(labelled) >= LEAST_PHRASES
    assert {code for codes in labelled.values() for code in codes} == set(catalogue()), "every item is looked for"
    missed = [phrase for phrase, codes in labelled.items() if not set(codes) & set(best(phrase))]
    share = 1 - len(missed) / len(labelled)
    print(f"\n{part}: {len(labelled)} phrases, top-3 {share:.1%}; missed: {'、'.join(missed)}")
    assert share >= TOP_3


def test_what_another_hand_wrote_is_found_too() -> None:
    labelled = phrases("village")
    missed = [phrase for phrase, codes in labelled.items() if not set(codes) & set(best(phrase))]
    print(f"\nvillage: {len(labelled)} phrases, missed: {'、'.join(missed)}")
    assert len(missed) <= (1 - TOP_3) * len(labelled)


def test_what_is_shown_is_few_and_for_what_no_item_is_about_fewer() -> None:
    """Most that share a word with an item still bring it: 贷款 may be 公积金, 离婚 the wedding. Few of them is what can be had."""
    shown = [len(best(phrase, 10)) for phrase in phrases("held_out")]
    strange = [len(best(phrase, 10)) for phrase in phrases("nothing")["phrases"]]
    print(f"\nshown: {sum(shown) / len(shown):.1f} on average; for strange phrases {sum(strange) / len(strange):.1f}")
    print(f"nothing for {strange.count(0)} of {len(strange)}")
    assert sum(shown) / len(shown) <= MEANT_SHOWN
    assert strange.count(0) >= NOTHING_FOR * len(strange)


def test_no_phrase_is_in_both_parts() -> None:
    assert not set(phrases("tuning")) & set(phrases("held_out"))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("老人补贴", "KX-MZ-002"),
        ("shbzm", "KX-RS-001"),
        ("房子证明", "KX-BD-001"),
        ("gaolingjintie", "KX-MZ-002"),  # whole pinyin
        ("gljt", "KX-MZ-002"),  # initials
        ("gaoljt", "KX-MZ-002"),  # some of both
        ("gaolinjintie", "KX-MZ-002"),  # -in for -ing
        ("gaonijintie", "KX-MZ-002"),  # a letter missing, n for l
        ("zufangtiqu", "KX-GJ-002"),
        ("cufangtiqv", "KX-GJ-002"),  # slips
        ("高领金贴", "KX-MZ-002"),  # the right sounds in the wrong characters
        ("社保卡gs", "KX-RS-006"),  # half a word is still letters
        ("wuzengming", "KX-BD-001"),
        ("fly", "KX-GA-004"),
        ("公積金", "KX-GJ-001"),
    ],
)
def test_each_way_of_typing(typed: str, code: str) -> None:
    assert code in best(typed)


@pytest.mark.parametrize("typed", ["", "  ", "!!", "，。", "qqqqqq", "🙂"])
def test_better_nothing_than_something_else(typed: str) -> None:
    assert best(typed) == []


def test_the_place_sorts_nothing_twice() -> None:
    found = find(index(), "证明", 10)
    assert len({each.code for each in found}) == len(found) == 10
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_anything_may_be_typed(typed: str) -> None:
    for each in find(index(), typed, 5):
        assert each.code in catalogue()
        assert 0 < each.score <= 1.0001
