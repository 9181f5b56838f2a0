"""Codes by telephone: RFC 6238, for one machine, one number, one role, some minutes."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.door.time_codes import Grant
from kiosk.maintenance.rights import Role

RULE = rules().time_code
SECRET = bytes(range(32))
AT = 1_800_000_000.0
MACHINE, NUMBER = "XJ-0001", "0731"


def made(at: float = AT, *, role: Role = Role.TECHNICIAN, kiosk: str = MACHINE, number: str = NUMBER) -> str:
    return time_codes.make(SECRET, kiosk=kiosk, role=role, number=number, at=at, rule=RULE)


def found(code: str, at: float = AT, *, kiosk: str = MACHINE, number: str = NUMBER) -> Grant | None:
    return time_codes.find(SECRET, code, kiosk=kiosk, number=number, at=at, rule=RULE)


def test_it_is_the_totp_of_rfc_6238() -> None:
    """By the RFC's own words (and RFC 4226 5.3), without the library that makes it."""
    info = f"kiosk time code 1\n{MACHINE}\ntechnician\n{NUMBER}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(SECRET)
    mac = hmac.new(key, (int(AT) // 300).to_bytes(8, "big"), hashlib.sha256).digest()
    at = mac[-1] & 15
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF
    assert made() == f"{number % 10**8:08d}"


@given(st.sampled_from(time_codes.ROLES), st.floats(-300, 600, exclude_max=True))
def test_it_lets_in_for_some_minutes(role: Role, later: float) -> None:
    step = int(AT) // RULE.step_seconds * RULE.step_seconds
    assert found(made(step, role=role), step + later) == Grant(role, step // RULE.step_seconds)


def test_and_not_before_nor_after() -> None:
    begins, ends = time_codes.window(AT, RULE)
    assert found(made(), begins - 1) is None
    assert found(made(), begins) is not None
    assert found(made(), ends - 1) is not None
    assert found(made(), ends) is None


def test_not_at_another_machine_nor_for_another_person_even_with_the_same_secret() -> None:
    assert found(made(), kiosk="XJ-0002") is None
    assert found(made(), number="0732") is None
    assert found(made(kiosk="XJ-0002")) is None


def test_nobody_becomes_administrator_by_telephone() -> None:
    assert found(made(role=Role.ADMINISTRATOR)) is None


@given(st.text(max_size=10))
def test_whatever_is_typed(code: str) -> None:
    assert found(code) is None or code.isascii()
