"""What is left of paper and toner, and until when: from a sample an hour and the keeper's refills.

    "supply" entries   what a device showed at an hour: sheets, impressions, toner (per cent), mm (of slips, since the beginning)
    "refill" entries   what was put in: sheets, or metres of a roll

A printer that counts its sheets is believed. One that does not has what was put in, less what went through it since. Where neither
is known the stock is unknown, and so is its forecast: never a guess that looks like a count.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

import msgspec

from drivers.client import Snapshot
from drivers.contract import a4_printer, receipt_printer
from drivers.contract.common import DeviceClass, Supply
from drivers.contract.receipt_printer import Feed, Line, Part, QrCode, Rule
from kiosk.logbook.forecast import (
    Calendar,
    Forecast,
    ForecastLimits,
    Reading,
    learn,
    until_empty,
    weekdays,
)
from kiosk.logbook.store import Entry, Logbook

SAMPLE = "supply"
REFILL = "refill"
_LEARNED_DAYS = 7 * 16
"""Older samples count less than a sixteenth; they are not read."""
_DAY = 86_400.0
_HOUR = 3600.0
_MM_A_METRE = 1000.0


class StockKind(StrEnum):
    """What runs out."""

    SHEETS = "sheets"
    TONER = "toner"
    ROLL = "roll"


class SlipLengths(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Millimetres of the roll."""

    line: float
    wide: float
    qr: float
    cut: float


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """supplies.toml."""

    warn_hours: float
    forecast: ForecastLimits
    slip: SlipLengths


@cache
def limits() -> Limits:
    """The figures that ship."""
    return msgspec.convert(
        tomllib.loads(files("kiosk.logbook").joinpath("supplies.toml").read_text("utf-8")), type=Limits
    )


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """One supply of one device. `sensed` is the device's own word. `left` in sheets, per cent or millimetres; None: unknown.

    `refilled`: when it was last filled, as far as somebody wrote it down (Unix time). `forecast` None: nothing is known yet.
    """

    device: str
    kind: StockKind
    sensed: Supply
    left: float | None = None
    refilled: float | None = None
    forecast: Forecast | None = None

    def runs_out_soon(self, now: float) -> bool:
        """Whether somebody should bring more before the next round: empty, or likely to be within `warn_hours`."""
        soon = now + limits().warn_hours * _HOUR
        return self.sensed is Supply.OUT or (self.forecast is not None and self.forecast.before(soon))


def slip_mm(parts: Iterable[Part]) -> float:
    """How much of the roll a slip takes."""
    lengths = limits().slip
    taken = lengths.cut
    for part in parts:
        match part:
            case Line():
                taken += lengths.wide if part.wide else lengths.line
            case Rule():
                taken += lengths.line
            case QrCode():
                taken += lengths.qr
            case Feed():
                taken += part.lines * lengths.line
    return taken


# --- an hour's sample


def sample(snapshot: Snapshot, slips_mm: float) -> dict[str, float] | None:
    """What is worth remembering of a device's stock now; None where there is nothing. `slips_mm`: slips since the beginning."""
    status = snapshot.status
    if isinstance(status, a4_printer.Status):
        told = {"sheets": status.sheets, "impressions": status.impressions, "toner": status.toner_percent}
        return {name: value for name, value in told.items() if value is not None} or None
    if isinstance(status, receipt_printer.Status):
        return {"mm": slips_mm}
    return None


# --- what is left


def stocks(
    logbook: Logbook, devices: Iterable[Snapshot], now: float, zone: tzinfo, calendar: Calendar = weekdays
) -> tuple[Stock, ...]:
    """Every supply of these devices, known or not. Raise LogbookError."""
    found: list[Stock] = []
    for snapshot in devices:
        if snapshot.device_class not in (DeviceClass.A4_PRINTER, DeviceClass.RECEIPT_PRINTER):
            continue
        samples = logbook.entries(SAMPLE, subject=snapshot.name, since=now - _LEARNED_DAYS * _DAY)
        refills = logbook.entries(REFILL, subject=snapshot.name)
        one = _Device(snapshot, samples, refills, now, zone, calendar)
        found += one.printer() if snapshot.device_class is DeviceClass.A4_PRINTER else one.roll()
    return tuple(found)


class _Device:
    """One device's samples and refills, read."""

    def __init__(
        self,
        snapshot: Snapshot,
        samples: Sequence[Entry],
        refills: Sequence[Entry],
        now: float,
        zone: tzinfo,
        calendar: Calendar,
    ) -> None:
        self._snapshot, self._samples, self._refills = snapshot, samples, refills
        self._now, self._zone, self._calendar = now, zone, calendar

    def printer(self) -> list[Stock]:
        """Sheets and toner of a printer for pages."""
        status = self._snapshot.status
        here = isinstance(status, a4_printer.Status)
        used = self._series("impressions") or _fallen(self._series("sheets"))
        left = status.sheets if here else None
        if left is None:
            left = self._put_in_less_used("sheets", used)
        toner = status.toner_percent if here else None
        pages = _pages_left(self._pairs())
        return [
            self._stock(StockKind.SHEETS, status.paper if here else Supply.UNKNOWN, left, left, used, filled="sheets"),
            self._stock(StockKind.TONER, status.toner if here else Supply.UNKNOWN, toner, pages, used, filled="toner"),
        ]

    def roll(self) -> list[Stock]:
        """The roll of a printer for slips."""
        status = self._snapshot.status
        sensed = status.paper if isinstance(status, receipt_printer.Status) else Supply.UNKNOWN
        used = self._series("mm")
        left = self._put_in_less_used("metres", used, of=_MM_A_METRE)
        return [self._stock(StockKind.ROLL, sensed, left, left, used, filled="metres")]

    def _stock(
        self,
        kind: StockKind,
        sensed: Supply,
        left: float | None,
        amount: float | None,
        used: Sequence[Reading],
        *,
        filled: str,
    ) -> Stock:
        """`amount` is what is left in the unit of `used`."""
        forecast = None
        if amount is not None:
            habits = learn(used, self._now, self._zone, limits().forecast, self._calendar)
            if habits is not None:
                forecast = until_empty(amount, habits, self._now, self._zone, limits().forecast, self._calendar)
        last = self._last_refill(filled)
        return Stock(
            device=self._snapshot.name,
            kind=kind,
            sensed=sensed,
            left=left,
            refilled=last.at if last else None,
            forecast=forecast,
        )

    def _series(self, name: str) -> list[Reading]:
        return [Reading(each.at, float(each.body[name])) for each in self._samples if name in each.body]

    def _pairs(self) -> list[tuple[float, float]]:
        """(impressions, per cent) where both are known."""
        return [
            (float(each.body["impressions"]), float(each.body["toner"]))
            for each in self._samples
            if {"impressions", "toner"} <= each.body.keys()
        ]

    def _last_refill(self, name: str) -> Entry | None:
        return next((each for each in reversed(self._refills) if name in each.body), None)

    def _put_in_less_used(self, name: str, used: Sequence[Reading], *, of: float = 1.0) -> float | None:
        """What the keeper put in (each worth `of`), less what was used since; None where either is unknown."""
        refill = self._last_refill(name)
        if refill is None or not used or used[-1].at < refill.at:
            return None
        before = [each.used for each in used if each.at <= refill.at]
        since = used[-1].used - (before[-1] if before else used[0].used)
        return max(0.0, float(refill.body[name]) * of - since) if since >= 0 else None


def _fallen(levels: Sequence[Reading]) -> list[Reading]:
    """A use that only grows, from a level that falls with it and rises with a refill."""
    found: list[Reading] = []
    total = 0.0
    for number, each in enumerate(levels):
        if number:
            total += max(0.0, levels[number - 1].used - each.used)
        found.append(Reading(each.at, total))
    return found


# --- toner


_NEW_CARTRIDGE = 5.0
"""A level that rises by more per cent is another cartridge; less is a printer that changed its mind."""


def _pages_left(pairs: Sequence[tuple[float, float]]) -> float | None:
    """How many pages the toner lasts: what a per cent lasted so far, times what is left.

    Levels come in steps, so only the moments count at which the level fell. Nobody knows whether a printer rounds up or down: at
    such a moment half a step more is taken to be there. Before a cartridge has shown two of them, the one before it tells what a
    per cent lasts.
    """
    worth: float | None = None
    falls: list[tuple[float, float]] = []
    level: float | None = None
    for pages, percent in pairs:
        if level is not None and percent > level + _NEW_CARTRIDGE:
            worth = _pages_a_percent(falls) or worth
            falls = []
        elif level is not None and percent < level:
            falls.append((pages, percent))
        level = percent if level is None or percent < level or percent > level + _NEW_CARTRIDGE else level
    worth = _pages_a_percent(falls) or worth
    if worth is None or level is None:
        return None
    if not falls:
        return level * worth
    since = pairs[-1][0] - falls[-1][0]
    return max(0.0, (level + _step(falls) / 2) * worth - since)


def _step(falls: Sequence[tuple[float, float]]) -> float:
    """The smallest fall that was seen: by so much the printer counts."""
    return min((high - low for (_, high), (_, low) in pairwise(falls)), default=0.0)


def _pages_a_percent(falls: Sequence[tuple[float, float]]) -> float | None:
    if len(falls) < 2:
        return None
    (first, high), (last, low) = falls[0], falls[-1]
    return (last - first) / (high - low) if last > first else None
