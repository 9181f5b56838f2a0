from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFont

from kiosk import fonts
from kiosk.shell.letters import INK_OF_GUO, Letters, Style


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(lambda _, px, text: px * len(text), fonts.screen_regular(), fonts.screen_bold())


@pytest.mark.parametrize(("bold", "font"), [(False, fonts.screen_regular), (True, fonts.screen_bold)])
def test_the_ink_of_guo_is_as_high_as_we_say(bold: bool, font: object) -> None:
    size = 500
    picture = Image.new("L", (size * 2, size * 2))
    ImageDraw.Draw(picture).text((50, 50), "国", 255, ImageFont.truetype(str(font().path), size))  # type: ignore[operator]
    box = picture.point(lambda v: 255 * (v > 127)).getbbox()
    assert box is not None
    assert (box[3] - box[1]) / size == pytest.approx(INK_OF_GUO[bold], abs=0.004)


def drawn(letters: Letters, text: str) -> list[tuple[str, str]]:
    lines = letters.set(text, Style(20), 10_000).lines
    return [(run.text, run.font.rsplit("/", 1)[-1]) for line in lines for run in line]


def test_a_rare_character_comes_from_the_font_that_has_it(letters: Letters) -> None:
    assert drawn(letters, "张𫒶") == [("张", "NotoSansCJKsc-Regular.otf"), ("𫒶", "HanaMinB.ttf")]


def test_a_character_that_no_font_has_is_a_geta_mark_and_keeps_its_name(letters: Letters) -> None:
    assert drawn(letters, "张\U000323a0\ue000") == [
        ("张", "NotoSansCJKsc-Regular.otf"),
        ("〓〓", "NotoSansCJKsc-Regular.otf"),
    ]
    assert letters.set("\U000323a0", Style(20), 1000).text == "\U000323a0"


def test_markup_is_only_letters(letters: Letters) -> None:
    assert "".join(text for text, _ in drawn(letters, "[b]&amp;] [color=ff0000]")) == "[b]&amp;] [color=ff0000]"


def test_control_characters_are_not_drawn(letters: Letters) -> None:
    assert drawn(letters, "张\x00\u202e\x1b[2J英") == [("张[2J英", "NotoSansCJKsc-Regular.otf")]


def test_half_width_marks_beside_chinese_are_set_full_width(letters: Letters) -> None:
    assert drawn(letters, "不刷脸,换个办法(24 小时): 12:30") == [
        ("不刷脸，换个办法（24 小时）：12:30", "NotoSansCJKsc-Regular.otf")
    ]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_words_of_the_screen_before_are_measured_anew(language: str) -> None:
    measured: list[str] = []

    def measure(_: str, px: int, text: str) -> int:
        measured.append(text)
        return px * len(text)

    letters = Letters(measure, fonts.screen_regular(), fonts.screen_bold())
    number = "999999190001010012"
    letters.of(language).set(f"证件号码 {number}", Style(20), 100)
    letters.of(language).set(f"证件号码 {number}", Style(20), 100)
    once = measured.count(number)
    letters.forget()
    measured.clear()
    letters.of(language).set(f"证件号码 {number}", Style(20), 100)
    assert measured.count(number) == once, "a number of the old screen was still known"
