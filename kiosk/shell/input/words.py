"""The keyboards' words."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from kiosk.input.id_number import Slip

_DEFAULT = "zh-Hans"


class KeyWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language; where each stands is seen in words.toml."""

    pinyin: str
    handwriting: str
    latin: str
    digits: str
    marks: str
    erase: str
    undo: str
    clear: str
    space: str
    capitals: str
    small: str
    back: str
    on: str
    square: str
    write_here: str
    pick: str
    typed: str
    full: str
    trouble: str
    id_empty: str
    id_left: str
    id_good: str
    slip: dict[Slip, str]


@cache
def key_words(language: str) -> KeyWords:
    """Return the words of a language (BCP 47), Simplified Chinese where it is not there."""
    text = resources.files("kiosk.shell.input").joinpath("words.toml").read_bytes()
    tables = msgspec.toml.decode(text, type=dict[str, dict[str, Any]])
    return msgspec.convert(tables.get(language, tables[_DEFAULT]), KeyWords)
