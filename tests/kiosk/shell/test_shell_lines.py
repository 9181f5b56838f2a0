from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.shell.lines import break_lines

TEXT = st.text(alphabet="请把身份证放在亮灯的地方，。、「」（）12 分钟abcXY-", min_size=1, max_size=60)


def advance(text: str) -> int:
    return sum(10 if ord(c) > 0x2000 else 5 for c in text)


@given(TEXT, st.integers(20, 200), st.booleans())
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_nothing_is_wider_than_the_line(text: str, width: int, balanced: bool) -> None:
    lines = break_lines(text, width, advance, balanced=balanced, whole=("身份证", "地方"))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(advance(line) <= width for line in lines)


@given(
    st.text(alphabet="请把身份证放在亮灯的地方，。、", min_size=8, max_size=60).filter(
        lambda t: t[0] not in "，。、" and "，。" not in t
    )
)
@settings(max_examples=100, deadline=None)
def test_no_line_begins_with_a_closing_mark(text: str) -> None:
    lines = break_lines(text, 100, advance)
    marks = "，。、"
    runs_of_marks = any(a in marks and b in marks for a, b in pairwise(text))
    assert runs_of_marks or all(line[0] not in marks for line in lines)


def test_an_opening_mark_stays_with_what_it_opens() -> None:
    assert break_lines("只用于本次「打印」", 60, advance)[0] == "只用于本次"


def test_a_number_stays_with_what_it_counts() -> None:
    for line in break_lines("办这件事大约要 2 分钟不用再等", 80, advance):
        assert not line.endswith("2")
    assert any("2 分" in line for line in break_lines("办这件事大约要 2 分钟不用再等", 80, advance))


def test_a_balanced_title_breaks_at_the_pause_and_tears_no_word() -> None:
    assert break_lines("字大、声音提示、一步一步来", 100, advance, balanced=True) == ["字大、声音提示、", "一步一步来"]
    assert break_lines("非常不满意", 30, advance, balanced=True, whole=("不满意",)) == ["非常", "不满意"]


def test_a_newline_always_breaks() -> None:
    assert break_lines("不用带证明\n在这里就能办", 1000, advance) == ["不用带证明", "在这里就能办"]


def test_a_last_line_of_one_word_is_not_lonely_but_one_of_one_character_is() -> None:
    assert break_lines("No papers needed", 70, advance, balanced=True) == ["No papers", "needed"]
    assert len(break_lines("请把身份证放在亮灯的地方", 110, advance)[-1]) > 2
