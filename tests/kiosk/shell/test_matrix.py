"""The sample of the matrix: any two values meet, and it stays the same when a screen is added."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import msgspec

from kiosk.shell import matrix
from kiosk.shell.matrix import Case


def pairs(cases: list[Case]) -> set[tuple[tuple[int, str], ...]]:
    return {pair for case in cases for pair in combinations(enumerate(msgspec.structs.astuple(case)), 2)}


def test_any_two_values_of_two_axes_meet() -> None:
    sample = matrix.pairwise()
    assert pairs(sample) == pairs(matrix.whole())
    assert len(sample) < len(matrix.whole()) / 20


def test_one_look_a_screen_leaves_no_value_out() -> None:
    few = matrix.each_screen(matrix.pairwise())
    assert [case.screen for case in few] == list(matrix.values()["screen"])
    for axis in matrix.AXES[1:]:
        counted = Counter(getattr(case, axis) for case in few)
        assert set(counted) == set(matrix.values()[axis])
        assert min(counted.values()) >= 4, counted


def test_a_new_screen_changes_no_other_screens_looks() -> None:
    names = matrix.values()["screen"]
    assert matrix.pairwise(screen=[*names, "new"])[: -len(matrix.pairwise(screen=["new"]))] == matrix.pairwise(
        screen=names
    )


def test_what_is_kept_to_is_kept_to() -> None:
    assert {case.mode for case in matrix.pairwise(mode=["elder"])} == {"elder"}
