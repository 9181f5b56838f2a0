"""What was typed, made ready: fillers left out, everyday words joined by those that items are written with."""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from kiosk.catalogue.search.sounds import is_character

_MOST = 40
"""Characters of a question that are looked at; nobody types more, and a stuck key must not cost time."""


@dataclass(frozen=True)
class Query:
    """`text` as compared with phrases; `means` are words that it stands for."""

    text: str
    means: tuple[str, ...]

    @property
    def latin(self) -> bool:
        """Whether there is no Chinese character in it."""
        return not any(map(is_character, self.text))


def query(typed: str) -> Query:
    """Make ready what was typed."""
    text = plain(typed)[:_MOST]
    bare = text
    for filler in _fillers():
        if filler in bare and len(bare) > len(filler):
            bare = bare.replace(filler, "") or bare
    means = dict.fromkeys(
        word for said, words in _means().items() if said in text for word in words if word not in text
    )
    return Query(bare, tuple(means))


def plain(text: str) -> str:
    """Characters, letters and digits only, half width and small."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).lower() if each.isalnum())


@cache
def _spoken() -> dict[str, object]:
    return tomllib.loads(files("kiosk.catalogue.search").joinpath("spoken.toml").read_text("utf-8"))


@cache
def _fillers() -> tuple[str, ...]:
    fillers = _spoken()["fillers"]
    assert isinstance(fillers, list)
    return tuple(sorted(map(str, fillers), key=len, reverse=True))


@cache
def _means() -> dict[str, tuple[str, ...]]:
    means = _spoken()["means"]
    assert isinstance(means, dict)
    return {said: tuple(words) for said, words in means.items()}
