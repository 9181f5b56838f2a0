"""The policy file: every mistake names file, key and cure."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from kiosk.identity.face.limits import PhotoSource
from kiosk.identity.face.policy import load
from kiosk.settings.reading import Mistake

TEXT = files("kiosk.policies").joinpath("face.toml").read_text("utf-8")


def _wrong(tmp_path: Path, text: str) -> str:
    path = tmp_path / "face.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(Mistake) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    assert "→" in message
    return message


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('engine = "face_recognition"', 'engine = "magic"', "engine"),
        ("tries = 3", "tries = 0", "tries"),
        ("tries = 3", "trys = 3", "trys"),
        ("agreeing_frames = 3", "agreeing_frames = 1", "agreeing_frames"),
        ("seconds_per_try = 10.0", "seconds_per_try = 31.0", "seconds_per_try"),
        ("search_seconds = 30.0", 'search_seconds = "soon"', "search_seconds"),
        ("search_seconds_elder = 60.0", "search_seconds_elder = 20.0", "search_seconds_elder"),
        ("darkest = 25.0", "darkest = 300.0", "picture.darkest"),
        ("darkest = 25.0", "darkest = 25.0\nbrightest = 250.0", "picture.brightest"),
        ("pass_at_most = 0.45", "pass_at_most = 0.60", "thresholds.chip_wlt"),
        ("pass_at_most = 0.45", "pass_at_most = nan", "thresholds.chip_wlt.pass_at_most"),
        ("[thresholds.chip_wlt]", "[thresholds.passport]", "thresholds.passport"),
        ("starts = 4", "", "worker.starts"),
        ("tries = 3", "tries 3", "TOML"),
    ],
)
def test_a_wrong_value_is_told_with_its_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in TEXT
    assert key in _wrong(tmp_path, TEXT.replace(old, new))


def test_a_source_without_thresholds_is_told(tmp_path: Path) -> None:
    section = TEXT.index("[thresholds.chip_wlt]")
    after = TEXT.index("[picture]")
    assert "chip_wlt" in _wrong(tmp_path, TEXT[:section] + TEXT[after:])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match=r"none\.toml.*→"):
        load(tmp_path / "none.toml")


def test_what_ships_is_right(tmp_path: Path) -> None:
    path = tmp_path / "face.toml"
    path.write_text(TEXT, "utf-8")
    assert set(load(path).thresholds) == set(PhotoSource)
