"""The issuer's sealed file: opened, or refused with a reason. Whatever is not proved is refused.

    licence = open_sealed(raw, roots=roots, now=now, licence_type=type)     seal, issuer, metadata, dates
    require_owner(licence, name, number)                                    every page is this person's
    require_in_force(licence, status)                                       the issuer says so now

All three before a page is shown or printed. They compute; call them through `asyncio.to_thread`.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509

from drivers.contract.secret import SecretBytes, SecretText, wipe_all
from kiosk.gateways.licence import LicenceState, LicenceStatus
from kiosk.licences import metadata as metadata_module
from kiosk.licences import owner, seal
from kiosk.licences.limits import LOCAL, MAX_BYTES
from kiosk.licences.metadata import ATTACHMENT, Metadata
from kiosk.licences.refusal import LicenceRefused, RefusalCode
from kiosk.licences.seal import Seal
from kiosk.licences.types import LicenceType


class SealedLicence(msgspec.Struct, frozen=True, kw_only=True):
    """A licence whose seal, issuer, type and dates are right. Whose it is, `require_owner` decides. `sha256` in hexadecimal."""

    licence_type: LicenceType
    metadata: Metadata
    seal: Seal
    pdf: SecretBytes
    sha256: str
    pages: int

    def __repr__(self) -> str:  # metadata of some licence types would tell whose it is
        return f"<SealedLicence {self.licence_type.id} {self.sha256[:12]}, {self.pages} pages>"

    @property
    def identifier(self) -> str:
        """The licence's identifier (GB/T 36904), by which status and serials are asked for."""
        return self.metadata.identifier


def read_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the pinned root certificates, PEM. Raise ValueError that names file and cure."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError:
        raise ValueError(f"{path}: no certificate in PEM; put the issuer's root certificate there") from None


def open_sealed(
    raw: bytes, *, roots: tuple[x509.Certificate, ...], now: datetime, licence_type: LicenceType
) -> SealedLicence:
    """Check a sealed file. `now` has a time zone; `roots` are the only issuers believed. Raise LicenceRefused."""
    if now.tzinfo is None:
        raise ValueError("now: give a time with its zone")
    if len(raw) > MAX_BYTES:
        raise LicenceRefused(RefusalCode.TOO_LARGE, f"{len(raw)} bytes")
    found, attachments = seal.check(raw, roots=roots, now=now)
    metadata = _metadata(attachments)
    try:
        _require_type(metadata, found, licence_type)
        _require_dates(metadata, now)
        pages = len(owner.texts(raw))
        if pages != metadata.pages:
            raise LicenceRefused(RefusalCode.METADATA_INVALID, "certificatePages")
        if pages > licence_type.max_pages:
            raise LicenceRefused(RefusalCode.TOO_LARGE, f"{pages} pages")
    except LicenceRefused:
        wipe_all(metadata)  # it may be another person's
        raise
    return SealedLicence(
        licence_type=licence_type,
        metadata=metadata,
        seal=found,
        pdf=SecretBytes(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        pages=pages,
    )


def require_owner(licence: SealedLicence, name: SecretText, number: SecretText) -> None:
    """Raise LicenceRefused unless metadata and every page are of this person and of nobody else."""
    # Both comparisons are made, whatever the first one gives.
    if not _same(licence.metadata.holder_name, name) & _same(licence.metadata.holder_number, number):
        raise LicenceRefused(RefusalCode.WRONG_PERSON)
    owner.require_on_each(owner.texts(licence.pdf.reveal()), licence.licence_type.owner_on_page, name, number)


def require_in_force(licence: SealedLicence, status: LicenceStatus) -> None:
    """Raise LicenceRefused unless the issuer's answer is about this licence and says that it is in force."""
    if status.identifier != licence.identifier:
        raise LicenceRefused(RefusalCode.METADATA_INVALID, "the status is of another licence")
    refusals = {
        LicenceState.SUSPENDED: RefusalCode.SUSPENDED,
        LicenceState.REVOKED: RefusalCode.REVOKED,
        LicenceState.EXPIRED: RefusalCode.EXPIRED,
    }
    if status.state is not LicenceState.ACTIVE:
        raise LicenceRefused(refusals[status.state])


def _same(sealed: SecretText, own: SecretText) -> bool:
    """Compare in constant time, as both are written in normal form; nothing is the same as nothing."""
    one, other = (owner.normal(each.reveal()).encode() for each in (sealed, own))
    return bool(other) and hmac.compare_digest(one, other)


def _metadata(attachments: dict[str, bytes]) -> Metadata:
    if ATTACHMENT not in attachments:
        raise LicenceRefused(RefusalCode.METADATA_INVALID, f"no attachment {ATTACHMENT}")
    try:
        return metadata_module.decode(attachments[ATTACHMENT])
    except ValueError as error:
        raise LicenceRefused(RefusalCode.METADATA_INVALID, str(error)) from None


def _require_type(metadata: Metadata, found: Seal, licence_type: LicenceType) -> None:
    if metadata.type_code != licence_type.code or metadata.holder_type not in licence_type.holder_types:
        raise LicenceRefused(RefusalCode.WRONG_TYPE)
    # A root may have certified many issuers: the seal must be of the one that this type is issued by.
    if not found.signer_code == metadata.issuer_code == licence_type.issuer_code:
        raise LicenceRefused(RefusalCode.WRONG_ISSUER, "the seal is not of this licence type's issuer")


def _require_dates(metadata: Metadata, now: datetime) -> None:
    today = now.astimezone(LOCAL).date()
    if today < metadata.valid_from or today < metadata.issued:
        raise LicenceRefused(RefusalCode.NOT_YET_VALID)
    if today > metadata.valid_to:
        raise LicenceRefused(RefusalCode.EXPIRED)
