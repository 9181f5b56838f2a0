"""The key of this machine, and the code that makes it a kiosk of its platform.

The key is made here and never leaves. It lies on the disk before anything is sent, so that a cut in the middle is settled by
sending the same code with the same key again. Nothing that the platform answers is believed before it fits: the certificate
must be for this key, from the operator's roots, for the kiosk that it names.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from drivers.contract.secret import SecretText
from kiosk import __version__
from kiosk.catalogue.item import items
from kiosk.gateways import body, enrolment
from kiosk.gateways.enrolment import ClaimRequest, Enrolled
from kiosk.gateways.http import HttpPlatform
from kiosk.gateways.transport import HttpSettings
from kiosk.setup.folder import SetupFolder, put

_KIOSK = re.compile(r"[A-Z0-9-]{4,24}")
_SECRET = re.compile(r"(?:[0-9a-fA-F]{2}){32,128}")


class BadCode(Exception):
    """The code cannot be one of this platform; no try was spent. `why` is a key below setup.code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class BadAnswer(Exception):
    """The platform answered, and its answer cannot be used. `why` is a key below setup.answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def own_key(folder: SetupFolder) -> ec.EllipticCurvePrivateKey:
    """Return this machine's key; make it where there is none. Raise OSError, ValueError."""
    if folder.key.exists():
        loaded = load_pem_private_key(folder.key.read_bytes(), None)
        if not isinstance(loaded, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{folder.key}: not a P-256 key")
        return loaded
    key = ec.generate_private_key(ec.SECP256R1())
    put(folder.key, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def request_of(key: ec.EllipticCurvePrivateKey) -> str:
    """The request for a certificate (PKCS #10, PEM), signed by the key; the platform names the kiosk."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk")])
    built = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return built.public_bytes(Encoding.PEM).decode("ascii")


async def claim(
    folder: SetupFolder, url: str, authority: Path | None, code: SecretText, *, model: str, now: datetime
) -> Enrolled:
    """Claim the code and keep what the platform answers. Raise BadCode, BadAnswer, GatewayFault, OSError."""
    digits = SecretText(enrolment.code_of(code.reveal()))
    platform = None
    try:
        if not digits or enrolment.mistyped(digits.reveal()):
            raise BadCode("mistyped")
        key = own_key(folder)
        platform = HttpPlatform(HttpSettings(address=url, authority_file=authority))
        hello = await platform.hello()
        if hello.number != enrolment.platform_number(digits.reveal()):
            raise BadCode("another_platform")
        request = ClaimRequest(code=digits, request=request_of(key), at=now, runtime=__version__, model=model)
        enrolled = await platform.claim(request)
    finally:
        digits.wipe()
        if platform is not None:
            await platform.aclose()
    _require_usable(enrolled, key)
    put(folder.enrolled, body.encode(enrolled))
    return enrolled


def kept(folder: SetupFolder) -> Enrolled | None:
    """What the platform answered in a set-up that was left; None when it was not asked yet, or for another key."""
    if not folder.enrolled.exists() or not folder.key.exists():
        return None
    try:
        enrolled = body.decode(folder.enrolled.read_bytes(), Enrolled)
        _require_usable(enrolled, own_key(folder))
    except (body.NotThisShape, BadAnswer, ValueError):
        return None
    return enrolled


def offered(enrolled: Enrolled) -> tuple[str, ...]:
    """The items of the platform that this version of the runtime can do."""
    return tuple(code for code in enrolled.items if code in items())


def _require_usable(enrolled: Enrolled, key: ec.EllipticCurvePrivateKey) -> None:
    """Raise BadAnswer."""
    if not _KIOSK.fullmatch(enrolled.kiosk_id) or not _SECRET.fullmatch(enrolled.secret.reveal()):
        raise BadAnswer("shape")
    try:
        certificate = x509.load_pem_x509_certificate(enrolled.certificate.encode("ascii"))
        roots = x509.load_pem_x509_certificates(enrolled.operator_roots.encode("ascii"))
        x509.load_pem_x509_certificates(enrolled.issuer_roots.encode("ascii"))
        ours = certificate.public_key() == key.public_key()
        names = [each.value for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except (ValueError, UnsupportedAlgorithm):
        raise BadAnswer("shape") from None
    if not ours:
        raise BadAnswer("another_key")
    if names != [enrolled.kiosk_id] or not any(_issued(certificate, root) for root in roots):
        raise BadAnswer("certificate")
    if not offered(enrolled):
        raise BadAnswer("no_items")


def _issued(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def as_words(enrolled: Enrolled) -> dict[str, str]:
    """Its texts of the place, by section and key of the answers."""
    texts = msgspec.structs.asdict(enrolled.texts)
    return {_SECTIONS[name]: text for name, text in texts.items() if text}


_SECTIONS = {
    "name": "place.name",
    "place": "place.place",
    "elsewhere_place": "elsewhere.place",
    "elsewhere_address": "elsewhere.address",
    "elsewhere_hours": "elsewhere.hours",
    "elsewhere_phone": "elsewhere.phone",
}
