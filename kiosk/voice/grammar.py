"""The grammar as data (grammar.toml), and how a caption is written out as it is spoken and cut into phrases."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise

import msgspec

from kiosk.locales.marks import chinese_marks
from kiosk.voice import reading
from kiosk.voice.reading import Kind

SLOT = re.compile(r"\{(\w+)\}")
_SENTENCE = re.compile(r"[^。？！；]+[。？！；]?")
_PHRASE = re.compile(r"[^，、：]+[，、：]?")
_NUMBER = re.compile(r"\d+")
_FULL_WIDTH = str.maketrans(",;:?!()", "，；：？！（）")
_SPACE = re.compile(r"\s+")

_TOLD_DIGIT_BY_DIGIT = 5
"""A number written in a fixed text with so many digits is no count but a telephone number."""


class Slot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand in a slot; see grammar.toml."""

    kind: Kind
    whole: tuple[int, ...] = ()
    otherwise: Kind | None = None
    from_: str = msgspec.field(default="", name="from")


class Spoken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries of the locale file are spoken; see grammar.toml."""

    keys: tuple[str, ...]
    ends: str


class Grammar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    spoken: Spoken
    written: dict[str, str]
    slots: dict[str, Slot]
    instead: dict[str, tuple[str, ...]]
    pronounced: dict[str, str]


@cache
def grammar() -> Grammar:
    """Return the grammar. Raise ValueError naming what is wrong in grammar.toml."""
    text = files("kiosk.voice").joinpath("grammar.toml").read_text("utf-8")
    try:
        return msgspec.convert(tomllib.loads(text), Grammar)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"kiosk/voice/grammar.toml: {error}") from error


def plain(text: str) -> str:
    """Write a caption as it is compared: full-width marks, what is written for the eye only replaced, no spaces.

    Slots stay as they are: a template and what became of it are written alike.
    """
    text = chinese_marks(text).translate(_FULL_WIDTH)
    for written, spoken in grammar().written.items():
        text = text.replace(written, spoken)
    return _SPACE.sub("", text).strip("，、")


def sentences(text: str) -> tuple[str, ...]:
    """Cut a plain text after 。？！；."""
    return tuple(_SENTENCE.findall(text))


def phrases(sentence: str) -> tuple[str, ...]:
    """Cut a sentence with slots so that each phrase has few; the marks stay with what they follow."""
    return tuple(_PHRASE.findall(sentence))


def slots_in(text: str) -> tuple[str, ...]:
    """Return the names of the slots, in order."""
    return tuple(SLOT.findall(text))


def aloud(text: str) -> str:
    """Write a plain text without slots as it is spoken: numbers in characters. This is what a recording is known by."""

    def told(found: re.Match[str]) -> str:
        value = found[0]
        if len(value) >= _TOLD_DIGIT_BY_DIGIT:
            return "".join(reading.digits(value) or (value,))
        return "".join(counted(value, text[: found.start()], text[found.end() :]))

    return _NUMBER.sub(told, text)


def counted(value: str, before: str, after: str) -> reading.Reading:
    """Read a count between these texts: 2 is 两 before what is counted (两页), 二 in an order (第二页) or alone."""
    if value == "2" and not before.endswith("第") and re.match(r"[\u4e00-\u9fff]", after):
        return ("两",)
    return reading.count(value) or (value,)


def pieces_between_slots(phrase: str) -> tuple[str, ...]:
    """Return the fixed stretches of a phrase that are worth a recording (a mark alone is none)."""
    return tuple(part for part in SLOT.sub("\n", phrase).split("\n") if re.search(r"\w", part))


def pattern(template: str) -> re.Pattern[str]:
    """Return what recognises a plain text that was made from this template; each slot is a group, in order."""
    fixed = SLOT.split(template)[::2]
    return re.compile("(.+?)".join(re.escape(part) for part in fixed))


def fill(template: str, values: tuple[str, ...]) -> str:
    """Put the values into the slots."""
    ends = [(found.start(), found.end()) for found in SLOT.finditer(template)]
    edges = [0, *(edge for pair in ends for edge in pair), len(template)]
    parts = [template[begin:end] for begin, end in list(pairwise(edges))[::2]]
    return "".join(part + value for part, value in zip(parts, (*values, ""), strict=True))
