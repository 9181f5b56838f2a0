"""Uyghur, Tibetan, Mongolian and Yi as they come onto the glass, seen in their pixels."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageFont

from kiosk import fonts
from kiosk.locales import own_name, pilot_languages
from kiosk.shell import bidi, mirror, ruler
from kiosk.shell.letters import Letters, Paragraph, Style
from kiosk.shell.marks import Box, Glyphs, IconMark, Node, Part, Role
from kiosk.shell.words import words

TEXTS: dict[str, str] = tomllib.loads((Path(__file__).parent / "universal_declaration.toml").read_text("utf-8"))
INK = 40
WORD = "ئۇيغۇرچە"


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters(ruler.measure, fonts.screen_regular(), fonts.screen_bold())


def picture(paragraph: Paragraph) -> Image.Image:
    """The paragraph as the painter puts it on the glass, white on black."""
    glass = Image.new("L", (paragraph.width + 40, paragraph.height + 40))
    for mark in paragraph.marks(20, 20, "#ffffff"):
        drawn = ruler.ink(mark.font, mark.px, mark.text, leftwards=mark.leftwards)
        if drawn is not None:
            ink, right, down = drawn
            glass.paste(255, (mark.x + right, mark.baseline + down), ink)
    return glass


def columns(paragraph: Paragraph, text: str) -> tuple[int, int]:
    """Where on the line the run with this text has its ink."""
    mark = next(mark for mark in paragraph.marks(0, 0, "#ffffff") if text in mark.text)
    drawn = ruler.ink(mark.font, mark.px, mark.text, leftwards=mark.leftwards)
    assert drawn is not None
    return mark.x + drawn[1], mark.x + drawn[1] + drawn[0].width


def test_a_uyghur_word_is_joined_and_not_a_row_of_letters(letters: Letters) -> None:
    word = letters.set(WORD, Style(INK), 1000)
    alone = sum(letters.set(letter, Style(INK), 1000).width for letter in WORD)
    assert word.width < 0.8 * alone
    font, px = word.lines[0][0].font, word.px
    plain = ImageFont.truetype(font, px, layout_engine=ImageFont.Layout.BASIC).getmask(WORD)
    shaped = ruler.ink(font, px, WORD)
    assert shaped is not None
    assert shaped[0].tobytes() != bytes(plain)


def test_a_uyghur_word_begins_at_the_right(letters: Letters) -> None:
    line = picture(letters.set("د ب", Style(INK), 1000))
    box = line.getbbox()
    assert box is not None
    alone = picture(letters.set("د", Style(INK), 1000))
    there = alone.getbbox()
    assert there is not None
    right = line.crop((box[2] - (there[2] - there[0]), 0, box[2], line.height))
    assert right.tobytes() == alone.crop((there[0], 0, there[2], line.height)).tobytes()


def test_numbers_and_chinese_names_keep_their_order_within_uyghur(letters: Letters) -> None:
    line = letters.set("ئاتى 张伟, ئورنى 12", Style(INK), 2000)
    name, number = columns(line, "张伟"), columns(line, "12")
    first, second = columns(line, "ئاتى"), columns(line, "ئورنى")
    assert number[1] <= second[0] <= second[1] <= name[0] <= name[1] <= first[0]


def test_uyghur_within_chinese_leaves_the_chinese_order(letters: Letters) -> None:
    line = letters.set("请点 بېسىپ چىقار 按钮", Style(INK), 2000)
    assert columns(line, "请点")[1] <= columns(line, "بېسىپ")[0] + 4, (
        "the tail of the last letter reaches below its neighbour"
    )
    assert columns(line, "بېسىپ")[1] <= columns(line, "按钮")[0]


def test_brackets_are_mirrored_where_the_line_runs_leftwards(letters: Letters) -> None:
    line = letters.set("ئاتى (12", Style(INK), 2000)
    bracket = next(run for run in line.lines[0] if "(" in run.text)
    assert bracket.leftwards
    here = ruler.ink(bracket.font, line.px, "(", leftwards=True)
    other = ruler.ink(bracket.font, line.px, ")")
    assert here is not None
    assert other is not None
    assert here[0].tobytes() == other[0].tobytes()


@pytest.mark.parametrize(("language", "stack"), [("bo", "སྐྱེས"), ("mn-Mong", "ᠮᠣᠩᠭᠣᠯ")])
def test_tibetan_stacks_and_mongolian_joins(letters: Letters, language: str, stack: str) -> None:
    alone = sum(letters.set(letter, Style(INK), 1000).width for letter in stack)
    assert letters.set(stack, Style(INK), 1000).width < 0.8 * alone, language


@pytest.mark.parametrize("language", [*TEXTS])
@pytest.mark.parametrize("bold", [False, True])
def test_running_text_is_drawn_whole_within_its_lines(letters: Letters, language: str, bold: bool) -> None:
    text = TEXTS[language]
    width = 500 if language == "ii" else 900
    paragraph = letters.set(text, Style(INK, bold=bold), width)
    assert len(paragraph.lines) > 2
    assert paragraph.width <= width * 1.01
    assert sorted("".join(run.text for line in paragraph.lines for run in line).replace(" ", "")) == sorted(
        text.replace(" ", "")
    ), "every character is there, and none became 〓"
    for line in paragraph.lines:
        for run in line:
            assert all(_has(run.font, character) for character in run.text)
    for above, below in pairwise(range(len(paragraph.lines) + 1)):
        lines = paragraph.marks(0, 0, "#ffffff")
        middle = (above + below) / 2 * paragraph.line_height
        for mark in lines:
            drawn = ruler.ink(mark.font, mark.px, mark.text, leftwards=mark.leftwards)
            if drawn and abs(mark.baseline - middle) < paragraph.line_height / 2:
                top, bottom = mark.baseline + drawn[2], mark.baseline + drawn[2] + drawn[0].height
                assert above * paragraph.line_height - 2 <= top
                assert bottom <= below * paragraph.line_height + 2


def _has(path: str, character: str) -> bool:
    return fonts.font(Path(path).name).has(character)


def test_tibetan_breaks_after_a_syllable_only(letters: Letters) -> None:
    for line in letters.set(TEXTS["bo"], Style(INK), 500).lines:
        said = "".join(run.text for run in line)
        assert said[-1] in "་༌།༎"
        assert said[0] not in "་༌།༎"


def test_no_word_of_uyghur_or_mongolian_is_torn(letters: Letters) -> None:
    for language in ("ug", "mn-Mong"):
        whole = set(TEXTS[language].split())
        for line in letters.set(TEXTS[language], Style(INK), 700).lines:
            ordered = reversed(line) if language == "ug" else line
            assert set("".join(run.text for run in ordered).split()) <= whole


@pytest.mark.parametrize("language", pilot_languages())
def test_a_language_names_itself_in_its_own_letters(letters: Letters, language: str) -> None:
    runs = letters.set(own_name(language), Style(INK), 1000).lines[0]
    assert "〓" not in "".join(run.text for run in runs)
    assert all("CJK" not in run.font for run in runs)
    assert len(words(language).weekdays) == 7


def test_plain_chinese_stays_with_the_fast_engine(letters: Letters) -> None:
    run = letters.set("请放身份证 12:30", Style(INK), 1000).lines[0][0]
    assert ruler.face(run.font, 46).layout_engine is ImageFont.Layout.BASIC
    assert ruler.face(str(fonts.scripts()[0].path), 46).layout_engine is ImageFont.Layout.RAQM


def test_direction_marks_of_a_strangers_text_are_not_obeyed(letters: Letters) -> None:
    assert "".join(run.text for run in letters.set("张\u202e\u2067伟", Style(INK), 1000).lines[0]) == "张伟"
    joined = letters.set("ᠨᠢᠮ\u180eᠠ", Style(INK), 1000).lines[0]
    assert "\u180e" in joined[0].text, "a part of how the word is spelt"
    assert "".join(run.text for run in letters.set("张\u200d伟", Style(INK), 1000).lines[0]) == "张伟"


def test_the_order_of_levels_is_that_of_the_standard() -> None:
    assert bidi.in_sight("abCDe", [0, 0, 1, 1, 0]) == list("abDCe")
    assert bidi.in_sight("AB12C", [1, 1, 2, 2, 1]) == list("C12BA")
    assert bidi.levels("ئ12", right=True) == [1, 2, 2]
    assert bidi.begins_right("12 ئ")
    assert not bidi.begins_right("a ئ")


def test_a_mirrored_layout_moves_lines_and_keeps_what_stands_in_them(letters: Letters) -> None:
    paragraph = letters.set("请点 12 张伟", Style(INK), 400)
    marks = (*paragraph.marks(30, 10, "#ffffff"), IconMark(Box(500, 0, 20, 20), "back", "#ffffff", 1.7))
    part = Part("p", Node(Role.TEXT, paragraph.text, Box(30, 10, 400, 60)), marks)
    there = mirror.mirrored(part, 1000)
    before = [mark for mark in part.marks if isinstance(mark, Glyphs)]
    after = [mark for mark in there.marks if isinstance(mark, Glyphs)]
    assert there.node.box == Box(570, 10, 400, 60)
    for first, second in zip(before, after, strict=True):
        assert second.line == (1000 - first.line[0] - first.line[1], first.line[1])
        assert second.x - second.line[0] == first.x - first.line[0]
    icon = there.marks[-1]
    assert isinstance(icon, IconMark)
    assert (icon.box.x, icon.flipped) == (480, True)
    assert mirror.mirrored(there, 1000) == part
