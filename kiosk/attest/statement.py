"""The signed statement of what runs here: made, verified, compared."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509

from kiosk import __version__
from kiosk.attest.measure import Part, PartKind, measure
from kiosk.documents.signed_record import Record, signed, verified
from kiosk.documents.signer import Signer
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site

KIND = "attestation"
SHORT = 8
"""Hexadecimal digits of a digest that a person compares by eye or on the telephone."""


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was measured. `at` (ISO 8601, UTC) and `kiosk` as in the signed record; they are not part of what is compared."""

    runtime: str
    python: str
    system: str
    parts: tuple[Part, ...]

    @property
    def digest(self) -> str:
        """One number for all of it, for the eye: the same on two machines only where everything but the site is the same."""
        lines = [f"{each.kind.value} {each.name} {each.digest}" for each in self.parts if each.kind not in _LOCAL]
        return hashlib.sha256("\n".join([self.runtime, self.python, *lines]).encode()).hexdigest()

    def part(self, kind: PartKind, name: str = "") -> Part | None:
        """The part of this kind (and name)."""
        return next((each for each in self.parts if each.kind is kind and name in ("", each.name)), None)


_LOCAL = frozenset({PartKind.SITE, PartKind.BINDINGS})
"""What differs from place to place as it should."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A part that is not the same. `files`: those that were changed, added or taken away, where the part lists them."""

    kind: PartKind
    name: str
    files: tuple[str, ...] = ()


def state(site: Site, profile: Profile) -> Statement:
    """Measure this machine now; see `measure`. Raise OSError."""
    return Statement(
        runtime=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        parts=measure(site, profile),
    )


def sign(statement: Statement, kiosk: str, signer: Signer, *, at: datetime) -> bytes:
    """The statement as a signed file (`kiosk.documents.signed_record`)."""
    return signed(KIND, kiosk, msgspec.to_builtins(statement), signer, at=at)


def read(raw: bytes, kiosk: str, roots: Sequence[x509.Certificate]) -> tuple[Statement, Record]:
    """Verify and read a signed statement. Raise ValueError (no statement), NotGenuine (not this kiosk's, or changed)."""
    record = verified(raw, KIND, kiosk, roots)
    try:
        return msgspec.convert(record.body, type=Statement), record
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None


def compare(expected: Statement, found: Statement) -> tuple[Difference, ...]:
    """What differs, part by part."""
    wanted = {(each.kind, each.name): each for each in expected.parts}
    there = {(each.kind, each.name): each for each in found.parts}
    differences = []
    for key in sorted(wanted.keys() | there.keys()):
        one, other = wanted.get(key), there.get(key)
        if one is None or other is None or one.digest != other.digest:
            before, after = (one.files if one else {}), (other.files if other else {})
            changed = tuple(
                sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
            )
            differences.append(Difference(kind=key[0], name=key[1], files=changed))
    return tuple(differences)
