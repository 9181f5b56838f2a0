"""What core and bus process say to each other."""

from __future__ import annotations

import msgspec

from drivers.buses.network import services
from drivers.buses.table import BusState
from drivers.contract.bus import Bus


class Sources(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the buses look. Tests and containers have roots of their own.

    `cups` is the print server's ipp URI. `services` are DNS-SD types, `interfaces` own addresses to look from (none: all).
    """

    sysfs: str = "/sys"
    dev: str = "/dev"
    cups: str = "ipp://localhost:631"
    services: tuple[str, ...] = msgspec.field(default_factory=services)
    interfaces: tuple[str, ...] = ()


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How often a bus is asked, in seconds."""

    every: float
    later: float
    """Once the bus has been asked for `early` seconds."""
    early: float = 60.0
    again: float = 0.5
    """While something that was there is missed: three misses make it gone."""


class Paces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The pace of each kind of bus, and what counts as hanging."""

    told: Pace = Pace(every=2.0, later=5.0)
    """usb, serial, v4l2, evdev while the kernel tells of changes: only in case that a word was lost."""
    blind: Pace = Pace(every=1.0, later=1.0)
    """The same without the kernel's word."""
    pcsc: Pace = Pace(every=1.0, later=1.0)
    ipp: Pace = Pace(every=3.0, later=20.0, again=3.0)
    """CUPS's answer costs it seconds of work on small machines; a till's scanner asks every 20 s (Odoo, iot_drivers)."""
    network: Pace = Pace(every=2.0, later=5.0, again=2.0)
    """The browser hears by itself; this is how often what it heard is read."""
    hang: float = 20.0
    """A listing that takes longer hangs: it is left to itself, and the bus is asked again. CUPS takes 15 s at worst."""
    settle: float = 0.05
    """After the kernel's word: a composite device announces a dozen parts at once."""
    misses_until_gone: int = 3


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """First message to the process. `known` is what was known before it was started again."""

    buses: tuple[Bus, ...]
    sources: Sources = Sources()
    paces: Paces = Paces()
    known: tuple[BusState, ...] = ()


class AskAgain(msgspec.Struct, frozen=True, tag="ask_again"):
    """List these buses now (a technician pressed "search")."""

    buses: tuple[Bus, ...]


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    """Answered at once, whatever a bus does."""

    number: int


class Pong(msgspec.Struct, frozen=True, tag="pong"):
    """The main thread hears."""

    number: int


class BusIs(msgspec.Struct, frozen=True, tag="bus_is"):
    """One bus is not what it was."""

    state: BusState


ToWatch = Begin | AskAgain | Ping
FromWatch = BusIs | Pong
