"""What pinyin gives: names, places and words of services first; nothing is learnt, nothing is written down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.contract.secret import SecretText
from kiosk.input import dictionary
from kiosk.input.limits import limits
from kiosk.input.messages import Compose, Guesses
from kiosk.input.pinyin import Pinyin


@pytest.fixture(scope="module")
def pinyin() -> Pinyin:
    return Pinyin(limits().pinyin_guesses)


def ask(pinyin: Pinyin, letters: str, *taken: int) -> Guesses:
    return pinyin.answer(Compose(serial=7, letters=SecretText(letters), taken=taken))


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ("wangxiuying", "王秀英"),
        ("zhangwei", "张伟"),
        ("liguiying", "李桂英"),
        ("zhangjianguo", "张建国"),
        ("budongchandengji", "不动产登记"),
        ("jiujiangshixunyangqu", "九江市浔阳区"),
        ("jiangxishengjiujiangshixunyangqu", "江西省九江市浔阳区"),
        ("laorenbutie", "老人补贴"),
        ("gaolingjintie", "高龄津贴"),
        ("yiliaobaoxian", "医疗保险"),
        ("dibao", "低保"),
        ("shenfenzheng", "身份证"),
    ],
)
def test_the_word_that_is_meant_here_comes_first(pinyin: Pinyin, letters: str, word: str) -> None:
    assert ask(pinyin, letters).guesses[0] == word


@pytest.mark.parametrize(
    ("letters", "word"),
    [
        ("wangxiuyin", "王秀英"),
        ("lancang", "南昌"),
        ("sehuibaozangka", "社会保障卡"),
        ("lvshi", "律师"),
        ("sbk", "社保卡"),
    ],
)
def test_southern_sounds_initials_and_the_letter_v_are_understood(pinyin: Pinyin, letters: str, word: str) -> None:
    assert word in ask(pinyin, letters).guesses[:8]


def test_a_guess_for_the_beginning_leaves_the_other_letters(pinyin: Pinyin) -> None:
    guesses = ask(pinyin, "wangxiuying").guesses
    part = ask(pinyin, "wangxiuying", guesses.index("网"))
    assert (part.head.reveal(), part.rest.reveal(), part.serial) == ("网", "xiu ying", 7)
    whole = ask(pinyin, "wangxiuying", guesses.index("网"), part.guesses.index("秀英"))
    assert (whole.head.reveal(), whole.rest.reveal(), whole.guesses) == ("网秀英", "", ())


def test_a_guess_of_a_later_page_is_the_one_that_was_shown(pinyin: Pinyin) -> None:
    guesses = ask(pinyin, "shi").guesses
    assert len(guesses) == limits().pinyin_guesses
    for number in (8, 9, 17, 18, 41):
        assert ask(pinyin, "shi", number).head.reveal() == guesses[number]


def test_what_is_no_pinyin_or_no_guess_harms_nothing(pinyin: Pinyin) -> None:
    assert ask(pinyin, "").guesses == ()
    assert ask(pinyin, "1,Ü'\0wang").guesses[0] == ask(pinyin, "wang").guesses[0]
    assert ask(pinyin, "vqx").guesses == ()
    assert ask(pinyin, "wang" * 10).guesses
    assert ask(pinyin, "zhangwei").guesses[0] == "张伟", "and the next question is answered as ever"


def test_nothing_is_learnt_from_what_was_taken(pinyin: Pinyin) -> None:
    before = ask(pinyin, "yangyang").guesses
    for _ in range(5):
        ask(pinyin, "yangyang", 7)
    assert ask(pinyin, "yangyang").guesses == before


_TYPES_AND_LOOKS = """
import os, pathlib
from drivers.contract.secret import SecretText
from kiosk.input.messages import Compose
from kiosk.input.pinyin import Pinyin
pinyin = Pinyin(60)
for taken in ((), (3,), (0,)):
    pinyin.answer(Compose(serial=1, letters=SecretText("ouyangnana"), taken=taken))
for fd in os.listdir("/proc/self/fd"):
    try:
        flags = int(open(f"/proc/self/fdinfo/{fd}").read().split("flags:")[1].split()[0], 8)
        path = os.readlink(f"/proc/self/fd/{fd}")
    except FileNotFoundError:
        continue
    if flags & (os.O_WRONLY | os.O_RDWR) and path.startswith("/") and not path.startswith("/dev/"):
        print("open for writing:", path)
"""


def test_nothing_that_was_typed_is_written_or_said_anywhere(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", _TYPES_AND_LOOKS],
        env={**os.environ, **home},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout + told.stderr == ""
    assert list(tmp_path.rglob("*")) == []


def test_the_words_are_well_formed() -> None:
    words = dictionary.words()
    assert len(words) > 15_000
    assert all(word == word.strip() and len(word) >= 2 for word in words)
    assert {"不动产登记", "九江市浔阳区", "江西省九江市", "王秀英", "欧阳娜娜"} <= set(words)


def test_a_dictionary_that_was_not_built_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"python -m kiosk\.input\.dictionary"):
        Pinyin(10)
