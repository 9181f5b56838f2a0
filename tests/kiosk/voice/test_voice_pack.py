"""Every sentence that can be spoken has its recording, of the text as it is now; all are of one loudness, trimmed, and small."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from kiosk.voice import join, pack
from kiosk.voice.inventory import recordings
from kiosk.voice.make import making, missing, shape, sounded, unused

MOST_BYTES = 6_000_000
SHORTEST, LONGEST = 0.06, 0.75
"""Seconds a character: outside of this something else was recorded than what is written."""


def test_every_sentence_has_its_recording_of_the_text_as_it_is_now() -> None:
    """Red after a change of a text, a fault's sentence, an item or the grammar: `make voice`."""
    assert missing(pack.folder()) == []
    assert unused(pack.folder()) == []
    what = pack.manifest()
    assert set(what.recordings) == set(recordings())
    assert (what.voice, what.licence) == (making().voice, "Apache-2.0")
    for spoken, recording in what.recordings.items():
        assert recording.file == pack.name_of(spoken, what.voice), spoken


def test_a_changed_text_is_missing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**recordings(), "请把身份证放在那里。": True}
    monkeypatch.setattr("kiosk.voice.make.recordings", lambda: changed)
    assert missing(pack.folder()) == ["请把身份证放在那里。"]


def test_the_pack_is_small_enough_to_ship() -> None:
    assert sum(path.stat().st_size for path in pack.folder().iterdir()) < MOST_BYTES


def test_lengths_fit_what_is_said_and_the_manifest_tells_them_right() -> None:
    what = pack.manifest()
    for spoken, recording in what.recordings.items():
        told = soundfile.info(pack.folder() / recording.file)
        assert (told.channels, told.samplerate) == (1, what.rate)
        assert abs(told.duration * 1000 - recording.ms) <= 1, spoken
        characters = sum(character.isalnum() for character in spoken)
        assert SHORTEST <= told.duration / characters <= LONGEST, (spoken, told.duration)


def test_joints_are_even_every_recording_is_as_loud_as_the_others_and_begins_at_once() -> None:
    what, how = pack.manifest(), making()
    levels = []
    for spoken in sorted(what.recordings)[::11]:
        samples = join.read(pack.folder() / what.recordings[spoken].file).astype(float) / 32768
        window = what.rate // 50
        power = np.sqrt(np.mean(np.square(samples[: len(samples) // window * window].reshape(-1, window)), axis=1))
        loud = np.flatnonzero(power > power.max() * 0.03)
        assert loud[0] <= 3, f"{spoken}: silence at the beginning"
        assert len(power) - loud[-1] <= 5, f"{spoken}: silence at the end"
        upper = np.sort(power)[len(power) // 2 :]
        levels.append(20 * np.log10(np.sqrt(np.mean(np.square(upper)))))
        assert np.abs(samples).max() < 1.0
    assert max(levels) - min(levels) < 5.0
    assert abs(float(np.median(levels)) - how.loudness_db) < 1.5


def test_shaping_trims_and_levels() -> None:
    how, rate = making(), 24000
    tone = 0.05 * np.sin(np.arange(rate) * 2 * np.pi * 300 / rate)
    around = np.concatenate([np.zeros(rate), tone, np.zeros(rate)]).astype(np.float32)
    shaped = shape(around, rate, how)
    assert abs(len(shaped) - rate) < rate // 10
    assert abs(20 * np.log10(np.sqrt(np.mean(np.square(shaped)))) - how.loudness_db) < 0.5


def test_what_the_engine_misreads_is_given_to_it_as_it_sounds() -> None:
    """重 is zhòng or chóng; the engine guesses wrong. What is joined does not fall like the end of a sentence."""
    spoken = next(each for each in recordings() if "重打" in each)
    assert "重打" not in sounded(spoken, making())
    assert sounded("二十六", making()).endswith("，")
    assert sounded("谢谢您", making()).endswith("。")


def test_a_damaged_manifest_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match=r"manifest\.json"):
        pack.read_manifest(tmp_path)
