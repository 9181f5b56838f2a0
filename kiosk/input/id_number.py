"""What is wrong with a citizen number (公民身份号码) while it is being typed, said as early as it can be known.

GB 11643-1999: six digits of region, eight of birth, three of order, one check character by ISO 7064 MOD 11-2. The region is looked
at by its first two digits only (limits.toml): codes of counties come and go, and numbers keep them for life.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from kiosk.input.limits import limits

PLACES = 18
LAST = "X"
"""The check character for ten; it stands in the last place only."""


class Slip(StrEnum):
    """What is wrong, by the part where it was found; the shell has a sentence for each."""

    NONE = "none"
    REGION = "region"
    CENTURY = "century"
    """The year begins as none does that has four digits: a number of the old kind (GB 11643-1989, 15 digits), most likely."""
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    FUTURE = "future"
    CHECK = "check"


def takes(typed: str, key: str) -> bool:
    """Whether this key may be typed behind what is typed already."""
    if len(typed) >= PLACES or len(key) != 1:
        return False
    return key in "0123456789" or (key == LAST and len(typed) == PLACES - 1)


def slip(typed: str, today: date) -> Slip:
    """Return the first thing that can no longer become right, whatever is typed next; NONE for a good beginning."""
    if len(typed) >= 2 and typed[:2] not in limits().regions:
        return Slip.REGION
    return _birth_slip(typed[6:14], today) or (
        Slip.CHECK if len(typed) == PLACES and typed[-1] != check_character(typed[:-1]) else Slip.NONE
    )


def is_whole(typed: str, today: date) -> bool:
    """Whether this is a number without a slip."""
    return len(typed) == PLACES and slip(typed, today) is Slip.NONE


def check_character(first_17: str) -> str:
    """Return the last place for the first seventeen (ISO 7064 MOD 11-2: weights are the powers of two, modulo 11)."""
    total = sum(int(digit) << (PLACES - 1 - place) for place, digit in enumerate(first_17))
    return f"10{LAST}98765432"[total % 11]


def _birth_slip(typed: str, today: date) -> Slip | None:
    """`typed` are up to eight digits: year, month, day."""
    year, month, day = typed[:4], typed[4:6], typed[6:8]
    years = range(today.year - limits().oldest_years, today.year + 1)
    if year and year[0] not in {str(each)[0] for each in years}:
        return Slip.CENTURY
    if year and not any(str(each).startswith(year) for each in years):
        return Slip.YEAR
    if month and not any(f"{each:02}".startswith(month) for each in range(1, 13)):
        return Slip.MONTH
    if not day:
        return None
    last = (date(int(year) + int(month) // 12, int(month) % 12 + 1, 1) - date(int(year), int(month), 1)).days
    if not any(f"{each:02}".startswith(day) for each in range(1, last + 1)):
        return Slip.DAY
    if len(day) == 2 and date(int(year), int(month), int(day)) > today:
        return Slip.FUTURE
    return None
