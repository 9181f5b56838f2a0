"""Everything a visitor reads: one TOML file a language, each sentence once, with its elder wording where that differs.

    say = Phrasebook("zh-Hans", Mode.ELDER)
    say("card.title")                        -> "请放身份证"
    say("printing.sentence", pages=2)        -> "共 2 页,马上就好。"

Values are put in by name only; a value is never parsed as markup or as a format.
"""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from kiosk.screens.screen import Mode

_FILES = {"zh-Hans": "zh_hans.toml"}


def languages() -> tuple[str, ...]:
    """The languages that there are (BCP 47), the kiosk's own first."""
    return tuple(_FILES)


@dataclass(frozen=True)
class Phrasebook:
    """The sentences of one language in one mode."""

    language: str = "zh-Hans"
    mode: Mode = Mode.STANDARD

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a sentence. Raise LookupError for a key that is not there, KeyError for a value that was not given."""
        entry = _sentences(self.language)
        for part in key.split("."):
            if not isinstance(entry, dict) or part not in entry:
                raise LookupError(f"no sentence {key!r} in {self.language}")
            entry = entry[part]
        if isinstance(entry, dict):
            entry = entry[self.mode.value]
        return string.Formatter().vformat(entry, (), values) if values else str(entry)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        try:
            self(key)
        except LookupError:
            return False
        return True


@cache
def _sentences(language: str) -> Any:
    return tomllib.loads(files("kiosk.locales").joinpath(_FILES[language]).read_text("utf-8"))
