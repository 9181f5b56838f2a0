"""Which key of an accessibility key pad means what; the table is keys.toml."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from kiosk.screens.protocol import Hearing


class Key(StrEnum):
    """What a visitor without sight or touch can say with a key."""

    NEXT = "next"
    PREVIOUS = "previous"
    RIGHT = "right"
    LEFT = "left"
    FIRST = "first"
    OK = "ok"
    BACK = "back"
    HELP = "help"
    REPEAT = "repeat"
    ERASE = "erase"


Meaning = Key | Hearing | int
"""An `int` is a digit that is typed."""


class Timing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds."""

    held_seconds: float
    rest_seconds: float


class Ring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mark around what has the focus, from the inside outwards: room, a light line, a dark one. Millimetres."""

    away: float
    light: float
    width: float


class Digits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of ten keys, 0 first."""

    rows: tuple[tuple[int, ...], ...]


class KeyMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """keys.toml."""

    keys: dict[str, tuple[int, ...]]
    digits: Digits
    timing: Timing
    ring: Ring

    def meanings(self) -> dict[int, Meaning]:
        """What each scan code means. Raise ValueError naming a key that means two things, or nothing known."""
        known: dict[str, Meaning] = {each.value: each for kind in (Key, Hearing) for each in kind}
        found: dict[int, Meaning] = {}
        named = [(code, _known(name, known)) for name, codes in self.keys.items() for code in codes]
        typed = [(code, digit) for row in self.digits.rows for digit, code in enumerate(row)]
        for code, meaning in [*named, *typed]:
            if code in found:
                raise ValueError(f"keys.toml: {code:#04x} is both {found[code]} and {meaning}; keep one")
            found[code] = meaning
        return found


def _known(name: str, known: dict[str, Meaning]) -> Meaning:
    if name not in known:
        raise ValueError(f"keys.toml: [keys] {name} is no meaning; there are {', '.join(known)}")
    return known[name]


@cache
def key_map() -> KeyMap:
    """The key map that is shipped."""
    return read_key_map(resources.files("kiosk.shell").joinpath("keys.toml").read_bytes())


def read_key_map(text: bytes) -> KeyMap:
    """Read a key map. Raise ValueError naming field and cure."""
    try:
        found = msgspec.toml.decode(text, type=KeyMap)
    except msgspec.MsgspecError as error:
        raise ValueError(f"keys.toml: {error}") from error
    if any(len(row) != 10 for row in found.digits.rows):
        raise ValueError("keys.toml: [digits] rows have ten keys each, 0 first")
    found.meanings()
    return found


class Held:
    """Tells a key that is pressed from one that is only held down (the keyboard repeats it)."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._code = -1
        self._at = 0.0

    def down(self, code: int, now: float) -> bool:
        """Whether this is a new press. A key-up that was lost (the pad was unplugged) costs at most `seconds`."""
        again = code == self._code and now - self._at < self._seconds
        self._code, self._at = code, now
        return not again

    def up(self) -> None:
        """Any key came up."""
        self._code = -1
