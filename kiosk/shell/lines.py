"""Where a text may be broken into lines: Chinese between any two characters, but no closing mark begins a line and no
opening mark ends one (GB/T 15834-2011, 5.1); Latin words and numbers stay whole."""

from __future__ import annotations

import re
from collections.abc import Callable

_NEVER_FIRST = frozenset("，。、；：！？）》〉】」』”’…—·％,.;:!?)]}%~～℃々ー")
_NEVER_LAST = frozenset("（《〈【「『“‘([{￥$#")
_PAUSES = frozenset("，。；：！？、,;:!? ·")
_UNIT = re.compile(r"[!-~À-ɏ]+| +|.", re.DOTALL)

_FOR_PAUSE = 0.25
"""A line that ends at a pause may be this much emptier (share of the width, squared below)."""
_FOR_ORPHAN = 0.5
"""What a last line of one or two characters costs."""

Advance = Callable[[str], int]


def units(text: str) -> list[str]:
    """Split into pieces that are never broken: words, single Chinese characters, spaces."""
    return _UNIT.findall(text)


def break_lines(text: str, width: int, advance: Advance, *, balanced: bool = False) -> list[str]:
    """Break into as few lines as fit into `width` pixels, the best looking of all such ways. A newline always breaks.

    `balanced` makes lines of equal length (titles, buttons); otherwise they are filled and only a lonely last character
    is avoided. A word wider than the line is broken inside.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        if advance(paragraph) <= width:
            found.append(paragraph.strip(" "))
        else:
            found.extend(_break_paragraph(_split_wide(units(paragraph), width, advance), width, advance, balanced))
    return found


def _split_wide(pieces: list[str], width: int, advance: Advance) -> list[str]:
    return [part for piece in pieces for part in (piece if advance(piece) > width else [piece])]


def _may_break(before: str, after: str) -> bool:
    if after[0] == " " or after[0] in _NEVER_FIRST:
        return False
    return before[-1] not in _NEVER_LAST


def _break_paragraph(pieces: list[str], width: int, advance: Advance, balanced: bool) -> list[str]:
    widths = [advance(piece) for piece in pieces]
    total = len(pieces)
    # best[i]: lines needed for pieces[:i], how ugly they are, and where the last of them begins
    best: list[tuple[int, float, int] | None] = [None] * (total + 1)
    best[0] = (0, 0.0, 0)
    for end in range(1, total + 1):
        if end < total and not _may_break(pieces[end - 1], pieces[end]):
            continue
        length = 0
        for start in range(end - 1, -1, -1):
            length += widths[start]
            visible = length - (widths[end - 1] if pieces[end - 1][0] == " " else 0)
            earlier = best[start]
            if visible > width and start < end - 1:
                break
            if earlier is None:
                continue
            candidate = (earlier[0] + 1, earlier[1] + _ugliness(pieces, start, end, visible / width, balanced), start)
            current = best[end]
            if current is None or candidate[:2] < current[:2]:
                best[end] = candidate
    if best[total] is None:  # a run of marks that may not be broken is wider than the line: break it anyway
        return _anywhere(pieces, widths, width)
    cuts = [total]
    while cuts[-1]:
        step = best[cuts[-1]]
        assert step is not None
        cuts.append(step[2])
    cuts.reverse()
    return ["".join(pieces[a:b]).strip(" ") for a, b in zip(cuts, cuts[1:], strict=False)]


def _ugliness(pieces: list[str], start: int, end: int, fullness: float, balanced: bool) -> float:
    last = end == len(pieces)
    lonely = _FOR_ORPHAN if last and start > 0 and end - start <= 2 else 0.0
    if last and not balanced:
        return lonely
    slack = max(0.0, 1 - fullness)
    if pieces[end - 1][-1] in _PAUSES and balanced:
        slack = max(0.0, slack - _FOR_PAUSE)
    return slack * slack + lonely


def _anywhere(pieces: list[str], widths: list[int], width: int) -> list[str]:
    lines, length = [""], 0
    for piece, wide in zip(pieces, widths, strict=True):
        if length + wide > width and lines[-1]:
            lines.append("")
            length = 0
        lines[-1] += piece
        length += wide
    return lines
