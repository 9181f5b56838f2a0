"""Texts of a place or an item that visitors read: Simplified Chinese, and other languages where somebody wrote them.

    name = "浔阳区政务自助服务"
    name = { zh-Hans = "浔阳区政务自助服务", en = "Xunyang District self-service" }

The field itself is Simplified Chinese, which papers, slips and the journal use; a screen says `say.local(site, "name")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from pydantic import Field, model_validator

from kiosk.locales import OWN
from kiosk.settings.reading import Model


class Translated(Model):
    """Settings whose texts, and lists of texts, may be written in several languages."""

    translations: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    """By field: for each of its texts the other languages. Not written in a file: what is written there is sorted into it."""

    def within(self, field: str, language: str) -> tuple[str, ...]:
        """Return the texts of a field in this language, each in Simplified Chinese where nobody wrote it."""
        own = getattr(self, field)
        texts = (own,) if isinstance(own, str) else tuple(own)
        others = self.translations.get(field) or ({},) * len(texts)
        return tuple(other.get(language) or text for text, other in zip(texts, others, strict=True))

    @classmethod
    def _texts(cls) -> frozenset[str]:
        """The fields that are texts or lists of texts; a table in any other is what it is."""
        kinds = {field: info.annotation for field, info in cls.model_fields.items()}
        plain = {field: get_args(kind)[0] if get_origin(kind) is tuple else kind for field, kind in kinds.items()}
        return frozenset(f for f, kind in plain.items() if kind is str or getattr(kind, "__origin__", None) is str)

    @model_validator(mode="before")
    @classmethod
    def _sort(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or "translations" in given:
            return given
        plain, sorted_out = dict(given), {}
        for field, value in given.items():
            texts = value if isinstance(value, list) else [value]
            if field in cls._texts() and any(_is_table(text) for text in texts):
                pairs = [_split(text) for text in texts]
                own = [text for text, _ in pairs]
                plain[field] = own if isinstance(value, list) else own[0]
                sorted_out[field] = tuple(others for _, others in pairs)
        return {**plain, "translations": sorted_out}


def _is_table(text: Any) -> bool:
    return isinstance(text, Mapping) and all(isinstance(each, str) for each in text.values())


def _split(text: Any) -> tuple[Any, dict[str, str]]:
    if not _is_table(text):
        return text, {}
    if not text.get(OWN) or not all(text.values()):
        raise ValueError(f'有一段文字缺少简体中文,或有一种语言是空的 → 写成 {{ {OWN} = "…", en = "…" }}')
    return text[OWN], {language: each for language, each in text.items() if language != OWN}
