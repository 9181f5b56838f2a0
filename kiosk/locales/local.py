"""A text that belongs to a place or an item, not to the program: its own words, and the same in other languages where somebody
wrote them. In a file of settings:

    name = "浔阳区政务自助服务"
    name = { zh-Hans = "浔阳区政务自助服务", en = "Xunyang District self-service" }

It is a `str` of Simplified Chinese, which papers, slips and the journal use; what a visitor reads goes through `Phrasebook.local`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

OWN = "zh-Hans"
"""The language that every text of a place must have, and that stands in for one it has not."""


class Local(str):
    """Simplified Chinese, with translations by language (BCP 47)."""

    __slots__ = ("translations",)
    translations: Mapping[str, str]

    def __new__(cls, text: str, translations: Mapping[str, str] | None = None) -> Local:
        """Make a text; `translations` are by language."""
        made = super().__new__(cls, text)
        made.translations = dict(translations or {})
        return made

    def within(self, language: str) -> str:
        """Return the text in this language, or in Simplified Chinese where nobody wrote it."""
        return self.translations.get(language) or str(self)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        texts = core_schema.str_schema(min_length=1)
        table = core_schema.dict_schema(core_schema.str_schema(), texts)
        return core_schema.no_info_after_validator_function(
            _made,
            core_schema.union_schema([texts, table], mode="left_to_right", custom_error_type="string_type"),
        )


def _made(given: str | dict[str, str]) -> Local:
    if isinstance(given, str):
        return given if isinstance(given, Local) else Local(given)
    if OWN not in given:
        raise PydanticCustomError("missing", "without Simplified Chinese")
    return Local(given[OWN], {language: text for language, text in given.items() if language != OWN})
