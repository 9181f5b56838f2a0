"""Whether a kiosk's certificate counts: issued by the operator, for this kiosk, for signing, and valid when the paper was made.

The chain has two links, root and kiosk (RFC 5280, section 6, for that length). It is judged at the time of issue, because
a paper outlives its kiosk's certificate. The limit, said plainly: whoever steals a key can date a paper back; that is what
the look-up of the serial is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import ExtensionOID, NameOID

from kiosk.documents.code import Code
from kiosk.documents.signer import ORDER

_UNDERSTOOD = frozenset({ExtensionOID.KEY_USAGE, ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.EXTENDED_KEY_USAGE})
# What `cryptography` raises at certificates that are no certificates, or of a kind that it does not know.
_NO_CERTIFICATE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
                   x509.UnsupportedGeneralNameType)  # fmt: skip


class NotGenuine(Exception):
    """The code was not made by a kiosk of this operator; the text is a key of `verdicts.toml`, section `forged`."""


def load_roots(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the operator's roots (PEM, one or more). Raise ValueError that names the file and what is wrong with it."""
    try:
        roots = tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except ValueError:
        raise ValueError(f"{path} holds no PEM certificates; put the operator's root certificates there") from None
    for root in roots:
        if not _may_certify(root):
            raise ValueError(
                f"{path} holds {root.subject.rfc4514_string()}, which is not a CA; ask the operator for its root"
            )
    return roots


def require_authentic(code: Code, roots: Sequence[x509.Certificate]) -> None:
    """Raise NotGenuine unless the code was signed by a kiosk that one of `roots` had certified at the time of issue."""
    issued = datetime.fromtimestamp(code.claim.issued_at, UTC)
    require_signature(certified_key(code.certificate, code.claim.kiosk, roots, issued), code.signed, code.signature)


def certified_key(
    certificate: bytes, kiosk: str, roots: Sequence[x509.Certificate], at: datetime
) -> ec.EllipticCurvePublicKey:
    """Return the key of a kiosk's certificate (DER) if one of `roots` had certified this kiosk for signing at that time.

    Raise NotGenuine.
    """
    try:
        held = x509.load_der_x509_certificate(certificate)
        key = held.public_key()
        names = held.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        may_sign = _may_sign(held)
        if not certificate.endswith(b"\0" + held.signature):
            raise NotGenuine(
                "certificate"
            )  # "unused bits" that are not zero: the parser takes them, DER does not (X.690, 11.2)
    except _NO_CERTIFICATE:
        raise NotGenuine("certificate") from None
    if not any(_issued(held, root, at) for root in roots):
        raise NotGenuine("issuer")
    if not _valid_at(held, at):
        raise NotGenuine("validity")
    if not may_sign or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NotGenuine("certificate")
    if [name.value for name in names] != [kiosk]:
        raise NotGenuine("kiosk")
    return key


def require_signature(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> None:
    """Raise NotGenuine unless r and s (32 bytes each, s in the lower half) are this key's over the message."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if s > ORDER // 2:
        raise NotGenuine("signature")
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise NotGenuine("signature") from None


def _issued(certificate: x509.Certificate, root: x509.Certificate, at: datetime) -> bool:
    if not _may_certify(root) or not _valid_at(root, at):
        return False
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, *_NO_CERTIFICATE):
        return False
    return True


def _valid_at(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _may_certify(root: x509.Certificate) -> bool:
    try:
        constraints = root.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = root.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return constraints.ca and usage.key_cert_sign


def _may_sign(certificate: x509.Certificate) -> bool:
    extensions = list(certificate.extensions)
    if any(each.critical and each.oid not in _UNDERSTOOD for each in extensions):
        return False
    if any(isinstance(each.value, x509.BasicConstraints) and each.value.ca for each in extensions):
        return False
    return any(isinstance(each.value, x509.KeyUsage) and each.value.digital_signature for each in extensions)
