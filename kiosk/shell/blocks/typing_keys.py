"""Letters and digits. Ten keys in a row where they fit in the size that a finger needs (QWERTY); where they do not, the alphabet in
as many columns as fit."""

from __future__ import annotations

from kiosk.input import id_number
from kiosk.screens.parts import Way
from kiosk.shell.blocks.typing_key import icon_key, letter_key, word_key
from kiosk.shell.input.sizes import Pixels, pixels
from kiosk.shell.input.state import State
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import Kit
from kiosk.shell.marks import CAPITALS, ERASE, SPACE, Box, Part, Strikes

Row = tuple[tuple[str, float], ...]
"""Keys with their widths in columns; "" is a gap."""

_QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_COLUMNS = len(_QWERTY[0])
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_MARKS = ("-./:@", "_#~?=", "（）、，–")
_WIDE = 1.5
"""Columns of the keys beside the last row of letters."""
_SPACE = 5.0


def rows(way: Way, size: Pixels, width: int) -> list[Row]:
    """The keys of a way within `width` pixels."""
    if way in (Way.DIGITS, Way.ID_NUMBER):
        last = "" if way is Way.DIGITS else id_number.LAST
        return [_each("123"), _each("456"), _each("789"), ((last, 1.0), ("0", 1.0), (ERASE, 1.0))]
    if way is Way.MARKS:
        return [*map(_each, _MARKS), (*_each("&%+"), (SPACE, 1.0), (ERASE, 1.0))]
    columns = (width + size.gap) // (size.key + size.gap)
    latin = way is Way.LATIN
    return _qwerty(latin) if columns >= _COLUMNS else _alphabet(columns, latin)


def _each(keys: str) -> Row:
    return tuple((key, 1.0) for key in keys)


def _qwerty(latin: bool) -> list[Row]:
    before = (CAPITALS, _WIDE) if latin else ("", _WIDE)
    found = [_each(_QWERTY[0]), _each(_QWERTY[1]), (before, *_each(_QWERTY[2]), (ERASE, _WIDE))]
    return [*found, ((SPACE, _SPACE),)] if latin else found


def _alphabet(columns: int, latin: bool) -> list[Row]:
    found = [_each(_ALPHABET[at : at + columns]) for at in range(0, len(_ALPHABET), columns)]
    free = columns - len(found[-1])
    if not latin:
        return [*found[:-1], (*found[-1], (ERASE, float(free)))]
    aside = 2.0
    return [*found, ((CAPITALS, aside), (SPACE, columns - 2 * aside), (ERASE, aside))]


def keys(state: State, kit: Kit, key: str, box: Box) -> list[Part]:
    """The keys in their box, rows of equal height, each row in the middle."""
    size = pixels(kit.look.mode, kit.scale)
    found = rows(state.way, size, box.w)
    columns = max(sum(wide for _, wide in row) for row in found)
    most = size.key_wide if columns > 3 else 2 * size.key_wide
    pitch = min(box.w + size.gap, columns * (most + size.gap)) / columns
    high = min(size.key_high, (box.h - (len(found) - 1) * size.gap) // len(found))
    top = box.y + (box.h - len(found) * high - (len(found) - 1) * size.gap) // 2
    parts = []
    for number, row in enumerate(found):
        left = box.x + (box.w + size.gap - sum(wide for _, wide in row) * pitch) / 2
        for name, wide in row:
            right = left + wide * pitch
            at = Box(round(left), top + number * (high + size.gap), round(right) - round(left) - size.gap, high)
            if name:
                parts.append(_one(name, state, kit, f"{key}.{name}", at))
            left = right
    return parts


def _one(name: str, state: State, kit: Kit, key: str, box: Box) -> Part:
    words = key_words(kit.look.language)
    if name == ERASE:
        return icon_key(key, words.erase, "erase", Strikes(ERASE), kit, box)
    if name == SPACE:
        return word_key(key, words.space, Strikes(SPACE), kit, box, enabled=not state.full)
    if name == CAPITALS:
        return icon_key(key, words.small if state.capitals else words.capitals, "up", Strikes(CAPITALS), kit, box)
    letter = name.upper() if state.capitals else name
    enabled = id_number.takes(state.text, letter) if state.way is Way.ID_NUMBER else not state.full
    return letter_key(key, letter, Strikes(letter), kit, box, enabled=enabled)
