"""Names and numbers as others may see them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.documents import masking


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张小英", "张*英"),
        ("王芳", "王*"),
        ("王", "*"),
        ("欧阳建华", "欧**华"),
        ("䶮𠮷英", "䶮*英"),
        ("𠮷英", "𠮷*"),
        ("阿卜杜拉·买买提", "阿***·**提"),
        ("Grace Hopper", "G**** H*****"),
        ("Jean-Luc O'Neill", "J***-L** O'N****"),
        ("葛\U000e0100小英", "葛\U000e0100*英"),
        ("张葛\U000e0100英", "张*英"),
        ("", ""),
    ],
)
def test_names(name, shown):
    assert masking.mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("99999919480312002X", "9999**********002X"),
        ("999999480312002", "9999*******2002"),
        ("E12345678", "E1*****78"),
        ("12345", "*****"),
        ("", ""),
    ],
)
def test_numbers(number, shown):
    assert masking.mask_number(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("测试省测试市测试区幸福路1号", "测试省测试市********"), ("幸福路1号", "幸福***"), ("村", "*"), ("", "")],
)
def test_addresses(address, shown):
    assert masking.mask_address(address) == shown


@given(st.text(min_size=1))
def test_something_is_always_hidden_and_nothing_invented(name):
    letters = [each for each in name if each.isalpha()]
    if len(letters) > 1 and " " not in name and all(each >= "一" for each in name):
        assert masking.mask_name(name) != name
    for hidden in (masking.hidden_in_name, masking.hidden_in_number, masking.hidden_in_address):
        assert len(hidden(name)) == len(name)


@given(st.text("一二三四五六七八九十张王李赵䶮𠮷", min_size=1, max_size=12))
def test_of_a_chinese_name_at_most_two_letters_are_seen(name):
    masked = masking.mask_name(name)
    assert len(masked) == len(name)
    assert sum(each != "*" for each in masked) <= min(2, len(name) - 1)
