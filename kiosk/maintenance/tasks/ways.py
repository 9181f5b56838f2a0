"""From a fault to the pictures and the task that mend it: `ways.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode
from kiosk.screens.parts import Drawing


class Way(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row. See the file."""

    id: str
    classes: tuple[DeviceClass, ...] = ()
    codes: tuple[FaultCode, ...] = ()
    task: str
    pictures: tuple[Drawing, ...]
    grave: int

    def fits(self, device_class: DeviceClass, code: FaultCode) -> bool:
        """Whether this row is about such a fault."""
        return (not self.classes or device_class in self.classes) and (not self.codes or code in self.codes)


@cache
def ways() -> tuple[Way, ...]:
    """Return the rows in their order. Raise msgspec.ValidationError naming a wrong key or value."""
    text = files("kiosk.maintenance.tasks").joinpath("ways.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["way"], type=tuple[Way, ...])


def way_for(device_class: DeviceClass, code: FaultCode) -> Way:
    """Return what mends it; the last row fits everything."""
    return next(way for way in ways() if way.fits(device_class, code))
