"""KioskSlip: our own slips (receipt, referral, right to a free replacement) as parts for the receipt printer.

The words are in `slips.toml`. Values are put into a line once and refused when they hold control characters: a slip is sent
to a printer as bytes, where an escape character would be a command.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

import msgspec

from drivers.contract.receipt_printer import Feed, Line, Part, QrCode, Rule
from drivers.contract.secret import SecretText
from kiosk.documents.lettering import require_printable
from kiosk.documents.masking import mask_name
from kiosk.documents.policy import paper_policy, read
from kiosk.documents.stamp import fill


class At(msgspec.Struct, frozen=True, kw_only=True):
    """Where and when a slip is printed, and whom to call. `printed_at` in Unix seconds."""

    place: str
    kiosk: str
    printed_at: float
    hotline: str = "12345"
    timezone: str = "Asia/Shanghai"


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a slip's template: exactly one of `line`, `rule`, `qr`, `feed`."""

    line: str = ""
    wide: bool = False
    bold: bool = False
    centre: bool = False
    rule: bool = False
    qr: str = ""
    feed: int = 0

    def __post_init__(self) -> None:
        if sum((bool(self.line), self.rule, bool(self.qr), bool(self.feed))) != 1:
            raise ValueError("a row has exactly one of line, rule, qr, feed")


class Templates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `slips.toml`."""

    longest_value: int
    receipt: tuple[Row, ...]
    referral: tuple[Row, ...]
    replacement: tuple[Row, ...]
    test: tuple[Row, ...]


@cache
def templates() -> Templates:
    """Return the bundled templates. Raise msgspec.ValidationError when `slips.toml` has a wrong or unknown key."""
    return msgspec.convert(read("slips.toml"), type=Templates)


def receipt(
    at: At, *, item: str, holder: SecretText, serial: str, pages: int, expires_at: float, code: str
) -> tuple[Part, ...]:
    """Return the receipt of a printed certificate. `code` is a code of kind RECEIPT or of the first page.

    All slips raise ValueError (naming the field) at a control character or an overlong value, and GlyphMissing.
    """
    expires = paper_policy().local(expires_at, at.timezone)
    name = mask_name(holder.reveal())
    values = {"item": item, "name": name, "serial": serial, "pages": str(pages), "expires": expires}
    return _parts(templates().receipt, at, values, code)


def referral(
    at: At, *, item: str, why: str, where: str, address: str = "", hours: str = "", phone: str = "", bring: str = ""
) -> tuple[Part, ...]:
    """Return the slip that says where else, when and with what the item can be done. Empty values leave their line out."""
    values = {
        "item": item,
        "why": why,
        "where": where,
        "address": address,
        "hours": hours,
        "phone": phone,
        "bring": bring,
    }
    return _parts(templates().referral, at, values, "")


def replacement(at: At, *, item: str, holder: SecretText, serial: str, why: str, code: str) -> tuple[Part, ...]:
    """Return the slip that gives the right to a free replacement of a doubtful print. `code` is of kind REPLACEMENT."""
    values = {"item": item, "name": mask_name(holder.reveal()), "serial": serial, "why": why}
    return _parts(templates().replacement, at, values, code)


def proof_strip(at: At, *, device: str) -> tuple[Part, ...]:
    """Return the strip that shows after a refill whether letters, cutter and code are well. Nothing of anybody is on it."""
    return _parts(templates().test, at, {"device": device}, f"TEST {at.kiosk} {device}")


def _parts(rows: tuple[Row, ...], at: At, values: dict[str, str], code: str) -> tuple[Part, ...]:
    printed = paper_policy().local(at.printed_at, at.timezone)
    filled = {"place": at.place, "kiosk": at.kiosk, "printed": printed, "hotline": at.hotline, **values}
    for field, value in filled.items():
        _require_plain(field, value)
    parts = tuple(part for row in rows for part in _part(row, filled, code))
    require_printable(*(part.text for part in parts if isinstance(part, Line)))
    return parts


def _part(row: Row, values: dict[str, str], code: str) -> tuple[Part, ...]:
    if row.rule:
        return (Rule(),)
    if row.feed:
        return (Feed(row.feed),)
    if row.qr:
        return (QrCode(text=code),) if code else ()
    used = _Used(values)
    text = fill(row.line, used)
    return () if used.empty else (Line(text=text, wide=row.wide, bold=row.bold, centre=row.centre),)


class _Used(dict[str, str]):
    """The values, remembering whether an empty one was asked for."""

    empty = False

    def __getitem__(self, field: str) -> Any:
        value = super().__getitem__(field)
        self.empty = self.empty or not value
        return value


def _require_plain(field: str, value: str) -> None:
    if len(value) > templates().longest_value:
        raise ValueError(f"{field}: {len(value)} characters; at most {templates().longest_value} fit on a slip")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in value):
        raise ValueError(f"{field}: holds a control character; take it out before printing")
