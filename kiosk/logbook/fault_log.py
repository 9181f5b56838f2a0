"""Writes the history of devices into the logbook as it happens. A logbook that cannot be written costs the history only."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable

from drivers.client import Snapshot
from kiosk.logbook.faults import DEATH, FAULT, LINK, Episode, History, Noted, episodes
from kiosk.logbook.store import Entry, Logbook, LogbookError

_log = logging.getLogger("kiosk.logbook")

LOOK_SECONDS = 1.0

_READ = 500
"""Entries of a kind that are read: enough for the last fifty of one device, where others flicker."""


class FaultLog:
    """For `Devices(on_change=faults.saw)`, and for whoever shows the history."""

    def __init__(self, logbook: Logbook) -> None:
        self._logbook = logbook
        self._full = False
        self._history = History(self._kept())

    def saw(self, snapshot: Snapshot) -> None:
        """Take a change in."""
        self._write(self._history.saw(snapshot, time.time()))

    async def run(self) -> None:
        """Look for ever at what has been quiet for long enough."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self._write(self._history.settled(time.time()))

    def recent(self, newest: int, device: str | None = None) -> tuple[Episode, ...]:
        """The last faults, the latest begin first; of all devices or of one."""
        return episodes(self._kept(device), newest)

    def _write(self, noted: Iterable[Noted]) -> None:
        for each in noted:
            try:
                self._logbook.write(each.kind, each.device, **each.body)
                self._full = False
            except LogbookError as error:
                if not self._full:  # once down: a full disk must not fill the log too
                    _log.error("the history of devices is not written: %s", error)
                self._full = True

    def _kept(self, device: str | None = None) -> list[Entry]:
        """What is in the logbook, oldest first."""
        try:
            found = [
                entry
                for kind in (FAULT, LINK, DEATH)
                for entry in self._logbook.entries(kind, subject=device, newest=_READ)
            ]
        except LogbookError as error:
            _log.error("the history of devices cannot be read: %s", error)
            return []
        return sorted(found, key=lambda entry: entry.id)
