"""The history of devices: each fault, each link that went and came, each death of a host. Once down, once up.

`History` is pure: it is shown every snapshot and says what is to be written. What flickers is one episode, whose end is written
when it has been quiet for a while; deaths in quick succession are counted, and written once a minute. So a loose cable cannot
fill a logbook.

    fault  {"code", "began", "detail"}                      a fault has begun
    fault  {"code", "began", "ended", "times"}              it is over; it was there so many times
    link   {"link": "gone", "code", "began", "detail"}      three misses: and why
    link   {"link": "here", "began", "ended"}               it is back
    death  {"code", "detail", "lived", "times"}             a host ended that nobody asked to; so many since the last entry
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from drivers.client import Link, Snapshot
from drivers.contract.faults import Fault

SETTLES_SECONDS = 10.0
"""A fault that comes back within this time has never gone."""

DEATHS_EVERY_SECONDS = 60.0
"""A host that dies again and again is written so often at most."""

FAULT, LINK, DEATH = "fault", "link", "death"


class Noted(NamedTuple):
    """One entry to be written."""

    kind: str
    device: str
    body: dict[str, Any]


class Kept(Protocol):
    """As much of a logbook's entry as is read here."""

    @property
    def at(self) -> float:
        """Unix time."""

    @property
    def kind(self) -> str:
        """One of the three."""

    @property
    def subject(self) -> str:
        """The device's name."""

    @property
    def body(self) -> Mapping[str, Any]:
        """See above."""


@dataclass
class _Fault:
    began: float
    times: int = 1
    quiet_since: float | None = None


@dataclass
class _Device:
    faults: dict[str, _Fault] = field(default_factory=dict)
    gone_since: float | None = None
    died_at: float = 0.0
    deaths: int = 0
    death: Fault | None = None
    lived: float = 0.0
    death_written: float = 0.0


class History:
    """What is known of each device; what is to be written when that changes."""

    def __init__(self, kept: Iterable[Kept] = ()) -> None:
        """`kept`: what an earlier life of the kiosk has written, oldest first; what it left open goes on."""
        self._devices: dict[str, _Device] = {}
        for entry in kept:
            self._resume(entry)

    def _resume(self, entry: Kept) -> None:
        device = self._device(entry.subject)
        match entry.kind, entry.body:
            case "fault", {"code": str(code), "ended": _}:
                device.faults.pop(code, None)
            case "fault", {"code": str(code), "began": float() | int() as began}:
                device.faults[code] = _Fault(began)
            case "link", {"link": "gone", "began": float() | int() as began}:
                device.gone_since = began
            case "link", {"link": "here"}:
                device.gone_since = None

    def _device(self, name: str) -> _Device:
        return self._devices.setdefault(name, _Device())

    def saw(self, snapshot: Snapshot, now: float) -> list[Noted]:
        """Take a snapshot in; `now` is Unix time. What is not known (no status, no answer yet) changes nothing."""
        device = self._device(snapshot.name)
        noted = [Noted(kind, snapshot.name, body) for kind, body in self._changes(device, snapshot, now)]
        return noted + self.settled(now)

    def _changes(self, device: _Device, snapshot: Snapshot, now: float) -> Iterator[tuple[str, dict[str, Any]]]:
        if snapshot.died is not None and snapshot.died.at != device.died_at:
            device.died_at = snapshot.died.at
            device.deaths += 1
            device.death, device.lived = snapshot.died.fault, snapshot.died.lived
        if snapshot.link is Link.GONE and device.gone_since is None:
            device.gone_since = now
            code = snapshot.fault.code.value if snapshot.fault is not None else ""
            detail = snapshot.fault.detail if snapshot.fault is not None else ""
            yield LINK, {"link": "gone", "code": code, "began": now, "detail": detail}
        elif snapshot.link is Link.HERE and device.gone_since is not None:
            yield LINK, {"link": "here", "began": device.gone_since, "ended": now}
            device.gone_since = None
        if snapshot.link is Link.HERE and snapshot.status is not None:
            yield from self._faults(device, snapshot.status.faults, now)

    def _faults(self, device: _Device, faults: Iterable[Fault], now: float) -> Iterator[tuple[str, dict[str, Any]]]:
        there = {fault.code.value: fault for fault in faults}
        for code, fault in there.items():
            known = device.faults.get(code)
            if known is None:
                device.faults[code] = _Fault(now)
                yield FAULT, {"code": code, "began": now, "detail": fault.detail}
            elif known.quiet_since is not None:
                known.quiet_since = None
                known.times += 1
        for code, known in device.faults.items():
            if code not in there and known.quiet_since is None:
                known.quiet_since = now

    def settled(self, now: float) -> list[Noted]:
        """What has been quiet for long enough, and deaths that were only counted. To be asked now and then."""
        return [
            Noted(kind, name, body)
            for name, device in self._devices.items()
            for kind, body in (*self._ended(device, now), *self._died(device, now))
        ]

    @staticmethod
    def _ended(device: _Device, now: float) -> Iterator[tuple[str, dict[str, Any]]]:
        for code, fault in list(device.faults.items()):
            if fault.quiet_since is not None and now - fault.quiet_since >= SETTLES_SECONDS:
                del device.faults[code]
                yield (
                    FAULT,
                    {"code": code, "began": fault.began, "ended": fault.quiet_since, "times": fault.times},
                )

    @staticmethod
    def _died(device: _Device, now: float) -> Iterator[tuple[str, dict[str, Any]]]:
        # A clock that was set back must not keep deaths untold until it is where it was.
        if device.death is None or 0 <= now - device.death_written < DEATHS_EVERY_SECONDS:
            return
        yield (
            DEATH,
            {
                "code": device.death.code.value,
                "detail": device.death.detail,
                "lived": round(device.lived, 1),
                "times": device.deaths,
            },
        )
        device.death, device.deaths, device.death_written = None, 0, now


@dataclass(frozen=True)
class Episode:
    """One fault from its begin to its end, as it is told. `ended` None: it lasts. `code` is a FaultCode's value."""

    device: str
    code: str
    began: float
    ended: float | None
    detail: str = ""
    times: int = 1
    kind: str = FAULT


def episodes(entries: Iterable[Kept], newest: int) -> tuple[Episode, ...]:
    """Put begins and ends together; the latest begin first. An end whose begin is not kept any more tells both itself."""
    found: dict[tuple[str, str, str, float], Episode] = {}
    for entry in entries:
        body, device = entry.body, entry.subject
        if entry.kind == DEATH:
            times = int(body.get("times", 1))
            dead = Episode(device, str(body["code"]), entry.at, entry.at, str(body.get("detail", "")), times, DEATH)
            found[DEATH, device, dead.code, entry.at] = dead
        elif "ended" not in body:
            begun = Episode(
                device, str(body["code"]), body["began"], None, str(body.get("detail", "")), kind=entry.kind
            )
            found[entry.kind, device, _key(entry), body["began"]] = begun
        else:
            key = (entry.kind, device, _key(entry), body["began"])
            before = found.pop(key, None)
            code, detail = (before.code, before.detail) if before is not None else (str(body.get("code", "")), "")
            times = int(body.get("times", 1))
            found[key] = Episode(device, code, body["began"], body["ended"], detail, times, entry.kind)
    return tuple(sorted(found.values(), key=lambda each: each.began, reverse=True)[:newest])


def _key(entry: Kept) -> str:
    """Faults of one device are told apart by their code; it has one link."""
    return str(entry.body["code"]) if entry.kind == FAULT else ""
