"""What there is to sign: every caption that a screen may have, by its place in the locale file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from kiosk.screens.screen import Mode
from kiosk.sign_language.clips import Clips
from kiosk.voice.grammar import plain, sentences
from kiosk.voice.inventory import templates

_SPOKEN, _TITLE = "spoken", "title"


class Caption(NamedTuple):
    """A caption: its key in the locale file (with the mode where the modes differ), and its text with its slots."""

    key: str
    text: str


class Standing(NamedTuple):
    """How far the clips go: captions that are signed, that are not, and files that sign what is written nowhere any more."""

    signed: tuple[Caption, ...]
    unsigned: tuple[Caption, ...]
    stale: tuple[str, ...]


@cache
def captions() -> tuple[Caption, ...]:
    """Every caption, in the order of the locale file: what is spoken, or the title of a screen that has no other words for it."""
    table = tomllib.loads(files("kiosk.locales").joinpath("zh_hans.toml").read_text("utf-8"))
    found: dict[str, Caption] = {}
    for each in _walk(table, ""):
        found.setdefault(plain(each.text), each)
    return tuple(found.values())


def _walk(table: Mapping[str, Any], above: str) -> Iterator[Caption]:
    for key, value in table.items():
        where = f"{above}{key}"
        if key.endswith(_SPOKEN) or (key.endswith(_TITLE) and key.removesuffix(_TITLE) + _SPOKEN not in table):
            yield from _texts(where, value)
        elif isinstance(value, Mapping):
            yield from _walk(value, f"{where}.")


def _texts(where: str, value: Any) -> Iterator[Caption]:
    if isinstance(value, str):
        yield Caption(where, value)
    else:
        yield from (Caption(f"{where}.{mode}", value[mode]) for mode in Mode if mode in value)


def standing(clips: Clips | None) -> Standing:
    """Compare the clips with the captions of today. Without clips nothing is signed."""
    if clips is None:
        return Standing((), captions(), ())
    signed = tuple(each for each in captions() if clips.plan(each.text))
    there = set(templates())
    stale = tuple(clip.file for clip in clips.manifest.clips if not set(sentences(plain(clip.says))) <= there)
    return Standing(signed, tuple(each for each in captions() if each not in signed), stale)
