"""A sealing authority of our own: everything an issuer could do rightly or wrongly, without a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.contract.secret import SecretText
from kiosk.licences import identifier, metadata
from kiosk.licences.limits import LOCAL
from kiosk.licences.metadata import Metadata
from kiosk.licences.sealed import SealedLicence, open_sealed
from kiosk.licences.types import LicenceType, licence_types
from kiosk.sandbox import authority, certificates, seal_picture
from kiosk.sandbox.authority import Identity
from kiosk.sandbox.certificates import Sheet
from kiosk.sandbox.people import Person, make_people
from kiosk.sandbox.sealing import Sealer


@dataclass
class Office:
    """Issues licences."""

    kind: LicenceType
    root: Identity
    sealer: Sealer
    people: tuple[Person, ...]
    today: date

    def sheet(self, person: Person, **options: Any) -> Sheet:
        facts = certificates.Facts(number="SB2026000001", issuer=self.kind.issuer, issued=self.today)
        return certificates.compose(person, facts, **options)

    def facts(self, person: Person, pages: int, **changes: Any) -> Metadata:
        found = Metadata(
            identifier=identifier.make(self.kind.code, self.kind.issuer_code, "A1B2C3"),
            name=self.kind.name,
            type_code=self.kind.code,
            number=SecretText("SB2026000001"),
            issuer=self.kind.issuer,
            issuer_code=self.kind.issuer_code,
            issued=self.today,
            valid_from=self.today,
            valid_to=self.today + timedelta(days=90),
            holder_name=SecretText(person.name),
            holder_number=SecretText(person.number),
            holder_type="111",
            pages=pages,
        )
        return msgspec.structs.replace(found, **changes)

    def sealed(
        self, person: Person, *, sealer: Sealer | None = None, sheet: Sheet | None = None, **changes: Any
    ) -> bytes:
        sheet = sheet or self.sheet(person)
        facts = metadata.encode(self.facts(person, sheet.pages, **changes))
        return (sealer or self.sealer).seal(sheet, facts, reason="出具证明")

    def another_sealer(self, root: Identity | None = None, **options: Any) -> Sealer:
        code = options.pop("code", self.kind.issuer_code)
        return Sealer(authority.make_issuer(root or self.root, self.kind.issuer, code, **options), self.sealer.picture)

    def open(self, raw: bytes, **changes: Any) -> SealedLicence:
        values: dict[str, Any] = {
            "roots": (self.root.certificate,),
            "now": datetime.now(UTC),
            "licence_type": self.kind,
        }
        return open_sealed(raw, **{**values, **changes})


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    kind = licence_types()["social_insurance_record"]
    picture: Path = tmp_path_factory.mktemp("seal") / "seal.pdf"
    seal_picture.draw_seal(picture, kind.issuer, "参保证明专用章", "9999990012345")
    root = authority.make_root("示例根证书")
    sealer = Sealer(authority.make_issuer(root, kind.issuer, kind.issuer_code), picture)
    today = datetime.now(LOCAL).date()
    return Office(kind, root, sealer, make_people(7, today), today)


@pytest.fixture(scope="session")
def good(office: Office) -> Callable[[int], bytes]:
    """Return the well-sealed file of the n-th person (three pages for the third)."""
    kept: dict[int, bytes] = {}

    def make(index: int) -> bytes:
        if index not in kept:
            kept[index] = office.sealed(office.people[index])
        return kept[index]

    return make
