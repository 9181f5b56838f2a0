"""Three languages are complete and say the same; four more have a handful of published words."""

from __future__ import annotations

import string
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from drivers.contract.faults import FaultCode
from drivers.contract.faults import catalogue as device_faults
from kiosk import fonts
from kiosk.gateways.fault import GatewayCode
from kiosk.gateways.fault import catalogue as gateway_faults
from kiosk.locales import OWN, Phrasebook, languages, own_name, pilot_languages
from kiosk.screens.screen import Mode
from kiosk.shell import ruler
from kiosk.shell.letters import Letters, Style
from kiosk.shell.words import Words, words

FILES = {OWN: "zh_hans", "zh-Hant": "zh_hant", "en": "en", "ug": "ug", "bo": "bo", "mn-Mong": "mn_mong", "ii": "ii"}
CATALOGUES = {"device": FaultCode, "gateway": GatewayCode}
TRANSLATED = [language for language in languages() if language != OWN]


@cache
def entries(language: str) -> dict[str, Any]:
    """Every sentence of the file, by key; a dict where the modes differ."""
    tables = tomllib.loads(files("kiosk.locales").joinpath(f"{FILES[language]}.toml").read_text("utf-8"))
    return {f"{table}.{name}": entry for table, rows in tables.items() for name, entry in rows.items()}


def sentences(language: str) -> dict[str, str]:
    """By key and mode."""
    found = {}
    for key, entry in entries(language).items():
        for mode, sentence in entry.items() if isinstance(entry, dict) else (("", entry),):
            found[f"{key} {mode}".strip()] = sentence
    return found


def slots(entry: Any) -> dict[str, list[str]]:
    """Which values a sentence wants, mode by mode."""
    modes = entry if isinstance(entry, dict) else dict.fromkeys((mode.value for mode in Mode), entry)
    return {
        mode: sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name)
        for mode, sentence in modes.items()
    }


def test_the_files_are_those_that_the_code_knows() -> None:
    assert {*languages(), *pilot_languages()} == set(FILES)
    assert languages()[0] == OWN


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_complete_language_has_the_same_sentences_and_values(language: str) -> None:
    own = {key: slots(entry) for key, entry in entries(OWN).items()}
    own |= {f"{table}.{code.value}": slots("") for table, codes in CATALOGUES.items() for code in codes}
    theirs = {key: slots(entry) for key, entry in entries(language).items()}
    assert sorted(set(own) - set(theirs)) == [], "translate these, and read them aloud"
    assert sorted(set(theirs) - set(own)) == [], "nobody asks for these any more"
    assert [key for key in own if own[key] != theirs[key]] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_said_otherwise_to_elders_is_so_in_every_complete_language(language: str) -> None:
    for key, entry in entries(OWN).items():
        if isinstance(entry, dict) and len(set(entry.values())) > 1:
            assert isinstance(entries(language)[key], dict), key


@pytest.mark.parametrize("language", pilot_languages())
def test_a_pilot_language_says_nothing_that_nobody_asks_for(language: str) -> None:
    for key, entry in entries(language).items():
        assert slots(entry) == slots(entries(OWN)[key]), key


@pytest.mark.parametrize("language", [*FILES])
def test_no_sentence_is_empty_and_each_can_be_drawn(language: str) -> None:
    letters = Letters(ruler.measure, fonts.screen_regular(), fonts.screen_bold())
    for key, sentence in sentences(language).items():
        assert sentence.strip(), key
        drawn = "".join(run.text for line in letters.set(sentence, Style(20), 9000).lines for run in line)
        assert "〓" not in drawn, f"{key}: {sentence}"


@pytest.mark.parametrize("mode", Mode)
def test_what_a_language_has_not_is_said_in_simplified_chinese(mode: Mode) -> None:
    assert Phrasebook("ug", mode)("card.title") == Phrasebook(OWN, mode)("card.title")
    assert Phrasebook("ug", mode)("review.print") != Phrasebook(OWN, mode)("review.print")
    with pytest.raises(LookupError, match="no sentence"):
        Phrasebook("en", mode)("card.nothing")
    with pytest.raises(LookupError, match="no language 'xx'"):
        Phrasebook("xx", mode)("card.title")


def test_the_sentences_of_the_catalogues_are_said_in_every_language() -> None:
    for code in FaultCode:
        assert Phrasebook()(f"device.{code.value}") == device_faults()[code].visitor
        assert Phrasebook("en")(f"device.{code.value}").isascii()
    for gateway in GatewayCode:
        assert Phrasebook()(f"gateway.{gateway.value}") == gateway_faults()[gateway].visitor
        assert Phrasebook("en")(f"gateway.{gateway.value}").isascii()


def test_every_language_names_itself() -> None:
    names = [own_name(language) for language in FILES]
    assert len(set(names)) == len(FILES)
    assert names[:3] == ["简体中文", "繁體中文", "English"]


# --- English

FORBIDDEN = ("error", "invalid user", "not you", "failed", "system error", "!")


def test_english_is_polite_and_short() -> None:
    for key, sentence in sentences("en").items():
        assert not any(word in sentence.lower() for word in FORBIDDEN), f"{key}: {sentence}"
        assert not set(sentence) & set("\u2018\u2019\u201c\u201d\u2014\u2026"), f"{key}: drawn as wide as Chinese"
        assert len(sentence) <= 140, f"{key}: {len(sentence)} letters"


def test_english_of_a_fault_is_a_sentence_that_says_what_to_do() -> None:
    for key, sentence in sentences("en").items():
        if key.split(".")[0] in CATALOGUES:
            assert sentence.endswith("."), key
            told = ("lease", "again for free", "but you can go on")
            assert any(each in sentence for each in told), f"{key}: {sentence}"


# --- 繁體中文


def test_traditional_chinese_has_no_simplified_character() -> None:
    for key, sentence in sentences("zh-Hant").items():
        # the characters of Taiwan and Hong Kong; 们 and 这 are not among them
        left_out = [c for c in sentence if not c.encode("big5hkscs", "ignore") and c not in "–·"]
        assert not left_out, f"{key}: {left_out}"


@pytest.mark.parametrize("word", ["打印", "屏幕", "信息", "攝像", "二維碼", "芯片", "墨粉", "臺", "裏", "身分證", "髮"])
def test_one_word_for_one_thing_in_traditional_chinese(word: str) -> None:
    assert [key for key, sentence in sentences("zh-Hant").items() if word in sentence] == []


# --- the shell's own words


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_shells_own_words_are_complete(language: str) -> None:
    tables = tomllib.loads(files("kiosk.shell").joinpath("words.toml").read_text("utf-8"))
    assert set(tables[language]) == set(Words.__struct_fields__) - {"leftwards"}
    assert len(words(language).weekdays) == 7
    for name, own in tables[OWN].items():
        if isinstance(own, str):
            assert slots(tables[language][name]) == slots(own), name
