"""Endpoints of `kiosk.gateways.licence`: grants, the sealed file, the status."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from drivers.contract.secret import SecretBytes
from kiosk.gateways.interface import Status
from kiosk.gateways.licence import (
    FetchRequest,
    Grant,
    GrantRequest,
    Grants,
    LicenceState,
    LicenceStatus,
    LicenceStatusRequest,
    SealedFile,
)
from kiosk.licences.limits import LOCAL
from kiosk.sandbox.fault_desk import Applied, Verb
from kiosk.sandbox.people import Person
from kiosk.sandbox.platform import Issued, Platform, Refuse

_GRANT_LASTS = timedelta(seconds=600)
"""As the download links of a provincial sharing interface in public use: one use, 600 s."""
_CITIZEN = "111"


async def grant(platform: Platform, kiosk: str, request: GrantRequest, faults: Applied) -> Grants:
    """Register a consent; the same key again gives the same grants."""
    if not (request.key and request.item and request.purpose and request.licence_types):
        raise Refuse(Status.BAD_REQUEST, "key, item, purpose and licence_types must be given")
    if request.holder_type != _CITIZEN:
        raise Refuse(Status.BAD_VALUE, "holder_type must be 111")
    if any(code != platform.licence_type.code for code in request.licence_types):
        raise Refuse(Status.NO_PERMISSION, "this kiosk may not have that licence type")
    holder = platform.person_by_number(request.holder_number.reveal())
    known = holder is not None and holder.name == request.holder_name.reveal() and holder.record is not None
    if holder is None or not known or Verb.NO_RECORD in faults:
        raise Refuse(Status.NO_RECORD, "no such record")
    return _keep(platform, kiosk, request, holder)


def _keep(platform: Platform, kiosk: str, request: GrantRequest, holder: Person) -> Grants:
    parts = (holder.id, request.item, request.purpose, *request.licence_types)
    content = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    query = "SELECT * FROM grants WHERE kiosk = ? AND key = ? ORDER BY position"
    expires = platform.now() + _GRANT_LASTS
    with platform.database as database:
        if database.execute(query, (kiosk, request.key)).fetchone() is None:
            database.executemany(
                "INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                [
                    (
                        secrets.token_hex(16),
                        kiosk,
                        request.key,
                        position,
                        content,
                        holder.id,
                        code,
                        request.item,
                        request.purpose,
                        expires.isoformat(),
                    )
                    for position, code in enumerate(request.licence_types)
                ],
            )
        rows = database.execute(query, (kiosk, request.key)).fetchall()
    if rows[0]["content"] != content:
        raise Refuse(Status.CONFLICT, "this key names another consent")
    return Grants(
        grants=tuple(
            Grant(grant=row["grant"], licence_type=row["licence_type"], expires=datetime.fromisoformat(row["expires"]))
            for row in rows
        )
    )


async def fetch(platform: Platform, kiosk: str, request: FetchRequest, faults: Applied) -> SealedFile:
    """Use up a grant; seal and hand out the file."""
    now = platform.now()
    with platform.database as database:
        query = 'SELECT * FROM grants WHERE "grant" = ? AND kiosk = ?'
        row = database.execute(query, (request.grant, kiosk)).fetchone()
        if row is None:
            raise Refuse(Status.NOT_FOUND, "no such grant")
        if row["used"] is not None or datetime.fromisoformat(row["expires"]) < now:
            raise Refuse(Status.GRANT_USED, "the grant has been used or has expired")
        database.execute('UPDATE grants SET used = ? WHERE "grant" = ?', (now.isoformat(), request.grant))
    issued = await _issue(platform, platform.person(row["person"]), faults)
    _register(platform, issued, _state(faults))
    pdf = _with_one_byte_changed(issued.pdf) if Verb.BROKEN_SEAL in faults else issued.pdf
    return SealedFile(
        licence_type=row["licence_type"], media_type=platform.licence_type.media_type, file=SecretBytes(pdf)
    )


async def status(platform: Platform, kiosk: str, request: LicenceStatusRequest, faults: Applied) -> LicenceStatus:
    """Say whether a licence is in force."""
    query = "SELECT state, valid_to FROM licences WHERE identifier = ?"
    row = platform.database.execute(query, (request.identifier,)).fetchone()
    if row is None:
        raise Refuse(Status.NOT_FOUND, "no such licence")
    over = datetime.now(LOCAL).date().isoformat() > row["valid_to"]
    state = LicenceState.EXPIRED if over and row["state"] == LicenceState.ACTIVE else LicenceState(row["state"])
    return LicenceStatus(identifier=request.identifier, state=state, checked=platform.now())


async def _issue(platform: Platform, holder: Person, faults: Applied) -> Issued:
    other = platform.somebody_else(holder)
    return await platform.issue(
        other if Verb.ANOTHER_PERSON in faults else holder,
        sealer=platform.stranger if Verb.WRONG_ISSUER in faults else platform.sealer,
        expired=Verb.EXPIRED in faults,
        on_last_page=other if Verb.MIXED_PAGES in faults else None,
        full_page=Verb.FULL_PAGE in faults,
    )


def _register(platform: Platform, issued: Issued, state: LicenceState) -> None:
    with platform.database as database:
        database.execute(
            "INSERT INTO licences VALUES (?, ?, ?, ?, ?, ?)",
            (issued.identifier, issued.holder.id, state, issued.valid_to, issued.sha256, issued.pages),
        )


def _state(faults: Applied) -> LicenceState:
    if Verb.REVOKED in faults:
        return LicenceState.REVOKED
    return LicenceState.SUSPENDED if Verb.SUSPENDED in faults else LicenceState.ACTIVE


def _with_one_byte_changed(pdf: bytes) -> bytes:
    """Change a byte in the middle of the first stream: the page's content, well inside what is signed."""
    at = pdf.index(b"stream") + 40
    return pdf[:at] + bytes([pdf[at] ^ 0x01]) + pdf[at + 1 :]
