"""Where a text may be broken into lines: Chinese between any two characters, but no closing mark begins a line and no
opening mark ends one (GB/T 15834-2011, 5.1); Latin, Uyghur and Mongolian words and numbers stay whole; Tibetan breaks after the
tsheg that ends a syllable, never before it or before a shad (UAX #14, class BA)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

_NEVER_FIRST = frozenset("，。、；：！？）》〉】」』”’…—·％,.;:!?)]}%~～℃々ー،؛؟་།༎᠂᠃")
_NEVER_LAST = frozenset("（《〈【「『“‘([{￥$#")
_PAUSES = frozenset("，。；：！？、,;:!? ·")
_LATIN = r"[!-~À-ɏ‐-–]+"
_ARABIC = r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefe\u200c\u200d]"
_UYGHUR = rf"{_ARABIC}+(?:-{_ARABIC}+)*"
_TIBETAN = r"[\u0f00-\u0fff]+?(?:[\u0f0b\u0f0c\u0f0d-\u0f11]+|(?![\u0f00-\u0fff]))"
_MONGOLIAN = r"[\u1800-\u18af\u202f\u200d]+"
_UNIT = re.compile(f"{_LATIN}|{_UYGHUR}|{_TIBETAN}|{_MONGOLIAN}| +|.", re.DOTALL)

_FOR_PAUSE = 0.25
"""A line that ends at a pause may be this much emptier (share of the width, squared below)."""
_FOR_ORPHAN = 0.5
"""What a last line of one character costs; in filled paragraphs also one of two. A word is no lonely character."""
_FOR_TORN_WORD = 0.3
"""What a break inside a word costs."""

Advance = Callable[[str], int]


def units(text: str) -> list[str]:
    """Split into pieces that are never broken: words, single Chinese characters, spaces."""
    return _UNIT.findall(text)


def break_lines(
    text: str, width: int, advance: Advance, *, balanced: bool = False, whole: Sequence[str] = ()
) -> list[str]:
    """Break into as few lines as fit into `width` pixels, the best looking of all such ways. A newline always breaks.

    `balanced` makes lines of equal length (titles, buttons); otherwise they are filled and only a lonely last character
    is avoided. Words in `whole` are torn only when there is no better way; a Latin word only when it is wider than the line.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        if advance(paragraph) <= width:
            found.append(paragraph.strip(" "))
        else:
            pieces = _split_wide(units(paragraph), width, advance)
            found.extend(_break_paragraph(pieces, width, advance, balanced, _inside_words(pieces, whole)))
    return found


def _split_wide(pieces: list[str], width: int, advance: Advance) -> list[str]:
    return [part for piece in pieces for part in (piece if advance(piece) > width else [piece])]


def _inside_words(pieces: list[str], whole: Sequence[str]) -> frozenset[int]:
    """Which breaks (numbers of pieces before them) would tear one of the words."""
    text = "".join(pieces)
    torn = {
        at + inside
        for word in whole
        for at in (found.start() for found in re.finditer(re.escape(word), text))
        for inside in range(1, len(word))
    }
    ends = [0]
    for piece in pieces:
        ends.append(ends[-1] + len(piece))
    return frozenset(number for number, end in enumerate(ends) if end in torn)


def _may_break(pieces: list[str], at: int) -> bool:
    """Whether a line may end before piece `at`. A number stays with what it counts: 2 分钟."""
    after = pieces[at][0]
    before = pieces[at - 1]
    if after == " " or after in _NEVER_FIRST or before[-1] in _NEVER_LAST:
        return False
    if before[0] == " " and at >= 2:
        before = pieces[at - 2]
    return not before[-1].isdigit() or after.isascii()


def _break_paragraph(
    pieces: list[str], width: int, advance: Advance, balanced: bool, torn: frozenset[int]
) -> list[str]:
    widths = [advance(piece) for piece in pieces]
    total = len(pieces)
    # best[i]: lines needed for pieces[:i], how ugly they are, and where the last of them begins
    best: list[tuple[int, float, int] | None] = [None] * (total + 1)
    best[0] = (0, 0.0, 0)
    for end in range(1, total + 1):
        if end < total and not _may_break(pieces, end):
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
            ugly = _ugliness(pieces, start, end, visible / width, balanced) + (_FOR_TORN_WORD if end in torn else 0.0)
            candidate = (earlier[0] + 1, earlier[1] + ugly, start)
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
    return ["".join(pieces[a:b]).strip(" ") for a, b in pairwise(cuts)]


def _ugliness(pieces: list[str], start: int, end: int, fullness: float, balanced: bool) -> float:
    last = end == len(pieces)
    alone = len("".join(pieces[start:end]).strip(" ")) <= (1 if balanced else 2)
    lonely = _FOR_ORPHAN if last and start > 0 and alone else 0.0
    if last and not balanced:
        return lonely
    slack = max(0.0, 1 - fullness)
    if balanced and (last or pieces[end - 1][-1] in _PAUSES):
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
