"""Where each device of the profile is plugged in now: its place on a bus, turned into the settings that reach it."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from drivers import registry
from drivers.buses.places import Missing, Why, find
from drivers.buses.table import BusState, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.manifest import Manifest
from kiosk.settings.profile import DeviceSettings


def settings_of(device: DeviceSettings, table: Table) -> dict[str, Any]:
    """Return the driver's settings, the address filled in from the bus where the profile names a place.

    Of the things that fit the place only those count that the driver claims. What the profile writes itself stands.
    Raise DeviceFault: PORT_ABSENT (nothing fits), SETTING_INVALID (several fit), or the fault of a bus that cannot be asked.
    """
    if device.place is None:
        return dict(device.settings)
    manifest = registry.manifests()[device.driver]
    found = find(device.place.value(), _claimed(table, manifest))
    if isinstance(found, Missing):
        raise _fault(found)
    rule = manifest.claim(found)
    assert rule is not None
    try:
        reaching = rule.settings_for(found)
    except ValueError as error:
        raise failing(FaultCode.SETTING_INVALID, f"place: {error}") from None
    return {**reaching, **device.settings}


def _claimed(table: Table, manifest: Manifest) -> Table:
    """The table without what this driver does not claim."""

    def ours(state: BusState) -> tuple[Attached, ...]:
        return tuple(thing for thing in state.things if manifest.claim(thing) is not None)

    return Table(
        tuple(
            BusState(bus=state.bus, answer=state.answer, things=ours(state), fault=state.fault, since=state.since)
            for state in table.states
        )
    )


def _fault(missing: Missing) -> DeviceFault:
    bus = missing.place.bus
    match missing.why:
        case Why.SEVERAL:
            paths = ", ".join(sorted(each.path for each in missing.several))
            return failing(
                FaultCode.SETTING_INVALID, f"place: several things on bus {bus} fit: {paths}; name one by path"
            )
        case Why.UNKNOWN if missing.fault is not None:
            return DeviceFault(missing.fault)
        case Why.UNKNOWN:
            return failing(FaultCode.PORT_ABSENT, f"bus {bus} has not answered yet")
        case Why.ABSENT:
            return failing(FaultCode.PORT_ABSENT, f"nothing on bus {bus} fits the place")


def wanted_buses(devices: Mapping[str, DeviceSettings]) -> tuple[Bus, ...]:
    """The buses on which the profile names a place, in its order, each once."""
    return tuple(dict.fromkeys(each.place.bus for each in devices.values() if each.place is not None))


def settings_in_place(device: DeviceSettings) -> dict[str, Any]:
    """The driver's settings as they would be with something in the device's place: to check a profile far from its machine.

    Raise LookupError when the driver claims nothing on the bus that the place names.
    """
    if device.place is None:
        return dict(device.settings)
    place = device.place
    rules = [
        rule
        for rule in registry.manifests()[device.driver].match
        if rule.bus is place.bus and (fnmatchcase(place.kind, rule.kind) or fnmatchcase(rule.kind, place.kind))
    ]
    if not rules:
        raise LookupError(place.bus)
    node = _SAMPLE_ADDRESSES.get(rules[0].address) or _SAMPLE_NODES.get(place.bus, "sample")
    return {**rules[0].settings_for(Attached(bus=place.bus, path="sample", node=node)), **device.settings}


_SAMPLE_ADDRESSES = {
    "host:port": "192.0.2.1:9",
    "uri": "ipp://192.0.2.1:631/ipp/print",
    "url": "http://192.0.2.1/",
}
"""Nodes of the form that a setting asks for; 192.0.2.0/24 is for documentation (RFC 5737)."""

_SAMPLE_NODES = {
    Bus.SERIAL: "/dev/ttyUSB0",
    Bus.USB: "/dev/hidraw0",
    Bus.V4L2: "/dev/video0",
    Bus.EVDEV: "/dev/input/event0",
}
