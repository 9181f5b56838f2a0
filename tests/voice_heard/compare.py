"""What was said against what was heard, in syllables without tones: homophones are the same to the ear.

您 counts as 你: the recogniser writes 你 for either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from pypinyin import lazy_pinyin

from kiosk.voice import reading
from tests.voice_heard.say import Said

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_WAYS = 256


class Heard(NamedTuple):
    """How many syllables of how many were misheard (changed, lost or added)."""

    said: Said
    text: str
    wrong: int
    of: int


def compare(said: Said, text: str) -> Heard:
    """Take the best way to read what was written down: a recogniser writes 12345 or 一二三四五 as it likes."""
    meant = syllables("".join(piece.spoken for piece in said.pieces))
    wrong = min(distance(meant, syllables(way)) for way in islice(ways(text), _MOST_WAYS))
    return Heard(said, text, wrong, len(meant))


def ways(text: str) -> Iterator[str]:
    """The text with its digits written out, in each way that they can be read."""
    text = re.sub(r"(?<=\d)[-—,，:：](?=\d)", "", text)
    between = _NUMBER.split(text)
    for readings in product(*(_readings(number) for number in _NUMBER.findall(text))):
        yield "".join(part + told for part, told in zip(between, (*readings, ""), strict=True))


def _readings(number: str) -> list[str]:
    whole, _, rest = number.partition(".")
    told = ["".join(reading.digits(whole) or ()), "".join(reading.DIGITS[int(digit)] for digit in whole)]
    told.append("".join(reading.count(whole) or ()))
    if whole == "2":
        told.append("两")
    after = ("点" + "".join(reading.DIGITS[int(digit)] for digit in rest)) if rest else ""
    found = [each + after for each in told]
    if rest:
        found += ["".join(reading.money(number) or ()), "".join(reading.clock(f"{whole}:{rest}") or ())]
    return list(dict.fromkeys(found))


def syllables(text: str) -> list[str]:
    """Pinyin without tones of the Chinese characters."""
    found = lazy_pinyin("".join(_HAN.findall(text)).replace("您", "你"))
    return [str(each) for each in found]


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Levenshtein's."""
    row = list(range(len(other) + 1))
    for number, each in enumerate(one, start=1):
        before, row = row, [number]
        for place, it in enumerate(other, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (each != it)))
    return row[-1]
