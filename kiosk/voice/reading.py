"""How what is written is read aloud in Mandarin: numbers, digits, dates, sums, times of day.

Each reader returns words that are joined (each is a recording of the pack), or None for what it cannot read. Where several of
them have one recording together ("二十六"), that is played (kiosk/voice/plan.py).

    count("126")       -> ("一", "百", "二", "十", "六")
    digits("12345")    -> ("幺", "二", "三", "四", "五")
    date("2026-11-02") -> ("二", "零", "二", "六", "年", "十", "一", "月", "二", "日")
    money("20.50元")   -> ("二", "十", "元", "五", "角")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

COMMA = "，"
"""Stands in a reading for a short silence; it is no recording."""

DIGITS = "零一二三四五六七八九"
DIALLED = "零幺二三四五六七八九"
"""As numbers are told on the telephone: 1 is 幺, so that nobody hears 七."""

_AS_FIGURES = str.maketrans(DIGITS + DIALLED[1], "01234567891")

YEARS = range(2024, 2041)
"""Years that have a recording of their own: papers and cards of today name no others."""

_IN_ONE_BREATH = 4

Reading = tuple[str, ...]


class Kind(StrEnum):
    """What stands in a slot."""

    COUNT = "count"
    ORDINAL = "ordinal"
    DIGITS = "digits"
    DATE = "date"
    MONEY = "money"
    CLOCK = "clock"
    NAMED = "named"
    """One of the catalogue's words, or several with 、 between; each has its recording."""
    NEVER = "never"
    """A person's name: no recording, and none is made."""


def below_hundred(number: int) -> str:
    """Read 1 to 99."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return ten + (DIGITS[ones] if ones else "")


def count(value: str) -> Reading | None:
    """Read a number of things, below a million million: 126 -> 一 百 二 十 六."""
    if not re.fullmatch(r"\d{1,12}", value):
        return None
    number, told = int(value), ""
    for unit, word in ((10**8, "亿"), (10**4, "万"), (1, "")):
        head, number = divmod(number, unit)
        if head:
            gap = DIGITS[0] if told and head < 1000 else ""
            told += gap + _below_myriad(head) + word
    told = told.removeprefix(DIGITS[1]) if told.startswith("一十") else told or DIGITS[0]
    return tuple(told)


def _below_myriad(number: int) -> str:
    told = ""
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            told += DIGITS[digit] + word
        elif told and number and not told.endswith(DIGITS[0]):
            told += DIGITS[0]
    return told


def ordinal(value: str) -> Reading | None:
    """Read a number in an order (第二页): as a count, but 二 never becomes 两."""
    return count(value)


def digits(value: str) -> Reading | None:
    """Read a telephone number or a code digit by digit, with a rest after each group; also one written out (幺二三四五)."""
    value = value.translate(_AS_FIGURES)
    groups = re.findall(r"\d+", value)
    if not groups or not re.fullmatch(r"[\d\s()（）+-]+", value):
        return None
    found: list[str] = []
    for group in (part for each in groups for part in _groups(each)):
        if found:
            found.append(COMMA)
        found += [DIALLED[int(digit)] for digit in group]
    return tuple(found)


def _groups(run: str) -> list[str]:
    """3-4-4 for a mobile number, at most four digits in one breath otherwise."""
    if len(run) <= _IN_ONE_BREATH + 1:
        return [run]
    first = len(run) % _IN_ONE_BREATH
    cuts = (
        [first, *range(first + _IN_ONE_BREATH, len(run) + 1, _IN_ONE_BREATH)]
        if first
        else [*range(_IN_ONE_BREATH, len(run) + 1, _IN_ONE_BREATH)]
    )
    return [run[begin:end] for begin, end in zip([0, *cuts], cuts, strict=False) if end > begin]


def date(value: str) -> Reading | None:
    """Read 2026-11-22, 2026.11.22, 2026/11/22 or 2026年11月22日."""
    found = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", value)
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    told = "".join(DIGITS[int(digit)] for digit in found[1])
    return tuple(f"{told}年{below_hundred(month)}月{below_hundred(day)}日")


def money(value: str) -> Reading | None:
    """Read a sum of yuan with at most two places: ¥1,234.50, 1234.50元, 1234.5."""
    found = re.fullmatch(r"[¥￥]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?\s*元?", value)
    if not found:
        return None
    yuan = int(found[1].replace(",", ""))
    jiao, fen = (int(part) for part in (found[2] or "").ljust(2, "0"))
    whole = count(str(yuan))
    if whole is None:
        return None
    told = [*whole, "元"] if yuan or not (jiao or fen) else []
    if jiao:
        told += [DIGITS[jiao], "角"]
    if fen:
        told += [DIGITS[0]] if yuan and not jiao else []
        told += [DIGITS[fen], "分"]
    return tuple(told)


def clock(value: str) -> Reading | None:
    """Read a time of day: 08:30 -> 八 点 三 十 分; 09:00 -> 九 点."""
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", value)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2])
    if hour > 24 or minute > 59:
        return None
    told = [*("两" if hour == 2 else below_hundred(hour) or DIGITS[0]), "点"]
    if minute:
        told += [DIGITS[0]] if minute < len(DIGITS) else []
        told += [*below_hundred(minute), "分"]
    return tuple(told)


READERS: dict[Kind, Callable[[str], Reading | None]] = {
    Kind.COUNT: count,
    Kind.ORDINAL: ordinal,
    Kind.DIGITS: digits,
    Kind.DATE: date,
    Kind.MONEY: money,
    Kind.CLOCK: clock,
}


def every_word() -> set[str]:
    """Every recording that the readers may ask for."""
    return {*DIGITS, *DIALLED, *"两十百千万亿元角分年月日点"}


def longer_words() -> set[str]:
    """Words of several of these that sound better in one: a planner takes the longest that has a recording."""
    to_99, to_59, to_9 = (
        [below_hundred(number) for number in range(1, end)] for end in (_A_HUNDRED, _AN_HOUR, len(DIGITS))
    )
    after_zero = [DIGITS[0] + each for each in to_9]
    hundreds = [each + unit for unit in "百千" for each in to_9]
    words = {each for each in to_99 if each not in DIGITS} | set(hundreds)
    words |= {DIGITS[1] + below_hundred(number) for number in range(10, 20)}
    words |= {"".join(DIGITS[int(digit)] for digit in str(year)) + "年" for year in YEARS}
    words |= {f"{below_hundred(month)}月" for month in range(1, 13)}
    words |= {f"{below_hundred(day)}日" for day in range(1, 32)}
    words |= {f"{below_hundred(hour)}点" for hour in range(1, 25)} | {"两点", "零点"}
    words |= {f"{each}元" for each in (*to_99, *after_zero, *hundreds)}
    words |= {f"{each}角" for each in to_9} | {f"{each}分" for each in (*to_59, *after_zero)}
    return words | {one + other for one in DIALLED for other in DIALLED}


_A_HUNDRED, _AN_HOUR = 100, 60
