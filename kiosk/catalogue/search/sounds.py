"""How characters sound, as letters that forgive what ears and keyboards confuse: zh/z, ch/c, sh/s, n/l, -ng/-n, ü/u."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_CURLED = re.compile(r"(?<=[zcs])h")

Sound = tuple[str, ...]
"""The readings of one syllable (or a Latin word, or a number), as forgiving letters."""


@cache
def readings() -> dict[str, tuple[str, ...]]:
    """Return the readings of each character of 通用规范汉字表, the commonest first."""
    tables = tomllib.loads(files("kiosk.catalogue.search").joinpath("readings.toml").read_text("utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for name in ("first", "other"):
        for reading, characters in tables[name].items():
            for character in characters:
                found[character] = (*found.get(character, ()), reading)
    return found


def forgiving(letters: str) -> str:
    """Letters with what is often confused made the same. Both sides of a comparison go through this."""
    return _CURLED.sub("", letters.lower()).replace("v", "u").replace("ng", "n").replace("n", "l")


def is_character(character: str) -> bool:
    """Whether it is a Chinese character (of the Basic Multilingual Plane's common blocks)."""
    return "\u3400" <= character <= "\u9fff"


def sounds(text: str) -> tuple[Sound, ...]:
    """Return each syllable's readings as forgiving letters, the commonest first; Latin words and numbers as they are."""
    return tuple(tuple(dict.fromkeys(map(forgiving, piece))) for piece in _pieces(text))


def usual(heard: tuple[Sound, ...]) -> tuple[str, ...]:
    """The syllables as they are commonly read."""
    return tuple(each[0] for each in heard)


def ways(heard: tuple[Sound, ...]) -> list[tuple[str, ...]]:
    """How a text may be read: the usual way, then with another reading of one syllable at a time."""
    first = usual(heard)
    found = {first: None}
    for at, each in enumerate(heard):
        for reading in each[1:]:
            found[(*first[:at], reading, *first[at + 1 :])] = None
    return list(found)


def _pieces(text: str) -> list[tuple[str, ...]]:
    """Each character's readings; runs of Latin letters and digits as they are."""
    found: list[tuple[str, ...]] = []
    run = ""
    for character in text:
        if character.isascii() and character.isalnum():
            run += character
            continue
        if run:
            found.append((run,))
            run = ""
        known = readings().get(character)
        if known:
            found.append(known)
    return [*found, (run,)] if run else found
