"""Everything that the kiosk can say, walked from where it is written: locale file, fault catalogues, items, licence types.

Used where the pack is made and where it is tested; the voice itself knows the templates only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

from kiosk.screens.screen import Mode
from kiosk.voice import reading
from kiosk.voice.grammar import (
    SLOT,
    Slot,
    aloud,
    fill,
    grammar,
    phrases,
    pieces_between_slots,
    plain,
    sentences,
    slots_in,
)
from kiosk.voice.reading import Kind

LISTED = "、"
"""Stands between the words of a list, in a caption and in a slot."""

_LOCALE = ("kiosk.locales", "zh_hans.toml")
_FAULTS = (("drivers.contract", "faults.toml"), ("kiosk.gateways", "faults.toml"), ("kiosk.licences", "refusals.toml"))
_VISITOR = "visitor"
_FOCUS, _FOCUS_LANGUAGE = ("kiosk.shell", "focus.toml"), "zh-Hans"
"""What the shell says of a thing that has the key pad's focus: its name, and one of these words."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ENDS = "，、：。"


@cache
def templates() -> tuple[str, ...]:
    """Every sentence that a visitor can be told, plain, with its slots; each once, in the order of the files."""
    return _cut(text for key, text in _texts() if _is_spoken(key, text))


@cache
def labels() -> tuple[str, ...]:
    """What is good to have: whatever else is written on a screen, what the shell says with it, and longer words for numbers."""
    written = _cut(text for key, text in _texts() if not _is_spoken(key, text))
    words = _cut(text for _, text in _leaves(_toml(*_FOCUS)[_FOCUS_LANGUAGE]))
    phrases_of = (part for text in (*written, *words) for part in pieces_between_slots(text))
    found = dict.fromkeys(aloud(phrase.strip(_ENDS)) for text in phrases_of for phrase in phrases(text))
    found.update(dict.fromkeys(sorted(reading.longer_words())))
    return tuple(each for each in found if each not in recordings())


def _is_spoken(key: str, text: str) -> bool:
    spoken = grammar().spoken
    return plain(text).endswith(tuple(spoken.ends)) or any(fnmatchcase(key, each) for each in spoken.keys)


def _cut(texts: Iterable[str]) -> tuple[str, ...]:
    """What has no Chinese character (a phone number, the name of another language) is not for a Mandarin voice."""
    found = (each for text in texts for each in sentences(plain(text)))
    return tuple(dict.fromkeys(each for each in found if _HAN.search(SLOT.sub("", each))))


def _texts() -> Iterator[tuple[str, str]]:
    """Each text with the key that it has in its file."""
    yield from _leaves(_toml(*_LOCALE))
    for where in _FAULTS:
        yield from ((_VISITOR, entry[_VISITOR]) for entry in _toml(*where).values() if _VISITOR in entry)


def _toml(package: str, name: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def _leaves(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Texts by the last key that is no mode's name."""
    for key, value in table.items():
        own = above if key in list(Mode) else key
        if isinstance(value, str):
            yield own, value
        elif isinstance(value, Mapping):
            yield from _leaves(value, own)


def slotted() -> tuple[str, ...]:
    """The templates that have slots."""
    return tuple(each for each in templates() if slots_in(each))


@cache
def recordings() -> dict[str, bool]:
    """Every recording that the pack must have, as it is spoken, and whether it is said by itself (else something follows)."""
    alone: dict[str, bool] = {}
    joined: dict[str, None] = {}
    for template in templates():
        if not slots_in(template):
            alone[aloud(template)] = True
            continue
        for phrase in phrases(template):
            for wording in (phrase, *grammar().instead.get(phrase, ())):
                alone.update(dict.fromkeys(_whole(wording), True))
                joined.update(dict.fromkeys(_fixed(wording)))
    for slot in grammar().slots.values():
        joined.update(dict.fromkeys(words_of(slot)))
    joined.update(dict.fromkeys(sorted(reading.every_word())))
    return {**alone, **dict.fromkeys(joined, False)}


def _whole(phrase: str) -> Iterator[str]:
    """The phrase as it stands, or with each value that has a recording of the whole."""
    names = slots_in(phrase)
    if not names:
        yield aloud(phrase)
    if len(names) == 1:
        for value in _whole_values(_slot(names[0], phrase)):
            yield aloud(fill(phrase, (value,)))


def _fixed(phrase: str) -> Iterator[str]:
    """What stands between the slots of a phrase that is joined."""
    slots = [_slot(name, phrase) for name in slots_in(phrase)]
    if slots and not any(slot.kind is Kind.NEVER for slot in slots):
        yield from (aloud(part) for part in pieces_between_slots(phrase))


def _slot(name: str, phrase: str) -> Slot:
    if name not in grammar().slots:
        raise ValueError(f"kiosk/voice/grammar.toml: no rule for the slot {name!r} of {phrase!r}; write one in [slots]")
    return grammar().slots[name]


def _whole_values(slot: Slot) -> Iterable[str]:
    if slot.whole:
        return [str(number) for number in slot.whole]
    return words_of(slot) if slot.kind is Kind.NAMED else ()


def words_of(slot: Slot) -> tuple[str, ...]:
    """The words that the catalogue has for a named slot, as they are spoken."""
    if slot.kind is not Kind.NAMED:
        return ()
    from kiosk.catalogue.item import items
    from kiosk.licences.types import licence_types

    table, *path = slot.from_.split(".")
    tables: dict[str, Callable[[], Mapping[str, Any]]] = {"items": items, "licence_types": licence_types}
    values: list[Any] = list(tables[table]().values())
    for name in path:
        values = [getattr(value, name) for value in values]
    flat = [word for value in values for word in ((value,) if isinstance(value, str) else value)]
    return tuple(dict.fromkeys(aloud(plain(part)) for word in flat for part in word.split(LISTED)))
