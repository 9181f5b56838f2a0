"""The electronic seal of a PDF licence (PAdES, checked with pyHanko): one signature, over the whole file, by a pinned issuer.

Nothing is fetched and no trust store of the system is asked. The signing time is the signer's own word, as no time-stamp
authority is involved; that the licence is in force now is asked of the platform (`LicenceStatus`).
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from io import BytesIO

import msgspec
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from kiosk.licences.limits import CLOCK_TOLERANCE
from kiosk.licences.refusal import LicenceRefused, RefusalCode

_ORGANISATION_IDENTIFIER = "organization_identifier"  # asn1crypto's name of OID 2.5.4.97


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """A good seal. `signer`: the certificate's common name; `signer_code`: its organisation identifier (2.5.4.97), which
    is the issuer's 统一社会信用代码; `certificate_serial` in hexadecimal; `signed_at` as the signer says."""

    signer: str
    signer_code: str
    certificate_serial: str
    signed_at: datetime


def check(raw: bytes, *, roots: tuple[x509.Certificate, ...], now: datetime) -> tuple[Seal, dict[str, bytes]]:
    """Check the seal; return it and the attachments that it covers, by name. Raise LicenceRefused.

    About 30 ms of computing; runs its own event loop, so call it from a thread, not from a coroutine.
    """
    try:
        return asyncio.run(_check(raw, roots, now))
    except LicenceRefused:
        raise
    except PdfReadError as error:
        raise LicenceRefused(RefusalCode.UNREADABLE, type(error).__name__) from None
    except SignatureValidationError as error:
        raise LicenceRefused(RefusalCode.SEAL_BROKEN, type(error).__name__) from None
    except Exception as error:
        # A hostile or torn file can make a parser fail in any way; whatever the way, the file is not used.
        raise LicenceRefused(RefusalCode.UNREADABLE, type(error).__name__) from None


async def _check(raw: bytes, roots: tuple[x509.Certificate, ...], now: datetime) -> tuple[Seal, dict[str, bytes]]:
    reader = PdfFileReader(BytesIO(raw), strict=True)
    if reader.encrypted:
        raise LicenceRefused(RefusalCode.UNREADABLE, "encrypted")
    signature = _only_signature(reader)
    signed_at = signature.self_reported_timestamp
    if signed_at is None:
        raise LicenceRefused(RefusalCode.SEAL_BROKEN, "no signing time")
    if signed_at > now + CLOCK_TOLERANCE:
        raise LicenceRefused(RefusalCode.NOT_YET_VALID, "signed in the future")
    status = await _validate(signature, roots, signed_at)
    _require(status, signature, signed_at)
    certificate = signature.signer_cert
    subject = certificate.subject.native
    seal = Seal(
        signer=str(subject.get("common_name", "")),
        signer_code=str(subject.get(_ORGANISATION_IDENTIFIER, "")),
        certificate_serial=f"{certificate.serial_number:x}",
        signed_at=signed_at,
    )
    return seal, _attachments(reader)


def _only_signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    found = reader.embedded_signatures
    if not found:
        raise LicenceRefused(RefusalCode.SEAL_MISSING)
    if len(found) > 1:
        raise LicenceRefused(RefusalCode.NOT_COVERED, f"{len(found)} signatures")
    return found[0]


async def _validate(
    signature: EmbeddedPdfSignature, roots: tuple[x509.Certificate, ...], moment: datetime
) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots],
        moment=moment,
        allow_fetching=False,
    )
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=context,
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"}),
    )


def _require(status: PdfSignatureStatus, signature: EmbeddedPdfSignature, signed_at: datetime) -> None:
    if not (status.intact and status.valid):
        raise LicenceRefused(RefusalCode.SEAL_BROKEN)
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise LicenceRefused(RefusalCode.NOT_COVERED, str(status.coverage))
    if status.modification_level not in (None, ModificationLevel.NONE):
        raise LicenceRefused(RefusalCode.NOT_COVERED, "changed after sealing")
    validity = signature.signer_cert["tbs_certificate"]["validity"]
    if not validity["not_before"].native <= signed_at <= validity["not_after"].native:
        raise LicenceRefused(RefusalCode.SIGNER_NOT_VALID)
    if not status.trusted:
        raise LicenceRefused(RefusalCode.WRONG_ISSUER)
    if not status.bottom_line:
        raise LicenceRefused(RefusalCode.SEAL_BROKEN, "not accepted as a whole")


def _attachments(reader: PdfFileReader) -> dict[str, bytes]:
    try:
        names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError:
        return {}
    found: dict[str, bytes] = {}
    for index in range(0, len(names), 2):  # a flat name tree: name, file specification, name, ... (ISO 32000-1, 7.9.6)
        name, content = str(names[index]), names[index + 1]["/EF"]["/F"]
        if not isinstance(content, generic.StreamObject) or name in found:
            raise LicenceRefused(RefusalCode.METADATA_INVALID, "attachments are not as agreed")
        found[name] = bytes(content.data)
    return found
