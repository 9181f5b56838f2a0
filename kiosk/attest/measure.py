"""Digests of what decides how this machine behaves. SHA-256 throughout (FIPS 180-4), hexadecimal.

The digest of a part is that over its lines "digest  name", sorted by name: what `sha256sum` prints for its files. A driver has its
folder's digest of the conformance kit besides, so that it can be told whether these very files were tested.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

import drivers
from drivers import registry
from drivers.digests import digest_of
from kiosk.bindings.in_force import FOLDER as BINDINGS
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site


class PartKind(StrEnum):
    """What a part is."""

    RUNTIME = "runtime"
    DRIVERS = "drivers"
    """What all drivers stand on."""
    DRIVER = "driver"
    CATALOGUE = "catalogue"
    LICENCE_TYPES = "licence_types"
    APPEARANCE = "appearance"
    VOICE = "voice"
    PACKAGES = "packages"
    PROFILE = "profile"
    SITE = "site"
    POLICIES = "policies"
    BINDINGS = "bindings"


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part. `files`: digest by name (for packages: version by name), empty where the part is one value or too many files.

    `tested`: whether a report of the conformance kit lies beside the driver and is about these very files; None for what is no
    driver.
    """

    kind: PartKind
    name: str
    digest: str
    count: int
    files: dict[str, str] = {}
    tested: bool | None = None


_CATALOGUE = ("catalogue/items/",)
_LICENCE_TYPES = ("catalogue/licence_types/",)
_VOICE_SUFFIX = ".ogg"
"""Recordings: more than a thousand, and no list of them would be read."""


def measure(site: Site, profile: Profile) -> tuple[Part, ...]:
    """Measure everything. `profile`: the one in force. Reads some 2,000 files (12 MB): not for the event loop. Raise OSError."""
    own = _tree(files("kiosk"))
    voice = {name: digest for name, digest in own.items() if name.endswith(_VOICE_SUFFIX)}
    items = {name: digest for name, digest in own.items() if name.startswith(_CATALOGUE)}
    types = {name: digest for name, digest in own.items() if name.startswith(_LICENCE_TYPES)}
    rest = {name: digest for name, digest in own.items() if not (name in voice or name in items or name in types)}
    return (
        _part(PartKind.RUNTIME, "kiosk", rest),
        *_drivers(profile),
        _part(PartKind.CATALOGUE, "items", items),
        _part(PartKind.LICENCE_TYPES, "licence_types", types),
        _part(PartKind.APPEARANCE, "themes", _tree(files("themes"))),
        _part(PartKind.VOICE, "recordings", voice, listed=False),
        _part(PartKind.PACKAGES, "packages", _packages()),
        _value(PartKind.PROFILE, profile.id, profile.model_dump(mode="json", by_alias=True)),
        _value(PartKind.SITE, site.kiosk_id, site.model_dump(mode="json")),
        _part(PartKind.POLICIES, "site", _policies(site)),
        _part(PartKind.BINDINGS, "bindings", _bindings(site.state_folder / BINDINGS)),
    )


def _drivers(profile: Profile) -> Iterable[Part]:
    """What all drivers stand on, then each driver that this machine's profile uses."""
    used = sorted({each.driver for each in profile.devices.values()})
    folders = {registry.folder(each).name for each in registry.manifests()}
    under = _tree(files(drivers), skip=lambda name: name.split("/")[0] in folders)
    yield _part(PartKind.DRIVERS, "drivers", under)
    for driver in used:
        found = _tree(registry.folder(driver))
        digest = digest_of(driver)
        yield msgspec.structs.replace(
            _part(PartKind.DRIVER, driver, found), tested=_tested(registry.folder(driver), driver, digest)
        )


def _tested(folder: Traversable, driver: str, digest: str) -> bool:
    """Whether a report, of hardware or of the emulator, names this digest. Its signature is `kiosk drivers lint`'s business."""
    for name in (f"{driver}.hardware.report.json", f"{driver}.report.json"):
        try:
            if json.loads(folder.joinpath(name).read_bytes())["digest"] == digest:
                return True
        except (OSError, ValueError, LookupError, TypeError):
            continue
    return False


def _tree(folder: Traversable, skip: Callable[[str], bool] = lambda name: False, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.name == "__pycache__" or skip(name):
            continue
        if entry.is_dir():
            found |= _tree(entry, skip, f"{name}/")
        else:
            found[name] = _sha256(entry.read_bytes())
    return found


def _policies(site: Site) -> dict[str, str]:
    """The policy files that this site brings itself; those that ship belong to the runtime."""
    own = {name: path for name, path in site.policies if isinstance(path, Path)}
    return {name: _file(path) for name, path in own.items()}


def _bindings(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    return {each.name: _file(each) for each in sorted(folder.iterdir()) if each.suffix == ".json"}


def _file(path: Path) -> str:
    """A file that is named and not there is told as missing: that is a difference too."""
    try:
        return _sha256(path.read_bytes())
    except FileNotFoundError:
        return "missing"


def _packages() -> dict[str, str]:
    """What is installed beside us, by version: the libraries are not measured file by file."""
    return {dist.metadata["Name"].lower(): dist.version for dist in metadata.distributions() if dist.metadata["Name"]}


def _part(kind: PartKind, name: str, found: Mapping[str, str], *, listed: bool = True) -> Part:
    lines = "".join(f"{found[each]}  {each}\n" for each in sorted(found))
    kept = {each: found[each] for each in sorted(found)} if listed else {}
    return Part(kind=kind, name=name, digest=_sha256(lines.encode()), count=len(found), files=kept)


def _value(kind: PartKind, name: str, value: Any) -> Part:
    """A settings file by its content: the digest is the same for the same settings, wherever the comments stand."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Part(kind=kind, name=name, digest=_sha256(text.encode()), count=1)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
