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

from drivers.client import Snapshot
from drivers.contract.faults import Fault
from kiosk.journal.store import AuditRow
from kiosk.logbook.store import Entry, Logbook
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
}
"""Fields by kind of entry. `detail` of a fault is left out: it is a device's own words, and nobody knows what it says."""

_NEWEST: Mapping[str, int] = {"fault": 500, "link": 500, "death": 200, "selftest": 2000, "supply": 2000}
_NEWEST_OF_OTHERS = 200

AUDIT_ROWS = 20_000
"""The newest: some months of a busy machine, and at most 10 MB."""

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
    devices: Iterable[Snapshot],
    logbook: Logbook,
    records: Records,
    attestation: bytes,
    report: Mapping[str, Any] | None,
) -> dict[str, bytes]:
    """Return the files by name. Raise LogbookError, JournalError.

    `attestation` and `report` are values of our own that are made for being shown; everything else is picked field by field.
    """
    files = {
        "attestation.json": attestation,
        "devices.json": _json([_device(each) for each in devices]),
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
    {"attestation.json", "devices.json", "site.json", "policies.json", "journal.json", "audit.jsonl", "report.json"}
    | {f"logbook/{kind}.json" for kind in LOGBOOK}
)
"""Every file that a bundle may hold beside its manifest and certificates."""


def _device(snapshot: Snapshot) -> dict[str, Any]:
    """Without the settings: an address says where somebody's machine is, and a token may stand in one."""
    identity = getattr(snapshot.capabilities, "identity", None)
    status = snapshot.status
    return {
        "name": snapshot.name,
        "class": snapshot.device_class.value,
        "driver": snapshot.driver,
        "link": snapshot.link.value,
        "restarts": snapshot.restarts,
        "since": snapshot.since,
        "identity": {key: getattr(identity, key) for key in ("maker", "model", "serial", "firmware")}
        if identity
        else {},
        "readiness": status.readiness.value if status is not None else "",
        "faults": [_fault(each) for each in getattr(status, "faults", ())],
        "fault": _fault(snapshot.fault) if snapshot.fault is not None else None,
    }


def _fault(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code.value, "since": fault.since, "action": fault.action.value}


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
    return {"id": entry.id, "at": entry.at, "subject": entry.subject, **body}


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
