"""What is known of a device now, put together from the profile, the buses, its client and what staff have decided."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.buses.places import Missing, find
from drivers.buses.table import Table
from drivers.client import Detail, Snapshot
from drivers.contract.bus import Attached
from kiosk.locales.staff import tell
from kiosk.maintenance.toolbox import Toolbox
from kiosk.settings.profile import DeviceSettings


@dataclass(frozen=True)
class Known:
    """`there` is where it is plugged in, None where the profile says an address instead. `real`: nothing may stand in for it.

    `title`: what it is called on this machine."""

    snapshot: Snapshot
    title: str
    bound: DeviceSettings
    there: Attached | Missing | None = None
    left_out: bool = False
    paused: bool = False
    real: bool = True
    detail: Detail = Detail.NORMAL


def known(tools: Toolbox, name: str, table: Table) -> Known:
    """Look now. Raise KeyError."""
    client, bound = tools.devices.named(name), tools.devices.settings(name)
    return Known(
        snapshot=client.snapshot,
        title=device_title(tools, name),
        bound=bound,
        there=find(bound.place.value(), table) if bound.place is not None else None,
        left_out=name in tools.devices.left_out,
        paused=tools.serving.rests(name),
        real=tools.profile.production,
        detail=client.detail,
    )


def device_title(tools: Toolbox, name: str) -> str:
    """What a device is called; with the profile's name for it where there are several of its kind."""
    own = tools.devices.settings(name).device_class
    kind = tell(f"kinds.{own.value}")
    alone = [tools.devices.settings(each).device_class for each in tools.devices.names()].count(own) == 1
    return kind if alone else tell("devices.title_of", kind=kind, name=name)
