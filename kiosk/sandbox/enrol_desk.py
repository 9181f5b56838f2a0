"""The desk for new machines: the operator gives out codes, a machine claims one with a key of its own."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from datetime import datetime, timedelta

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.contract.secret import SecretText
from kiosk.gateways import enrolment
from kiosk.gateways.enrolment import ClaimRequest, Enrolled, Hello, HelloRequest, PlaceTexts
from kiosk.gateways.interface import Status
from kiosk.gateways.signing import TOLERANCE
from kiosk.sandbox import authority
from kiosk.sandbox.fault_desk import Applied, Verb
from kiosk.sandbox.platform import Platform, Refuse

NUMBER = "117"
NAME = "示例市政务服务平台（沙盒）"
_TRIES = 5
_LOCKED_FOR = timedelta(minutes=10)
_CLOCK_OFF = timedelta(hours=2)
_SECRET_BYTES = 32
_DRAWN = enrolment.CODE_DIGITS - enrolment.PLATFORM_DIGITS - 2


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a code is given out for: the kiosk's id, what it may offer, what is known of its place; `minutes` until it is void."""

    kiosk: str
    items: tuple[str, ...] = ("KX-RS-001",)
    favourites: tuple[str, ...] = ()
    texts: PlaceTexts = PlaceTexts()
    minutes: float = 60.0


def give_out(platform: Platform, order: Order) -> str:
    """Return a new code; an earlier one for the same kiosk is void from now on. Raise ValueError for a kiosk that was enrolled."""
    if order.kiosk in platform.kiosks:
        raise ValueError(f"{order.kiosk} is enrolled already; give the new machine an id of its own")
    drawn = NUMBER + "".join(secrets.choice("0123456789") for _ in range(_DRAWN))
    code = drawn + enrolment.check_digits(drawn)
    expires = platform.now() + timedelta(minutes=order.minutes)
    with platform.database as database:
        database.execute("DELETE FROM codes WHERE kiosk = ? AND key IS NULL", (order.kiosk,))
        database.execute(
            "INSERT INTO codes (digest, kiosk, expires, items, favourites, texts) VALUES (?, ?, ?, ?, ?, ?)",
            (
                _digest(code),
                order.kiosk,
                expires.isoformat(),
                json.dumps(order.items),
                json.dumps(order.favourites),
                msgspec.json.encode(order.texts),
            ),
        )
    return code


async def hello(platform: Platform, peer: str, request: HelloRequest, faults: Applied) -> Hello:
    """Say who is here."""
    return Hello(number=NUMBER, name=NAME, time=_now(platform, faults))


async def claim(platform: Platform, peer: str, request: ClaimRequest, faults: Applied) -> Enrolled:
    """Make the machine behind this key the kiosk of this code; the same key with the same code gets the same again."""
    _require_open(platform, peer)
    if request.at.tzinfo is None:
        raise Refuse(Status.BAD_VALUE, "at: no time zone")
    if abs(request.at - _now(platform, faults)) > TOLERANCE:
        raise Refuse(Status.CLOCK_WRONG, "the two clocks are too far apart")
    key = _key_of(request.request)
    known = _find(platform, request.code.reveal())
    if known is None:
        raise _count_wrong(platform, peer)
    mark = _mark(key)
    if known["key"] is None:
        if datetime.fromisoformat(known["expires"]) < platform.now():
            raise Refuse(Status.CODE_EXPIRED, "the code is void")
        _enrol(platform, known, key, mark)
        known = _find(platform, request.code.reveal())
        assert known is not None
    if known["key"] != mark:
        raise Refuse(Status.CODE_USED, "another machine has this code")
    with platform.database as database:
        database.execute("DELETE FROM wrong_codes WHERE peer = ?", (peer,))
    platform.kiosks[known["kiosk"]] = known["secret"]
    return _answer(platform, known, faults)


def _enrol(platform: Platform, known: sqlite3.Row, key: ec.EllipticCurvePublicKey, mark: bytes) -> None:
    certificate = authority.certify_kiosk(platform.operator, known["kiosk"], key).public_bytes(Encoding.PEM)
    with platform.database as database:
        database.execute(
            "UPDATE codes SET key = ?, certificate = ?, secret = ? WHERE digest = ? AND key IS NULL",
            (mark, certificate, secrets.token_bytes(_SECRET_BYTES), known["digest"]),
        )


def _answer(platform: Platform, known: sqlite3.Row, faults: Applied) -> Enrolled:
    certificate: bytes = known["certificate"]
    if Verb.ANOTHER_KEY in faults:
        certificate = authority.make_kiosk(platform.operator, known["kiosk"]).certificate.public_bytes(Encoding.PEM)
    return Enrolled(
        kiosk_id=known["kiosk"],
        certificate=certificate.decode("ascii"),
        secret=SecretText(known["secret"].hex()),
        issuer_roots=platform.folder.issuer_roots.read_text("ascii"),
        operator_roots=platform.folder.operator_roots.read_text("ascii"),
        items=tuple(json.loads(known["items"])),
        favourites=tuple(json.loads(known["favourites"])),
        texts=msgspec.json.decode(known["texts"], type=PlaceTexts),
    )


def _find(platform: Platform, code: str) -> sqlite3.Row | None:
    found: sqlite3.Row | None = platform.database.execute(
        "SELECT * FROM codes WHERE digest = ?", (_digest(code),)
    ).fetchone()
    return found


def _digest(code: str) -> bytes:
    """What is kept of a code: 63 bits were drawn for it, so that its bare digest gives nothing away."""
    return hashlib.sha256(code.encode("utf-8")).digest()


def _mark(key: ec.EllipticCurvePublicKey) -> bytes:
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def _key_of(request: str) -> ec.EllipticCurvePublicKey:
    """The key of a PKCS #10 request, when whoever asks has its private half."""
    try:
        read = x509.load_pem_x509_csr(request.encode("ascii"))
        proved, key = read.is_signature_valid, read.public_key()
    except (ValueError, InvalidSignature):
        raise Refuse(Status.BAD_VALUE, "request: no PKCS #10 request in PEM") from None
    if not proved or not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise Refuse(Status.BAD_VALUE, "request: not signed by a P-256 key of its own")
    return key


def _now(platform: Platform, faults: Applied) -> datetime:
    return platform.now() + (_CLOCK_OFF if Verb.CLOCK_OFF in faults else timedelta(0))


def _require_open(platform: Platform, peer: str) -> None:
    row = platform.database.execute("SELECT locked_until FROM wrong_codes WHERE peer = ?", (peer,)).fetchone()
    if row is not None and row["locked_until"] and datetime.fromisoformat(row["locked_until"]) > platform.now():
        raise Refuse(Status.CODES_LOCKED, "locked")


def _count_wrong(platform: Platform, peer: str) -> Refuse:
    """The fifth unknown code in a row locks."""
    row = platform.database.execute("SELECT failures FROM wrong_codes WHERE peer = ?", (peer,)).fetchone()
    failures = (row["failures"] if row is not None else 0) + 1
    locks = failures >= _TRIES
    with platform.database as database:
        database.execute(
            "INSERT OR REPLACE INTO wrong_codes VALUES (?, ?, ?)",
            (peer, 0 if locks else failures, (platform.now() + _LOCKED_FOR).isoformat() if locks else None),
        )
    return Refuse(Status.CODES_LOCKED, "locked") if locks else Refuse(Status.CODE_UNKNOWN, "no such code")
