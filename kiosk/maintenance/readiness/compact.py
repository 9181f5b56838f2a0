"""The report as a short signed text: in a QR code on screen and paper, read by any telephone, verified by a command.

    text      what a person reads: kiosk, place, time, state, what is not ready, supplies, versions; LF between lines
    tail      "#KXR1 " Unix time " " signature " " certificate, both base64url without padding
    signature over "kiosk-report-1:" time LF text: the kiosk's key (ECDSA P-256), whose certificate comes along

The prefix keeps it apart from papers' codes and records, which the same key signs.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import segno
from cryptography import x509

from kiosk.documents.chain import NotGenuine, certified_key, require_signature
from kiosk.documents.signer import SIGNATURE_BYTES, Signer
from kiosk.journal.states import OPEN_STATES
from kiosk.locales.staff import tell
from kiosk.maintenance.readiness.report import Ready, Report

_PREFIX = b"kiosk-report-1:"
_TAIL = re.compile(r"\n#KXR1 (\d{1,12}) ([A-Za-z0-9_-]{86}) ([A-Za-z0-9_-]{100,2000})\Z")
_KIOSK = re.compile(r"\AKIOSK ([A-Z0-9-]{4,24})(?:\n| )")

LONGEST_TEXT = 1100
"""Bytes: with a certificate of some 500 it fits into version 32 of QR at level L: 145 modules, 0.7 mm each on 100 mm."""

_LAST_SECOND = 253402300799


class Judged(msgspec.Struct, frozen=True):
    """A text that a kiosk of the operator signed: which, when, and what it says."""

    kiosk: str
    at: datetime
    text: str


def text_of(report: Report) -> str:
    """What a person reads. Only what is not ready is listed; the rest is counted. Cut at whole lines, and says so."""
    zone = ZoneInfo(report.timezone)
    at = datetime.fromtimestamp(report.at, zone).strftime("%Y-%m-%d %H:%M")
    head = [f"KIOSK {report.kiosk}", report.place, f"{at} {tell(f'readiness.state_{report.state.value}')}"]
    supplies = [f"{row.title}：{row.words}" for row in report.supplies]
    foot = [
        tell("readiness.compact_well", count=sum(row.state is Ready.READY for row in report.rows)),
        *supplies,
        tell("readiness.compact_counts", open=_open(report), waiting="?" if report.waiting is None else report.waiting),
        tell("readiness.compact_version", runtime=report.runtime, digest=report.digest),
    ]
    bad = [
        f"[{tell(f'readiness.state_{row.state.value}')}] {row.title}：{row.words}"
        for row in report.rows
        if row.state is not Ready.READY and row not in report.supplies
    ]
    return _fitting(head, bad, foot)


def _open(report: Report) -> int:
    return sum(count for state, count in report.operations.items() if state in OPEN_STATES)


def _fitting(head: list[str], rows: list[str], foot: list[str]) -> str:
    kept = list(rows)
    while True:
        more = [tell("readiness.compact_more", count=len(rows) - len(kept))] if len(kept) < len(rows) else []
        text = "\n".join((*head, *kept, *more, *foot))
        if len(text.encode()) <= LONGEST_TEXT or not kept:
            return text
        kept.pop()


def signed(text: str, signer: Signer, *, at: datetime) -> str:
    """The text with its tail. Raise ValueError for one that could not be read back."""
    unix = int(at.timestamp())
    signature = signer.sign(_message(unix, text))
    whole = f"{text}\n#KXR1 {unix} {_coded(signature)} {_coded(signer.certificate)}"
    if _TAIL.search(whole) is None or "\n#KXR1 " in text:
        raise ValueError("the text cannot be signed so that it is read back")
    return whole


def verified(whole: str, roots: Sequence[x509.Certificate]) -> Judged:
    """Read a signed text. Raise ValueError when it is none, NotGenuine when no kiosk of the operator signed it as it stands."""
    whole = whole.replace("\r\n", "\n").rstrip("\n ")
    tail = _TAIL.search(whole)
    if tail is None:
        raise ValueError("no signed report")
    text, unix = whole[: tail.start()], int(tail[1])
    kiosk = _KIOSK.match(text)
    if kiosk is None or unix > _LAST_SECOND:
        raise ValueError("no signed report")
    try:
        signature, certificate = _plain(tail[2]), _plain(tail[3])
    except (binascii.Error, ValueError):
        raise NotGenuine("signature") from None
    if len(signature) != SIGNATURE_BYTES:
        raise NotGenuine("signature")
    at = datetime.fromtimestamp(unix, UTC)
    require_signature(certified_key(certificate, kiosk[1], roots, at), _message(unix, text), signature)
    return Judged(kiosk[1], at, text)


def code(whole: str) -> segno.QRCode:
    """The QR code of a text."""
    return segno.make_qr(whole.encode(), error="l", encoding="utf-8", boost_error=False)


def _message(unix: int, text: str) -> bytes:
    return _PREFIX + f"{unix}\n{text}".encode()


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _plain(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
