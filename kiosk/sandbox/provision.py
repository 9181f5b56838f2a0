"""Filling a sandbox folder: fresh keys and certificates, the seeded people, keepers with random PINs. Nothing is reused."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from datetime import date
from pathlib import Path

import msgspec

from kiosk.licences.types import LicenceType, licence_types
from kiosk.sandbox import authority, seal_picture, store
from kiosk.sandbox.authority import Identity
from kiosk.sandbox.folder import SandboxFolder, write_private
from kiosk.sandbox.people import Person, make_people

LICENCE_TYPE = "social_insurance_record"
"""The one licence that this platform's authority issues."""

DEPARTMENT_NAME = "人力资源和社会保障局"
_SEAL_PURPOSE = "参保证明专用章"
_SEAL_CODE = "9999990012345"
_SECRET_BYTES = 32
_PIN_DIGITS = 6
_KEEPERS = (("1001", "林青"), ("1002", "何平"))


class SeededKeeper(msgspec.Struct, frozen=True, kw_only=True):
    """One row of keepers.json."""

    code: str
    name: str
    pin: str


def licence_type() -> LicenceType:
    """Return the licence type that the sandbox issues."""
    return licence_types()[LICENCE_TYPE]


def provision(folder: SandboxFolder, *, seed: int, kiosk: str, today: date | None = None) -> None:
    """Fill an empty folder. Raise FileExistsError when it has been filled before."""
    if folder.database.exists():
        raise FileExistsError(f"{folder.root} holds a sandbox already; start it as it is, or name an empty folder")
    folder.site.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.capture.mkdir(mode=0o700, exist_ok=True)
    _make_authority(folder)
    _make_kiosk(folder, kiosk)
    people = make_people(seed, today or date.today())
    keepers = [SeededKeeper(code=code, name=name, pin=_random_pin()) for code, name in _KEEPERS]
    write_private(folder.people, msgspec.json.format(msgspec.json.encode(people)))
    write_private(folder.keepers, msgspec.json.format(msgspec.json.encode(keepers)))
    write_private(folder.control_token, secrets.token_hex(_SECRET_BYTES).encode())
    with store.create(folder.database) as database:
        _insert(database, people, keepers)
    database.close()


def read_people(path: Path) -> tuple[Person, ...]:
    """Read people.json."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[Person, ...])


def read_keepers(path: Path) -> tuple[SeededKeeper, ...]:
    """Read keepers.json."""
    return msgspec.json.decode(path.read_bytes(), type=tuple[SeededKeeper, ...])


def issuer_identity(folder: SandboxFolder) -> Identity:
    """Return the issuer that a kiosk believes."""
    return Identity.load(folder.authority / "issuer.pem", folder.authority / "issuer.key")


def stranger_identity(folder: SandboxFolder) -> Identity:
    """Return an issuer of the same name under a root that nobody pinned."""
    return Identity.load(folder.authority / "stranger.pem", folder.authority / "stranger.key")


def operator_identity(folder: SandboxFolder) -> Identity:
    """Return the operator, who certifies kiosks."""
    return Identity.load(folder.operator_roots, folder.authority / "operator-root.key")


def seal_file(folder: SandboxFolder) -> Path:
    """Where the seal's picture lies."""
    return folder.authority / "seal.pdf"


def pin_digest(pin: str, salt: bytes) -> bytes:
    """Return what is stored of a PIN (scrypt, RFC 7914; the small cost is for a bench)."""
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**12, r=8, p=1)


def _make_authority(folder: SandboxFolder) -> None:
    issued = licence_type()
    root = authority.make_root("示例市电子印章根证书")
    root.save(folder.issuer_roots, folder.authority / "issuer-root.key")
    authority.make_issuer(root, issued.issuer, issued.issuer_code).save(
        folder.authority / "issuer.pem", folder.authority / "issuer.key"
    )
    unknown = authority.make_root("示例市电子印章根证书")
    authority.make_issuer(unknown, issued.issuer, issued.issuer_code).save(
        folder.authority / "stranger.pem", folder.authority / "stranger.key"
    )
    seal_picture.draw_seal(seal_file(folder), issued.issuer, _SEAL_PURPOSE, _SEAL_CODE)


def _make_kiosk(folder: SandboxFolder, kiosk: str) -> None:
    operator = authority.make_root("Kiosk operator")
    operator.save(folder.operator_roots, folder.authority / "operator-root.key")
    authority.make_kiosk(operator, kiosk).save(folder.kiosk_certificate, folder.kiosk_key)
    write_private(folder.kiosk_secret, secrets.token_hex(_SECRET_BYTES).encode())
    write_private(folder.kiosk_id, kiosk.encode())


def _random_pin() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(_PIN_DIGITS))


def _insert(database: sqlite3.Connection, people: tuple[Person, ...], keepers: list[SeededKeeper]) -> None:
    database.executemany(
        "INSERT INTO people (id, number, body) VALUES (?, ?, ?)",
        [(each.id, each.number, msgspec.json.encode(each)) for each in people],
    )
    for keeper in keepers:
        salt = secrets.token_bytes(16)
        database.execute(
            "INSERT INTO keepers (code, salt, digest) VALUES (?, ?, ?)",
            (keeper.code, salt, pin_digest(keeper.pin, salt)),
        )
