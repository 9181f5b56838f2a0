"""The reader emulator's own composer of the 256 bytes of card text, and of the appended address.

Written apart from `drivers.id_card.card_text`, table by table, so that an offset that is wrong in one of them shows.
Offsets: the public struct definitions that `card_text` names.
"""

from __future__ import annotations

from collections.abc import Mapping

_SEX_CODES = {"男": "1", "女": "2", "未知": "0", "未说明": "9"}

# (field, characters, or None for blanks): the text from its first to its last character, 128 UTF-16 units in all.
_LAYOUTS: dict[str, tuple[tuple[str | None, int], ...]] = {
    "citizen": (
        ("name", 15), ("sex", 1), ("nation", 2), ("birth", 8), ("address", 35), ("number", 18), ("issuer", 15),
        ("valid_from", 8), ("valid_to", 8), (None, 18),
    ),
    "hmt_permit": (
        ("name", 15), ("sex", 1), (None, 2), ("birth", 8), ("address", 35), ("number", 18), ("issuer", 15),
        ("valid_from", 8), ("valid_to", 8), ("pass_number", 9), ("issue_count", 2), (None, 3), ("letter", 1), (None, 3),
    ),
    "foreigner_2017": (
        ("english_name", 60), ("sex", 1), ("number", 15), ("nationality", 3), ("chinese_name", 15), ("valid_from", 8),
        ("valid_to", 8), ("birth", 8), ("version", 2), ("issuer", 4), ("letter", 1), (None, 3),
    ),
    "foreigner_2023": (
        ("chinese_name", 15), ("sex", 1), ("renewals", 2), ("birth", 8), ("english_name_1", 35), ("number", 18),
        (None, 15), ("valid_from", 8), ("valid_to", 8), ("english_name_2", 11), ("nationality", 3), ("letter", 1),
        ("old_permit", 3),
    ),
}  # fmt: skip
_LETTERS = {"citizen": " ", "hmt_permit": "J", "foreigner_2017": "I", "foreigner_2023": "Y"}


def compose(card: Mapping[str, str]) -> bytes:
    """Return the 256 bytes of a card described by a verb's `card`. Raise ValueError naming a field that does not fit."""
    kind = card.get("kind", "citizen")
    if kind not in _LAYOUTS:
        raise ValueError(f"kind: {kind!r} is none of {', '.join(_LAYOUTS)}")
    values = _values(card) | {"letter": _LETTERS[kind]}
    text = b"".join(_place(name, values.get(name, "") if name else "", size) for name, size in _LAYOUTS[kind])
    assert len(text) == 256
    return text


def compose_address(address: str) -> bytes:
    """Return the 70-byte record of one appended address."""
    return _place("new_address", address, 35)


def _values(card: Mapping[str, str]) -> dict[str, str]:
    """The card's own spelling: dates without dashes, 长期 for no end, codes, an English name in two places."""
    values = {name: str(value) for name, value in card.items() if value is not None}
    for date in ("birth", "valid_from", "valid_to"):
        values[date] = values.get(date, "").replace("-", "")
    values["valid_to"] = values["valid_to"] or "长期"
    values["sex"] = _SEX_CODES.get(values.get("sex", ""), values.get("sex", ""))
    english = values.get("english_name", "")
    if not english and values.get("name", "").isascii():
        english = values.get("name", "")
    values.setdefault("chinese_name", "" if values.get("name", "").isascii() else values.get("name", ""))
    values["english_name"] = english
    values["english_name_1"], values["english_name_2"] = english[:35], english[35:]
    return values


def _place(name: str | None, value: str, size: int) -> bytes:
    """`size` counts UTF-16 units: a rare character such as 𠮷 takes two."""
    raw = value.encode("utf-16-le")
    if len(raw) > size * 2:
        raise ValueError(f"{name}: longer than the {size} characters that the card holds")
    return raw + " ".encode("utf-16-le") * (size - len(raw) // 2)
