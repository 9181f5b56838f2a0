"""The citizen number (公民身份号码, GB 11643): 6 digits of region, 8 of birth, 3 of order (odd: male), 1 check character."""

from __future__ import annotations

import re
from datetime import date

from kiosk.licences.iso7064 import mod_11_2

_PLAIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_SPACED = re.compile(r"(?<![0-9A-Za-z])(?:[0-9][ \u00a0\u2009\u3000]){17}[0-9Xx](?![0-9A-Za-z])")


def is_valid(number: str) -> bool:
    """Whether shape, birth date and check character are right. The region is not looked up: codes come and go."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[17].upper() == mod_11_2(number[:17])


def find_all(text: str) -> set[str]:
    """Return the valid citizen numbers that stand alone in a text, also letter-spaced ones, with a capital X.

    Digits of neighbouring table cells are not joined: that would invent numbers.
    """
    found = (re.sub(r"\s", "", hit).upper() for pattern in (_PLAIN, _SPACED) for hit in pattern.findall(text))
    return {number for number in found if is_valid(number)}
