"""How personal values are shown where others may look over a shoulder: 张*英, 3601**********001X, 测试省测试市******.

Each rule says which characters are hidden, so that the same rule serves a text (screen, slip) and a picture (preview).
"""

from __future__ import annotations

import unicodedata

STAR = "*"
# Shown of a number of at least the first figure's length: so many at the beginning, so many at the end.
_NUMBER_RULES = ((15, 4, 4), (7, 2, 2), (0, 0, 0))
_ADDRESS_SHOWN = 6  # province and city, e.g. 江西省南昌市
_JOINTS = "··・•‧ -'’."  # between the parts of a name: shown, so that its shape can be recognised


def hidden_in_name(name: str) -> list[bool]:
    """Return for each character of a name whether it is hidden.

    张小英 → 张*英, 王芳 → 王*, 阿卜杜拉·买买提 → 阿****·**提 (a joint is always shown), Grace Hopper → G**** H*****.
    A variation selector or combining mark shares the fate of its letter.
    """
    letters = [at for at, character in enumerate(name) if not _is_joint(character) and not _is_mark(character)]
    if any(name[at].isascii() for at in letters):
        shown = {at for at in letters if at == 0 or _is_joint(name[at - 1])}
    elif len(letters) > 2:
        shown = {letters[0], letters[-1]}
    else:
        shown = set(letters[: len(letters) - 1])
    return _with_marks(name, [at not in shown and at in set(letters) for at in range(len(name))])


def hidden_in_number(number: str) -> list[bool]:
    """Return for each character of a document number whether it is hidden; short numbers are hidden altogether."""
    _, first, last = next(rule for rule in _NUMBER_RULES if len(number) >= rule[0])
    return [first <= at < len(number) - last for at in range(len(number))]


def hidden_in_address(address: str) -> list[bool]:
    """Return for each character of an address whether it is hidden: all after province and city, half of a short one."""
    shown = min(_ADDRESS_SHOWN, len(address) // 2)
    return _with_marks(address, [at >= shown for at in range(len(address))])


def mask_name(name: str) -> str:
    """Return a name with its middle hidden."""
    return _masked(name, hidden_in_name(name))


def mask_number(number: str) -> str:
    """Return a number with its middle hidden."""
    return _masked(number, hidden_in_number(number))


def mask_address(address: str) -> str:
    """Return an address with its end hidden."""
    return _masked(address, hidden_in_address(address))


def _masked(text: str, hidden: list[bool]) -> str:
    shown = zip(text, hidden, strict=True)
    return "".join((STAR if hide else character) for character, hide in shown if not (hide and _is_mark(character)))


def _is_joint(character: str) -> bool:
    return character in _JOINTS or character.isspace()


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _with_marks(text: str, hidden: list[bool]) -> list[bool]:
    for at, character in enumerate(text):
        if _is_mark(character):
            hidden[at] = at > 0 and hidden[at - 1]
    return hidden
