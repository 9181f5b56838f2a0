"""The drivers by id, read from their manifests (`<id>.manifest.toml` beside each), and loaded only when used."""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from drivers.contract.common import DeviceClass
from drivers.contract.driver import Driver
from drivers.contract.faults import FaultCode, failing


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a driver says of itself without being loaded. `entry` is "module:Class"."""

    id: str
    device_class: DeviceClass
    title: str
    entry: str
    protocol: str
    sources: tuple[str, ...]
    tested: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()


@cache
def manifests() -> dict[str, Manifest]:
    """Return every manifest by driver id. Raise msgspec.ValidationError naming the field, ValueError for a double id."""
    found: dict[str, Manifest] = {}
    for folder in _folders():
        for manifest in _read_folder(folder):
            if manifest.id in found:
                raise ValueError(f"driver id {manifest.id} stands in two manifests")
            found[manifest.id] = manifest
    return found


def _folders() -> list[Traversable]:
    """Our own class folders, then those of installed packages that name a module in the group `kiosk.drivers`."""
    own = sorted((entry for entry in files("drivers").iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    return own + [files(point.module) for point in entry_points(group="kiosk.drivers")]


def _read_folder(folder: Traversable) -> list[Manifest]:
    return [
        msgspec.convert(tomllib.loads(entry.read_text("utf-8")), type=Manifest)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".manifest.toml")
    ]


def load(driver_id: str) -> type[Driver]:
    """Import a driver's class. Raise DeviceFault(SETTING_INVALID) when there is none of that id."""
    manifest = manifests().get(driver_id)
    if manifest is None:
        raise failing(FaultCode.SETTING_INVALID, f"no driver {driver_id!r}; there are {', '.join(manifests())}")
    module, _, name = manifest.entry.partition(":")
    driver: type[Driver] = getattr(importlib.import_module(module), name)
    return driver


def make(driver_id: str, settings: dict[str, object], *, production: bool) -> Driver:
    """Make a driver from settings as a profile writes them.

    Raise DeviceFault: SETTING_INVALID naming the key, EMULATOR_REFUSED when `production` meets a stand-in.
    """
    kind = load(driver_id)
    try:
        parsed = msgspec.convert(settings, type=kind.Settings)
    except msgspec.ValidationError as error:
        raise failing(FaultCode.SETTING_INVALID, f"{driver_id}: {error}") from error
    driver = kind(parsed)
    if production:
        refused = (driver_id,) if kind.emulator_only else driver.stand_ins()
        if refused:
            raise failing(FaultCode.EMULATOR_REFUSED, ", ".join(refused))
    return driver
