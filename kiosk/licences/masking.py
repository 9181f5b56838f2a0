"""Names and numbers as a screen may show them: 张*英, 999***********002X."""

from __future__ import annotations


def mask(text: str, keep: tuple[int, int]) -> str:
    """Keep `keep[0]` characters at the start and `keep[1]` at the end, stars between.

    At least one character is always hidden: of a name as short as what may be kept, only the first stays (王*).
    """
    first, last = keep
    if len(text) <= first + last:
        first, last = min(first, 1, max(len(text) - 1, 0)), 0
    return text[:first] + "*" * (len(text) - first - last) + (text[-last:] if last else "")
