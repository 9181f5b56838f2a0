"""Pauses end by themselves, survive restarts and power cuts, and say nothing personal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.opening.pauses import LONGEST_WORDS, Kind, Pause, Pauses, Why, fit_words


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


def test_what_cannot_be_written_has_not_changed(file: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses(file, clock)
    pauses.begin(camera())

    def full(opened: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.bindings.whole.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        pauses.end(Kind.DEVICE, "camera")
    monkeypatch.undo()
    assert pauses.active() == Pauses(file, clock).active() == (camera(),)


@pytest.mark.parametrize("damage", [b"", b"[{", b'[{"kind":"planet"}]', b"\xff"])
def test_a_damaged_file_is_put_aside_and_nobody_is_kept_from_serving(file: Path, damage: bytes) -> None:
    file.write_bytes(damage)
    pauses = Pauses(file)
    assert pauses.active() == ()
    assert file.with_name("pauses.json.damaged").read_bytes() == damage
    pauses.begin(camera(until=10e9))
    assert Pauses(file).active() == (camera(until=10e9),)


@pytest.mark.parametrize("typed", ["", "   ", "字" * (LONGEST_WORDS + 1), "请打 13800000000", "999999199001011234"])
def test_what_may_not_stand_on_a_public_screen_does_not(typed: str) -> None:
    assert fit_words(typed) is None


@given(st.text())
def test_a_message_is_one_line_or_none(typed: str) -> None:
    words = fit_words(typed)
    assert words is None or (words == words.strip() and "\n" not in words and 0 < len(words) <= LONGEST_WORDS)
