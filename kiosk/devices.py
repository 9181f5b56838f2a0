"""The devices of this kiosk: one supervised client each, found by device class."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from drivers.client import DeviceClient, Link, Snapshot, is_ready
from drivers.contract.common import DeviceClass
from kiosk.settings.profile import Profile


class Devices:
    """Starts and stops the clients of a profile's devices. An absent device never keeps the kiosk from starting."""

    def __init__(self, profile: Profile, on_change: Callable[[Snapshot], None] | None = None) -> None:
        self._clients = {
            name: DeviceClient(
                name,
                device.device_class,
                device.driver,
                device.settings,
                production=profile.production,
                on_change=on_change,
            )
            for name, device in profile.devices.items()
        }

    async def start(self) -> None:
        """Start every client; does not wait for the devices."""
        for client in self._clients.values():
            await client.start()

    async def stop(self) -> None:
        """End every client."""
        await asyncio.gather(*(client.stop() for client in self._clients.values()))

    async def settled(self, seconds: float) -> None:
        """Wait until every device has told its status or is known to be gone, at most `seconds` (just after a start)."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            if all(each.link is Link.GONE or each.status is not None for each in self.table()):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def of(self, device_class: DeviceClass) -> DeviceClient | None:
        """Return the device that serves this class, None when the profile has none."""
        found = (each for each in self._clients.values() if each.snapshot.device_class is device_class)
        return next(found, None)

    def ready(self, device_class: DeviceClass) -> DeviceClient | None:
        """Return the device of this class if it can take a command now."""
        client = self.of(device_class)
        return client if client is not None and is_ready(client.snapshot) else None

    def table(self) -> list[Snapshot]:
        """Return what is known of every device."""
        return [client.snapshot for client in self._clients.values()]


_LOOK_SECONDS = 0.02
