"""Looks at paper and toner: an hour's sample into the logbook, at once after a refill; and a task for the back office, once for
each filling, when something will be empty before the next round."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import date, tzinfo

from drivers.client import Snapshot
from kiosk.devices import Devices
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import Journal, JournalError
from kiosk.logbook.forecast import Calendar, DayKind
from kiosk.logbook.store import Logbook, LogbookError
from kiosk.logbook.supplies import REFILL, SAMPLE, Stock, sample, stocks
from kiosk.operations.outbox import Outbox
from kiosk.settings.hours import WEEKDAYS, Hours

_log = logging.getLogger("kiosk.supply_watch")

SAMPLE_SECONDS = 3600.0
LOOK_SECONDS = 30.0

_SLIPS = "slips"
_TOLD = "supply_told"


def calendar_of(hours: Hours) -> Calendar:
    """The site's own calendar: a day that is worked like a Friday is one, a day with a name of its own is a holiday."""

    def kind(day: date) -> DayKind:
        for row in reversed(hours.days):
            if row.covers(day):
                return DayKind.HOLIDAY if row.like is None else DayKind(WEEKDAYS.index(row.like))
        return DayKind(day.weekday())

    return kind


class SupplyWatch:
    """Remembers when it looked; everything else is in the logbook, over restarts."""

    def __init__(
        self, logbook: Logbook, journal: Journal, outbox: Outbox, *, kiosk: str, zone: tzinfo, hours: Hours
    ) -> None:
        self._logbook, self._journal, self._outbox = logbook, journal, outbox
        self._kiosk, self._zone, self._calendar = kiosk, zone, calendar_of(hours)
        self._sampled_at = float("-inf")
        self._refill = 0

    def look(self, devices: Iterable[Snapshot], now: float, wall: float) -> None:
        """Take a sample when it is time. `now` never jumps (monotonic seconds); `wall` is Unix time.

        Raise LogbookError, JournalError.
        """
        newest = self._logbook.entries(REFILL, newest=1)
        refill = newest[-1].id if newest else 0
        if now - self._sampled_at < SAMPLE_SECONDS and refill == self._refill:
            return
        there = list(devices)
        taken = [(each.name, found) for each in there if (found := sample(each, self._slips())) is not None]
        if not taken:
            return  # just started: the devices have not told anything yet
        for name, found in taken:
            self._logbook.write(SAMPLE, name, at=wall, **found)
        self._sampled_at, self._refill = now, refill
        for stock in stocks(self._logbook, there, wall, self._zone, self._calendar):
            self._warn(stock, wall)

    def _slips(self) -> float:
        """Millimetres of slips since the beginning, by the journal: what is new is added to what was counted."""
        counted = self._logbook.get(_SLIPS) or {"seq": 0, "mm": 0.0}
        rows = self._journal.events("slip", after=int(counted["seq"]))
        if not rows:
            return float(counted["mm"])
        mm = float(counted["mm"]) + sum(float(row.payload.get("mm", 0)) for row in rows)
        self._logbook.put(_SLIPS, {"seq": rows[-1].seq, "mm": mm})
        return mm

    def _warn(self, stock: Stock, wall: float) -> None:
        """One task for each filling: it is named by the stock and by when it was filled."""
        key = f"{_TOLD}:{stock.device}:{stock.kind.value}"
        told = self._logbook.get(key)
        if not stock.runs_out_soon(wall):
            if told is not None and told["open"]:
                self._logbook.put(key, {"open": False})
            return
        if told is not None and told["open"]:
            return
        empty = stock.forecast.empty_at if stock.forecast is not None else None
        self._outbox.post_task(
            f"{self._kiosk}-{stock.device}-{stock.kind.value}-{int(wall)}",
            TaskKind.SUPPLY,
            device=stock.device,
            supply=stock.kind.value,
            hours="" if empty is None else str(max(0, round((empty - wall) / 3600))),
        )
        self._logbook.put(key, {"open": True})

    async def run(self, devices: Devices) -> None:
        """Look for ever; what cannot be written now is tried again."""
        while True:
            try:
                self.look(devices.table(), time.monotonic(), time.time())
            except (LogbookError, JournalError) as error:
                _log.error("no sample of paper and toner: %s", error)
            await asyncio.sleep(LOOK_SECONDS)
