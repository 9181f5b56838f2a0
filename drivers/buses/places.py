"""Which thing is meant, as a profile writes it; and what is there that nobody can use."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

from drivers import registry
from drivers.buses.table import Answer, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import Fault

_FIELDS = ("path", "serial", "vendor", "product", "maker", "model", "kind")


class Place(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing on one bus. What is written must fit: the text itself, or a shell pattern; upper and lower case alike.

        [devices.id_reader.place]
        bus = "serial"
        path = "pci-0000:00:14.0-usb-0:1.2:*"

    With a path the socket is meant, whatever is plugged in there; with a serial number the device, wherever it is plugged in.
    """

    bus: Bus
    path: str = "*"
    serial: str = "*"
    vendor: str = "*"
    product: str = "*"
    maker: str = "*"
    model: str = "*"
    kind: str = "*"

    def means(self, attached: Attached) -> bool:
        """Whether a thing is the one, or one of those, that are meant."""
        return attached.bus is self.bus and all(_fits(getattr(attached, name), getattr(self, name)) for name in _FIELDS)


class Why(StrEnum):
    """Why a thing is not found."""

    UNKNOWN = "unknown"  # its bus has not answered; it may well be there
    ABSENT = "absent"
    SEVERAL = "several"


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A place where no single thing is. `fault` is that of the bus when it could not be asked; `several` are the candidates."""

    place: Place
    why: Why
    fault: Fault | None = None
    several: tuple[Attached, ...] = ()


def find(place: Place, table: Table) -> Attached | Missing:
    """Return the thing that a profile means. Never one of several, and never "absent" while its bus was not heard."""
    state = table.state(place.bus)
    if state.answer is not Answer.LISTED:
        return Missing(place=place, why=Why.UNKNOWN, fault=state.fault)
    fitting = tuple(thing for thing in state.things if place.means(thing))
    if len(fitting) == 1:
        return fitting[0]
    return Missing(place=place, why=Why.SEVERAL if fitting else Why.ABSENT, several=fitting)


def place_of(attached: Attached) -> Place:
    """Return what a profile writes to mean exactly this thing in this socket."""
    return Place(bus=attached.bus, path=attached.path, serial=attached.serial or "*")


def unclaimed(table: Table) -> tuple[Attached, ...]:
    """Return what no driver claims, for the technician. Does no I/O.

    One USB device is several things (its raw node, a serial port, a HID node): it is claimed when one of them is.
    """
    claimed = {device_of(thing) for thing in table.things() if registry.claims(thing)}
    return tuple(thing for thing in table.things() if device_of(thing) not in claimed)


def device_of(attached: Attached) -> str:
    """Return the USB port that a thing hangs on, without interface; any other thing stands for itself."""
    before, usb, port = attached.path.partition("-usb-0:")
    if not usb:
        return f"{attached.bus}:{attached.path}:{attached.node}"
    return f"{before}{usb}{port.partition(':')[0].partition('-')[0]}"


def _fits(text: str, pattern: str) -> bool:
    # The text itself first: names of PC/SC readers hold brackets, which mean something in a pattern.
    return text.casefold() == pattern.casefold() or fnmatchcase(text.casefold(), pattern.casefold())
