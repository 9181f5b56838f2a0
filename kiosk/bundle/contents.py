"""What goes into a bundle. An allow-list: a field that is not named here does not leave, whoever adds it to a value later.

The audit chain goes whole, because its hashes cover its rows. It is made of tokens, states and counts; a row in which something
stands that could be a citizen number (which would be a defect) is withheld, and said to be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from kiosk.bindings.in_force import InForce
from kiosk.bundle.constants import is_place, said_at
from kiosk.bundle.machine import machine
from kiosk.journal.store import AuditRow
from kiosk.logbook.events import EVENT, SHORT_NUMBER
from kiosk.logbook.store import Entry, Logbook
from kiosk.opening.pauses import Pause
from kiosk.policies import visit_policy
from kiosk.policies.maintenance import maintenance_policy
from kiosk.settings.site import Site

LOGBOOK: Mapping[str, frozenset[str]] = {
    "fault": frozenset({"code", "began", "ended", "times"}),
    "link": frozenset({"link", "code", "began", "ended"}),
    "death": frozenset({"code", "lived", "times"}),
    "selftest": frozenset({"verdict", "passed", "words", "by"}),
    "supply": frozenset({"sheets", "impressions", "toner", "mm"}),
    "refill": frozenset({"sort", "sheets", "metres", "seconds", "by"}),
    "cleaning": frozenset({"by", "wiped", "left_out"}),
    EVENT: frozenset({"level", "place", "function", "errors", "words", "places", "numbers", "since", "times", "lost"}),
}
"""Fields by kind of entry. `detail` of a fault is left out: it is a device's own words, and nobody knows what it says."""

_NEWEST: Mapping[str, int] = {"fault": 500, "link": 500, "death": 200, "selftest": 2000, "supply": 2000, EVENT: 3000}
_NEWEST_OF_OTHERS = 200

AUDIT_ROWS = 20_000
"""The newest: some months of a busy machine, and at most 10 MB."""

_SUBJECT = re.compile(r"[\w:.-]{0,80}", re.ASCII)
"""What an entry is about: a device's name, "part:disk", a logger. What looks otherwise stays here."""

_WORD = re.compile(r"[A-Za-z_][\w.-]{0,80}", re.ASCII)

_CITIZEN_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
"""GB 11643-1999: 17 digits and a check character."""

WITHHELD = "withheld"


class Records(Protocol):
    """As much of the journal as goes out."""

    def counts(self) -> dict[str, int]:
        """Operations by state."""

    def waiting(self) -> int:
        """Things in the outbox."""

    def verify_chain(self) -> int | None:
        """The first row that is wrong; None: whole."""

    def audit_rows(self) -> Iterator[AuditRow]:
        """The chain."""


def contents(
    *,
    site: Site,
    devices: Iterable[Mapping[str, Any]],
    bound: InForce,
    pauses: Iterable[Pause],
    start: Mapping[str, Any],
    logbook: Logbook,
    records: Records,
    attestation: bytes,
    report: Mapping[str, Any] | None,
) -> dict[str, bytes]:
    """Return the files by name. Raise LogbookError, JournalError.

    `attestation` and `report` are values of our own that are made for being shown, `devices` (`kiosk.bundle.devices`) and `start`
    were picked field by field, as everything else is here.
    """
    files = {
        "attestation.json": attestation,
        "devices.json": _json(list(devices)),
        "bindings.json": _json(_bindings(bound)),
        "pauses.json": _json([_pause(each) for each in pauses]),
        "hours.json": _json(_hours(site)),
        "start.json": _json(dict(start)),
        "machine.json": _json(machine(site.state_folder)),
        "site.json": _json(_site(site)),
        "policies.json": _json(_policies(site)),
        "journal.json": _json(
            {"operations": records.counts(), "waiting": records.waiting(), "chain_broken_at": records.verify_chain()}
        ),
        "audit.jsonl": b"".join(_json(row) for row in _audit(records)),
    }
    if report is not None:
        files["report.json"] = _json(report)
    for kind in LOGBOOK:
        entries = logbook.entries(kind, newest=_NEWEST.get(kind, _NEWEST_OF_OTHERS))
        files[f"logbook/{kind}.json"] = _json([_entry(each) for each in entries])
    return files


NAMES = frozenset(
    {"attestation.json", "devices.json", "bindings.json", "pauses.json", "hours.json", "start.json", "machine.json"}
    | {"site.json", "policies.json", "journal.json", "audit.jsonl", "report.json"}
    | {f"logbook/{kind}.json" for kind in LOGBOOK}
)
"""Every file that a bundle may hold beside its manifest and certificates."""


def _bindings(bound: InForce) -> dict[str, Any]:
    """What stands in the place of the profile's devices, and what was refused. Without the settings, as for devices."""
    return {
        "in_force": [
            {
                "name": name,
                "class": held.binding.device_class.value,
                "driver": held.binding.driver,
                "bus": held.binding.place.bus.value if held.binding.place is not None else "",
                "digest": held.binding.digest,
                "passed": held.binding.passed,
                "by": held.binding.by,
                "at": held.at,
                "files_changed_since": name in bound.changed,
            }
            for name, held in bound.bindings.items()
        ],
        "refused": [{"name": each.name, "why": each.why.value} for each in bound.refused],
    }


def _pause(pause: Pause) -> dict[str, Any]:
    """Without staff's own words, which are for the screen of this place."""
    return {
        "kind": pause.kind.value,
        "name": pause.name,
        "why": pause.why.value,
        "since": pause.since,
        "until": pause.until,
        "by": pause.by,
    }


def _hours(site: Site) -> dict[str, Any]:
    """The times; what its days are called is left out."""
    return site.hours.model_dump(mode="json", exclude={"days": {"__all__": {"name"}}})


def _site(site: Site) -> dict[str, Any]:
    address = urlsplit(site.platform.url)
    return {
        "kiosk_id": site.kiosk_id,
        "place": site.place,
        "items": list(site.items),
        "languages": list(site.languages),
        "timezone": site.timezone,
        "platform": {"scheme": address.scheme, "host": address.hostname or "", "port": address.port},
    }


def _policies(site: Site) -> dict[str, Any]:
    """Numbers in force, by their schema."""
    return {
        "visit": msgspec.to_builtins(visit_policy(site.policies.visit)),
        "maintenance": msgspec.to_builtins(maintenance_policy(site.policies.maintenance)),
    }


def _entry(entry: Entry) -> dict[str, Any]:
    allowed = LOGBOOK[entry.kind]
    body = {key: value for key, value in entry.body.items() if key in allowed}
    subject = entry.subject if _SUBJECT.fullmatch(entry.subject) else ""
    return {"id": entry.id, "at": entry.at, "subject": subject, **(_event(body) if entry.kind == EVENT else body)}


def _event(body: dict[str, Any]) -> dict[str, Any]:
    """An event of the program's log: tokens, places in the code, short numbers, and the sentence that stands at that place.

    They were picked when they were logged (`kiosk.logbook.events`); here only their form is believed.
    """
    numbers = [each for each in body.pop("numbers", ()) if isinstance(each, int | float) and abs(each) < SHORT_NUMBER]
    places = [each for each in body.pop("places", ()) if is_place(str(each))]
    place = place if is_place(place := str(body.pop("place", ""))) else ""
    words = {key: [each for each in body.pop(key, ()) if _WORD.fullmatch(str(each))] for key in ("errors", "words")}
    names = {key: name for key in ("level", "function") if _WORD.fullmatch(name := str(body.pop(key, "")))}
    return {**body, **names, **words, "numbers": numbers, "place": place, "says": said_at(place), "places": places}


def _audit(records: Records) -> list[dict[str, Any]]:
    rows = list(records.audit_rows())[-AUDIT_ROWS:]
    return [_row(each) for each in rows]


def _row(row: AuditRow) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(row)
    if _CITIZEN_NUMBER.search(json.dumps(told, ensure_ascii=False)):
        return {"seq": row.seq, "at": row.at, "hash": row.hash, WITHHELD: True}
    return told


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
