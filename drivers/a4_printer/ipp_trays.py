"""printer-input-tray and printer-output-tray (PWG 5100.13 5.6.8, 5.6.9): how many sheets are left, how many lie in the exit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_A4 = ((29700, 21000), (297000, 210000), (116929, 82677))
"""Feed × cross-feed of A4 as printers write it: 1/100 mm (CUPS), micrometres, 1/10,000 inch (RFC 3805 prtInputDimUnit)."""

_TOLERANCE = 0.01
"""Printers round; one per cent is 3 mm, and the nearest other size (Letter) is 3 % wider."""


@dataclass(frozen=True)
class Trays:
    """`sheets`: A4 sheets left; `in_exit`: sheets in the exit tray; None where the printer does not count."""

    sheets: int | None
    in_exit: int | None


def trays(inputs: Sequence[str], outputs: Sequence[str]) -> Trays:
    """Read the values of both attributes, each like "type=...;maxcapacity=250;level=100;status=0;name=main;"."""
    return Trays(sheets=_sheets(inputs), in_exit=_in_exit(outputs))


def _sheets(inputs: Sequence[str]) -> int | None:
    """Sum the trays that hold A4 and count; a tray that says -2 (unknown) or -3 (some) is no count (RFC 3805)."""
    levels = [
        level
        for fields in map(_fields, inputs)
        if (level := _number(fields, "level")) is not None and level >= 0 and _may_hold_a4(fields)
    ]
    return sum(levels) if levels else None


def _may_hold_a4(fields: dict[str, str]) -> bool:
    """A tray that tells its size must be A4, either way round; one that does not tell is taken as the kiosk's only tray."""
    feed, cross = _number(fields, "mediafeed"), _number(fields, "mediaxfeed")
    if feed is None or cross is None or feed <= 0 or cross <= 0:
        return True
    return any(
        abs(max(feed, cross) - long) <= long * _TOLERANCE and abs(min(feed, cross) - short) <= short * _TOLERANCE
        for long, short in _A4
    )


def _in_exit(outputs: Sequence[str]) -> int | None:
    """Capacity minus what remains, over every exit; None when a single one does not count: a sheet could lie there unseen."""
    counts = []
    for fields in map(_fields, outputs):
        capacity, remaining = _number(fields, "maxcapacity"), _number(fields, "remaining")
        if capacity is None or remaining is None or capacity <= 0 or not 0 <= remaining <= capacity:
            return None
        counts.append(capacity - remaining)
    return sum(counts) if counts else None


def _fields(value: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in value.split(";") if "=" in part)


def _number(fields: dict[str, str], name: str) -> int | None:
    text = fields.get(name, "").strip()
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 10:
        return None
    return int(text)


class ExitWatch:
    """Notices a sheet arriving in the exit tray, also when others are taken out of it meanwhile."""

    def __init__(self, sheets: int | None) -> None:
        self._floor = sheets
        self.risen = False

    @property
    def works(self) -> bool:
        """Whether there is a sensor."""
        return self._floor is not None

    def see(self, sheets: int | None) -> None:
        """Take one more look."""
        if sheets is None or self._floor is None:
            return
        self.risen = self.risen or sheets > self._floor
        self._floor = min(self._floor, sheets)
