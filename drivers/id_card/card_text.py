"""The 256 bytes of text on the card, in its four layouts, checked field by field.

UTF-16LE, padded with blanks; the letter at bytes 248..249 names the layout (blank: citizen). Offsets as in public sources:
Johann356/readinfo `PCSCGetData.h` (all four), zhujunl/Thermal `MR870ACardStrategy.java`, qiwenming/IDCardDemo README (citizen).

What is wrong is told by the field's name, never by its value. The limit: the texts pass through Python strings, which
the interpreter frees without overwriting; buffers and results are wiped, those strings cannot be.
"""

from __future__ import annotations

import datetime
import re
import tomllib
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.contract.id_card import CardKind
from drivers.contract.secret import SecretText

TEXT_SIZE = 256
ADDRESS_RECORD_SIZE = 70
FOR_EVER = "长期"
_LETTER_AT = slice(248, 250)
_LETTERS = {
    "": CardKind.CITIZEN,
    "J": CardKind.HMT_PERMIT,
    "I": CardKind.FOREIGNER_2017,
    "Y": CardKind.FOREIGNER_2023,
}
SEXES = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}
"""GB/T 2261.1."""


class Field(NamedTuple):
    """Where a field lies, in bytes. `more_*`: its second part, for an English name that is longer than its place."""

    at: int
    size: int
    more_at: int = 0
    more_size: int = 0


LAYOUTS: dict[CardKind, dict[str, Field]] = {
    CardKind.CITIZEN: {
        "name": Field(0, 30), "sex": Field(30, 2), "nation": Field(32, 4), "birth": Field(36, 16), "address": Field(52, 70),
        "number": Field(122, 36), "issuer": Field(158, 30), "valid_from": Field(188, 16), "valid_to": Field(204, 16),
    },
    CardKind.HMT_PERMIT: {
        "name": Field(0, 30), "sex": Field(30, 2), "birth": Field(36, 16), "address": Field(52, 70),
        "number": Field(122, 36), "issuer": Field(158, 30), "valid_from": Field(188, 16), "valid_to": Field(204, 16),
        "pass_number": Field(220, 18), "issue_count": Field(238, 4),
    },
    CardKind.FOREIGNER_2017: {
        "english_name": Field(0, 120), "sex": Field(120, 2), "number": Field(122, 30), "nationality": Field(152, 6),
        "chinese_name": Field(158, 30), "valid_from": Field(188, 16), "valid_to": Field(204, 16), "birth": Field(220, 16),
        "version": Field(236, 4), "issuer": Field(240, 8),
    },
    CardKind.FOREIGNER_2023: {
        "chinese_name": Field(0, 30), "sex": Field(30, 2), "birth": Field(36, 16), "english_name": Field(52, 70, 220, 22),
        "number": Field(122, 36), "valid_from": Field(188, 16), "valid_to": Field(204, 16), "nationality": Field(242, 6),
        "renewals": Field(32, 4), "old_permit": Field(250, 6),
    },
}  # fmt: skip
"""Every field of the public tables but those called reserved. `nation` lies where a permit of HK, Macau or Taiwan has blanks."""


class CardText(NamedTuple):
    """What the text says, in the contract's terms. Foreigners: `nation` is the three-letter nationality (ISO 3166-1)."""

    kind: CardKind
    name: SecretText
    sex: str
    nation: str
    birth: SecretText
    address: SecretText
    number: SecretText
    issuer: str
    valid_from: str
    valid_to: str
    english_name: SecretText | None
    pass_number: SecretText | None
    issue_count: str
    renewals: str
    old_permit: SecretText | None
    version: str


def parse(raw: bytearray | bytes | memoryview) -> CardText:
    """Read the card's text.

    Raise DeviceFault: CARD_UNKNOWN_TYPE for an unknown type letter, CARD_TEXT_INVALID naming the field that is wrong.
    """
    if len(raw) != TEXT_SIZE:
        raise _invalid("text", f"{len(raw)} bytes instead of {TEXT_SIZE}")
    letter = bytes(raw[_LETTER_AT]).decode("utf-16-le", "replace").strip(_PADDING)
    if letter not in _LETTERS:
        raise failing(FaultCode.CARD_UNKNOWN_TYPE, "type letter is none of J, I, Y, blank")
    kind = _LETTERS[letter]
    layout = LAYOUTS[kind]

    def text(name: str, *, optional: bool = False) -> str:
        value = _text(raw, name, layout[name]) if name in layout else ""
        if name in layout and not value and not optional:
            raise _invalid(name, "empty")
        return value

    valid_from, valid_to = _validity(text("valid_from"), text("valid_to"))
    return CardText(
        kind=kind,
        name=SecretText(_name(text)),
        sex=_coded("sex", text("sex"), SEXES),
        nation=_nation(text) if "nation" in layout else _nationality(text("nationality", optional=True)),
        birth=SecretText(_date("birth", text("birth"))),
        address=SecretText(text("address")),
        number=SecretText(_number(kind, text("number"))),
        issuer=text("issuer"),
        valid_from=valid_from,
        valid_to=valid_to,
        english_name=_secret(text("english_name", optional=True)),
        # Taken as they stand: no public rule says what may be in them, and no journey fails for want of them.
        pass_number=_secret(text("pass_number", optional=True)),
        issue_count=text("issue_count", optional=True),
        renewals=text("renewals", optional=True),
        old_permit=_secret(text("old_permit", optional=True)),
        version=text("version", optional=True),
    )


def newest_address(records: bytearray | bytes | memoryview) -> SecretText | None:
    """Return the newest of up to four appended addresses of 70 bytes each; None when every record is blank.

    The records follow one another in the order in which they were appended, so the last one that says something is it.
    """
    found = ""
    for at in range(0, len(records), ADDRESS_RECORD_SIZE):
        found = _text(records, "newest_address", Field(at, ADDRESS_RECORD_SIZE)) or found
    return SecretText(found) if found else None


@cache
def nations() -> dict[str, str]:
    """Return the nations by their code on the card."""
    table = tomllib.loads(files("drivers.id_card").joinpath("nations.toml").read_text("utf-8"))
    return {code: str(name) for code, name in table.items()}


def check_digit(first_17: str) -> str:
    """Return the 18th character of a citizen number (GB 11643: ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(first_17))
    return "10X98765432"[total % 11]


# --- one field

_PADDING = " \0"

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Controls, marks that turn the direction of writing or take no room, line ends (Unicode categories): whoever reads the name on a
screen must see what is compared. Private letters (Co) stay: older cards write rare names with them."""


def _invalid(field: str, problem: str) -> DeviceFault:
    return failing(FaultCode.CARD_TEXT_INVALID, f"{field}: {problem}")


def _text(raw: bytearray | bytes | memoryview, name: str, field: Field) -> str:
    """Decode a field, which may hold surrogate pairs (𠮷); blanks around it are padding."""
    part = bytes(raw[field.at : field.at + field.size]) + bytes(raw[field.more_at : field.more_at + field.more_size])
    value = ""
    # Raised outside the except block: the decoder's own error carries the bytes of the field, and would come along.
    with suppress(UnicodeDecodeError):
        value = part.decode("utf-16-le")
    if part and not value:
        raise _invalid(name, "not UTF-16LE")
    value = value.strip(_PADDING)
    if any(unicodedata.category(character) in _UNSEEN or ord(character) == 0xFFFE for character in value):
        raise _invalid(name, "control characters")
    return value


def _name(text: Callable[..., str]) -> str:
    for field in ("name", "chinese_name", "english_name"):
        value = text(field, optional=True)
        if value:
            return value
    raise _invalid("name", "empty")


def _secret(value: str) -> SecretText | None:
    return SecretText(value) if value else None


def _coded(field: str, code: str, table: dict[str, str]) -> str:
    if code not in table:
        raise _invalid(field, "not a code of its table")
    return table[code]


def _nation(text: Callable[..., str]) -> str:
    return _coded("nation", text("nation"), nations())


def _nationality(value: str) -> str:
    if value and not re.fullmatch(r"[A-Z]{3}", value):
        raise _invalid("nationality", "not three capital letters")
    return value


def _date(field: str, value: str) -> str:
    if not re.fullmatch(r"[0-9]{8}", value):
        raise _invalid(field, "not a date of eight digits")
    with suppress(ValueError):
        return datetime.date(int(value[:4]), int(value[4:6]), int(value[6:])).isoformat()
    raise _invalid(field, "no such day in the calendar")


def _validity(begin: str, end: str) -> tuple[str, str]:
    valid_from = _date("valid_from", begin)
    valid_to = "" if end == FOR_EVER else _date("valid_to", end)
    if valid_to and valid_to < valid_from:
        raise _invalid("valid_to", "before valid_from")
    return valid_from, valid_to


def _number(kind: CardKind, value: str) -> str:
    """Check a number's form, and its check digit where the rule is public (GB 11643, which permits of 18 digits share)."""
    if kind is CardKind.FOREIGNER_2017:
        if not re.fullmatch(r"[A-Z]{3}[0-9]{12}", value):
            raise _invalid("number", "not three letters and twelve digits")
        return value
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        raise _invalid("number", "not 17 digits and a check character")
    if kind is CardKind.FOREIGNER_2023 and value[0] != "9":
        raise _invalid("number", "a permanent residence number begins with 9")
    if check_digit(value[:17]) != value[17]:
        raise _invalid("number", "wrong check digit")
    return value
