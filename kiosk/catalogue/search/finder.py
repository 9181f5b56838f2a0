"""Looks for items: first all that share pieces with what was typed, then the best of those, phrase by phrase.

Nothing that was typed is kept: no cache, no log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import LCSseq

from kiosk.catalogue.search import index as pieces
from kiosk.catalogue.search.index import Index, Phrase
from kiosk.catalogue.search.query import Query, query
from kiosk.catalogue.search.sounds import Sound, forgiving, sounds, usual

_LOOKED_AT = 24
"""So many candidates are compared phrase by phrase."""

_MEANT = 0.55
"""What a word that is only meant weighs beside one that was said."""

_HEARD = 0.35
"""What the sound weighs beside the writing, for characters that may be the wrong ones."""

_LEAST = 0.40
"""Below this nothing is shown: better nothing than something else."""

_BESIDE_THE_BEST = 0.6
"""What fits so much less than the best is left out: two that may be meant are read, eight are not.

Both were set on the phrases for tuning and on phrases for what no item is about (tests/kiosk/catalogue)."""


@dataclass(frozen=True)
class Found:
    """An item, and how well it fits (0 to 1)."""

    code: str
    score: float


def find(index: Index, typed: str, most: int = 10) -> list[Found]:
    """Return the items that fit what was typed, the best first."""
    wanted = query(typed)
    if not wanted.text:
        return []
    ways = _as_typed(wanted) if wanted.latin else ()
    heard = "".join(usual(sounds(wanted.text)))
    shares = _typed_shares(index, ways) if ways else _written_shares(index, wanted, heard)
    scored = []
    for at in map(int, np.argsort(-shares, kind="stable")[:_LOOKED_AT]):
        if shares[at] > 0:
            fits = [
                _typed_fit(each, ways) if ways else _written_fit(each, wanted.text, heard) for each in index.phrases[at]
            ]
            scored.append((0.5 * float(shares[at]) + 0.5 * max(fits, default=0.0), -at))
    scored.sort(reverse=True)
    least = max(_LEAST, _BESIDE_THE_BEST * scored[0][0]) if scored else _LEAST
    return [Found(index.codes[-at], round(score, 4)) for score, at in scored[:most] if score >= least]


def _as_typed(wanted: Query) -> tuple[str, ...]:
    """Letters as sounds, and as initials (where sh is two words)."""
    return tuple(dict.fromkeys((forgiving(wanted.text), wanted.text.replace("n", "l"))))


Shares = NDArray[np.float32]
"""For each item the share of what was typed that it has, rare pieces counting more."""


def _typed_shares(index: Index, ways: tuple[str, ...]) -> Shares:
    heard = _share(index, [(pieces.sound_pieces(ways[0]), 1.0)])
    for typed in ways:
        heard = np.maximum(heard, _share(index, [(pieces.initial_pieces(typed), 1.0)]))
    return heard


def _written_shares(index: Index, wanted: Query, heard: str) -> Shares:
    said = [(pieces.writing(wanted.text), 1.0)]
    meant = [(pieces.writing(word), _MEANT) for word in wanted.means]
    written = _share(index, said)
    joined = np.maximum(written, _share(index, said + meant)) if meant else written
    return joined * np.float32(1 - _HEARD) + _share(index, [(pieces.sound_pieces(heard), 1.0)]) * np.float32(_HEARD)


def _share(index: Index, rows: Iterable[tuple[list[str], float]]) -> Shares:
    scores = np.zeros(len(index.codes), np.float32)
    total = 0.0
    unknown = float(np.log(1 + len(index.codes)))
    for row, weight in rows:
        for piece in dict.fromkeys(row):
            rare = index.rare.get(piece)
            total += weight * (rare if rare is not None else unknown / 3)
            if rare is not None:
                items, weights = index.pieces[piece]
                scores[items] += np.float32(weight * rare) * weights
    return scores / np.float32(total) if total else scores


def _written_fit(phrase: Phrase, wanted: str, heard: str) -> float:
    """Characters: in order, with gaps on either side; the sound for characters that may be the wrong ones."""
    same = LCSseq.similarity(wanted, phrase.text)
    writing = same / len(wanted) * 0.6 + same / len(phrase.text) * 0.4
    return max(writing, fuzz.ratio(heard, phrase.letters, score_cutoff=min(100, writing * 125)) / 100 * 0.8)


def _typed_fit(phrase: Phrase, ways: tuple[str, ...]) -> float:
    """Letters: whole syllables, their beginnings, or initials, from the phrase's start or within; then with slips."""
    best = 0.0
    for typed in ways:
        taken = _syllables(phrase.sounds, typed)
        if taken is not None:
            first, many = taken
            best = max(best, (1.0 if first == 0 else 0.85) * (0.8 + 0.2 * many / len(phrase.sounds)))
        if len(typed) > 4:
            best = max(best, 0.8 * fuzz.partial_ratio(typed, phrase.letters, score_cutoff=min(100, best * 125)) / 100)
        if len(typed) > 2:
            short = len(typed) / max(len(phrase.initials), len(typed))
            best = max(best, (0.6 + 0.2 * short) * LCSseq.similarity(typed, phrase.initials) / len(typed))
    return best


def _syllables(heard: tuple[Sound, ...], typed: str) -> tuple[int, int] | None:
    """Whether letters are the beginnings of syllables in a row: (the first of them, how many), or None.

    "sebzm" is se-b-z-m of se bao zel mil: each syllable gives as many of its first letters as were typed, at least one.
    """
    for first, syllable in enumerate(heard):
        if not any(each[0] == typed[0] for each in syllable):
            continue
        reached = [0]
        for many, readings in enumerate(heard[first:], start=1):
            reached = [end for at in reached for each in readings for end in _ends(typed, at, each)]
            if len(typed) in reached:
                return first, many
            if not reached:
                break
    return None


def _ends(typed: str, at: int, syllable: str) -> list[int]:
    """Where a beginning of this syllable that was typed from `at` may end."""
    ends = []
    for letter in syllable:
        if at >= len(typed) or typed[at] != letter:
            break
        at += 1
        ends.append(at)
    return ends
