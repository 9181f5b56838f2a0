"""The compiled catalogue: which items have which pieces of writing and sound, and how rare a piece is.

Pieces of writing are characters and pairs of them, pieces of sound are three letters in a row, pieces of initials two and
three. Each piece knows its items as two arrays, so that a keystroke over thousands of items costs a few additions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kiosk.catalogue.search.query import plain
from kiosk.catalogue.search.sounds import Sound, is_character, sounds, usual, ways


@dataclass(frozen=True)
class Document:
    """One item as it is searched: phrases that name it, and words (department, life event) that only stand near it."""

    code: str
    phrases: tuple[str, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """A phrase that names an item, by writing and by sound."""

    text: str
    sounds: tuple[Sound, ...]
    letters: str
    initials: str


Postings = tuple[NDArray[np.int32], NDArray[np.float32]]

NEAR = 0.35
"""What a word near an item weighs beside one that names it."""


@dataclass(frozen=True)
class Index:
    """All of it. `pieces` maps a piece to the items that have it and its weight there; `rare` how much it tells."""

    codes: tuple[str, ...]
    phrases: tuple[tuple[Phrase, ...], ...]
    pieces: Mapping[str, Postings]
    rare: Mapping[str, float]


def compile_index(documents: Iterable[Document]) -> Index:
    """Compile the items: under a second for a few hundred, about three for five thousand."""
    codes: list[str] = []
    phrases: list[tuple[Phrase, ...]] = []
    weights: defaultdict[str, dict[int, float]] = defaultdict(dict)
    for at, document in enumerate(documents):
        codes.append(document.code)
        own = tuple(_phrase(text) for text in dict.fromkeys(map(plain, document.phrases)) if text)
        phrases.append(own)
        for phrase in own:
            for piece in pieces_of(phrase):
                weights[piece][at] = 1.0
        for text in document.near:
            for piece in pieces_of(_phrase(plain(text))):
                weights[piece].setdefault(at, NEAR)
    total = len(codes)
    pieces = {
        piece: (np.fromiter(found, np.int32, len(found)), np.fromiter(found.values(), np.float32, len(found)))
        for piece, found in weights.items()
    }
    rare = {piece: float(np.log(1 + total / len(found))) for piece, found in weights.items()}
    return Index(tuple(codes), tuple(phrases), pieces, rare)


def _phrase(text: str) -> Phrase:
    heard = sounds(text)
    syllables = usual(heard)
    return Phrase(text, heard, "".join(syllables), "".join(each[0] for each in syllables))


def pieces_of(phrase: Phrase) -> set[str]:
    """Everything that a phrase can be found by."""
    found = set(writing(phrase.text))
    for way in ways(phrase.sounds):
        found.update(sound_pieces("".join(way)))
        found.update(initial_pieces("".join(syllable[0] for syllable in way)))
    return found


def writing(text: str) -> list[str]:
    """Characters and pairs of them."""
    own = [each for each in text if is_character(each) or each.isdigit()]
    return own + [one + two for one, two in pairwise(text) if is_character(one) and is_character(two)]


def sound_pieces(letters: str) -> list[str]:
    """Three letters in a row, the first ones marked."""
    marked = f"^{letters}"
    return [f"~{marked[at : at + 3]}" for at in range(len(marked) - 2)]


def initial_pieces(initials: str) -> list[str]:
    """Two and three initials in a row."""
    return [f"!{initials[at : at + size]}" for size in (2, 3) for at in range(len(initials) - size + 1)]
