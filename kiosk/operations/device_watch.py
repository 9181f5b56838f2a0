"""Tells the back office of a device that needs somebody: once for each fault, when it has lasted, and never of one that heals
itself. The visitor's sentence 「已通知管理员」 is true because of this."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from drivers.client import Link, Snapshot
from drivers.contract.faults import Action, Fault
from kiosk.devices import Devices
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.operations.outbox import Outbox

_log = logging.getLogger("kiosk.device_watch")

LASTS_SECONDS = 5.0
"""A host that restarts, or a cover that is opened to take paper out, is well again before this."""

LOOK_SECONDS = 1.0

_SOMEBODY = frozenset({Action.KEEPER, Action.TECHNICIAN, Action.BACK_OFFICE})


def needing_somebody(snapshots: Iterable[Snapshot]) -> dict[tuple[str, str], Fault]:
    """Return the faults that a person must mend, by device and code."""
    found: dict[tuple[str, str], Fault] = {}
    for snapshot in snapshots:
        faults = list(getattr(snapshot.status, "faults", ()))
        if snapshot.link is Link.GONE and snapshot.fault is not None:
            faults.append(snapshot.fault)
        for fault in faults:
            if fault.action in _SOMEBODY:
                found[snapshot.name, fault.code.value] = fault
    return found


class DeviceWatch:
    """Remembers since when each fault lasts, and which were told."""

    def __init__(self, outbox: Outbox, kiosk: str) -> None:
        self._outbox = outbox
        self._kiosk = kiosk
        self._since: dict[tuple[str, str], tuple[float, int]] = {}
        self._told: set[tuple[str, str]] = set()

    def look(
        self, snapshots: Iterable[Snapshot], now: float, wall: float | None = None, *, attended: bool = False
    ) -> None:
        """Take a look at the device table. `now` never jumps (monotonic seconds); `wall` is the time that names the task.

        `attended`: staff work at the machine. A cover that they open and a cable that they pull are nobody else's task; what is
        still wrong when they go is told then.
        """
        faults = needing_somebody(snapshots)
        for key in [key for key in self._since if key not in faults]:
            del self._since[key]
            self._told.discard(key)
        for key in faults:
            since, began = self._since.setdefault(key, (now, int(now if wall is None else wall)))
            if not attended and now - since >= LASTS_SECONDS and key not in self._told:
                device, code = key
                name = f"{self._kiosk}-{device}-{code}-{began}"
                self._outbox.post_task(name, TaskKind.DEVICE_FAULT, device=device, code=code)
                self._told.add(key)

    async def run(self, devices: Devices, attended: Callable[[], bool] = lambda: False) -> None:
        """Look for ever; what a full disk does not take is told as soon as there is room."""
        while True:
            try:
                self.look(devices.expected(), time.monotonic(), time.time(), attended=attended())
            except JournalError as error:
                _log.error("a device fault cannot be told yet: %s", error)
            await asyncio.sleep(LOOK_SECONDS)
