"""Which drivers could serve a thing, best first; and which firmware is known not to serve."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from drivers import registry
from drivers.contract.bus import Attached
from drivers.contract.common import DeviceClass, Identity
from drivers.contract.faults import DeviceFault
from drivers.manifest import Match
from kiosk.maintenance.replacing.sight import Thing


class Candidate(msgspec.Struct, frozen=True):
    """A driver that would serve a thing, by which of its rules, and as which of the thing's parts."""

    driver: str
    attached: Attached
    rule: Match

    @property
    def generic(self) -> bool:
        """It takes anything of this kind; whether it speaks this device's protocol only a test can show (`Match.priority`)."""
        return self.rule.priority <= 0

    @property
    def title(self) -> str:
        """The driver's own title."""
        return registry.manifests()[self.driver].title

    def reaching(self) -> dict[str, Any]:
        """The settings that reach it now. Raise ValueError when its node is no address of the form that the driver wants."""
        return self.rule.settings_for(self.attached)


def candidates(thing: Thing, device_class: DeviceClass, *, production: bool) -> list[Candidate]:
    """The drivers of this class that claim the thing, best first, each once. A production kiosk is offered no stand-ins."""
    found: dict[str, Candidate] = {}
    for part in thing.parts:
        for claim in registry.claims(part):
            if registry.manifests()[claim.driver].device_class is not device_class:
                continue
            known = found.get(claim.driver)
            if known is None or known.rule.priority < claim.rule.priority:
                found[claim.driver] = Candidate(claim.driver, part, claim.rule)
    return sorted(
        (each for each in found.values() if _usable(each.driver, production)),
        key=lambda each: (-each.rule.priority, each.driver),
    )


def _usable(driver: str, production: bool) -> bool:
    try:
        kind = registry.load(driver)
    except DeviceFault:
        return False  # its package is broken; `kiosk drivers lint` says how
    return not (production and kind.emulator_only)


class Blocked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Firmware that must not be used: shell patterns over what the device says of itself, and why, for whoever reads it."""

    device_class: DeviceClass
    maker: str = "*"
    model: str = "*"
    firmware: str
    why: str

    def means(self, device_class: DeviceClass, identity: Identity) -> bool:
        """Whether this device is one of those. One that says nothing of its firmware cannot be."""
        if device_class is not self.device_class or not identity.firmware:
            return False
        return all(
            fnmatchcase(getattr(identity, name).casefold(), getattr(self, name).casefold())
            for name in ("maker", "model", "firmware")
        )


@cache
def blocked_list() -> tuple[Blocked, ...]:
    """The list that ships (`blocked.toml`)."""
    text = files("kiosk.maintenance.replacing").joinpath("blocked.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text).get("blocked", []), type=tuple[Blocked, ...])


def why_blocked(device_class: DeviceClass, identity: Identity, rows: Iterable[Blocked] | None = None) -> str | None:
    """Why this device must not be used, None when nothing is known against it."""
    known = blocked_list() if rows is None else rows
    return next((each.why for each in known if each.means(device_class, identity)), None)
