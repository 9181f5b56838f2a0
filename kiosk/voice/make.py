"""Makes the pack: asks the engine for what has no recording yet, trims and levels it, writes Ogg/Opus and the manifest.

Only what is missing is made; files that nobody needs any more are removed. The engine runs under a Python of its own.
"""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.resources import files
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray

from kiosk.voice.grammar import grammar
from kiosk.voice.inventory import labels, recordings
from kiosk.voice.pack import SUFFIX, Manifest, Recording, name_of, write_manifest
from kiosk.voice.reading import longer_words

Sound = NDArray[np.float32]

_MARKS = "，。？！；：、）"
_STOP = "。"
_WINDOW_MS = 20
_LOUD_SHARE = 0.5
"""Loudness is measured over the louder half of the windows: pauses within a sentence do not make it quiet."""


class Making(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See make.toml."""

    voice: str
    speed: float
    loudness_db: float
    peak_db: float
    quiet_db: float
    margin_ms: int
    stray_ms: int
    stray_gap_ms: int
    opus_level: float


class By(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who speaks, and under which licence it is shipped; see make.toml."""

    engine: str
    licence: str


def making() -> Making:
    """Return how it is made, from make.toml. Raise msgspec.ValidationError."""
    table = _make_toml()
    table.pop("by", None)
    return msgspec.convert(table, Making)


def made_by() -> By:
    """Return by whom. Raise msgspec.ValidationError, KeyError."""
    return msgspec.convert(_make_toml()["by"], By)


def _make_toml() -> dict[str, Any]:
    return tomllib.loads(files("kiosk.voice").joinpath("make.toml").read_text("utf-8"))


Speech = Iterable[tuple[str, Sound, int]]
"""What is spoken, its sound, and samples a second."""

Speaker = Callable[[list[str]], Speech]
"""Speaks some of what it is given, in its order. Raise RuntimeError, naming what cannot be spoken."""


def file_of(spoken: str, how: Making) -> str:
    """Return the file name of a recording. A change of make.toml, or of what the engine is given, makes it anew."""
    return name_of(msgspec.json.encode(how).decode(), sounded(spoken), spoken)


def missing(pack: Path) -> list[str]:
    """Return what must be spoken and has no recording (never made, or made of another text): sentences first."""
    there = _there(pack)
    return sorted((spoken for spoken in recordings() if spoken not in there), key=lambda spoken: -len(spoken))


def silent_labels(pack: Path) -> list[str]:
    """Return the labels that have no recording: whoever goes through a screen by key pad does not hear them."""
    there = _there(pack)
    return [spoken for spoken in labels() if spoken not in there]


def unused(pack: Path) -> list[Path]:
    """Return the files of the pack that nothing is said with any more."""
    how = making()
    needed = {file_of(spoken, how) for spoken in (*recordings(), *labels())}
    return sorted(path for path in pack.glob(f"*{SUFFIX}") if path.name not in needed)


def engine(python: Path, voices: Path) -> Speaker:
    """The speech engine, under its own Python. `voices`: the folder with its voice files."""
    how = making()
    return lambda wanted: _speak(wanted, python, voices / f"{how.voice}.bin", how)


def recorded(folder: Path) -> Speaker:
    """A person's recordings: WAV files of one channel, named as `kiosk voice list` names them; those that there are."""

    def speak(wanted: list[str]) -> Speech:
        for spoken in wanted:
            path = folder / Path(file_of(spoken, making())).with_suffix(".wav")
            if path.is_file():
                sound, rate = soundfile.read(path, dtype="float32")
                if rate != _RATE or sound.ndim != 1:
                    raise RuntimeError(f"{path}: {rate} Hz, {sound.ndim}; {_RATE} Hz and one channel are needed")
                yield spoken, np.asarray(sound, np.float32), rate

    return speak


def make(pack: Path, speaker: Speaker, jobs: int, tell: Callable[[int, int, str], None]) -> None:
    """Bring the pack up to date, with so many speakers side by side.

    What was made before it was interrupted stays made. Raise RuntimeError when a speaker ends.
    """
    how = making()
    wanted = [*missing(pack), *silent_labels(pack)]
    telling = Lock()
    done = count(1)

    def part(share: list[str]) -> None:
        for spoken, sound, rate in speaker(share):
            shaped = shape(sound, rate, how)
            path = pack / file_of(spoken, how)
            unfinished = path.with_suffix(".part")
            soundfile.write(unfinished, shaped, rate, format="OGG", subtype="OPUS", compression_level=how.opus_level)
            unfinished.replace(path)
            with telling:
                tell(next(done), len(wanted), spoken)

    try:
        with ThreadPoolExecutor(jobs) as pool:
            for ended in [pool.submit(part, wanted[number::jobs]) for number in range(jobs)]:
                ended.result()
    finally:
        for path in unused(pack):
            path.unlink()
        by, made = made_by(), date.today().isoformat()
        spoken_by = Manifest(
            engine=by.engine, voice=how.voice, licence=by.licence, made=made, rate=_RATE, recordings=_there(pack)
        )
        write_manifest(pack, spoken_by)


def _there(pack: Path) -> dict[str, Recording]:
    """The recordings whose files are there, by what is spoken."""
    how = making()
    found: dict[str, Recording] = {}
    for spoken in sorted((*recordings(), *labels())):
        path = pack / file_of(spoken, how)
        if path.is_file():
            told = soundfile.info(path)
            found[spoken] = Recording(file=path.name, ms=round(1000 * told.frames / told.samplerate))
    return found


_RATE = 24000


def _speak(wanted: list[str], python: Path, voice: Path, how: Making) -> Iterator[tuple[str, Sound, int]]:
    if not wanted:
        return
    script = files("kiosk.voice.engines").joinpath("kokoro.py")
    with subprocess.Popen(
        [python, str(script), voice], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=voice.parent
    ) as engine:
        assert engine.stdin is not None
        assert engine.stdout is not None
        for spoken in wanted:
            engine.stdin.write(json.dumps({"text": sounded(spoken), "speed": how.speed}).encode() + b"\n")
            engine.stdin.flush()
            header = engine.stdout.readline()
            if not header:
                raise RuntimeError(f"the engine ended at {spoken!r}")
            told = json.loads(header)
            if told["rate"] != _RATE:
                raise RuntimeError(f"the engine speaks at {told['rate']} Hz; the pack is made at {_RATE}")
            yield spoken, np.frombuffer(engine.stdout.read(4 * told["samples"]), dtype="<f4"), told["rate"]
        engine.stdin.close()


def sounded(spoken: str) -> str:
    """Return what the engine is given: characters that it misreads replaced, and a stop after it.

    After a single word that something follows, too: with a comma the engine adds a syllable of its own to it (元 sounds like 元你).
    """
    alone = recordings().get(spoken, spoken not in longer_words())
    if not alone:
        spoken = spoken.rstrip(_MARKS)
    for written, sound in grammar().pronounced.items():
        spoken = spoken.replace(written, sound)
    return spoken if spoken[-1] in _MARKS else spoken + _STOP


def shape(sound: Sound, rate: int, how: Making) -> Sound:
    """Trim the silence at both ends, and what the engine leaves astray there, and bring it to the pack's loudness."""
    margin = rate * how.margin_ms // 1000
    window = rate * _WINDOW_MS // 1000
    steps = len(sound) // window
    power = np.sqrt(np.mean(np.square(sound[: steps * window].reshape(steps, window)), axis=1))
    first, last = _spoken_part(power, how)
    begin = max(0, first * window - margin)
    end = min(len(sound), (last + 1) * window + margin)
    cut = sound[begin:end].astype(np.float32)
    loud = np.sort(power[first : last + 1])[-max(1, int(_LOUD_SHARE * (last - first + 1))) :]
    gain = _ratio(how.loudness_db) / float(np.sqrt(np.mean(np.square(loud))))
    cut *= min(gain, _ratio(how.peak_db) / float(np.abs(cut).max()))
    fade = np.linspace(0.0, 1.0, margin, dtype=np.float32)
    cut[:margin] *= fade
    cut[-margin:] *= fade[::-1]
    return cut


def _spoken_part(power: NDArray[np.float32], how: Making) -> tuple[int, int]:
    """First and last window of what is spoken. Before and after a single syllable the engine sometimes leaves a short noise, far
    from it: that is none of it."""
    heard = np.flatnonzero(power > power.max() * _ratio(how.quiet_db))
    islands = np.split(heard, np.flatnonzero(np.diff(heard) > how.stray_gap_ms // _WINDOW_MS) + 1)
    strongest = max(range(len(islands)), key=lambda number: float(np.sum(np.square(power[islands[number]]))))
    long = [
        number
        for number, island in enumerate(islands)
        if number == strongest or (island[-1] - island[0] + 1) * _WINDOW_MS > how.stray_ms
    ]
    return int(islands[long[0]][0]), int(islands[long[-1]][-1])


def _ratio(decibels: float) -> float:
    return float(10.0 ** (decibels / 20.0))
