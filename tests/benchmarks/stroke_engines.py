"""Handwriting engines that are measured beside the one that is shipped, and strokes to measure them with.

`make setup` installs none of it: `pip install kanjivg` (strokes; CC BY-SA 3.0) and, to compare, `apt-get install libzinnia0
tegaki-zinnia-simplified-chinese` and `pip install dinkit`.
"""

from __future__ import annotations

import ctypes
import importlib.metadata
import random
import re
from collections.abc import Callable
from pathlib import Path

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path

from kiosk.input.messages import SIDE, Stroke

Strokes = tuple[Stroke, ...]
Recogniser = Callable[[Strokes], list[str]]

_VIEW = 109
"""KanjiVG's square."""
_ZINNIA = "/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model"


def folder() -> Path | None:
    """Where KanjiVG lies, if it is installed."""
    try:
        files = importlib.metadata.files("kanjivg") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    return next((Path(str(each.locate())).parent for each in files if str(each).endswith("kanji/04e00.svg")), None)


def characters(kanji: Path) -> list[str]:
    """Level 1 of GB 2312, as far as KanjiVG draws it: the forms that both scripts share, and a few that differ."""
    level_1 = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
    return [each for each in level_1 if each and (kanji / f"{ord(each):05x}.svg").exists()]


def strokes(kanji: Path, character: str) -> Strokes:
    """The character as KanjiVG writes it: centre lines, in order."""
    svg = (kanji / f"{ord(character):05x}.svg").read_text("utf-8")
    return tuple(_points(each) for each in re.findall(r'<path[^>]* d="([^"]+)"', svg))


def _points(path: str) -> Stroke:
    pen = RecordingPen()
    parse_path(path, pen)
    points: list[tuple[float, float]] = []
    for name, where in pen.value:
        if name == "curveTo":
            start, (a, b, end) = points[-1], where
            for step in range(1, 9):
                t = step / 8
                parts = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
                points.append(
                    tuple(sum(p * at[axis] for p, at in zip(parts, (start, a, b, end), strict=True)) for axis in (0, 1))  # type: ignore[arg-type]  # two axes
                )
        elif where:
            points.append(where[0])
    return tuple((round(x * SIDE / _VIEW), round(y * SIDE / _VIEW)) for x, y in points)


def shaken(written: Strokes, chance: random.Random, by: float = 18.0) -> Strokes:
    """A hand that trembles, and sets every stroke a little beside its place."""

    def one(stroke: Stroke) -> Stroke:
        right, down = chance.gauss(0, 1.5 * by), chance.gauss(0, 1.5 * by)
        return tuple((round(x + right + chance.gauss(0, by)), round(y + down + chance.gauss(0, by))) for x, y in stroke)

    return tuple(one(stroke) for stroke in written)


def swapped(written: Strokes, chance: random.Random) -> Strokes:
    """Two strokes in the other order."""
    found = list(shaken(written, chance, 10.0))
    if len(found) > 2:
        one, other = chance.sample(range(len(found)), 2)
        found[one], found[other] = found[other], found[one]
    return tuple(found)


def joined(written: Strokes, chance: random.Random, times: int = 1) -> Strokes:
    """Strokes written without lifting the finger between them."""
    found = list(shaken(written, chance, 10.0))
    for _ in range(times):
        if len(found) > 2:
            at = chance.randrange(len(found) - 1)
            found[at : at + 2] = [found[at] + found[at + 1]]
    return tuple(found)


def zinnia() -> Recogniser | None:
    """Debian's zinnia with its model for Simplified Chinese."""
    if not Path(_ZINNIA).exists():
        return None
    library = ctypes.CDLL("libzinnia.so.0")
    pointer, size, number, text = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p
    shapes: dict[str, tuple[object, list[object]]] = {
        "recognizer_new": (pointer, []),
        "recognizer_open": (number, [pointer, text]),
        "recognizer_classify": (pointer, [pointer, pointer, size]),
        "character_new": (pointer, []),
        "character_destroy": (None, [pointer]),
        "character_set_width": (None, [pointer, size]),
        "character_set_height": (None, [pointer, size]),
        "character_add": (number, [pointer, size, number, number]),
        "result_size": (size, [pointer]),
        "result_value": (text, [pointer, size]),
        "result_destroy": (None, [pointer]),
    }
    for name, (result, arguments) in shapes.items():
        function = getattr(library, f"zinnia_{name}")
        function.restype, function.argtypes = result, arguments
    recogniser = library.zinnia_recognizer_new()
    library.zinnia_recognizer_open(recogniser, _ZINNIA.encode())

    def recognise(written: Strokes) -> list[str]:
        character = library.zinnia_character_new()
        library.zinnia_character_set_width(character, SIDE)
        library.zinnia_character_set_height(character, SIDE)
        for place, stroke in enumerate(written):
            for x, y in stroke:
                library.zinnia_character_add(character, place, max(0, x), max(0, y))
        found = library.zinnia_recognizer_classify(recogniser, character, 10)
        guesses = []
        if found:
            guesses = [
                library.zinnia_result_value(found, each).decode() for each in range(library.zinnia_result_size(found))
            ]
            library.zinnia_result_destroy(found)
        library.zinnia_character_destroy(character)
        return guesses

    return recognise


def dinkit() -> Recogniser | None:
    """A prebuilt engine on PyPI whose provenance is not known: measured, never shipped."""
    try:
        from dinkit import Recognizer  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None
    engine = Recognizer()
    return lambda written: list(engine.recognize([[(x * 3 // 10, y * 3 // 10) for x, y in each] for each in written]))
