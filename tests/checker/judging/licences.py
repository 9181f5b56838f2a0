"""The files that the platform handed out: whose they are, whether the seal holds, and what the issuer said of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from judging import paper, platform, seal
from judging.findings import Code, Finding
from judging.stage import Person, Stage
from judging.visits import Consent

LOCAL = ZoneInfo("Asia/Shanghai")
ATTACHMENT = "licence.json"


class _Metadata(
    msgspec.Struct,
    rename={
        "identifier": "certificateIdentifier",
        "holder_number": "certificateHolderCode",
        "valid_to": "certificateExpiringDate",
    },
):
    """The attachment's fields (GB/T 36903) that are of use here."""

    identifier: str
    holder_number: str
    valid_to: str


class Fetched(msgspec.Struct, frozen=True):
    """A file as it left the platform. `owners`: for each page the people named on it; `holder`: the one in the metadata."""

    name: str
    at: float
    consent: Consent | None
    pdf: bytes
    sha256: str
    owners: tuple[tuple[Person, ...], ...]
    holder: Person | None
    identifier: str
    valid_to: str
    seal_problem: str

    @property
    def wrong_person(self) -> str:
        """Why it is not the file of the person who consented, "" when it is."""
        person = self.consent.person if self.consent else None
        if person is None:
            return "it was fetched without the consent of a seeded person"
        if self.holder is not None and self.holder != person:
            return f"it is {self.holder.id}'s, and {person.id} consented"
        for number, owners in enumerate(self.owners, start=1):
            if owners != (person,):
                names = "、".join(each.id for each in owners) or "nobody"
                return f"page {number} names {names}, and {person.id} consented"
        return ""

    def over(self, moment: float) -> bool:
        """Whether its last day is past at a Unix time."""
        return bool(self.valid_to) and datetime.fromtimestamp(moment, LOCAL).date().isoformat() > self.valid_to


def fetched(stage: Stage, consents: Sequence[Consent]) -> list[Fetched]:
    """Return every file that left the platform whole, in order."""
    by_grant = {grant: consent for consent in consents for grant in consent.answered}
    found = []
    for exchange in platform.at(stage.exchanges, platform.FETCH):
        try:
            pdf = base64.b64decode(str(exchange.data.get("file", "")), validate=True)
        except binascii.Error:
            continue
        if pdf:
            consent = by_grant.get(str(exchange.request.get("grant")))
            found.append(_look(stage, exchange.name, exchange.at, consent, pdf))
    return found


def in_force(stage: Stage, file: Fetched, moment: float) -> bool:
    """Whether the issuer's last word on a licence, between the fetch and a moment, was that it is in force."""
    words = [
        each.data.get("state")
        for each in platform.at(stage.exchanges, platform.STATUS)
        if each.request.get("identifier") == file.identifier and each.good and file.at <= each.at <= moment
    ]
    return bool(words) and words[-1] == "active" and not file.over(moment)


def not_reported(stage: Stage, files: Sequence[Fetched]) -> list[Finding]:
    """Every anomaly is told to the back office, whatever comes after it (Adachi 2023: a later success closed it)."""
    tasks = [each for each in platform.at(stage.exchanges, platform.TASK) if each.good]
    found = []
    for file in files:
        problem = file.seal_problem or file.wrong_person
        if not problem:
            continue
        kind = "seal_invalid" if file.seal_problem else "owner_mismatch"
        task = next((each for each in tasks if each.at >= file.at and each.request.get("kind") == kind), None)
        if task is None:
            found.append(Finding(Code.NOT_REPORTED, file.name, f"{problem}, and no back-office task tells of it"))
        else:
            tasks.remove(task)
    return found


def _look(stage: Stage, name: str, at: float, consent: Consent | None, pdf: bytes) -> Fetched:
    metadata = _metadata(pdf)
    try:
        texts = paper.page_texts(pdf)
    except paper.Unreadable:
        texts = []
    return Fetched(
        name=name,
        at=at,
        consent=consent,
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
        owners=tuple(owners_on(stage, text) for text in texts),
        holder=stage.person(metadata.holder_number) if metadata else None,
        identifier=metadata.identifier if metadata else "",
        valid_to=metadata.valid_to if metadata else "",
        seal_problem=seal.problem(pdf, stage.issuer, at),
    )


def _metadata(pdf: bytes) -> _Metadata | None:
    try:
        return msgspec.json.decode(paper.attachments(pdf)[ATTACHMENT], type=_Metadata)
    except (KeyError, paper.Unreadable, msgspec.DecodeError, UnicodeDecodeError):
        return None


def owners_on(stage: Stage, text: str) -> tuple[Person, ...]:
    """The people whose number or full name stands on a page; two people of one name are told apart by the number."""
    by_number = tuple(each for each in stage.people if each.number in text)
    by_name = tuple(each for each in stage.people if each.name in text)
    names = {each.name for each in by_number}
    strangers = tuple(each for each in by_name if each.name not in names)
    return by_number + strangers if all(name in text for name in names) else ()
