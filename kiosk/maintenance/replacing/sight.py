"""What is plugged in, as it comes and goes: what hands have done is seen on the bus, not only said."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Set
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec

from drivers import registry
from drivers.buses.client import BusWatch
from drivers.buses.places import Place, device_of, find
from drivers.buses.table import Changed, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass
from drivers.link.within import within
from kiosk.devices import Devices
from kiosk.settings.profile import DeviceSettings

T = TypeVar("T")

_LOOK_SECONDS = 0.5
"""Bus changes are told at once; this is for what no bus tells (a network printer that is switched off)."""

_BY_CABLE = frozenset({Bus.USB, Bus.SERIAL, Bus.V4L2, Bus.EVDEV, Bus.PCSC})

_SETTLED_SECONDS = 8.0
"""Local buses answer at once, the network after 1.5 s, a print service within some."""

PARTS_SECONDS = 1.5
"""A composite device announces its parts one after another; after the first one so long is waited for the rest."""


class Thing(msgspec.Struct, frozen=True):
    """One physical device: everything that it is on the buses (a USB device, its serial port, its HID node). `typed`: nobody has
    seen it, its address was typed."""

    parts: tuple[Attached, ...]
    typed: bool = False

    @property
    def seen(self) -> bool:
        """Whether its cable is seen out and in. What is announced on a network stays announced for an hour."""
        return not self.typed and self.parts[0].bus in _BY_CABLE

    @property
    def id(self) -> str:
        """Where it is plugged in; the same for all its parts."""
        return device_of(self.parts[0])

    @property
    def name(self) -> str:
        """What it calls itself; the bus's word for it where it says nothing; "" where not even that is there."""
        for each in self.parts:
            said = " ".join(filter(None, (each.maker, each.model)))
            if said:
                return said
        return next((each.kind for each in self.parts if each.kind), "")

    @property
    def numbers(self) -> str:
        """Vendor and product, "10c4:0007"; "" where it has none."""
        return next((f"{each.vendor}:{each.product}" for each in self.parts if each.vendor), "")


def things(table: Table) -> dict[str, Thing]:
    """Return what is plugged in, by where it is plugged in."""
    found: dict[str, list[Attached]] = {}
    for each in table.things():
        found.setdefault(device_of(each), []).append(each)
    return {key: Thing(tuple(parts)) for key, parts in found.items()}


def new_things(old: Set[Attached], now: Table) -> tuple[Thing, ...]:
    """Return what is there beside what was; a thing of which a part only came late is none of them."""
    kept = {device_of(each) for each in old & set(now.things())}
    return tuple(
        thing for key, thing in things(now).items() if key not in kept and any(part not in old for part in thing.parts)
    )


def where_is(device: DeviceSettings, table: Table) -> Attached | None:
    """Return the thing that a device of the profile is now: that in its place, or that whose node its settings name."""
    if device.place is not None:
        ours = [each for each in table.things() if registry.manifests()[device.driver].claim(each) is not None]
        fitting = [each for each in ours if device.place.value().means(each)]
        return fitting[0] if len(fitting) == 1 else None
    named = {value for value in device.settings.values() if isinstance(value, str) and value}
    real = {os.path.realpath(value) for value in named if value.startswith("/")}
    return next(
        (each for each in table.things() if each.node in named or os.path.realpath(each.node) in real),
        None,
    )


def buses_of(device_class: DeviceClass) -> tuple[Bus, ...]:
    """The buses on which a device of this class may come, and USB, where also what nobody knows is seen."""
    rules = (
        rule.bus for each in registry.manifests().values() if each.device_class is device_class for rule in each.match
    )
    return tuple(dict.fromkeys((*rules, Bus.USB)))


def place_for(attached: Attached, table: Table) -> Place:
    """What a binding writes to mean this very device: by its serial number, in whatever socket, where it has one and that
    leaves no doubt; else this kind of device in this socket."""
    kind = {"bus": attached.bus, "vendor": attached.vendor or "*", "product": attached.product or "*"}
    if attached.serial:
        anywhere = Place(serial=attached.serial, kind=attached.kind or "*", **kind)  # type: ignore[arg-type]
        if find(anywhere, table) == attached:
            return anywhere
    return Place(path=attached.path, kind=attached.kind or "*", **kind)  # type: ignore[arg-type]


class Sight:
    """The buses of one device class, watched for as long as the wizard runs."""

    def __init__(self, watch: BusWatch, changed: asyncio.Event) -> None:
        self._watch = watch
        self._changed = changed

    @property
    def table(self) -> Table:
        """What is plugged in now."""
        return self._watch.table()

    async def until(self, found: Callable[[], T | None], seconds: float) -> T | None:
        """Wait until something is found, looking at each change; None when it is not within this time."""
        give_up = time.monotonic() + seconds
        while (result := found()) is None:
            left = give_up - time.monotonic()
            if left <= 0:
                return None
            self._changed.clear()
            try:
                await within(min(left, _LOOK_SECONDS), self._changed.wait())
            except TimeoutError:
                continue
        return result

    async def new(self, before: Table, seconds: float) -> tuple[Thing, ...]:
        """Wait until something is plugged in that was not there; return it, or all of several; nothing when the time is over."""
        old = set(before.things())

        def came() -> tuple[Thing, ...] | None:
            # What was pulled out meanwhile is new when it comes again.
            old.intersection_update(self.table.things())
            return new_things(old, self.table) or None

        if await self.until(came, seconds) is None:
            return ()
        await asyncio.sleep(PARTS_SECONDS)
        return came() or ()


@asynccontextmanager
async def looking(devices: Devices, device_class: DeviceClass) -> AsyncIterator[Sight]:
    """Watch the buses of a class while the block runs."""
    changed = asyncio.Event()

    def told(_: Changed) -> None:
        changed.set()

    watch = devices.bus_watch(buses_of(device_class), told)
    await watch.start()
    try:
        await watch.settled(_SETTLED_SECONDS)
        yield Sight(watch, changed)
    finally:
        await watch.stop()
