"""Everything a visitor reads: one TOML file a language, each sentence once, with its elder wording where that differs.

    say = Phrasebook("zh-Hans", Mode.ELDER)
    say("card.title")                        -> "请放身份证"
    say("printing.sentence", pages=2)        -> "共 2 页,马上就好。"

Values are put in by name only; a value is never parsed as markup or as a format. The sentences of the fault catalogues are
`device.CODE` and `gateway.CODE`: in Simplified Chinese they stand in the catalogues, in other languages in the locale files.
A sentence that a language has not (the pilot languages have a handful) is said in Simplified Chinese, never left empty.
"""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from kiosk.screens.screen import Mode

OWN = "zh-Hans"
"""The kiosk's own language: every text of a place has it, and it stands in for what another language has not."""

_FILES = {
    OWN: "zh_hans.toml",
    "zh-Hant": "zh_hant.toml",
    "en": "en.toml",
}
"""Complete: every sentence, held by a test."""

_PILOTS = {
    "ug": "ug.toml",
    "bo": "bo.toml",
    "mn-Mong": "mn_mong.toml",
    "ii": "ii.toml",
}
"""A handful of sentences each, from published sources named in the file; offered only where a site asks for them."""

_CATALOGUES = {"device": ("drivers.contract", "faults.toml"), "gateway": ("kiosk.gateways", "faults.toml")}
"""Tables of sentences that Simplified Chinese has in a catalogue of its own, in the column `visitor`."""


def languages() -> tuple[str, ...]:
    """The languages that are complete (BCP 47), the kiosk's own first."""
    return tuple(_FILES)


def pilot_languages() -> tuple[str, ...]:
    """The languages that have only a handful of sentences yet."""
    return tuple(_PILOTS)


def own_name(language: str) -> str:
    """What a language is called in itself. Raise LookupError for a language that there is not."""
    return str(_sentences(language)["language"]["own_name"])


class HasTexts(Protocol):
    """Settings with texts in several languages (`kiosk.settings.translated`)."""

    def within(self, field: str, language: str) -> tuple[str, ...]:
        """Return the texts of a field in this language, in Simplified Chinese where nobody wrote it."""
        ...


@dataclass(frozen=True)
class Phrasebook:
    """The sentences of one language in one mode."""

    language: str = OWN
    mode: Mode = Mode.STANDARD

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a sentence. Raise LookupError for a key that is not there, KeyError for a value that was not given."""
        entry = _found(_sentences(self.language), key)
        if entry is None:
            entry = _found(_sentences(OWN), key)
        if entry is None:
            raise LookupError(f"no sentence {key!r} in {self.language}, nor in {OWN}")
        if isinstance(entry, dict):
            entry = entry[self.mode.value]
        return string.Formatter().vformat(entry, (), values) if values else str(entry)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return _found(_sentences(OWN), key) is not None

    def local(self, about: HasTexts, field: str) -> str:
        """Return a text of the place or of an item in this language, as far as it was translated; several as it lists things."""
        return self("language.list_mark").join(about.within(field, self.language))


def _found(entry: Any, key: str) -> Any:
    for part in key.split("."):
        if not isinstance(entry, dict) or part not in entry:
            return None
        entry = entry[part]
    return entry


@cache
def _sentences(language: str) -> Any:
    file = {**_FILES, **_PILOTS}.get(language)
    if file is None:
        raise LookupError(f"no language {language!r}; there are {', '.join((*_FILES, *_PILOTS))}")
    read = tomllib.loads(files("kiosk.locales").joinpath(file).read_text("utf-8"))
    if language == OWN:
        read |= {table: _catalogue(*place) for table, place in _CATALOGUES.items()}
    return read


def _catalogue(package: str, name: str) -> dict[str, str]:
    rows = tomllib.loads(files(package).joinpath(name).read_text("utf-8"))
    return {code: row["visitor"] for code, row in rows.items()}
