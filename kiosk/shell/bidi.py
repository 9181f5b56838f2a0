"""The order in which the letters of a line stand, where some are written from right to left: the Unicode Bidirectional Algorithm
(UAX #9), as the system's FriBidi library (Debian: libfribidi0) carries it out. Lines without such letters never come here."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

Thing = TypeVar("Thing")

_LIBRARY = "libfribidi.so.0"
_LEFT, _RIGHT = 0x110, 0x111
"""FRIBIDI_PAR_LTR and FRIBIDI_PAR_RTL (fribidi-bidi-types.h)."""

_FROM_RIGHT = frozenset({"R", "AL"})


def has_right_to_left(text: str) -> bool:
    """Whether any letter of the text is written from right to left."""
    return any(unicodedata.bidirectional(character) in _FROM_RIGHT for character in text)


def begins_right(text: str) -> bool:
    """Whether the first letter with a direction is one written from right to left (UAX #9, P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in _FROM_RIGHT or direction == "L":
            return direction != "L"
    return False


def levels(line: str, *, right: bool) -> list[int]:
    """Return the embedding level of each character; `right`: the paragraph runs from right to left. Odd levels run leftwards.

    Raise OSError that says what to install.
    """
    length = len(line)
    characters = (ctypes.c_uint32 * length)(*map(ord, line))
    types = (ctypes.c_uint32 * length)()
    brackets = (ctypes.c_uint32 * length)()
    found = (ctypes.c_int8 * length)()
    base = ctypes.c_uint32(_RIGHT if right else _LEFT)
    library = _fribidi()
    library.fribidi_get_bidi_types(characters, length, types)
    library.fribidi_get_bracket_types(characters, length, types, brackets)
    if not library.fribidi_get_par_embedding_levels_ex(types, brackets, length, ctypes.byref(base), found):
        raise MemoryError("FriBidi found no memory for a line")
    return list(found)


def in_sight(things: Sequence[Thing], of_level: Sequence[int]) -> list[Thing]:
    """Return what follows one another in speech in the order from left to right (UAX #9, L2)."""
    ordered = list(zip(things, of_level, strict=True))
    highest = max(of_level, default=0)
    for level in range(highest, 0, -1):
        start = 0
        while start < len(ordered):
            end = start
            while end < len(ordered) and ordered[end][1] >= level:
                end += 1
            ordered[start:end] = reversed(ordered[start:end])
            start = max(end, start + 1)
    return [thing for thing, _ in ordered]


@cache
def _fribidi() -> Any:
    try:
        return ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise OSError(
            f"{_LIBRARY} is not there, and a text is written from right to left; install libfribidi0"
        ) from error
