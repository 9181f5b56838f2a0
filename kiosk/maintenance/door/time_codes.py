"""Codes by telephone: TOTP (RFC 6238, SHA-256) from a secret that the operator and one machine share, without any network.

The technician gives their own number; the code is worth something for that number, that role and that machine, for some minutes,
once. So the audit chain knows who came in, and a code that was overheard opens nothing to anybody else.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from kiosk.maintenance.door.rules import TimeCodeRule
from kiosk.maintenance.rights import Role

ROLES = (Role.TECHNICIAN, Role.KEEPER)
"""Who may be let in by telephone. An administrator never: who names the staff stands in the roster."""

_KEY_BYTES = 32
_PURPOSE = "kiosk time code 1"


class Grant(NamedTuple):
    """What a code lets in: a role, and which step of time it was made in."""

    role: Role
    step: int


class Window(NamedTuple):
    """From when until when a code counts, Unix seconds."""

    begins: int
    ends: int


def make(secret: bytes, *, kiosk: str, role: Role, number: str, at: float, rule: TimeCodeRule) -> str:
    """Return the code for this machine, role and number at this Unix time."""
    return _totp(secret, kiosk, role, number, rule).generate(int(at)).decode("ascii")


def window(at: float, rule: TimeCodeRule) -> Window:
    """For how long a code made at this Unix time counts, by the machine's clock."""
    step = int(at) // rule.step_seconds
    return Window((step - rule.steps_ahead) * rule.step_seconds, (step + rule.steps_back + 1) * rule.step_seconds)


def find(secret: bytes, code: str, *, kiosk: str, number: str, at: float, rule: TimeCodeRule) -> Grant | None:
    """Return what this code lets in at this Unix time, None when nothing. All steps are tried, whatever is found."""
    found = None
    now = int(at) // rule.step_seconds
    for role in ROLES:
        totp = _totp(secret, kiosk, role, number, rule)
        for step in range(max(0, now - rule.steps_back), now + rule.steps_ahead + 1):
            made = totp.generate(step * rule.step_seconds)
            if hmac.compare_digest(made, code.encode("utf-8")):
                found = Grant(role, step)
    return found


def _totp(secret: bytes, kiosk: str, role: Role, number: str, rule: TimeCodeRule) -> TOTP:
    info = "\n".join((_PURPOSE, kiosk, role.value, number)).encode("utf-8")
    key = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=info).derive(secret)
    return TOTP(key, rule.digits, SHA256(), rule.step_seconds)
