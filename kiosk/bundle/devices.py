"""Devices as they go out: typed fields only. Of a running kiosk as it sees them now, else as its logbook saw them last."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Any

import msgspec

from drivers.client import Snapshot
from drivers.contract.faults import Fault
from kiosk.bundle.constants import form_of
from kiosk.logbook.faults import DEATH, FAULT, LINK, Episode, episodes
from kiosk.logbook.store import Entry, Logbook
from kiosk.settings.profile import DeviceSettings, Profile

_NEWEST = 500

_LARGEST_COUNT = 10**8
"""Sheets, milliseconds, cards: below it. A telephone number (11 digits) is above."""


def seen(snapshots: Iterable[Snapshot], profile: Profile) -> list[dict[str, Any]]:
    """The devices of a running kiosk."""
    return [_now(each, profile.devices.get(each.name)) for each in snapshots]


def last_known(profile: Profile, logbook: Logbook) -> list[dict[str, Any]]:
    """The devices of a kiosk that does not run. Raise LogbookError."""
    kept = [entry for kind in (FAULT, LINK, DEATH) for entry in logbook.entries(kind, newest=_NEWEST)]
    kept.sort(key=lambda entry: entry.id)
    return [_then(name, device, kept) for name, device in profile.devices.items()]


def _bound(name: str, device: DeviceSettings | None) -> dict[str, Any]:
    """Without the settings: an address says where somebody's machine is, and a token may stand in one."""
    if device is None:
        return {"name": name}
    return {
        "name": name,
        "class": device.device_class.value,
        "driver": device.driver,
        "role": device.role.value,
        "required": device.required,
        "bus": device.place.bus.value if device.place is not None else "",
    }


def _now(snapshot: Snapshot, device: DeviceSettings | None) -> dict[str, Any]:
    identity = getattr(snapshot.capabilities, "identity", None)
    died = snapshot.died
    return {
        **_bound(snapshot.name, device),
        "class": snapshot.device_class.value,
        "driver": snapshot.driver,
        "known": "now",
        "link": snapshot.link.value,
        "restarts": snapshot.restarts,
        "since": snapshot.since,
        "identity": {key: getattr(identity, key) for key in ("maker", "model", "serial", "firmware")}
        if identity
        else {},
        "readiness": snapshot.status.readiness.value if snapshot.status is not None else "",
        "status": _typed(snapshot.status),
        "faults": [_fault(each) for each in getattr(snapshot.status, "faults", ())],
        "fault": _fault(snapshot.fault) if snapshot.fault is not None else None,
        "died": {"at": died.at, "lived": died.lived, **_fault(died.fault)} if died is not None else None,
    }


def _then(name: str, device: DeviceSettings, kept: list[Entry]) -> dict[str, Any]:
    """A link that was never noted was never lost, or the device never there: nobody knows which."""
    own = [entry for entry in kept if entry.subject == name]
    links = [entry for entry in own if entry.kind == LINK]
    told = episodes(own, _NEWEST)
    deaths = [each for each in told if each.kind == DEATH]
    return {
        **_bound(name, device),
        "known": "logbook",
        "link": str(links[-1].body.get("link", "")) if links else "unknown",
        "since": links[-1].at if links else None,
        "faults": [_episode(each) for each in told if each.kind == FAULT and each.ended is None],
        "fault": next((_episode(each) for each in told if each.kind == LINK and each.ended is None), None),
        "died": {"at": deaths[0].began, **_episode(deaths[0])} if deaths else None,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    """By its code; of its detail the driver's sentence, without what was put into it."""
    code = fault.code.value
    about = {"domain": fault.domain.value, "action": fault.action.value}
    return {"code": code, "since": fault.since, **about, "form": form_of(code, fault.detail)}


def _episode(episode: Episode) -> dict[str, Any]:
    return {
        "code": episode.code,
        "since": episode.began,
        "times": episode.times,
        "form": form_of(episode.code, episode.detail),
    }


def _typed(status: Any) -> dict[str, Any]:
    """What a status says in states, counts and yes or no; its words are a device's own, and stay here."""
    if status is None:
        return {}
    found = {}
    for name in status.__struct_fields__:
        value = getattr(status, name)
        if isinstance(value, Enum):
            found[name] = value.value
        elif isinstance(value, msgspec.Struct):
            found[name] = _typed(value)
        elif (
            value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < _LARGEST_COUNT)
        ):
            found[name] = value
    return found
