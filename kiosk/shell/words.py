"""The shell's own words."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

_DEFAULT = "zh-Hans"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language; what each is for stands in words.toml."""

    step: str
    weekdays: tuple[str, ...]
    erase: str
    erase_all: str
    previous: str
    next: str
    page: str
    spoken: str
    signs: str
    place: str
    clock: str
    seconds: str
    percent: str
    ticked: str
    cleared: str
    digits: str
    whole: tuple[str, ...]
    leftwards: bool = False


@cache
def words(language: str) -> Words:
    """Return the words of a language (BCP 47), in Simplified Chinese what it has not."""
    text = resources.files("kiosk.shell").joinpath("words.toml").read_bytes()
    tables = msgspec.toml.decode(text, type=dict[str, dict[str, Any]])
    return msgspec.convert({**tables[_DEFAULT], **tables.get(language, {})}, Words)
