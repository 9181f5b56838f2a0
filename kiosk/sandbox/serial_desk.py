"""Endpoints of `kiosk.gateways.serials`."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import datetime, timedelta

from kiosk.gateways.interface import Status
from kiosk.gateways.licence import LicenceState
from kiosk.gateways.serials import (
    IssueRequest,
    OperationRequest,
    PublicSerial,
    ReplaceRequest,
    Serial,
    SerialRequest,
    SerialState,
    SuspendRequest,
)
from kiosk.licences.iso7064 import mod_37_36
from kiosk.sandbox.fault_desk import Applied
from kiosk.sandbox.platform import Platform, Refuse

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U, which are misread or misheard
_LENGTH = 12


async def issue(platform: Platform, kiosk: str, request: IssueRequest, faults: Applied) -> Serial:
    """Issue an operation's serial, or tell the one that it has."""
    with platform.database:
        known = _by_operation(platform, kiosk, request.operation)
        if known is not None:
            return _same_or_conflict(known, request, replaces="")
        _require_licence(platform, request)
        return _insert(platform, kiosk, request, replaces="")


async def replace(platform: Platform, kiosk: str, request: ReplaceRequest, faults: Applied) -> Serial:
    """Void a serial of the same holder and issue the next."""
    with platform.database as database:
        known = _by_operation(platform, kiosk, request.operation)
        if known is not None:
            return _same_or_conflict(known, request, replaces=request.voids)
        old = _by_serial(platform, request.voids)
        if _holder(platform, old.licence) != _holder(platform, request.licence):
            raise Refuse(Status.WRONG_PERSON, "the serial belongs to another holder")
        if old.state is SerialState.REPLACED:
            raise Refuse(Status.CONFLICT, "the serial has been replaced already")
        _require_licence(platform, request)
        new = _insert(platform, kiosk, request, replaces=old.serial)
        database.execute(
            "UPDATE serials SET state = ?, replaced_by = ? WHERE serial = ?",
            (SerialState.REPLACED, new.serial, old.serial),
        )
        return new


async def suspend(platform: Platform, kiosk: str, request: SuspendRequest, faults: Applied) -> Serial:
    """Suspend one of this kiosk's serials."""
    with platform.database as database:
        row = database.execute("SELECT kiosk FROM serials WHERE serial = ?", (request.serial,)).fetchone()
        if row is not None and row["kiosk"] != kiosk:
            raise Refuse(Status.NO_PERMISSION, "the serial belongs to another kiosk")
        database.execute(
            "UPDATE serials SET state = ?, reason = ? WHERE serial = ? AND state = ?",
            (SerialState.SUSPENDED, request.reason, request.serial, SerialState.ACTIVE),
        )
        return _by_serial(platform, request.serial)


async def state(platform: Platform, kiosk: str, request: SerialRequest, faults: Applied) -> Serial:
    """Look up by serial."""
    return _by_serial(platform, request.serial)


async def lookup(platform: Platform, kiosk: str, request: OperationRequest, faults: Applied) -> Serial:
    """Look up by this kiosk's operation."""
    found = _by_operation(platform, kiosk, request.operation)
    if found is None:
        raise Refuse(Status.NOT_FOUND, "no serial was issued for this operation")
    return found


async def public_state(platform: Platform, kiosk: str, request: SerialRequest, faults: Applied) -> PublicSerial:
    """Tell anybody what a serial is worth, and nothing of its holder."""
    found = _by_serial(platform, request.serial)
    return PublicSerial(
        serial=found.serial,
        state=found.state,
        issued=found.issued,
        expires=found.expires,
        checked=platform.now(),
        replaced_by=found.replaced_by,
    )


def _require_licence(platform: Platform, request: IssueRequest | ReplaceRequest) -> None:
    query = "SELECT * FROM licences WHERE identifier = ?"
    row = platform.database.execute(query, (request.licence,)).fetchone()
    if not request.operation or row is None:
        raise Refuse(Status.BAD_VALUE, "operation is empty, or no such licence was handed out")
    if row["state"] != LicenceState.ACTIVE:
        raise Refuse(Status.BAD_VALUE, "the licence is not in force")
    if (row["sha256"], row["pages"]) != (request.sha256, request.pages):
        raise Refuse(Status.BAD_VALUE, "the file is not the one that was handed out")


def _insert(platform: Platform, kiosk: str, request: IssueRequest | ReplaceRequest, *, replaces: str) -> Serial:
    body = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    now = platform.now()
    expires = now + timedelta(days=platform.licence_type.print.valid_days)
    serial = body + mod_37_36(body)
    platform.database.execute(
        "INSERT INTO serials (serial, kiosk, operation, state, issued, expires, pages, licence, sha256, item, replaces)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            serial,
            kiosk,
            request.operation,
            SerialState.ACTIVE,
            now.isoformat(),
            expires.isoformat(),
            request.pages,
            request.licence,
            request.sha256,
            request.item,
            replaces,
        ),
    )
    return _by_serial(platform, serial)


def _same_or_conflict(known: Serial, request: IssueRequest | ReplaceRequest, *, replaces: str) -> Serial:
    asked = (request.licence, request.sha256, request.pages, replaces)
    if (known.licence, known.sha256, known.pages, known.replaces) != asked:
        raise Refuse(Status.CONFLICT, "this operation has a serial for another document")
    return known


def _holder(platform: Platform, licence: str) -> str:
    row = platform.database.execute("SELECT person FROM licences WHERE identifier = ?", (licence,)).fetchone()
    if row is None:
        raise Refuse(Status.BAD_VALUE, "no such licence was handed out")
    return str(row["person"])


def _by_serial(platform: Platform, serial: str) -> Serial:
    row = platform.database.execute("SELECT * FROM serials WHERE serial = ?", (serial,)).fetchone()
    if row is None:
        raise Refuse(Status.NOT_FOUND, "no such serial")
    return _serial(row)


def _by_operation(platform: Platform, kiosk: str, operation: str) -> Serial | None:
    query = "SELECT * FROM serials WHERE kiosk = ? AND operation = ?"
    row = platform.database.execute(query, (kiosk, operation)).fetchone()
    return None if row is None else _serial(row)


def _serial(row: sqlite3.Row) -> Serial:
    return Serial(
        serial=row["serial"],
        operation=row["operation"],
        state=SerialState(row["state"]),
        issued=datetime.fromisoformat(row["issued"]),
        expires=datetime.fromisoformat(row["expires"]),
        pages=row["pages"],
        licence=row["licence"],
        sha256=row["sha256"],
        replaces=row["replaces"],
        replaced_by=row["replaced_by"],
        reason=row["reason"],
    )
