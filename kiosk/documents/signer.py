"""Who signs the verification code: a key that this kiosk holds, certified by the operator.

`KeyFile` keeps the key in a file; a UKey or an SDF card (GM/T 0018) becomes another class with the same two members.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

SIGNATURE_BYTES = 64
# Order of P-256 (FIPS 186-5). With (r, s) also (r, n - s) verifies; only the smaller s is made and taken, so that nobody
# can turn one genuine text into another one.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Signer(Protocol):
    """Signs for this kiosk."""

    @property
    def certificate(self) -> bytes:
        """The kiosk's X.509 certificate, DER."""

    def sign(self, message: bytes) -> bytes:
        """Return r and s of ECDSA P-256 / SHA-256, 32 bytes each, s in the lower half."""


class KeyFile:
    """The signer of a kiosk without a hardware key: a PEM key that only its owner may read, and a PEM certificate."""

    def __init__(self, key: Path, certificate: Path) -> None:
        """Read both files. Raise ValueError that names the file and the cure when one of them does not serve."""
        if stat.S_IMODE(key.stat().st_mode) & 0o077:
            raise ValueError(f"{key} can be read by others; run: chmod 600 {key}")
        loaded = serialization.load_pem_private_key(key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey) or not isinstance(loaded.curve, ec.SECP256R1):
            raise ValueError(
                f"{key} does not hold a P-256 key; make one with: openssl ecparam -name prime256v1 -genkey"
            )
        held = x509.load_pem_x509_certificate(certificate.read_bytes())
        if held.public_key() != loaded.public_key():
            raise ValueError(f"{certificate} does not certify the key in {key}; ask the operator for the right one")
        self._key = loaded
        self._certificate = held.public_bytes(serialization.Encoding.DER)

    @property
    def certificate(self) -> bytes:
        """The kiosk's X.509 certificate, DER."""
        return self._certificate

    def sign(self, message: bytes) -> bytes:
        """Return r and s, 32 bytes each, s in the lower half; the same for the same message (RFC 6979), as its page is."""
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return r.to_bytes(32, "big") + min(s, ORDER - s).to_bytes(32, "big")
