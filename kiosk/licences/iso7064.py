"""Check characters of ISO 7064, as Chinese numbering standards use them."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def mod_37_36(text: str) -> str:
    """Return the check character of the hybrid system MOD 37,36 for digits and capital letters.

    Raise ValueError for another character. (GB/T 36904 uses it for licence identifiers.)
    """
    check = 36
    for character in text:
        check = (check + _ALPHABET.index(character)) % 36 or 36
        check = check * 2 % 37
    return _ALPHABET[(37 - check) % 36]


def mod_11_2(digits: str) -> str:
    """Return the check character of the pure system MOD 11-2, "X" for ten. (GB 11643 uses it for citizen numbers.)"""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    check = (12 - total) % 11
    return "X" if check == 10 else str(check)
