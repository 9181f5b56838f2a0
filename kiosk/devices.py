"""The devices of this kiosk: one supervised client each, found by device class, wherever it is plugged in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from drivers.buses.client import BusWatch
from drivers.buses.messages import Sources
from drivers.buses.table import Changed, Table
from drivers.client import DeviceClient, Link, Snapshot, is_ready
from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from drivers.link.whole import whole
from kiosk.binding import settings_of, wanted_buses
from kiosk.settings.profile import DeviceSettings, Offered, Profile, Role


class Engaged(Exception):
    """A print of this device is open: its evidence is with this very printer, which cannot be replaced now."""


class Devices:
    """Starts and stops the clients of a profile's devices. An absent device never keeps the kiosk from starting."""

    def __init__(
        self,
        profile: Profile,
        on_change: Callable[[Snapshot], None] | None = None,
        *,
        sources: Sources | None = None,
        left_out: Collection[str] = (),
        rests: Callable[[str], bool] = lambda name: False,
    ) -> None:
        """`left_out`: names of devices that are not started. `rests`: whether a device is paused, by name."""
        self._profile = profile
        self._left_out = set(left_out)
        self._rests = rests
        self._devices = dict(profile.devices)
        self._sources = sources
        self._watch = self._watching(wanted_buses(self._devices))
        self._watched = False
        self.engaged: Callable[[str], bool] = lambda name: False
        """Whether an effect of this device is open; whoever has the journal says."""
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

    def _watching(self, buses: Collection[Bus]) -> BusWatch:
        return BusWatch(buses, self._bus_changed, sources=self._sources)

    def _settings(self, device: DeviceSettings) -> Mapping[str, Any]:
        """Asked before each start of a host: the same device may have come back on another node."""
        return settings_of(device, self._watch.table())

    def _bus_changed(self, change: Changed) -> None:
        """Something was plugged in or out: whoever waits on that bus tries now."""
        for name, device in self._devices.items():
            if device.place is not None and device.place.bus is change.bus:
                self._clients[name].nudge()

    async def start(self) -> None:
        """Start every client; does not wait for the devices, but for the buses that know where they are."""
        await self._watch_buses()
        for name, client in self._clients.items():
            if name not in self._left_out:
                await client.start()

    async def _watch_buses(self) -> None:
        """Once: a start that was held (kiosk.opening.start) does not, and whoever starts a device after it does."""
        if not self._watched:
            self._watched = True
            await self._watch.start()
            await self._watch.settled(_BUSES_SECONDS)

    async def stop(self) -> None:
        """End every client."""
        await asyncio.gather(*(client.stop() for client in self._clients.values()), self._watch.stop())

    # --- one device, by the profile's name for it

    def names(self) -> tuple[str, ...]:
        """Return the names of all devices, as the profile has them."""
        return tuple(self._devices)

    def settings(self, name: str) -> DeviceSettings:
        """Return how a device is bound now. Raise KeyError."""
        return self._devices[name]

    def named(self, name: str) -> DeviceClient:
        """Return the client of this name. Raise KeyError."""
        return self._clients[name]

    async def restart(self, name: str) -> None:
        """End the device's host and start another; one that was left out is started. Raise KeyError.

        Whoever is told to stop meanwhile stops when the other is started: a device is never left without.
        """
        await whole(self._again(self._clients[name]))

    async def _again(self, client: DeviceClient) -> None:
        await client.stop()
        self._left_out.discard(client.name)
        await self._watch_buses()
        await client.start()

    @asynccontextmanager
    async def released(self, name: str) -> AsyncIterator[None]:
        """Let go of a device while the block runs: somebody else opens it, or it is unplugged. It is taken again in any case, also
        one that was left out. Raise KeyError, Engaged."""
        if self.engaged(name):
            raise Engaged(name)
        client = self._clients[name]
        try:
            await client.release()
            yield
        finally:
            await whole(self._again(client))

    async def rebind(self, name: str, device: DeviceSettings) -> None:
        """Serve this device by another driver or at another place from now on. Whoever holds its client keeps it.

        Raise KeyError, Engaged, ValueError when it is of another class or role: then another thing was meant.
        """
        before = self._devices[name]
        if (device.device_class, device.role) != (before.device_class, before.role):
            raise ValueError(f"{name} is {before.device_class} for {before.role}, not {device.device_class}")
        if self.engaged(name):
            raise Engaged(name)
        if device.place is not None:
            await self._watch_also(device.place.bus)
        self._devices[name] = device
        await self._clients[name].rebind(device.driver, partial(self._settings, device))

    async def _watch_also(self, bus: Bus) -> None:
        """See to it that this bus is watched; the others go on being known meanwhile."""
        watched = {state.bus for state in self._watch.table().states}
        if bus in watched:
            return
        before, after = self._watch, self._watching((*watched, bus))
        await after.start()
        await after.settled(_BUSES_SECONDS)
        self._watch = after
        await before.stop()

    def bus_watch(self, wanted: Collection[Bus], on_change: Callable[[Changed], None] | None = None) -> BusWatch:
        """Return another watch on the same machine, for somebody who wants to see more than the profile does; not started."""
        return BusWatch(wanted, on_change, sources=self._sources)

    # --- what is known

    async def settled(self, seconds: float) -> None:
        """Wait until every device has told its status or is known to be gone, at most `seconds` (just after a start)."""
        give_up = time.monotonic() + seconds
        while time.monotonic() < give_up:
            awaited = [client.snapshot for name, client in self._clients.items() if name not in self._left_out]
            if all(each.link is Link.GONE or each.status is not None for each in awaited):
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def of(self, device_class: DeviceClass, role: Role = Role.VISITOR) -> DeviceClient | None:
        """Return the device that serves this class in this role, None when the profile has none."""
        for name, device in self._devices.items():
            if device.device_class is device_class and device.role is role:
                return self._clients[name]
        return None

    def ready(self, device_class: DeviceClass, role: Role = Role.VISITOR) -> DeviceClient | None:
        """Return the device of this class if it can take a command now, and is not paused."""
        client = self.of(device_class, role)
        if client is None or self._rests(client.name):
            return None
        return client if is_ready(client.snapshot) else None

    @property
    def left_out(self) -> frozenset[str]:
        """The devices that this start did without."""
        return frozenset(self._left_out)

    def offered(self, code: str, required: Iterable[DeviceClass]) -> Offered | None:
        """How an item is offered on this model; None: as usual."""
        return self._profile.offered(code, required)

    def expected(self) -> list[Snapshot]:
        """Return the devices whose absence is somebody's task: the required ones, and those that were here once. Who has paused
        one, or left it out, knows."""
        return [
            client.snapshot
            for name, client in self._clients.items()
            if (self._devices[name].required or client.snapshot.capabilities is not None)
            and name not in self._left_out
            and not self._rests(name)
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
