"""A run of self-tests each night, at the time of the policy, while nobody is there. Never in a visit: it waits for its end.
And a readiness report each hour, kept for who asks on the command line."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import date, datetime

from kiosk.attest import statement
from kiosk.attest.statement import Statement
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.readiness import report
from kiosk.maintenance.readiness.selftest import run_all
from kiosk.maintenance.toolbox import Toolbox

_log = logging.getLogger("kiosk.night")

LOOK_SECONDS = 20.0
REPORT_SECONDS = 3600.0
_LAST = "selftest_night"


class Night:
    """When the next run is due. `alone`: whether nobody is being served, has just touched the screen, or works inside."""

    def __init__(self, tools: Toolbox, alone: Callable[[], bool]) -> None:
        self._tools = tools
        self._alone = alone
        self._last: date | None = None
        self._kept_at = float("-inf")
        self._statement: Statement | None = None

    def due(self, now: datetime) -> bool:
        """Whether a night's run is due at this local time: once a day, from its time on; made up for after a power cut."""
        if now.time() < self._tools.policy.selftest.at:
            return False
        return self._last_run() != now.date()

    async def look(self) -> bool:
        """Run if it is due and nobody is there; return whether it ran."""
        now = self._tools.now().astimezone(self._tools.site.zone)
        if not (self.due(now) and self._alone()):
            return False
        self._last = now.date()
        try:
            self._tools.logbook.put(_LAST, {"day": now.date().isoformat()})
        except LogbookError as error:
            _log.error("the night's run is not noted: %s", error)
        found = await run_all(self._tools)
        self._statement = None
        await self.keep_report()
        _log.info(tell("readiness.night_log", count=len(found)))
        return True

    async def keep_report(self) -> None:
        """Keep the newest report for the command line. The files are measured once a day; what fails is tried again."""
        try:
            if self._statement is None:
                self._statement = await asyncio.to_thread(statement.state, self._tools.site, self._tools.profile)
            report.keep(self._tools.logbook, report.compose(self._tools, self._statement))
        except (LogbookError, OSError) as error:
            _log.error("the readiness report is not kept: %s", type(error).__name__)
            return
        self._kept_at = time.monotonic()

    def _last_run(self) -> date | None:
        if self._last is None:
            try:
                kept = self._tools.logbook.get(_LAST)
            except LogbookError:
                kept = None
            self._last = date.fromisoformat(kept["day"]) if kept else None
        return self._last

    async def run(self) -> None:
        """Look for ever; not before the machine has been up for a while: a start has enough to do."""
        await asyncio.sleep(self._tools.policy.selftest.quiet_seconds)
        while True:
            if not await self.look() and time.monotonic() - self._kept_at >= REPORT_SECONDS:
                await self.keep_report()
            await asyncio.sleep(LOOK_SECONDS)
