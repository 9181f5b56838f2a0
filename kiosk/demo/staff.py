"""The staff of the demo's machine: three codes with PINs drawn anew, an ID card for the keeper and a PIV card for the technician.

Everything is invented. The PINs stand in `bench.json` beside the roster, for the person at the bench; a real roster has none.
"""

from __future__ import annotations

import secrets
from datetime import date
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from drivers.contract.secret import SecretBytes, SecretText
from drivers.emulators.smart_card_piv import PivChip
from kiosk.maintenance.door import verifier
from kiosk.maintenance.door.private import make_key, write_private
from kiosk.maintenance.door.roster import Member, Roster, save_roster, weak
from kiosk.maintenance.door.rules import Cost, rules
from kiosk.maintenance.door.tokens import token, token_key
from kiosk.maintenance.rights import Role
from kiosk.sandbox.people import Person, citizen_number

_CHEAP = Cost(n=4096, r=8, p=1)
"""A bench sets many stages; a machine spends what door.toml says."""

_STAFF = (("s1", "K-0001", Role.KEEPER), ("s2", "T-0002", Role.TECHNICIAN), ("s3", "A-0003", Role.ADMINISTRATOR))
_TITLES = {Role.KEEPER: "保管员", Role.TECHNICIAN: "维修员", Role.ADMINISTRATOR: "管理员"}
_KEEPER = 0
_TECHNICIAN = 1


class BenchStaff(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of the staff, as the person at the bench needs them. `card`: of which kind theirs is; empty: they have none."""

    id: str
    code: str
    role: Role
    pin: str
    card: str = ""

    @property
    def told(self) -> str:
        """What stands on the dock page and in the terminal."""
        return f"{_TITLES[self.role]} {self.code}，PIN {self.pin}"


class DemoStaff(msgspec.Struct, frozen=True):
    """Files and people. `keeper_card` is laid by the bench as any person's."""

    roster: Path
    time_codes: Path
    people: tuple[BenchStaff, ...]
    keeper_card: Person


def provision(folder: Path) -> DemoStaff:
    """Make roster, keys and PINs in this folder."""
    folder.mkdir(mode=0o700, parents=True)
    roster, time_codes = folder / "staff.toml", folder / "time-codes.key"
    make_key(time_codes)
    key = token_key(roster, make=True)
    card = _keeper_card()
    tokens = {
        _STAFF[_KEEPER][1]: token("id_card", SecretText(card.number), key),
        _STAFF[_TECHNICIAN][1]: token("key", _public_key(_STAFF[_TECHNICIAN][1]), key),
    }
    kinds = {_STAFF[_KEEPER][1]: "id_card", _STAFF[_TECHNICIAN][1]: "piv"}
    people = tuple(
        BenchStaff(id=id_, code=code, role=role, pin=_pin(), card=kinds.get(code, "")) for id_, code, role in _STAFF
    )
    members = [
        Member(
            code=each.code,
            role=each.role,
            pin=verifier.make(SecretText(each.pin), _CHEAP),
            cards=(tokens[each.code],) if each.code in tokens else (),
        )
        for each in people
    ]
    save_roster(roster, Roster(member=tuple(members)))
    write_private(folder / "bench.json", msgspec.json.format(msgspec.json.encode(people)))
    return DemoStaff(roster, time_codes, people, card)


def _pin() -> str:
    while weak(pin := "".join(secrets.choice("0123456789") for _ in range(rules().pin.digits))):
        pass
    return pin


def _public_key(name: str) -> SecretBytes:
    return SecretBytes(PivChip(name).public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _keeper_card() -> Person:
    birth = date(1985, 6, 18)
    return Person(
        id=_STAFF[_KEEPER][0],
        kind="citizen",
        name="林保管",
        sex="女",
        nation="汉",
        birth=birth.isoformat(),
        address="示例省示例市示例区为民路1号",
        number=citizen_number(birth, 902),
        issuer="示例市公安局示例分局",
        valid_from="2020-01-01",
        valid_to="2040-01-01",
    )
