"""The service key in the case: turned, the staff ask for the machine; turned back, they have left it.

It opens nothing by itself: the door still asks who it is. Whoever is being served is served to the end.
"""

from __future__ import annotations

import asyncio

from drivers.client import Snapshot
from drivers.contract.common import DeviceClass
from drivers.contract.inputs_outputs import Input, Level, Status
from kiosk.devices import Devices
from kiosk.maintenance.service import How, Service
from kiosk.settings.profile import Role

_LOOK_SECONDS = 0.2
"""Between two looks; the driver tells of a change within 0.3 s."""


class ServiceKey:
    """Follows the key. A module that is gone says nothing of it: nobody is called, and nobody is sent away."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._last = Level.OFF

    def look(self, snapshots: tuple[Snapshot, ...]) -> None:
        """Take the newest level. One that is found turned at the start was turned before a power cut: it counts."""
        levels = [level for each in snapshots if (level := _level(each)) in (Level.ON, Level.OFF)]
        if not levels:
            return
        now = Level.ON if Level.ON in levels else Level.OFF
        if now is Level.ON and self._last is Level.OFF:
            self._service.request(How.KEY)
        if now is Level.OFF and self._last is Level.ON:
            self._service.call_away()
        self._last = now

    async def run(self, devices: Devices) -> None:
        """Look for ever."""
        while True:
            clients = [devices.of(DeviceClass.INPUTS_OUTPUTS, role) for role in Role]
            self.look(tuple(each.snapshot for each in clients if each is not None))
            await asyncio.sleep(_LOOK_SECONDS)


def _level(snapshot: Snapshot) -> Level:
    status = snapshot.status
    if not isinstance(status, Status):
        return Level.UNKNOWN
    return next((each.level for each in status.inputs if each.name is Input.SERVICE_KEY), Level.UNKNOWN)
