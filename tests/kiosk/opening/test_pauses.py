"""Pauses end by themselves, survive restarts and power cuts, and say nothing personal."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.opening.pauses import LONGEST_WORDS, Kind, NotKept, Pause, Pauses, Why, fit_words, running


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pauses.json"


def camera(until: float = 2_000.0, why: Why = Why.REPAIR) -> Pause:
    return Pause(kind=Kind.DEVICE, name="camera", why=why, since=1_000.0, until=until, by="0021")


def test_one_begins_survives_a_restart_and_ends_by_itself(file: Path, clock: Clock) -> None:
    Pauses(file, clock).begin(camera())
    again = Pauses(file, clock)
    assert again.of(Kind.DEVICE, "camera") == camera()
    assert again.of(Kind.DEVICE, "id_reader") is None
    assert again.of(Kind.KIOSK) is None
    clock.now = 2_000.0
    assert again.of(Kind.DEVICE, "camera") is None
    assert again.active() == ()


def test_a_thing_has_one_pause_and_others_keep_theirs(file: Path, clock: Clock) -> None:
    pauses = Pauses(file, clock)
    whole = Pause(kind=Kind.KIOSK, why=Why.OWN, words="今天盘点", since=1_000.0, until=3_000.0)
    pauses.begin(whole)
    pauses.begin(camera())
    pauses.begin(camera(until=1_500.0, why=Why.UPKEEP))
    assert pauses.active() == (whole, camera(until=1_500.0, why=Why.UPKEEP))
    assert pauses.end(Kind.DEVICE, "camera")
    assert not pauses.end(Kind.DEVICE, "camera")
    assert Pauses(file, clock).active() == (whole,)


@pytest.mark.parametrize(("number", "full"), [(errno.ENOSPC, True), (errno.EROFS, False)])
def test_what_cannot_be_written_holds_until_the_next_start_and_is_told(
    file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, number: int, full: bool
) -> None:
    pauses = Pauses(file, clock)

    def refuses(opened: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr("kiosk.bindings.whole.os.fsync", refuses)
        with pytest.raises(NotKept) as told:
            pauses.begin(camera())
    assert told.value.full is full
    assert pauses.active() == (camera(),)
    assert Pauses(file, clock).active() == ()
    pauses.catch_up()
    assert Pauses(file, clock).active() == (camera(),)
    pauses.begin(camera(until=1_500.0))
    with monkeypatch.context() as patched:
        patched.setattr("kiosk.bindings.whole.os.fsync", refuses)
        with pytest.raises(NotKept):
            pauses.end(Kind.DEVICE, "camera")
    assert pauses.active() == ()
    assert Pauses(file, clock).active() == (camera(until=1_500.0),)


def test_a_damaged_file_that_cannot_be_put_aside_keeps_nobody_from_starting(
    file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"[{")

    def read_only(here: Path, there: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(here))

    monkeypatch.setattr(Path, "replace", read_only)
    assert Pauses(file, clock).active() == ()
    assert running(file, clock()) is None
    assert file.read_bytes() == b"[{", "whoever only looks changes nothing"


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[{",
        b'[{"kind":"planet"}]',
        b"\xff",
        b'[{"kind":"kiosk","why":"own","words":"\xff","since":1,"until":2}]',
        b'[{"kind":"kiosk","why":"repair","since":1,"until":1e300}]',
        b'[{"kind":"kiosk","why":"repair","since":1,"until":9e9,"more":' + b"[" * 100_000,
        '[{"kind":"kiosk","why":"own","words":"请打 138 0000 0000","since":1,"until":9e9}]'.encode(),
        '[{"kind":"kiosk","why":"own","words":"修好\u202e了","since":1,"until":9e9}]'.encode(),
    ],
)
def test_a_damaged_file_is_put_aside_and_nobody_is_kept_from_serving(file: Path, damage: bytes) -> None:
    file.write_bytes(damage)
    pauses = Pauses(file)
    assert pauses.active() == ()
    assert file.with_name("pauses.json.damaged").read_bytes() == damage
    pauses.begin(camera(until=10e9))
    assert Pauses(file).active() == (camera(until=10e9),)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "字" * (LONGEST_WORDS + 1),
        "请打 13800000000",
        "请打 138 0000 0000",
        "请打138-0000-0000",
        "请打１３８ ００００ ００００",
        "999999199001011234",
        "999999 19900101 123X",
        "修好\u202e了",
    ],
)
def test_what_may_not_stand_on_a_public_screen_does_not(typed: str) -> None:
    assert fit_words(typed) is None


@pytest.mark.parametrize("typed", ["8:30-11:30 14:00-17:30 开", "请打 0571-8765 4321", "2026-11-22 到 2026-11-30 盘点"])
def test_hours_days_and_an_office_may_be_told(typed: str) -> None:
    assert fit_words(typed) == typed


@given(st.text())
def test_a_message_is_one_line_or_none(typed: str) -> None:
    words = fit_words(typed)
    assert words is None or (words == words.strip() and "\n" not in words and 0 < len(words) <= LONGEST_WORDS)
