"""Whether an issuer's PDF is as it was sealed: one signature over the whole file, by a signer under the issuer's root.

Read from the bytes: /ByteRange says what is signed and /Contents holds the CMS (ISO 32000-1, 12.8.1; RFC 5652, 5.3 and 5.4).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from judging.verification import issued_by

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_SET_OF = b"\x31"  # the signed attributes are signed as SET OF, whatever their tag in the message (RFC 5652, 5.4)


def problem(pdf: bytes, roots: Sequence[x509.Certificate], moment: float) -> str:
    """Return what is wrong with the seal at a Unix time, "" when nothing is."""
    ranges = _BYTE_RANGE.findall(pdf)
    if len(ranges) != 1:
        return f"{len(ranges)} signatures"
    first, length, second, rest = map(int, ranges[0])
    gap = pdf[first + length : second]
    if first != 0 or second + rest != len(pdf) or not (gap.startswith(b"<") and gap.endswith(b">")):
        return "the signature does not cover the whole file"
    try:
        content = cms.ContentInfo.load(bytes.fromhex(gap[1:-1].decode("ascii")))
        return _fault(content["content"], pdf[:length] + pdf[second:], roots, datetime.fromtimestamp(moment, UTC))
    except (ValueError, TypeError, KeyError, IndexError) as error:
        return f"the signature cannot be read: {type(error).__name__}"


def _fault(signed: cms.SignedData, covered: bytes, roots: Sequence[x509.Certificate], moment: datetime) -> str:
    if len(signed["signer_infos"]) != 1:
        return "not exactly one signer"
    signer = signed["signer_infos"][0]
    if signer["digest_algorithm"]["algorithm"].native != "sha256":
        return "another digest than SHA-256"
    attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    if attributes["message_digest"][0].native != hashlib.sha256(covered).digest():
        return "the file was changed after it was sealed"
    certificate = _signer_certificate(signed, signer)
    if certificate is None:
        return "the signer's certificate is not in the file"
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return "not an ECDSA key"
    try:
        key.verify(signer["signature"].native, _SET_OF + signer["signed_attrs"].dump()[1:], ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return "the signature is wrong"
    if not any(issued_by(certificate, root, moment) for root in roots):
        return "sealed by an issuer that is not under the pinned root"
    return ""


def _signer_certificate(signed: cms.SignedData, signer: cms.SignerInfo) -> x509.Certificate | None:
    wanted = signer["sid"].chosen["serial_number"].native
    for choice in signed["certificates"]:
        found = x509.load_der_x509_certificate(choice.chosen.dump())
        if found.serial_number == wanted:
            return found
    return None
