"""The platform as its desks see it: tables, people, the sealing authority, the clock, and what the bench broke."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from drivers.contract.secret import SecretText
from kiosk.gateways import signing
from kiosk.gateways.interface import Status
from kiosk.licences import identifier, metadata
from kiosk.licences.limits import LOCAL
from kiosk.licences.types import LicenceType
from kiosk.sandbox import certificates, provision, store
from kiosk.sandbox.authority import Identity
from kiosk.sandbox.fault_desk import FaultDesk
from kiosk.sandbox.folder import SandboxFolder
from kiosk.sandbox.people import Person
from kiosk.sandbox.sealing import Sealer

_VALID_DAYS = 90
"""A certificate of this kind counts for three months with most who ask for it."""


class Refuse(Exception):
    """A desk says no; becomes the envelope's status and message."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed certificate as it leaves the authority."""

    identifier: str
    holder: Person
    pdf: bytes
    sha256: str
    pages: int
    valid_to: str


@dataclass
class Platform:
    """Everything behind the endpoints. Used from one event loop."""

    folder: SandboxFolder
    database: sqlite3.Connection
    licence_type: LicenceType
    sealer: Sealer
    stranger: Sealer
    operator: Identity
    kiosks: dict[str, bytes]
    control_token: str
    faults: FaultDesk = field(default_factory=FaultDesk)

    def now(self) -> datetime:
        """Return the platform's clock."""
        return datetime.now(UTC).replace(microsecond=0)

    def person_by_number(self, number: str) -> Person | None:
        """Find a person by citizen number."""
        return self._person("SELECT body FROM people WHERE number = ?", number)

    def person(self, key: str) -> Person:
        """Return a person by id. Raise KeyError."""
        found = self._person("SELECT body FROM people WHERE id = ?", key)
        if found is None:
            raise KeyError(key)
        return found

    def somebody_else(self, holder: Person) -> Person:
        """Return another person who has a record (for the fault verbs)."""
        rows = self.database.execute("SELECT body FROM people WHERE id <> ? ORDER BY id", (holder.id,))
        people = (msgspec.json.decode(row["body"], type=Person) for row in rows)
        return next(each for each in people if each.record is not None)

    async def issue(
        self,
        holder: Person,
        *,
        sealer: Sealer | None = None,
        expired: bool = False,
        on_last_page: Person | None = None,
        full_page: bool = False,
    ) -> Issued:
        """Make and seal a certificate for `holder`. Faults of the bench: another sealer, a file that has expired, a last
        page that is another person's, pages without white."""
        return await asyncio.to_thread(self._issue, holder, sealer or self.sealer, expired, on_last_page, full_page)

    def _issue(
        self, holder: Person, sealer: Sealer, expired: bool, on_last_page: Person | None, full_page: bool
    ) -> Issued:
        today = datetime.now(LOCAL).date() - timedelta(days=_VALID_DAYS + 1 if expired else 0)
        kind = self.licence_type
        number = f"SB{today:%Y%m%d}{secrets.randbelow(10**8):08d}"
        facts = certificates.Facts(number=number, issuer=kind.issuer, issued=today)
        sheet = certificates.compose(holder, facts, ruled=full_page)
        if on_last_page is not None:
            sheet = certificates.compose(holder, facts, strangers={sheet.pages - 1: on_last_page})
        valid_to = today + timedelta(days=_VALID_DAYS)
        sealed_facts = metadata.Metadata(
            identifier=identifier.make(kind.code, kind.issuer_code, secrets.token_hex(10).upper()),
            name=kind.name,
            type_code=kind.code,
            number=SecretText(number),
            issuer=kind.issuer,
            issuer_code=kind.issuer_code,
            issued=today,
            valid_from=today,
            valid_to=valid_to,
            holder_name=SecretText(holder.name),
            holder_number=SecretText(holder.number),
            holder_type="111",
            pages=sheet.pages,
        )
        pdf = sealer.seal(sheet, metadata.encode(sealed_facts), reason=f"出具{kind.name}")
        return Issued(
            identifier=sealed_facts.identifier,
            holder=holder,
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            pages=sheet.pages,
            valid_to=valid_to.isoformat(),
        )

    def _person(self, query: str, value: str) -> Person | None:
        row = self.database.execute(query, (value,)).fetchone()
        return None if row is None else msgspec.json.decode(row["body"], type=Person)


def open_platform(folder: SandboxFolder) -> Platform:
    """Open a provisioned folder."""
    picture = provision.seal_file(folder)
    kiosk = folder.kiosk_id.read_text("ascii")
    database = store.open_store(folder.database)
    enrolled = database.execute("SELECT kiosk, secret FROM codes WHERE secret IS NOT NULL").fetchall()
    return Platform(
        folder=folder,
        database=database,
        licence_type=provision.licence_type(),
        sealer=Sealer(provision.issuer_identity(folder), picture),
        stranger=Sealer(provision.stranger_identity(folder), picture),
        operator=provision.operator_identity(folder),
        kiosks={
            kiosk: signing.read_secret(folder.kiosk_secret).reveal(),
            **{row["kiosk"]: row["secret"] for row in enrolled},
        },
        control_token=folder.control_token.read_text("ascii"),
    )
