"""Which replaced devices have not served yet since they were bound: the shift ended, or the power went, before they were ready.

Such a binding stands: its device has passed the test, somebody has signed for it, and the one before lies unplugged on the bench.
But nobody has seen it at work; until it was ready once, the next member of staff is told so. The logbook keeps which binding was
seen ready, so that nothing need be written between binding and first service; a logbook that was lost is filled again by looking.
"""

from __future__ import annotations

import asyncio
import logging

from drivers.client import is_ready
from kiosk.bindings.in_force import InForce
from kiosk.devices import Devices
from kiosk.logbook.store import Logbook, LogbookError

_log = logging.getLogger("kiosk.maintenance")

LOOK_SECONDS = 2.0

_KEY = "served:"
"""Before a device's name: the report of the binding that was seen ready."""


class FirstService:
    """`bound`: what was in force at the last start."""

    def __init__(self, logbook: Logbook, devices: Devices, bound: InForce) -> None:
        self._logbook, self._devices = logbook, devices
        self._waits: dict[str, str] = {}
        for name, held in bound.bindings.items():
            self.bound(name, held.binding.report)

    def bound(self, name: str, report: str) -> None:
        """From now on this device is bound by this test's report; it may have served with it before."""
        self._waits.pop(name, None)
        try:
            kept = self._logbook.get(_KEY + name) or {}
        except LogbookError:
            kept = {}
        if kept.get("report") != report:
            self._waits[name] = report

    def unbound(self, name: str) -> None:
        """The binding was taken back: nothing is waited for."""
        self._waits.pop(name, None)

    def untried(self) -> tuple[str, ...]:
        """The devices that have not served yet, by the profile's names."""
        self.look()
        return tuple(self._waits)

    def look(self) -> None:
        """Whatever is ready now has served, and that is kept."""
        for name, report in list(self._waits.items()):
            if is_ready(self._devices.named(name).snapshot):
                del self._waits[name]
                try:
                    self._logbook.put(_KEY + name, {"report": report})
                except LogbookError as error:
                    _log.error("it is not kept that %s has served: %s", name, error)

    async def run(self) -> None:
        """Look for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)
