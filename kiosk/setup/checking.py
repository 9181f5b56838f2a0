"""Does it work? The files as `kiosk run` would read them, the platform with the new secret, every device with its real driver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from drivers.buses.messages import Sources
from drivers.client import Link, Snapshot, is_ready
from drivers.contract.faults import catalogue
from kiosk.assembly import platform_of
from kiosk.devices import Devices
from kiosk.documents.chain import load_roots
from kiosk.documents.signer import KeyFile
from kiosk.gateways.fault import GatewayFault
from kiosk.licences.sealed import read_roots
from kiosk.locales.marks import chinese_marks
from kiosk.settings.profile import Profile, load_profile
from kiosk.settings.reading import Mistake
from kiosk.settings.site import Site, load_site
from kiosk.setup.folder import SetupFolder
from kiosk.setup.limits import limits


class About(StrEnum):
    """What was looked at."""

    FILES = "files"
    PLATFORM = "platform"
    DEVICE = "device"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One thing: whether it is well, and what to do when it is not. `name`: the device's, in the profile."""

    about: About
    ok: bool
    name: str = ""
    words: str = ""


async def check_machine(folder: SetupFolder, sources: Sources | None = None) -> tuple[Outcome, ...]:
    """Look at everything that a visit needs."""
    try:
        site, profile = load_site(folder.site), load_profile(folder.profile)
        _readable(site)
    except Mistake as mistake:
        return (Outcome(about=About.FILES, ok=False, words="；".join(mistake.lines)),)
    except (OSError, ValueError, TypeError) as error:
        return (Outcome(about=About.FILES, ok=False, words=str(error)),)
    files = Outcome(about=About.FILES, ok=True)
    return (files, await _platform(site), *await check_devices(profile, sources))


def _readable(site: Site) -> None:
    """Raise OSError, ValueError, TypeError naming the file."""
    KeyFile(site.keys.kiosk_key, site.keys.kiosk_certificate)
    load_roots(site.keys.operator_roots)
    read_roots(site.platform.issuer_roots)


async def _platform(site: Site) -> Outcome:
    platform = platform_of(site)
    try:
        health = await platform.health()
    except GatewayFault as fault:
        words = f"{chinese_marks(fault.entry.cause)}。{chinese_marks(fault.entry.cure)}"
        return Outcome(about=About.PLATFORM, ok=False, words=words)
    finally:
        await platform.aclose()
    open_now = "、".join(each.name for each in health.departments if each.up)
    return Outcome(about=About.PLATFORM, ok=health.up, words=open_now)


async def check_devices(profile: Profile, sources: Sources | None) -> tuple[Outcome, ...]:
    """Start every device of the profile as the kiosk would, and look how it is."""
    devices = Devices(profile, sources=sources)
    await devices.start()
    try:
        await devices.settled(limits().seconds.devices)
        return tuple(_device(each) for each in devices.table())
    finally:
        await devices.stop()


def _device(snapshot: Snapshot) -> Outcome:
    faults = [snapshot.fault] if snapshot.fault is not None else list(snapshot.status.faults if snapshot.status else ())
    entries = [catalogue()[each.code] for each in faults if each is not None]
    words = "；".join(f"{chinese_marks(each.cause)}，{chinese_marks(each.cure)}" for each in entries)
    ok = snapshot.link is Link.HERE and is_ready(snapshot)
    return Outcome(about=About.DEVICE, ok=ok, name=snapshot.name, words=words)


def good(outcomes: Iterable[Outcome], required: Mapping[str, bool]) -> bool:
    """Whether visitors can be served: a device that is not required may be missing."""
    return all(each.ok or (each.about is About.DEVICE and not required.get(each.name, True)) for each in outcomes)
