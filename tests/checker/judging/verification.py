"""The verification code on paper, read and verified from its description, with a parser of its own.

text  = "KX1:" base45( msgpack [claim, signature, certificate] ) ":"
claim = msgpack [kind, serial, kiosk, page, of, document, issued_at, expires_at, licence_type, holder]
signature: ECDSA P-256 / SHA-256 over the bytes of `claim`, r and s of 32 bytes; certificate: X.509, DER
document: first 16 bytes of the file's SHA-256; holder: first 8 of SHA-256 over serial, line feed, holder's number
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

PAGE, RECEIPT, REPLACEMENT = 1, 2, 3
_BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_PREFIX, _SUFFIX = "KX1:", ":"


class BadCode(ValueError):
    """Not a code that counts; the text says why."""


class Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the kiosk signed. Times in Unix seconds."""

    kind: int
    serial: str
    kiosk: str
    page: int
    of: int
    document: bytes
    issued_at: int
    expires_at: int
    licence_type: str
    holder: bytes

    def is_of_file(self, sha256: str) -> bool:
        """Whether it speaks of the file with this SHA-256 (hexadecimal)."""
        return self.document == bytes.fromhex(sha256)[:16]

    def is_held_by(self, number: str) -> bool:
        """Whether it speaks of the holder of this number."""
        return self.holder == hashlib.sha256(f"{self.serial}\n{number}".encode()).digest()[:8]


def is_code(text: str) -> bool:
    """Whether a scanned text claims to be such a code."""
    return text.startswith(_PREFIX)


def verify(text: str, roots: Sequence[x509.Certificate]) -> Claim:
    """Return what a kiosk under one of `roots` signed. Raise BadCode."""
    try:
        signed, signature, certificate = msgspec.msgpack.decode(_unpacked(text), type=tuple[bytes, bytes, bytes])
        claim = msgspec.msgpack.decode(signed, type=Claim)
        kiosk = x509.load_der_x509_certificate(certificate)
    except (ValueError, msgspec.DecodeError) as error:
        raise BadCode(f"damaged: {error}") from None
    key = kiosk.public_key()
    if (
        not isinstance(key, ec.EllipticCurvePublicKey)
        or not isinstance(key.curve, ec.SECP256R1)
        or len(signature) != 64
    ):
        raise BadCode("not signed with P-256")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BadCode("the signature is wrong") from None
    if not any(issued_by(kiosk, root, datetime.fromtimestamp(claim.issued_at, UTC)) for root in roots):
        raise BadCode("the kiosk's certificate is not of this operator, or was not valid at the time of printing")
    names = [name.value for name in kiosk.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [claim.kiosk]:
        raise BadCode("signed by another kiosk than it says")
    return claim


def issued_by(certificate: x509.Certificate, root: x509.Certificate, moment: datetime) -> bool:
    """Whether `root` signed the certificate, and both were valid at that moment."""
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return all(each.not_valid_before_utc <= moment <= each.not_valid_after_utc for each in (certificate, root))


def _unpacked(text: str) -> bytes:
    """Undo prefix and base45 (RFC 9285)."""
    if not (text.startswith(_PREFIX) and text.endswith(_SUFFIX)):
        raise ValueError("no verification code")
    values = [_BASE45.index(character) for character in text[len(_PREFIX) : -len(_SUFFIX)]]
    out = bytearray()
    for at in range(0, len(values), 3):
        group = values[at : at + 3]
        number = sum(value * 45**power for power, value in enumerate(group))
        if len(group) == 1 or number >= 256 ** (len(group) - 1):
            raise ValueError("not base45")
        out += number.to_bytes(len(group) - 1, "big")
    return bytes(out)
