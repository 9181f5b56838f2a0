"""Recordings put one after the other, and their speed changed without their pitch."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from kiosk.voice.pack import Manifest
from kiosk.voice.plan import Pause, Piece
from kiosk.voice.settings import Pauses

Samples = NDArray[np.int16]
"""One channel, at the pack's rate."""

_SONIC = "libsonic.so.0"
"""Debian libsonic0 (Apache-2.0): speech faster or slower at its own pitch, as screen readers use it. Source: sonic.h 0.2."""


def joined(pieces: Sequence[Piece], pack: Path, what: Manifest, pauses: Pauses) -> Samples:
    """Return the sound of these pieces. Raise OSError or soundfile.SoundFileError for a recording that cannot be read."""
    lasts = {Pause.SENTENCE: pauses.sentence, Pause.PHRASE: pauses.phrase, Pause.JOINT: pauses.joint}
    found: list[Samples] = []
    for number, piece in enumerate(pieces, start=1):
        found.append(read(pack / what.recordings[piece.spoken].file))
        if number < len(pieces):
            found.append(np.zeros(what.rate * lasts[piece.pause] // 1000, np.int16))
    return np.concatenate(found) if found else np.zeros(0, np.int16)


def read(path: Path) -> Samples:
    """Decode one recording."""
    samples, _ = soundfile.read(path, dtype="int16")
    return np.asarray(samples, np.int16)


def at_speed(samples: Samples, rate: int, speed: float) -> Samples:
    """Return it faster or slower at the same pitch; as it is where the machine lacks the library (comfort fails soft)."""
    change = _library()
    if change is None or speed == 1.0 or not len(samples):
        return samples
    room = np.zeros(int(len(samples) / min(speed, 1.0)) + rate, np.int16)
    room[: len(samples)] = samples
    pointer = room.ctypes.data_as(ctypes.POINTER(ctypes.c_short))
    made: int = change(pointer, len(samples), speed, 1.0, 1.0, 1.0, 0, rate, 1)
    return room[:made]


@cache
def _library() -> ctypes._NamedFuncPointer | None:
    try:
        found = ctypes.CDLL(_SONIC).sonicChangeShortSpeed
    except (OSError, AttributeError):
        return None
    number, share = ctypes.c_int, ctypes.c_float
    found.argtypes = [ctypes.POINTER(ctypes.c_short), number, share, share, share, share, number, number, number]
    found.restype = number
    return found


def can_change_speed() -> bool:
    """Whether this machine has the library."""
    return _library() is not None
