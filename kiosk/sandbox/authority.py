"""Certificates of the sandbox: an issuer that seals licences, an operator that certifies kiosks. P-256 throughout.

Fresh keys in each folder. The kiosk's certificate is kept small (short names, no extension that nobody reads), because it
travels inside the printed code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from kiosk.sandbox.folder import write_private

_ROOT_YEARS = 10
_LEAF_YEARS = 3
_BACKDATED = timedelta(hours=1)  # two clocks that differ a little must not meet a certificate of the future


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def save(self, certificate: Path, key: Path) -> None:
        """Write both as PEM; the key for its owner only."""
        write_private(certificate, self.certificate.public_bytes(Encoding.PEM))
        write_private(key, self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @classmethod
    def load(cls, certificate: Path, key: Path) -> Identity:
        """Read both from PEM. Raise ValueError when the key is not on P-256."""
        loaded = load_pem_private_key(key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{key}: not a P-256 key")
        return cls(x509.load_pem_x509_certificate(certificate.read_bytes()), loaded)


def make_root(name: str) -> Identity:
    """Make a self-signed root."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        _builder(subject, subject, key.public_key(), _ROOT_YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Identity(builder.sign(key, hashes.SHA256()), key)


def make_issuer(
    root: Identity, name: str, code: str, *, starts: datetime | None = None, lasts: timedelta | None = None
) -> Identity:
    """Make the certificate of a seal: `name` of the issuer, `code` its 统一社会信用代码 as organisation identifier."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, code),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    builder = (
        _builder(root.certificate.subject, subject, key.public_key(), _LEAF_YEARS, starts=starts, lasts=lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(seal=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_authority_key(root), critical=False)
    )
    return Identity(builder.sign(root.key, hashes.SHA256()), key)


def make_kiosk(root: Identity, kiosk: str) -> Identity:
    """Make a key for one kiosk, and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Identity(certify_kiosk(root, kiosk, key.public_key()), key)


def certify_kiosk(root: Identity, kiosk: str, key: ec.EllipticCurvePublicKey) -> x509.Certificate:
    """Certify the key that a kiosk made for itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kiosk)])
    builder = (
        _builder(root.certificate.subject, subject, key, _LEAF_YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(seal=True), critical=True)
    )
    return builder.sign(root.key, hashes.SHA256())


def _builder(
    issuer: x509.Name,
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    years: int,
    *,
    starts: datetime | None = None,
    lasts: timedelta | None = None,
) -> x509.CertificateBuilder:
    begin = starts or datetime.now(UTC) - _BACKDATED
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + (lasts or timedelta(days=365 * years)))
    )


def _usage(*, sign_certificates: bool = False, seal: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=seal,
        content_commitment=seal,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(root: Identity) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(root.key.public_key())
