"""A device, its values and its place, as a technician reads them."""

from __future__ import annotations

import re
import time
from enum import Enum
from typing import Any

from drivers import registry
from drivers.buses.places import Missing
from drivers.client import Link, Snapshot
from drivers.contract.bus import Attached
from drivers.contract.common import DeviceStatus, Readiness
from drivers.contract.faults import FaultCode, catalogue
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.known import Known
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Fact, Icon

_USB_PORT = re.compile(r"usb-0:([0-9.]+)")
_CONTROLLER = re.compile(r"pci-[0-9a-f]{4}:([0-9a-f:.]+?)-usb")
_OF_EVERY_STATUS = frozenset(DeviceStatus.__struct_fields__)


def kind_of(tools: Toolbox, name: str) -> str:
    """What a device of the profile is called, without the profile's name for it."""
    return tell(f"kinds.{tools.devices.settings(name).device_class.value}")


def driver_title(driver: str) -> str:
    """What its driver is for, in the manifest's words; the bare name of one that is not installed."""
    manifest = registry.manifests().get(driver)
    return manifest.title if manifest is not None else driver


def state_word(device: Known) -> str:
    """How it is, in a word."""
    if device.left_out:
        return tell("devices.state_left_out")
    if device.paused:
        return tell("devices.state_paused")
    snapshot = device.snapshot
    if snapshot.link is not Link.HERE:
        return tell("devices.state_gone" if snapshot.link is Link.GONE else "devices.state_asking")
    if snapshot.status is None:
        return tell("devices.state_asking")
    if snapshot.status.faults:
        return tell("devices.state_fault")
    readiness: Readiness = snapshot.status.readiness
    return tell(f"devices.readiness_{readiness.value}")


def state_icon(snapshot: Snapshot) -> Icon:
    """A mark beside the word: well, or not."""
    well = snapshot.link is Link.HERE and snapshot.status is not None and not snapshot.status.faults
    well = well and snapshot.status.readiness in (Readiness.READY, Readiness.BUSY)
    return Icon.CHECK if well else Icon.ATTENTION


def fault_word(code: str) -> str:
    """The meaning of a fault, in the catalogue's words; the code itself where the catalogue of today has it no more."""
    return catalogue()[FaultCode(code)].cause if code in set(FaultCode) else code


def cure_of(code: str) -> str:
    """What to do about it."""
    return catalogue()[FaultCode(code)].cure if code in set(FaultCode) else ""


# --- where it is plugged in


def port_text(path: str) -> str:
    """A physical place as a person can find it: the ports from the machine outwards; the name of a printer on the network, without
    the service's (RFC 6763); the path itself where it is neither."""
    found = _USB_PORT.search(path)
    if found is None:
        return path.split("._ipp", 1)[0] if path.endswith(".local.") else path
    controller = _CONTROLLER.search(path)
    ports = found[1].strip(".").split(".")
    told = tell("devices.usb_port", port=".".join(ports), on=controller[1] if controller is not None else "-")
    return told if len(ports) == 1 else told + tell("devices.usb_hub", hub=ports[0], port=ports[-1])


def where_text(device: Known) -> str:
    """Its place as a person finds it, or the address that the profile has for it."""
    if device.there is not None:
        return tell("devices.not_plugged") if isinstance(device.there, Missing) else port_text(device.there.path)
    settings = device.bound.settings
    told = [str(settings[key]) for key in _ADDRESSES if key in settings]
    return tell("devices.address", address=" ".join(told)) if told else tell("devices.unknown")


_ADDRESSES = ("port", "uri", "url", "host", "device", "reader", "ups")
"""Settings in which a driver is told where its device is; of them those that the profile has."""


def thing_title(thing: Attached) -> str:
    """What a thing says that it is."""
    numbers = f"{thing.vendor}:{thing.product}" if thing.vendor else ""
    return " ".join(each for each in (thing.maker, thing.model) if each) or " ".join(
        each for each in (thing.kind, numbers) if each
    )


# --- its values


def value_rows(snapshot: Snapshot) -> list[Fact]:
    """Everything that its last status told, but the faults."""
    status = snapshot.status
    if status is None:
        return []
    names = [name for name in status.__struct_fields__ if name not in _OF_EVERY_STATUS]
    found = [("readiness", status.readiness), *((name, getattr(status, name)) for name in names)]
    return [Fact(label=tell(f"devices.field_{name}"), value=value_text(name, value)) for name, value in found]


def value_text(name: str, value: Any) -> str:
    """One value in words, or with its unit."""
    match value:
        case None:
            return tell("devices.unknown")
        case bool():
            return tell("devices.yes" if value else "devices.no")
        case Enum():
            return tell(f"devices.{type(value).__name__.lower()}_{value.value}")
        case int() | float():
            return tell(f"devices.unit_{name}", value=f"{value:.0f}")
        case tuple():
            return tell("devices.comma").join(_part(each) for each in value) or tell("devices.none")
    return str(value)


def _part(value: Any) -> str:
    """One of several: a wire with its level, or a device's own word."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return value
    return tell(
        "devices.wire", name=tell(f"devices.wire_{value.name.value}"), level=tell(f"devices.level_{value.level.value}")
    )


def identity_rows(snapshot: Snapshot) -> list[Fact]:
    """Who it says it is, as far as it does."""
    if snapshot.capabilities is None:
        return []
    identity = snapshot.capabilities.identity
    return [
        Fact(label=tell(f"devices.identity_{name}"), value=value)
        for name in identity.__struct_fields__
        if (value := getattr(identity, name))
    ]


def clock(unix: float) -> str:
    """When, in the machine's own time: the hour today, the day before that."""
    then, now = time.localtime(unix), time.localtime()
    same_day = (then.tm_year, then.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M:%S" if same_day else "%m-%d %H:%M", then)


def lasted(seconds: float) -> str:
    """How long, in the unit that says most."""
    if seconds < 60:
        return tell("devices.seconds", count=f"{max(0.0, seconds):.0f}")
    if seconds < 3_600:
        return tell("devices.minutes", count=f"{seconds / 60:.0f}")
    if seconds < 86_400:
        return tell("devices.hours", count=f"{seconds / 3_600:.1f}")
    return tell("devices.days", count=f"{seconds / 86_400:.1f}")
