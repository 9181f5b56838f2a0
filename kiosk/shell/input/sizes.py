"""The keyboards' sizes, from themes/sizes/keyboard.toml: millimetres there, pixels here."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import msgspec

from kiosk.screens.screen import Mode
from kiosk.shell.tokens import folder


class KeyInks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Heights of the ink of 国."""

    letter: float
    guess: float
    word: float
    field: float
    note: float


class KeySizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each is for stands in keyboard.toml."""

    margin: float
    gap: float
    key: float
    key_high: float
    key_wide: float
    field: float
    square: float
    square_most: float
    pen: float
    between: float
    ink: KeyInks


@cache
def millimetres(mode: Mode) -> KeySizes:
    """Return the sizes of a mode. Raise ValueError naming file and key."""
    path = folder() / "sizes" / "keyboard.toml"
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[Mode, KeySizes])[mode]
    except (msgspec.DecodeError, KeyError) as error:
        raise ValueError(f"{path}: {error}; it needs [standard] and [elder] with the same keys") from error


class Pixels(msgspec.Struct, frozen=True):
    """The same in pixels of one panel, rounded up."""

    margin: int
    gap: int
    key: int
    key_high: int
    key_wide: int
    field: int
    square: int
    square_most: int
    pen: int
    between: int
    letter: int
    guess: int
    word: int
    field_ink: int
    note: int


@cache
def pixels(mode: Mode, scale: float) -> Pixels:
    """Return the sizes for a panel of `scale` pixels a millimetre."""
    sizes: dict[str, Any] = msgspec.structs.asdict(millimetres(mode))
    inks = msgspec.structs.asdict(sizes.pop("ink"))
    inks["field_ink"] = inks.pop("field")
    return Pixels(**{name: math.ceil(value * scale) for name, value in {**sizes, **inks}.items()})
