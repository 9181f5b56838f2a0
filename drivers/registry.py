"""The drivers by id, read from their manifests (`<id>.manifest.toml` beside each), and loaded only when used.

Ours lie in the class folders of `drivers`; others come as installed packages that name a module in the entry-point group
`kiosk.drivers`. A package that is broken costs itself only: `problems()` tells of it, everything else is there.
"""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

import msgspec

from drivers.contract.bus import Attached
from drivers.contract.driver import Driver
from drivers.contract.faults import FaultCode, failing
from drivers.manifest import Manifest, Match

GROUP = "kiosk.drivers"
"""The entry-point group; each entry names a module whose folder holds manifests."""


class Claim(NamedTuple):
    """A driver that would serve an attached thing, and the rule by which it says so."""

    driver: str
    rule: Match


class _Found(NamedTuple):
    manifests: dict[str, Manifest]
    folders: dict[str, Traversable]
    problems: tuple[str, ...]


@cache
def _read() -> _Found:
    found: dict[str, Manifest] = {}
    folders: dict[str, Traversable] = {}
    problems: list[str] = []
    for source, folder in _folders(problems):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if not entry.name.endswith(".manifest.toml"):
                continue
            try:
                manifest = msgspec.convert(tomllib.loads(entry.read_text("utf-8")), type=Manifest)
            except (OSError, ValueError, msgspec.ValidationError) as error:
                problems.append(f"{source}: {entry.name}: {error}")
                continue
            if manifest.id in found:
                problems.append(f"{source}: {entry.name}: id {manifest.id!r} is taken by another driver")
                continue
            found[manifest.id] = manifest
            folders[manifest.id] = folder
    return _Found(found, folders, tuple(problems))


def _folders(problems: list[str]) -> list[tuple[str, Traversable]]:
    """Our own class folders, then those of installed packages; ours come first, so that nobody can take an id of ours."""
    own = sorted((entry for entry in files("drivers").iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    found = [("drivers", folder) for folder in own]
    for point in entry_points(group=GROUP):
        try:
            folder = files(point.module)
            if not folder.is_dir():
                raise ImportError(f"{point.module} has no folder")
        except Exception as error:
            # Another's package: whatever its import raises is told, and costs that package only.
            problems.append(f"{point.name} ({point.module}): {type(error).__name__}: {error}")
            continue
        found.append((point.name, folder))
    return found


def manifests() -> dict[str, Manifest]:
    """Return every sound manifest by driver id."""
    return dict(_read().manifests)


def problems() -> tuple[str, ...]:
    """Return what is wrong with manifests and packages that could not be used: package, file, field."""
    return _read().problems


def folder(driver_id: str) -> Traversable:
    """Return the folder in which a driver's manifest lies. Raise KeyError."""
    return _read().folders[driver_id]


def claims(attached: Attached) -> list[Claim]:
    """Return the drivers that claim a thing, best first; those of equal priority in the order of their ids. Does no I/O."""
    fitting = [
        Claim(driver_id, rule)
        for driver_id, manifest in _read().manifests.items()
        if (rule := manifest.claim(attached)) is not None
    ]
    return sorted(fitting, key=lambda claim: (-claim.rule.priority, claim.driver))


def load(driver_id: str) -> type[Driver]:
    """Import a driver's class.

    Raise DeviceFault(SETTING_INVALID) when there is none of that id, or when its package does not hold what it names.
    """
    manifest = _read().manifests.get(driver_id)
    if manifest is None:
        raise failing(FaultCode.SETTING_INVALID, f"no driver {driver_id!r}; there are {', '.join(_read().manifests)}")
    kind: type[Driver] = _named(manifest.entry, driver_id)
    if not (isinstance(kind, type) and issubclass(kind, Driver)):
        raise failing(FaultCode.SETTING_INVALID, f"{driver_id}: {manifest.entry} is no Driver")
    return kind


def _named(entry: str, driver_id: str) -> Any:
    module, _, name = entry.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except Exception as error:
        # Another's module: whatever it raises as it is imported is told, and costs that driver only.
        words = f"{type(error).__name__}: {error}"
        raise failing(FaultCode.SETTING_INVALID, f"{driver_id}: {entry} cannot be loaded: {words}") from error


def make(driver_id: str, settings: dict[str, Any], *, production: bool) -> Driver:
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
