"""Which Chinese characters the kiosk can draw: all that a name in the population register may hold."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from kiosk import fonts
from kiosk.shell import ruler
from kiosk.shell.letters import Letters, Style

LEVEL_3 = (
    (0x4E00, 0x9FEF), (0x3400, 0x4DB5), (0x20000, 0x2A6D6), (0x2A700, 0x2B734), (0x2B740, 0x2B81D),
    (0x2B820, 0x2CEA1), (0x2CEB0, 0x2EBE0), (0xFA0E, 0xFA0F), (0xFA11, 0xFA11), (0xFA13, 0xFA14),
    (0xFA1F, 0xFA1F), (0xFA21, 0xFA21), (0xFA23, 0xFA24), (0xFA27, 0xFA29),
)  # fmt: skip
"""GB 18030-2022, 9.4: "all Chinese characters of this document and the Kangxi radicals of table 3", which products for government
and public services must satisfy. 87,887 characters up to Extension F (Ken Lunde, "The GB 18030-2022 Standard", 2022)."""

KANGXI = (0x2F00, 0x2FD5)

STANDARD = (Path(__file__).parent / "general_standard_characters.txt").read_text("utf-8").strip()
"""通用规范汉字表 (2013) in its order, taken from the property kTGH of Unihan 15.0."""


def level_3() -> list[str]:
    return [chr(point) for first, last in LEVEL_3 for point in range(first, last + 1)]


@pytest.mark.parametrize("first", [fonts.screen_regular, fonts.screen_bold, fonts.paper])
def test_every_character_of_gb_18030_level_3_can_be_drawn_on_screen_and_paper(first: object) -> None:
    characters = level_3()
    assert len(characters) == 87_887
    radicals = [chr(point) for point in range(KANGXI[0], KANGXI[1] + 1)]
    assert fonts.missing("".join([*characters, *radicals]), first()) == ""  # type: ignore[operator]


def test_every_general_standard_character_has_the_simplified_chinese_form() -> None:
    assert len(STANDARD) == len(set(STANDARD)) == 8105
    for weight in (fonts.screen_regular(), fonts.screen_bold()):
        assert [character for character in STANDARD if not weight.has(character)] == []


@pytest.mark.parametrize("character", "骨令复直角")
def test_the_forms_are_those_of_simplified_chinese(character: str) -> None:
    collection = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"

    def drawn(path: str, index: int) -> bytes:
        return bytes(ImageFont.truetype(path, 60, index=index, layout_engine=ImageFont.Layout.BASIC).getmask(character))

    here = drawn(str(fonts.screen_regular().path), 0)
    assert here == drawn(collection, 2), "face 2 of the collection is Simplified Chinese"
    assert here != drawn(collection, 0), "face 0 is Japanese"


@pytest.mark.parametrize("character", "骨令角化返，")
def test_traditional_chinese_is_drawn_with_its_own_forms(character: str) -> None:
    simple, own = (_picture(str(font.path), character) for font in (fonts.screen_regular(), fonts.traditional()))
    assert own is not None
    assert own != simple
    letters = Letters(ruler.measure, fonts.screen_regular(), fonts.screen_bold())
    for language, font in (("zh-Hans", fonts.screen_regular()), ("en", fonts.screen_regular())):
        assert letters.of(language).set(character, Style(40), 400).lines[0][0].font == str(font.path)
    for bold in (False, True):
        line = letters.of("zh-Hant").set(character, Style(40, bold=bold), 400).lines[0]
        assert line[0].font == str(fonts.traditional(bold=bold).path)


def test_traditional_chinese_draws_every_name_too() -> None:
    assert [each for each in level_3() if fonts.missing(each, fonts.traditional())] == []


def test_rare_characters_have_ink_of_their_own() -> None:
    """A font may claim a character and draw its empty box for it."""
    chosen = random.Random(18030).sample([character for character in level_3() if ord(character) > 0x20000], 300)
    boxes = {font.path: _picture(str(font.path), "\U000e0fff") for font in fonts.rare()}
    seen = set()
    for character in chosen:
        run = fonts.runs(character, fonts.screen_regular())[0]
        assert run.font is not None
        picture = _picture(str(run.font.path), character)
        assert picture is not None
        assert picture != boxes.get(run.font.path)
        seen.add(picture)
    assert len(seen) == len(chosen), "no two of them look alike"


def _picture(path: str, text: str) -> tuple[tuple[int, int], bytes] | None:
    found = ruler.ink(path, 40, text)
    if found is None:
        return None
    picture: Image.Image = found[0]
    return picture.size, picture.tobytes()
