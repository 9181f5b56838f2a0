"""Starts that do not finish: the next leaves out what it can, the one after that waits for staff; a good one clears the count."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.opening import start
from kiosk.opening.start import MARKER, Because, Marker, Way, begin, judged, limits


def test_unfinished_starts_lead_from_full_to_safe_to_held(tmp_path: Path) -> None:
    starts = [begin(tmp_path, "boot") for _ in range(5)]
    assert [each.way for each in starts] == [Way.FULL, Way.SAFE, Way.HELD, Way.HELD, Way.HELD]
    assert [each.because for each in starts] == [None, *4 * [Because.TRIES]]


def test_one_that_finishes_clears_the_count(tmp_path: Path) -> None:
    begin(tmp_path, "boot")
    second = begin(tmp_path, "boot")
    assert (second.way, second.unfinished) == (Way.SAFE, 1)
    second.finished()
    assert begin(tmp_path, "boot").way is Way.FULL


def test_one_that_is_held_has_mended_nothing_until_staff_say_so(tmp_path: Path) -> None:
    for _ in range(2):
        begin(tmp_path, "boot")
    held = begin(tmp_path, "boot")
    held.finished()
    held.left(None)
    assert begin(tmp_path, "boot").way is Way.HELD
    held.forget()
    assert begin(tmp_path, "boot").way is Way.FULL


@pytest.mark.parametrize(
    ("error", "way"),
    [(None, Way.FULL), (asyncio.CancelledError, Way.FULL), (GeneratorExit, Way.FULL), (OSError, Way.SAFE)],
)
def test_one_that_is_told_to_end_did_not_fail(tmp_path: Path, error: type[BaseException] | None, way: Way) -> None:
    begin(tmp_path, "boot").left(error)
    assert begin(tmp_path, "boot").way is way


def test_a_power_cut_in_a_start_is_no_defect_but_two_in_a_row_may_be_one(tmp_path: Path) -> None:
    starts = [begin(tmp_path, boot) for boot in ("a", "b", "c", "d")]
    assert [each.way for each in starts] == [Way.FULL, Way.FULL, Way.SAFE, Way.SAFE]
    assert [(each.because, each.boots) for each in starts[2:]] == [(Because.BOOTS, 2), (Because.BOOTS, 3)]
    begin(tmp_path, "e").finished()
    assert begin(tmp_path, "f").way is Way.FULL


def test_a_restart_of_the_machine_lets_a_held_kiosk_try_again(tmp_path: Path) -> None:
    for _ in range(3):
        begin(tmp_path, "a")
    assert begin(tmp_path, "b").way is Way.FULL


def test_where_nothing_can_be_counted_nothing_optional_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("kiosk.bindings.whole.os.open", refused)
    refused_start = begin(tmp_path, "boot")
    assert (refused_start.way, refused_start.because) == (Way.SAFE, Because.UNCOUNTED)


@pytest.mark.parametrize("damage", [b"\0\0", b'{"boot":"\xff","tries":1}', b'{"more":' + b"[" * 100_000])
def test_a_damaged_marker_was_left_by_a_start_too(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / MARKER).write_bytes(damage)
    assert begin(tmp_path).way is Way.SAFE
    assert start.boot_id(), "this machine tells its boots apart"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=30))
def test_however_starts_go_none_fails_three_times_in_a_boot_with_everything(lives: list[tuple[str, bool]]) -> None:
    """Each life is a boot and whether it finishes. Never full after an unfinished one of the same boot; held after two."""
    found: Marker | None = None
    before: tuple[str, int] = ("", 0)
    for boot, finishes in lives:
        way, found = judged(found, boot, limits())
        failed = before[1] if before[0] == boot else 0
        assert (way is Way.HELD) == (failed >= limits().held_after)
        assert way is not Way.FULL or failed < limits().safe_after
        done = finishes and way is not Way.HELD
        found, before = (None, (boot, 0)) if done else (found, (boot, failed + 1))
