"""What is played for a caption: recordings and the silences between them, or nothing when a part of it cannot be said.

The caption is all that is known: it is recognised among the templates, its values are read, and each phrase is one recording
of the whole, or pieces that are joined. Half a message would mislead: what cannot be said whole is a caption only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from kiosk.voice import reading
from kiosk.voice.grammar import (
    SLOT,
    Slot,
    aloud,
    counted,
    fill,
    grammar,
    pattern,
    phrases,
    plain,
    sentences,
    slots_in,
)
from kiosk.voice.pack import Recording
from kiosk.voice.reading import COMMA, Kind, Reading

LISTED = "、"
_PHRASE_ENDS = "，、："


class Pause(Enum):
    """What kind of silence follows."""

    SENTENCE = auto()
    PHRASE = auto()
    JOINT = auto()


class Piece(NamedTuple):
    """One recording (as it is spoken), and the silence after it."""

    spoken: str
    pause: Pause


class Planner:
    """Knows the templates and the recordings that there are."""

    def __init__(self, templates: Sequence[str], recordings: Mapping[str, Recording]) -> None:
        self._recordings = recordings
        with_slots = (each for each in templates if slots_in(each))
        # The one with most text of its own first: 「{pages}页」 must not swallow what 「共{pages}页」 says.
        ordered = sorted(with_slots, key=lambda template: -len(SLOT.sub("", template)))
        self._patterns = [(pattern(template), template) for template in ordered]

    def plan(self, caption: str) -> tuple[Piece, ...]:
        """Return the pieces in their order; empty when a part of the caption cannot be said."""
        found: list[Piece] = []
        for sentence in sentences(plain(caption)):
            pieces = self._sentence(sentence)
            if pieces is None:
                return ()
            found += pieces
        return tuple(found)

    def _sentence(self, sentence: str) -> list[Piece] | None:
        if aloud(sentence) in self._recordings:
            return [Piece(aloud(sentence), Pause.SENTENCE)]
        for recognised, template in self._patterns:
            match = recognised.fullmatch(sentence)
            pieces = self._from_template(template, match) if match else None
            if pieces is not None:
                return pieces
        return self._word_for_word(sentence)

    def _word_for_word(self, sentence: str) -> list[Piece] | None:
        """What is said of a thing that has the focus: its words, each of which has a recording (打印，按钮)."""
        words = [aloud(phrase.rstrip(_PHRASE_ENDS)) for phrase in phrases(sentence)]
        if any(word not in self._recordings for word in words):
            return None
        found = [Piece(word, Pause.PHRASE) for word in words]
        return [*found[:-1], found[-1]._replace(pause=Pause.SENTENCE)]

    def _from_template(self, template: str, match: re.Match[str]) -> list[Piece] | None:
        values = list(match.groups())
        found: list[Piece] = []
        for phrase in phrases(template):
            names = slots_in(phrase)
            own = dict(zip(names, values[: len(names)], strict=True))
            del values[: len(names)]
            pieces = self._phrase(phrase, own)
            if pieces is None:
                return None
            found += pieces
        return [*found[:-1], found[-1]._replace(pause=Pause.SENTENCE)]

    def _phrase(self, phrase: str, values: Mapping[str, str]) -> list[Piece] | None:
        for wording in (phrase, *grammar().instead.get(phrase, ())):
            pieces = self._wording(wording, values)
            if pieces is not None:
                return [*pieces[:-1], pieces[-1]._replace(pause=Pause.PHRASE)]
        return None

    def _wording(self, wording: str, values: Mapping[str, str]) -> list[Piece] | None:
        names = slots_in(wording)
        if any(name not in grammar().slots or grammar().slots[name].kind is Kind.NEVER for name in names):
            return None
        whole = aloud(fill(wording, tuple(values[name] for name in names)))
        if whole in self._recordings:
            return [Piece(whole, Pause.PHRASE)]
        return self._joined(wording, values) if names else None

    def _joined(self, wording: str, values: Mapping[str, str]) -> list[Piece] | None:
        parts = SLOT.split(wording)
        found: list[Piece] = []
        for place, part in enumerate(parts):
            if place % 2 == 0:
                words: Reading | None = (aloud(part),) if re.search(r"\w", part) else ()
            else:
                words = self._read(grammar().slots[part], values[part], parts[place - 1], parts[place + 1])
            if words is None or any(word != COMMA and word not in self._recordings for word in words):
                return None
            for word in self._in_one(words):
                if word != COMMA:
                    found.append(Piece(word, Pause.JOINT))
                elif found:
                    found[-1] = found[-1]._replace(pause=Pause.PHRASE)
        return found or None

    def _in_one(self, words: Reading) -> list[str]:
        """Take several words as one where there is a recording of them together, the longest first: 二十六 for 二, 十, 六."""
        found: list[str] = []
        at = 0
        while at < len(words):
            ends = range(len(words), at + 1, -1)
            taken = next((end for end in ends if "".join(words[at:end]) in self._recordings), at + 1)
            found.append("".join(words[at:taken]))
            at = taken
        return found

    def _read(self, slot: Slot, value: str, before: str, after: str) -> Reading | None:
        if slot.kind is Kind.NAMED:
            words = tuple(aloud(word) for word in value.split(LISTED))
            if all(word in self._recordings for word in words):
                return tuple(part for word in words for part in (COMMA, word))[1:]
            return reading.READERS[slot.otherwise](value) if slot.otherwise else None
        if slot.kind is Kind.COUNT and reading.count(value):
            return counted(value, before, after)
        return reading.READERS[slot.kind](value)
