"""The devices of this kiosk: one supervised client each, found by device class, wherever it is plugged in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from drivers.buses.client import BusWatch
from drivers.buses.messages import Sources
from drivers.buses.table import Changed, Table
from drivers.client import DeviceClient, Link, Snapshot, is_ready
from drivers.contract.common import DeviceClass
from kiosk.binding import settings_of, wanted_buses
from kiosk.settings.profile import DeviceSettings, Offered, Profile, Role


class Devices:
    """Starts and stops the clients of a profile's devices. An absent device never keeps the kiosk from starting."""

    def __init__(
        self,
        profile: Profile,
        on_change: Callable[[Snapshot], None] | None = None,
        *,
        sources: Sources | None = None,
    ) -> None:
        self._profile = profile
        self._watch = BusWatch(wanted_buses(profile.devices), self._bus_changed, sources=sources)
        self._clients = {
            name: DeviceClient(
                name,
                device.device_class,
                device.driver,
                partial(self._settings, device),
                production=profile.production,
                on_change=on_change,
            )
            for name, device in profile.devices.items()
        }

    def _settings(self, device: DeviceSettings) -> Mapping[str, Any]:
        """Asked before each start of a host: the same device may have come back on another node."""
        return settings_of(device, self._watch.table())

    def _bus_changed(self, change: Changed) -> None:
        """Something was plugged in or out: whoever waits on that bus tries now."""
        for name, device in self._profile.devices.items():
            if device.place is not None and device.place.bus is change.bus:
                self._clients[name].nudge()

    async def start(self) -> None:
        """Start every client; does not wait for the devices, but for the buses that know where they are."""
        await self._watch.start()
        await self._watch.settled(_BUSES_SECONDS)
        for client in self._clients.values():
            await client.start()

    async def stop(self) -> None:
        """End every client."""
        await asyncio.gather(*(client.stop() for client in self._clients.values()), self._watch.stop())

    async def settled(self, seconds: float) -> None:
        """Wait until every device has told its status or is known to be gone, at most `seconds` (just after a start)."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if all(each.link is Link.GONE or each.status is not None for each in self.table()):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def of(self, device_class: DeviceClass, role: Role = Role.VISITOR) -> DeviceClient | None:
        """Return the device that serves this class in this role, None when the profile has none."""
        for name, device in self._profile.devices.items():
            if device.device_class is device_class and device.role is role:
                return self._clients[name]
        return None

    def ready(self, device_class: DeviceClass, role: Role = Role.VISITOR) -> DeviceClient | None:
        """Return the device of this class if it can take a command now."""
        client = self.of(device_class, role)
        return client if client is not None and is_ready(client.snapshot) else None

    def offered(self, code: str, required: Iterable[DeviceClass]) -> Offered | None:
        """How an item is offered on this model; None: as usual."""
        return self._profile.offered(code, required)

    def expected(self) -> list[Snapshot]:
        """Return the devices whose absence is somebody's task: the required ones, and those that were here once."""
        return [
            client.snapshot
            for name, client in self._clients.items()
            if self._profile.devices[name].required or client.snapshot.capabilities is not None
        ]

    def table(self) -> list[Snapshot]:
        """Return what is known of every device."""
        return [client.snapshot for client in self._clients.values()]

    def buses(self) -> Table:
        """Return what is plugged in, on the buses that the profile uses."""
        return self._watch.table()


_LOOK_SECONDS = 0.02

_BUSES_SECONDS = 2.0
"""Local buses answer in milliseconds; a print service or a card service that takes longer is waited for by its own device."""
