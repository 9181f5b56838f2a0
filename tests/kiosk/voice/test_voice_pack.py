"""Every sentence that can be spoken has its recording, of the text as it is now; all are of one loudness, trimmed, and small."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile

from kiosk.voice import join, pack
from kiosk.voice.inventory import labels, recordings
from kiosk.voice.make import file_of, make, making, missing, recorded, shape, silent_labels, sounded, unused

MOST_BYTES = 6_000_000
SHORTEST, LONGEST = 0.06, 0.75
"""Seconds a character: outside of this something else was recorded than what is written."""


def test_every_sentence_has_its_recording_of_the_text_as_it_is_now() -> None:
    """Red after a change of a text, a fault's sentence, an item or the grammar: `make voice`."""
    assert missing(pack.folder()) == silent_labels(pack.folder()) == []
    assert unused(pack.folder()) == []
    what = pack.manifest()
    assert set(what.recordings) == {*recordings(), *labels()}
    assert (what.voice, what.licence) == (making().voice, "Apache-2.0")
    for spoken, recording in what.recordings.items():
        assert recording.file == file_of(spoken, making()), spoken


def test_a_changed_text_is_missing_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = missing(pack.folder())
    changed = {**recordings(), "请把身份证放在那里。": True}
    monkeypatch.setattr("kiosk.voice.make.recordings", lambda: changed)
    assert set(missing(pack.folder())) - set(before) == {"请把身份证放在那里。"}


def test_another_way_of_making_it_is_another_recording() -> None:
    how = making()
    assert file_of("谢谢您", how) == file_of("谢谢您", how)
    assert file_of("谢谢您", how) != file_of("谢谢您", msgspec.structs.replace(how, loudness_db=-18.0))


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


def test_a_noise_that_the_engine_leaves_far_from_the_word_is_cut_off() -> None:
    """Around single syllables it does (十, 日); a pause within a sentence, and a short word after it, stay."""
    how, rate = making(), 24000

    def tone(seconds: float, loud: float = 0.1) -> np.ndarray:
        return loud * np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 300 / rate)

    noise, pause, word = tone(0.08, 0.03), np.zeros(int(rate * 0.25)), tone(0.4)
    stray = shape(np.concatenate([noise, pause, word, pause, noise]).astype(np.float32), rate, how)
    assert abs(len(stray) / rate - 0.4) < 0.06
    sentence = shape(np.concatenate([word, pause, tone(0.2)]).astype(np.float32), rate, how)
    assert abs(len(sentence) / rate - 0.85) < 0.06


def test_what_the_engine_misreads_is_given_to_it_as_it_sounds() -> None:
    """重 is zhòng or chóng; the engine guesses wrong. After a comma it adds a syllable to a word that stands alone."""
    spoken = next(each for each in recordings() if "重打" in each)
    assert "重打" not in sounded(spoken)
    assert [sounded(each) for each in ("二十六", "元", "页，", "谢谢您")] == ["二十六。", "元。", "页。", "谢谢您。"]
    assert sounded("共两页，") == "共两页，", "a phrase of its own keeps its mark"


def test_a_damaged_manifest_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match=r"manifest\.json"):
        pack.read_manifest(tmp_path)


def test_a_persons_recordings_become_the_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named as `kiosk voice list` says, shaped as the engine's are; what nobody has recorded stays missing."""
    monkeypatch.setattr("kiosk.voice.make.recordings", lambda: {"您好。": True, "谢谢您。": True})
    monkeypatch.setattr("kiosk.voice.make.labels", lambda: ())
    pause, word = np.zeros(12000), 0.02 * np.sin(np.arange(24000) / 12)
    name = Path(file_of("您好。", making())).with_suffix(".wav").name
    said, made = tmp_path / "said", tmp_path / "made"
    said.mkdir()
    made.mkdir()
    soundfile.write(said / name, np.concatenate([pause, word, pause]), 24000)
    make(made, recorded(said), 1, lambda *_: None)
    found = pack.read_manifest(made).recordings
    assert list(found) == ["您好。"]
    assert abs(found["您好。"].ms - 1000) < 100
    assert missing(made) == ["谢谢您。"]
    soundfile.write(said / name, np.zeros((100, 2)), 24000)
    (made / found["您好。"].file).unlink()
    with pytest.raises(RuntimeError, match=name):
        make(made, recorded(said), 1, lambda *_: None)
