"""A PIV card (NIST SP 800-73-4 Part 2): it holds a certificate for card authentication and proves that it has the key to it.

Nothing on it is anybody's: the key is drawn from the name that the bench gives it, and the certificate names no person.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID

from drivers.emulators.smart_card_chips import Chip

PIV_NAME = bytes.fromhex("A000000308000010000100")
_CARD_AUTHENTICATION = bytes.fromhex("5FC101")
_OK = b"\x90\x00"
_WRONG_LENGTH = b"\x67\x00"
_WRONG_DATA = b"\x6a\x80"
_NO_FILE = b"\x6a\x82"
_NO_INSTRUCTION = b"\x6d\x00"
_PART = 256
_P256 = 0x11
_KEY_9E = 0x9E
_ORDER_BITS = 255


class PivChip(Chip):
    """T=1. `copied`: a card of somebody who has the other one's certificate, and not its key."""

    kind = "piv"

    def __init__(self, name: str = "staff", *, copied: bool = False) -> None:
        rest = bytes.fromhex("8801") + b"KIOSKPIV"
        check = 0
        for byte in rest:
            check ^= byte
        self.atr = b"\x3b" + rest + bytes((check,))
        self._certificate = _certificate(_key(name)).public_bytes(serialization.Encoding.DER)
        self._key = _key(f"{name}, copied") if copied else _key(name)
        self.public_key = _key(name).public_key()
        """What the certificate says."""
        self.reset()

    def reset(self) -> None:
        """As every chip."""
        self._selected = False
        self._waiting = b""

    def answer(self, command: bytes) -> bytes:
        """As every chip."""
        if len(command) < 4:
            return _WRONG_LENGTH
        waiting, self._waiting = self._waiting, b""
        sent = command[5 : 5 + command[4]] if len(command) > 5 else b""
        match command[1]:
            case 0xA4:
                self._selected = PIV_NAME.startswith(sent) and len(sent) >= 9
                return self._parts(_tlv(0x61, _tlv(0x4F, PIV_NAME[5:]))) if self._selected else _NO_FILE
            case 0xC0 if waiting:
                return self._parts(waiting)
            case 0xCB if self._selected:
                return self._get_data(sent)
            case 0x87 if self._selected:
                return self._authenticate(command[2], command[3], sent)
        return _NO_INSTRUCTION

    def _get_data(self, sent: bytes) -> bytes:
        if sent != _tlv(0x5C, _CARD_AUTHENTICATION):
            return _NO_FILE
        return self._parts(_tlv(0x53, _tlv(0x70, self._certificate) + bytes.fromhex("710100FE00")))

    def _authenticate(self, algorithm: int, key: int, sent: bytes) -> bytes:
        if (algorithm, key) != (_P256, _KEY_9E) or sent[:6] != bytes.fromhex("7C2482008120") or len(sent) != 38:
            return _WRONG_DATA
        signature = self._key.sign(sent[6:], ec.ECDSA(Prehashed(hashes.SHA256())))
        return self._parts(_tlv(0x7C, _tlv(0x82, signature)))

    def _parts(self, data: bytes) -> bytes:
        """As much as fits into a short answer; the rest is fetched by GET RESPONSE."""
        if len(data) <= _PART:
            return data + _OK
        self._waiting = data[_PART:]
        return data[:_PART] + bytes((0x61, min(len(self._waiting), _PART) % 256))


def _key(name: str) -> ec.EllipticCurvePrivateKey:
    drawn = int.from_bytes(hashlib.sha256(f"emulated staff card {name}".encode()).digest(), "big")
    return ec.derive_private_key((drawn >> 1) % 2**_ORDER_BITS or 1, ec.SECP256R1())


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "emulated staff card")])
    begins, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    return builder.sign(key, hashes.SHA256())


def _tlv(tag: int, value: bytes) -> bytes:
    length = len(value)
    head = (
        bytes((length,))
        if length < 0x80
        else bytes((0x81, length))
        if length < 0x100
        else b"\x82" + length.to_bytes(2, "big")
    )
    return bytes((tag,)) + head + value
