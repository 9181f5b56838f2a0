"""A record that this kiosk keeps and signs: which device is bound to it, how a test came out. JSON that a person can read.

    signature over "kiosk-record-1:" + the record as JSON with sorted keys, without the signature
    certificate: the kiosk's own, so that a record outlives a renewal of its key (it is judged at the time of signing)

The prefix keeps a record from ever being taken for a printed paper's code, which the same key signs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography import x509

from kiosk.documents.chain import NotGenuine, certified_key, require_signature
from kiosk.documents.signer import SIGNATURE_BYTES, Signer

_PREFIX = b"kiosk-record-1:"
LONGEST = 1_000_000
"""Bytes of a record; a test's report has some 10,000."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`kind` says what `body` is; `at` is ISO 8601 in UTC, to the second. Never personal data."""

    kind: str
    kiosk: str
    at: str
    body: dict[str, Any]
    certificate: str
    signature: str = ""

    @property
    def time(self) -> datetime:
        """When it was signed. Raise ValueError when `at` is no time with a zone."""
        at = datetime.fromisoformat(self.at)
        if at.tzinfo is None:
            raise ValueError(self.at)
        return at


def signed(kind: str, kiosk: str, body: dict[str, Any], signer: Signer, *, at: datetime) -> bytes:
    """Return the file: the record with its signature, indented."""
    record = Record(
        kind=kind,
        kiosk=kiosk,
        at=at.astimezone(UTC).replace(microsecond=0).isoformat(),
        body=body,
        certificate=signer.certificate.hex(),
    )
    whole = msgspec.structs.replace(record, signature=signer.sign(_canonical(record)).hex())
    return (json.dumps(msgspec.to_builtins(whole), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def verified(raw: bytes, kind: str, kiosk: str, roots: Sequence[x509.Certificate]) -> Record:
    """Return the record if this kiosk signed it as what it says, with a key that one of `roots` had certified then.

    Raise ValueError when it is no record of this kind, NotGenuine when it was not signed so.
    """
    if len(raw) > LONGEST:
        raise ValueError(f"more than {LONGEST} bytes")
    try:
        record: Record = msgspec.json.decode(raw, type=Record)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"no record: {error}") from None
    if record.kind != kind:
        raise ValueError(f"a record of kind {record.kind!r}, not {kind!r}")
    if record.kiosk != kiosk:
        raise NotGenuine("kiosk")
    signature = bytes.fromhex(record.signature)
    if len(signature) != SIGNATURE_BYTES:
        raise NotGenuine("signature")
    key = certified_key(bytes.fromhex(record.certificate), kiosk, roots, record.time)
    require_signature(key, _canonical(msgspec.structs.replace(record, signature="")), signature)
    return record


def claimed_kiosk(raw: bytes) -> str:
    """Which kiosk a record says it is of; only what `verified` then says is to be believed. Raise ValueError."""
    try:
        return str(msgspec.json.decode(raw, type=_Claims).kiosk)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"no record: {error}") from None


class _Claims(msgspec.Struct):
    kiosk: str


def _canonical(record: Record) -> bytes:
    return _PREFIX + json.dumps(msgspec.to_builtins(record), sort_keys=True, separators=(",", ":")).encode()
