"""What is plugged in, which driver would serve it, and whether it does: each candidate is opened by its real driver in its real
host.

A thing that a driver claims by name (priority above 0) is proposed for whatever class it is of. "Any serial port" and the
like (priority 0) are tried only for the classes that an item of this kiosk needs, in the order in which a visitor meets
them.
"""

from __future__ import annotations

import asyncio
import time
import tomllib
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from drivers import registry
from drivers.buses.client import BusWatch
from drivers.buses.messages import Sources
from drivers.buses.places import unclaimed
from drivers.buses.table import Table
from drivers.client import DeviceClient, Link, Snapshot
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, Fault
from drivers.manifest import Match
from kiosk.binding import settings_of
from kiosk.catalogue.item import items
from kiosk.settings.profile import DeviceSettings, PlaceSettings, with_fonts
from kiosk.setup.limits import limits

NAMES: Mapping[DeviceClass, str] = {DeviceClass.ID_CARD_READER: "id_reader"}
"""What a profile calls a device of a class, where that is not the class's own name."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A driver at a thing that is plugged in."""

    driver: str
    device_class: DeviceClass
    thing: Attached
    rule: Match

    def device(self) -> DeviceSettings:
        """As a profile would have it: found by its socket, whatever the kernel calls it."""
        return DeviceSettings.model_validate(
            {
                "class": self.device_class,
                "driver": self.driver,
                "required": self.device_class in needed_classes()[0],
                "place": PlaceSettings(bus=self.thing.bus, path=self.thing.path),
                "settings": usual_settings(self.driver),
            }
        )


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """How a device took it. `identity` is who it says it is; `fault` why it did not open."""

    device: DeviceSettings
    identity: str = ""
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Whether its driver has opened it."""
        return self.fault is None


Try = Callable[[str, DeviceSettings], Awaitable[Tried]]


@cache
def _usual() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("kiosk.setup").joinpath("usual_settings.toml").read_text("utf-8"))


def usual_settings(driver: str) -> dict[str, Any]:
    """Settings that every machine with this driver wants (`usual_settings.toml`)."""
    return dict(_usual().get(driver, {}))


@cache
def needed_classes() -> tuple[frozenset[DeviceClass], tuple[DeviceClass, ...]]:
    """The classes that some item cannot do without, and all that items use, in the order of a visit."""
    required = frozenset(each for item in items().values() for each in item.required)
    used = {each for item in items().values() for each in (*item.required, *item.helpful)}
    return required, tuple(each for each in DeviceClass if each in used)


def name_of(device_class: DeviceClass) -> str:
    """The profile's name for a device of this class."""
    return NAMES.get(device_class, device_class.value)


def candidates(table: Table, device_class: DeviceClass) -> list[Candidate]:
    """What could serve a class, best first."""
    found = [
        Candidate(driver=claim.driver, device_class=device_class, thing=thing, rule=claim.rule)
        for thing in table.things()
        for claim in registry.claims(thing)
        if registry.manifests()[claim.driver].device_class is device_class
    ]
    return sorted(found, key=lambda each: (-each.rule.priority, each.driver, each.thing.path))


def to_try(table: Table) -> list[list[Candidate]]:
    """For each class that is worth a try its candidates, best first."""
    used = needed_classes()[1]
    order = [*used, *(each for each in DeviceClass if each not in used)]
    found = [[each for each in candidates(table, one) if each.rule.priority > 0 or one in used] for one in order]
    return [each for each in found if each]


async def detect(table: Table, try_: Try, tell: Callable[[int, int, DeviceClass], None]) -> list[Tried]:
    """Try what is plugged in, one class after the other; return what works, at most one device a class. `tell` hears how far."""
    waiting = to_try(table)
    taken: set[tuple[Bus, str]] = set()
    works: list[Tried] = []
    for number, several in enumerate(waiting):
        tell(number, len(waiting), several[0].device_class)
        for candidate in several:
            socket = _socket(candidate.thing)
            if socket in taken:
                continue
            tried = await try_(name_of(candidate.device_class), candidate.device())
            if tried.ok:
                taken.add(socket)
                works.append(tried)
                break
    return works


def _socket(thing: Attached) -> tuple[Bus, str]:
    """Where it is plugged in: a USB device is one thing, however many nodes it has."""
    before, usb, port = thing.path.partition("-usb-0:")
    return (Bus.USB, f"{before}{usb}{port.partition(':')[0]}") if usb else (thing.bus, thing.path)


async def try_device(name: str, device: DeviceSettings, table: Table, *, production: bool) -> Tried:
    """Open one device by its real driver, ask how it is, and let it go."""
    try:
        settings = settings_of(with_fonts(device), table)
    except DeviceFault as error:
        return Tried(device=device, fault=error.fault)
    client = DeviceClient(name, device.device_class, device.driver, settings, production=production)
    await client.start()
    try:
        snapshot = await client.settled(limits().seconds.trial)
        if snapshot.link is Link.HERE and snapshot.capabilities is not None:
            return Tried(device=device, identity=identity_of(snapshot))
        return Tried(device=device, fault=snapshot.fault or _silent(name))
    finally:
        await client.stop()


def _silent(name: str) -> Fault:
    from drivers.contract.faults import FaultCode, fault

    return fault(FaultCode.LINK_SILENT, name)


def identity_of(snapshot: Snapshot) -> str:
    """Maker and model, as the device says them."""
    identity = getattr(snapshot.capabilities, "identity", None)
    return " ".join(filter(None, (identity.maker, identity.model))) if identity is not None else ""


class Buses:
    """What is plugged in, watched while the set-up looks for devices."""

    def __init__(self, sources: Sources | None = None) -> None:
        self._watch = BusWatch(tuple(Bus), sources=sources)

    async def start(self) -> None:
        """Begin; a later `table()` knows what has come."""
        await self._watch.start()

    async def stop(self) -> None:
        """End."""
        await self._watch.stop()

    async def looked(self) -> Table:
        """Wait until every bus has answered, for a while; return what is there. A bus that stays silent lists nothing."""
        began = time.monotonic()
        table = await self._watch.settled(limits().seconds.buses)
        # DNS-SD tells what it has heard by now: whoever was just plugged in may need a moment more.
        await asyncio.sleep(max(0.0, _LISTEN_SECONDS - (time.monotonic() - began)))
        return self._watch.table() if table.settled() else table

    def table(self) -> Table:
        """What is known now."""
        return self._watch.table()


_LISTEN_SECONDS = 2.0


def strangers(table: Table) -> tuple[Attached, ...]:
    """What no driver serves, and might be wanted: not the machine's own keyboard, mouse and panel."""
    return tuple(each for each in unclaimed(table) if each.bus is not Bus.EVDEV)
