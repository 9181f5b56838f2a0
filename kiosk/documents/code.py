"""The verification code: what the QR code on a page says, signed by the kiosk.

    text     = "KX1:" base45( msgpack [claim, signature, certificate] ) ":"
    claim    = msgpack [kind, serial, kiosk, page, of, document, issued_at, expires_at, licence_type, holder]
    signature over the bytes of `claim`: ECDSA P-256 / SHA-256, r and s, 32 bytes each, s in the lower half
    certificate: the kiosk's X.509, DER, so that a clerk's offline device needs nothing but the operator's root

The last colon keeps a trailing space of base45 from being trimmed on its way through other people's software.

Privacy: no name and no number is in the code. `holder` is 8 bytes of SHA-256 over serial and holder number: whoever has the
bearer's card before them can check that paper and bearer belong together. It could be searched for by trying all numbers
of one birthday; that is accepted, because the same paper carries name and number in clear.
"""

from __future__ import annotations

import hashlib
import re
from enum import IntEnum
from typing import Annotated

import msgspec

from drivers.contract.secret import SecretText
from kiosk.documents import base45
from kiosk.documents.signer import SIGNATURE_BYTES, Signer

PREFIX = "KX1:"
SUFFIX = ":"
# A code made here has 700 to 900 characters; version 25 of QR at level L holds 1,853 and cannot be printed in our space.
LONGEST = 1_500
DIGEST_BYTES = 16
HOLDER_BYTES = 8
_LAST_SECOND = 253402300799  # 9999-12-31; keeps any later date arithmetic in range

Token = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._/-]{1,40}\Z")]
Instant = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]
PageNumber = Annotated[int, msgspec.Meta(ge=0, le=999)]


class Kind(IntEnum):
    """What the code stands on."""

    PAGE = 1
    RECEIPT = 2
    REPLACEMENT = 3


class CodeInvalid(ValueError):
    """The text is not a verification code of ours; says which part, never repeats the text."""


class Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What is signed. Times are Unix seconds; page 0 stands for the whole document; `licence_type` may be empty."""

    kind: Kind
    serial: Token
    kiosk: Token
    page: PageNumber
    of: PageNumber
    document: Annotated[bytes, msgspec.Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
    issued_at: Instant
    expires_at: Instant
    licence_type: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9]{0,32}\Z")]
    holder: Annotated[bytes, msgspec.Meta(min_length=HOLDER_BYTES, max_length=HOLDER_BYTES)]

    def is_held_by(self, number: SecretText) -> bool:
        """Whether the paper was made for the holder of this number."""
        return self.holder == holder_check(self.serial, number)

    def is_of(self, pdf_sha256: str) -> bool:
        """Whether the page was made from the issuer's file with this SHA-256 (hexadecimal)."""
        return self.document == document_digest(pdf_sha256)


class _Envelope(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    claim: bytes
    signature: Annotated[bytes, msgspec.Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)]
    certificate: bytes


class Code(msgspec.Struct, frozen=True):
    """A code as read: well formed, not yet believed. `signed` are the bytes under the signature."""

    claim: Claim
    signed: bytes
    signature: bytes
    certificate: bytes


def holder_check(serial: str, number: SecretText) -> bytes:
    """Return the 8 bytes that tie a paper to its holder's number."""
    return hashlib.sha256(f"{serial}\n{number.reveal()}".encode()).digest()[:HOLDER_BYTES]


def document_digest(pdf_sha256: str) -> bytes:
    """Return the part of the issuer's file's SHA-256 (hexadecimal) that goes into a code."""
    return bytes.fromhex(pdf_sha256)[:DIGEST_BYTES]


def write(claim: Claim, signer: Signer) -> str:
    """Return the signed text. Raise ValueError when the claim could not be read back."""
    signed = msgspec.msgpack.encode(claim)
    envelope = _Envelope(claim=signed, signature=signer.sign(signed), certificate=signer.certificate)
    text = PREFIX + base45.encode(msgspec.msgpack.encode(envelope)) + SUFFIX
    parse(text)
    return text


def parse(text: str) -> Code:
    """Read a code, strictly: every other spelling of the same content is refused. Raise CodeInvalid."""
    if len(text) > LONGEST:
        raise CodeInvalid("the code is too long")
    if not (text.startswith(PREFIX) and text.endswith(SUFFIX) and len(text) > len(PREFIX)):
        raise CodeInvalid("the text is not a verification code")
    try:
        packed = base45.decode(text[len(PREFIX) : -len(SUFFIX)])
        envelope = msgspec.msgpack.decode(packed, type=_Envelope)
        claim = msgspec.msgpack.decode(envelope.claim, type=Claim)
    except (ValueError, RecursionError):  # msgspec's errors are ValueErrors; their texts quote the content
        raise CodeInvalid("the code is damaged") from None
    if msgspec.msgpack.encode(envelope) != packed or msgspec.msgpack.encode(claim) != envelope.claim:
        raise CodeInvalid("the code is not in its one spelling")
    if claim.page > claim.of or (claim.kind is Kind.PAGE) != (claim.page > 0):
        raise CodeInvalid("the page number is impossible")
    if claim.expires_at < claim.issued_at:
        raise CodeInvalid("the code expires before it begins")
    return Code(claim=claim, signed=envelope.claim, signature=envelope.signature, certificate=envelope.certificate)


def looks_like_ours(text: str) -> bool:
    """Whether a scanned text claims to be such a code (to tell it from a payment code or a link)."""
    return re.match(re.escape(PREFIX), text) is not None
