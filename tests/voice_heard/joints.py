"""The joints between recordings, in figures: how long it is silent there, and whether it clicks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import soundfile

from kiosk.voice import join, pack
from kiosk.voice.plan import Pause
from tests.voice_heard.say import SETTINGS, Said

QUIET = 0.008
"""Share of full scale (-42 dB): silence, as make.toml trims it."""
CLICK = 0.02
"""A jump from one sample to the next, at the border of a recording, that is heard as a click where nothing sounds."""
_AROUND_MS = 250


class Measured(NamedTuple):
    """One caption. `gaps`: milliseconds of silence by kind of joint; `clicks`: what jumps, in words; `lost`: samples that the
    sound card pulled otherwise than they were joined."""

    said: Said
    gaps: dict[Pause, list[float]]
    clicks: list[str]
    lost: int


def measured(said: Said) -> Measured:
    """Find the joints in the captured sound."""
    what = pack.manifest()
    sound = np.asarray(soundfile.read(said.sound, dtype="int16")[0], np.int16)
    meant = join.joined(said.pieces, pack.folder(), what, SETTINGS.pauses)
    meant = (meant * np.float32(said.volume)).astype(np.int16)
    begin = _where(sound, meant)
    here = sound[begin : begin + len(meant)]
    lost = int(np.count_nonzero(here != meant[: len(here)])) + len(meant) - len(here)
    gaps: dict[Pause, list[float]] = {pause: [] for pause in Pause}
    clicks = []
    lasts = {
        Pause.SENTENCE: SETTINGS.pauses.sentence,
        Pause.PHRASE: SETTINGS.pauses.phrase,
        Pause.JOINT: SETTINGS.pauses.joint,
    }
    level = here.astype(float) / 32768
    at = 0
    for number, piece in enumerate(said.pieces):
        length = len(join.read(pack.folder() / what.recordings[piece.spoken].file))
        pause = what.rate * lasts[piece.pause] // 1000
        last = number == len(said.pieces) - 1
        for border in (at, at + length):
            jump = float(np.abs(np.diff(level[max(0, border - 2) : border + 2])).max(initial=0.0))
            if jump > CLICK:
                clicks.append(f"{piece.spoken}: {jump:.3f} at {border / what.rate:.2f} s")
        if not last:
            gaps[piece.pause].append(_silence(level, at + length + pause // 2, what.rate))
        at += length + pause
    return Measured(said, gaps, clicks, lost)


def _where(sound: join.Samples, meant: join.Samples) -> int:
    size = 1 << (len(sound) + len(meant)).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(meant, size)), size)
    return int(product[: max(1, len(sound) - len(meant) + 1)].argmax())


def _silence(level: np.ndarray, middle: int, rate: int) -> float:
    """Milliseconds around this sample in which nothing is heard: windows of 2 ms below QUIET."""
    window = rate // 500
    around = rate * _AROUND_MS // 1000
    loud = [
        np.abs(level[begin : begin + window]).max(initial=0.0) > QUIET
        for begin in range(max(0, middle - around), min(len(level), middle + around), window)
    ]
    half = len(loud) // 2
    before = next((count for count, each in enumerate(reversed(loud[:half])) if each), half)
    after = next((count for count, each in enumerate(loud[half:]) if each), len(loud) - half)
    return 2.0 * (before + after)
