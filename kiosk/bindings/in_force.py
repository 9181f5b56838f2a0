"""What a start makes of the bindings: the profile with them over it. One that is not to be believed is refused, and told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography import x509

from drivers import registry
from drivers.digests import digest_of
from kiosk.bindings.binding import Held, read
from kiosk.bindings.store import BindingFiles
from kiosk.documents.chain import NotGenuine, load_roots
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site

_log = logging.getLogger("kiosk.bindings")

FOLDER = "bindings"


class Why(StrEnum):
    """Why a binding is not used; the profile's own device is then."""

    UNREADABLE = "unreadable"  # no file of this kind, or it cannot be read
    SIGNATURE = "signature"  # not signed by this kiosk, or changed since
    NAME = "name"  # of another device than its file is called after
    DEVICE = "device"  # the profile has no such device (any more)
    CLASS = "class"  # of another class than the profile's device
    DRIVER = "driver"  # no such driver here, or it serves another class
    PLACE = "place"  # the driver claims nothing on that bus


class Refused(msgspec.Struct, frozen=True):
    """A binding that is not used."""

    name: str
    why: Why


@dataclass(frozen=True)
class InForce:
    """`profile` is what the kiosk runs with. `changed`: bindings whose driver's files are not those that were tested."""

    profile: Profile
    bindings: dict[str, Held] = field(default_factory=dict)
    refused: tuple[Refused, ...] = ()
    changed: tuple[str, ...] = ()


def in_force(site: Site, profile: Profile) -> InForce:
    """Read and verify this machine's bindings, for a start. Never raises: a damaged file must not keep a kiosk from starting."""
    try:
        BindingFiles(site.state_folder / FOLDER).tidy()
    except OSError as error:
        _log.error("what a power cut left half-written cannot be taken away (%s)", type(error).__name__)
    found = judged(site, profile)
    for refused in found.refused:
        _log.error("the binding of %s is refused (%s); the profile's own device is used", refused.name, refused.why)
    return found


def judged(site: Site, profile: Profile) -> InForce:
    """The same as the files are now, without touching them: perhaps beside a running kiosk. Never raises."""
    files = BindingFiles(site.state_folder / FOLDER)
    try:
        names = files.names()
    except OSError as error:
        _log.error("the bindings cannot be read (%s); the profile's devices are used", type(error).__name__)
        return InForce(profile)
    if not names:
        return InForce(profile)
    roots = _roots(site.keys.operator_roots)
    held: dict[str, Held] = {}
    refused: list[Refused] = []
    for name in names:
        found = _judged(files, name, site.kiosk_id, roots, profile)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            held[name] = found
    devices = {
        name: held[name].binding.over(device) if name in held else device for name, device in profile.devices.items()
    }
    changed = tuple(name for name, each in held.items() if digest_of(each.binding.driver) != each.binding.digest)
    return InForce(profile.model_copy(update={"devices": devices}), held, tuple(refused), changed)


def _roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Without roots nothing can be believed, and every binding is refused for its signature."""
    try:
        return load_roots(path)
    except (OSError, ValueError) as error:
        _log.error("no root to verify the bindings with: %s", error)
        return ()


def _judged(
    files: BindingFiles, name: str, kiosk: str, roots: Sequence[x509.Certificate], profile: Profile
) -> Held | Refused:
    try:
        held = read(files.read(name), kiosk, roots)
    except NotGenuine:
        return Refused(name, Why.SIGNATURE)
    except (OSError, ValueError):
        return Refused(name, Why.UNREADABLE)
    why = _unfit(held, name, profile)
    return held if why is None else Refused(name, why)


def _unfit(held: Held, name: str, profile: Profile) -> Why | None:
    binding, device = held.binding, profile.devices.get(name)
    manifest = registry.manifests().get(binding.driver)
    if binding.name != name:
        return Why.NAME
    if device is None:
        return Why.DEVICE
    if binding.device_class is not device.device_class:
        return Why.CLASS
    if manifest is None or manifest.device_class is not device.device_class:
        return Why.DRIVER
    if binding.place is not None and all(rule.bus is not binding.place.bus for rule in manifest.match):
        return Why.PLACE
    return None
