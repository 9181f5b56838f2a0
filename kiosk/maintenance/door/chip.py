"""What a smart card says of itself, as far as public documents tell how to ask it.

A PIV card (NIST SP 800-73-4 Part 2) proves itself: its card authentication key (9E, no PIN) signs a challenge that nobody could
know, and the roster knows the public key. Others only name themselves, and the name could be copied: the number of a
social-security card (LD/T 32), else what the reader tells of a contactless card (PC/SC Part 3, 3.2.2.1.3). That is why a PIN is
always asked for besides. A challenge to the chip of a social-security card needs its issuer's PSAM, which no public document gives.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.client import DeviceClient
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import Secret, SecretBytes
from drivers.contract.smart_card import CardFamily, Response, Select, Transmit

_PIV = bytes.fromhex("A00000030800001000")
_CARD_CERTIFICATE = bytes.fromhex("00CB3FFF055C035FC10100")
_AUTHENTICATE_P256 = bytes.fromhex("008711")
_KEY_9E = 0x9E
_CHALLENGE = bytes.fromhex("7C2482008120")
"""Dynamic authentication template: an empty place for the answer (82), 32 bytes to sign (81)."""
_CHALLENGE_BYTES = 32
_SOCIAL_SECURITY = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
_CARD_NUMBER = bytes.fromhex("00B2072C00")
"""READ RECORD 7 of EF05 by its short identifier."""
_READER_S_UID = bytes.fromhex("FFCA000000")
_OK = 0x9000
_SECONDS = 5.0
"""For one exchange."""


@dataclass(frozen=True)
class Said:
    """What a card says it is: `kind` as in the roster's tokens."""

    kind: str
    value: Secret

    def wipe(self) -> None:
        """Wipe it."""
        self.value.wipe()


class Copied(Exception):
    """The card shows a certificate and has not the key to it."""


class Nameless(Exception):
    """The card says nothing by which it could be known again."""


async def ask(reader: DeviceClient, family: CardFamily) -> Said:
    """Ask a powered card. Raise Copied, Nameless, DeviceFault (CHIP_PULLED when it was taken out)."""
    if await _has(reader, _PIV):
        key = await _card_key(reader)
        if key is not None:
            await _prove(reader, key)
            return Said("key", SecretBytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)))
    if family is CardFamily.SOCIAL_SECURITY and await _has(reader, _SOCIAL_SECURITY):
        number = await _read(reader, _CARD_NUMBER)
        if number:
            return Said("chip", SecretBytes(b"social_security\n" + number))
    uid = await _read(reader, _READER_S_UID)
    if uid:
        return Said("chip", SecretBytes(b"uid\n" + uid))
    raise Nameless


async def _card_key(reader: DeviceClient) -> ec.EllipticCurvePublicKey | None:
    """The public key that the card would answer for: P-256, or none that is asked for here."""
    try:
        data = tlv(tlv(await _read(reader, _CARD_CERTIFICATE), 0x53), 0x70)
        key = x509.load_der_x509_certificate(data).public_key()
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None


async def _prove(reader: DeviceClient, key: ec.EllipticCurvePublicKey) -> None:
    """Have the card sign what nobody could know. Raise Copied."""
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    sent = _CHALLENGE + challenge
    answer = await _read(reader, _AUTHENTICATE_P256 + bytes((_KEY_9E, len(sent))) + sent + b"\0")
    try:
        key.verify(tlv(tlv(answer, 0x7C), 0x82), challenge, ec.ECDSA(Prehashed(hashes.SHA256())))
    except (ValueError, InvalidSignature):
        raise Copied from None


async def _has(reader: DeviceClient, application: bytes) -> bool:
    try:
        answer = await reader.call(Select(aid=application), seconds=_SECONDS)
    except DeviceFault as error:
        if error.fault.code is FaultCode.APPLICATION_ABSENT:
            return False
        raise
    assert isinstance(answer, Response)
    answer.data.wipe()
    return answer.sw == _OK


async def _read(reader: DeviceClient, command: bytes) -> bytes:
    """What the card answers; nothing where it refuses."""
    answer = await reader.call(Transmit(apdu=SecretBytes(command)), seconds=_SECONDS)
    assert isinstance(answer, Response)
    data = answer.data.reveal()
    answer.data.wipe()
    return data if answer.sw == _OK else b""


def tlv(data: bytes, tag: int) -> bytes:
    """Return the value of the first object with this one-byte tag (BER, ISO/IEC 8825-1: short and long lengths).

    Raise ValueError when there is none, or it is torn.
    """
    at = 0
    while at + 2 <= len(data):
        found, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            break
        if found == tag:
            return data[at : at + length]
        at += length
    raise ValueError(f"no object {tag:02X}")
