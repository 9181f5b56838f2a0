"""The board: a row of guesses, the keys or the square of the way that is open, and the row of ways.

It keeps its height when another way is opened, so that nothing jumps under the finger.
"""

from __future__ import annotations

from kiosk.screens.parts import Typing, Way
from kiosk.shell.blocks import typing_guesses, typing_keys, typing_square
from kiosk.shell.blocks.typing_key import word_key
from kiosk.shell.input.sizes import Pixels, pixels
from kiosk.shell.input.state import State, ways
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import Kit, Piece
from kiosk.shell.marks import Box, Opens, Part

_GUESSING = frozenset({Way.PINYIN, Way.HANDWRITING})


def board(typing: Typing, state: State, kit: Kit, key: str, width: int) -> Piece:
    """All of it. It may be as wide as the panel without its own small margin; `width` is the room of the other content."""
    size = pixels(kit.look.mode, kit.scale)
    offered = ways(typing, kit.look.mode)
    wide = max(width, min(kit.width - 2 * size.margin, width + 2 * (kit.length.margin - size.margin)))
    guessing = any(way in _GUESSING for way in offered)
    above = size.key + size.between if guessing else 0
    below = size.key + size.between if len(offered) > 1 else 0
    least = max(_least(way, size, wide) for way in offered)
    most = max(_most(way, size, wide) for way in offered)

    def place(box: Box) -> list[Part]:
        whole = Box(box.x + (box.w - wide) // 2, box.y, wide, box.h)
        parts: list[Part] = []
        if guessing:
            parts.extend(typing_guesses.row(state, kit, f"{key}.guess", Box(whole.x, whole.y, whole.w, size.key)))
        middle = Box(whole.x, whole.y + above, whole.w, whole.h - above - below)
        if state.way is Way.HANDWRITING:
            parts.extend(typing_square.square(state, kit, f"{key}.hand", middle))
        else:
            parts.extend(typing_keys.keys(state, kit, f"{key}.key", middle))
        if below:
            parts.extend(
                _ways(offered, state, kit, f"{key}.way", Box(whole.x, whole.bottom - size.key, whole.w, size.key))
            )
        return parts

    return Piece(
        least=above + least + below,
        best=above + most + below,
        most=above + most + below,
        before=kit.length.gap,
        place=place,
    )


def _least(way: Way, size: Pixels, width: int) -> int:
    if way is Way.HANDWRITING:
        return size.square
    rows = len(typing_keys.rows(way, size, width))
    return rows * size.key + (rows - 1) * size.gap


def _most(way: Way, size: Pixels, width: int) -> int:
    if way is Way.HANDWRITING:
        return size.square_most
    rows = len(typing_keys.rows(way, size, width))
    return rows * size.key_high + (rows - 1) * size.gap


def _ways(offered: tuple[Way, ...], state: State, kit: Kit, key: str, box: Box) -> list[Part]:
    size, words = pixels(kit.look.mode, kit.scale), key_words(kit.look.language)
    names = {
        Way.PINYIN: words.pinyin,
        Way.HANDWRITING: words.handwriting,
        Way.LATIN: words.latin,
        Way.DIGITS: words.digits,
        Way.MARKS: words.marks,
    }
    wide = (box.w - (len(offered) - 1) * size.gap) // len(offered)
    return [
        word_key(
            f"{key}.{way}",
            names[way],
            Opens(way),
            kit,
            Box(box.x + number * (wide + size.gap), box.y, wide, box.h),
            chosen=way is state.way,
        )
        for number, way in enumerate(offered)
    ]
