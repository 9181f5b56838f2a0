"""A place and an item may write their texts in several languages, and need not."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from kiosk.catalogue.item import items
from kiosk.licences.types import licence_types
from kiosk.locales import Phrasebook
from kiosk.settings.translated import Translated


class Named(Translated):
    name: str
    needs: tuple[str, ...] = ()


def test_a_place_may_translate_its_texts_and_need_not() -> None:
    both = Named.model_validate({"name": {"zh-Hans": "便民中心", "en": "Service Centre"}})
    assert both.name == "便民中心"
    assert type(both.name) is str, "goes into papers and messages"
    assert Phrasebook("en").local(both, "name") == "Service Centre"
    assert Phrasebook("zh-Hant").local(both, "name") == "便民中心"
    alone = Named.model_validate({"name": "便民中心"})
    assert Phrasebook("en").local(alone, "name") == "便民中心"


def test_a_list_is_joined_as_the_language_lists_things() -> None:
    two = Named.model_validate({"name": "x", "needs": [{"zh-Hans": "身份证", "en": "ID card"}, "户口簿"]})
    assert two.needs == ("身份证", "户口簿")
    assert Phrasebook().local(two, "needs") == "身份证、户口簿"
    assert Phrasebook("en").local(two, "needs") == "ID card, 户口簿"


def test_a_copy_keeps_its_translations() -> None:
    both = Named.model_validate({"name": {"zh-Hans": "便民中心", "en": "Service Centre"}})
    assert Phrasebook("en").local(both.model_copy(update={"needs": ("x",)}), "name") == "Service Centre"


@pytest.mark.parametrize(
    "name", [{"en": "Service Centre"}, {"zh-Hans": ""}, {"zh-Hans": "便民中心", "en": ""}, {"zh-Hans": 5}, {}, 5]
)
def test_a_text_without_simplified_chinese_or_with_an_empty_one_is_a_mistake(name: object) -> None:
    with pytest.raises(ValidationError):
        Named.model_validate({"name": name})


def test_what_ships_is_translated() -> None:
    for item in items().values():
        for language in ("zh-Hant", "en"):
            say = Phrasebook(language)
            assert say.local(item, "name") != item.name
            assert say.local(item.guide, "needs") != Phrasebook().local(item.guide, "needs")
    for licence in licence_types().values():
        assert Phrasebook("en").local(licence, "consent_fields").isascii()
