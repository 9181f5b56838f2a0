"""The signature of a request: HMAC-SHA256 with the kiosk's secret, over what the request is, when, by whom and its body.

The shape follows the gateway of a provincial government portal in public use (X-BG-HMAC-*: method, path, key, RFC 1123 date),
with the body's digest added, without which a proxy could put another body under a good signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from drivers.contract.secret import SecretBytes

KIOSK_HEADER = "x-kiosk-id"
DATE_HEADER = "date"
DIGEST_HEADER = "x-body-sha256"
SIGNATURE_HEADER = "x-signature"
TOLERANCE = timedelta(minutes=5)
"""How far the two clocks may be apart; the usual value of such gateways. A replay within it changes nothing: see `interface`."""

_SHORTEST_SECRET = 32
"""Bytes; as long as the digest (RFC 2104, section 3)."""


def read_secret(path: Path) -> SecretBytes:
    """Read the kiosk's secret, a file of hexadecimal text. Raise ValueError naming file and cure."""
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        raise ValueError(
            f"{path}: not hexadecimal text; put the secret there as the platform's operator gave it"
        ) from None
    if len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"{path}: shorter than {_SHORTEST_SECRET} bytes; ask the platform's operator for a longer one")
    return SecretBytes(secret)


def sign(path: str, body: bytes, *, kiosk: str, secret: bytes, now: datetime | None = None) -> dict[str, str]:
    """Return the headers that go with a POST of `body` to `path`."""
    date = format_datetime(now or datetime.now(UTC), usegmt=True)
    digest = hashlib.sha256(body).hexdigest()
    return {
        KIOSK_HEADER: kiosk,
        DATE_HEADER: date,
        DIGEST_HEADER: digest,
        SIGNATURE_HEADER: _mac(path, date, digest, kiosk, secret),
    }


def fault_in(path: str, body: bytes, headers: Mapping[str, str], *, secret: bytes, now: datetime | None = None) -> str:
    """Return what is wrong with a signed request (for the platform's side), or an empty text when nothing is."""
    kiosk, date = headers.get(KIOSK_HEADER, ""), headers.get(DATE_HEADER, "")
    digest, signature = headers.get(DIGEST_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not (kiosk and date and digest and signature):
        return "signature headers missing"
    if not hmac.compare_digest(_mac(path, date, digest, kiosk, secret), signature):
        return "signature wrong"
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest(), digest):
        return "body digest wrong"
    try:
        sent = parsedate_to_datetime(date)
    except ValueError:
        return "date unreadable"
    if abs((now or datetime.now(UTC)) - sent) > TOLERANCE:
        return "date too far from the platform's clock"
    return ""


def _mac(path: str, date: str, digest: str, kiosk: str, secret: bytes) -> str:
    text = "\n".join(("POST", path, date, digest, kiosk))
    return hmac.new(secret, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
