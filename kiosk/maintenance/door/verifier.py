"""PINs as they are kept: scrypt (RFC 7914) with a salt of its own, the cost written beside it, so that it can be raised later.

A PIN of six digits can be guessed by whoever has the file and some hours: scrypt makes hours of seconds, no more. What protects
it is that the file is its owner's alone (0600), and that the door counts.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

from drivers.contract.secret import SecretText
from kiosk.maintenance.door.rules import Cost

_SALT_BYTES = 16
_KEY_BYTES = 32
_FORM = re.compile(r"scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})")
_LEAST_N, _MOST_N = 2**12, 2**17
"""Below it guessing is cheap; above it one try takes 128 MB."""
_MOST_R = _MOST_P = 16


class BadVerifier(ValueError):
    """This text is no verifier; says in Chinese what is wrong with it."""


def make(pin: SecretText, cost: Cost) -> str:
    """Return the text that is kept for a PIN."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"scrypt${cost.n}${cost.r}${cost.p}${_text(salt)}${_text(_derive(pin, salt, cost))}"


def check(verifier: str) -> None:
    """Raise BadVerifier for a text that `make` did not write."""
    _read(verifier)


def fits(pin: SecretText, verifier: str) -> bool:
    """Whether this is the PIN. Takes some 0.2 s: call it in a thread. Raise BadVerifier."""
    cost, salt, key = _read(verifier)
    return hmac.compare_digest(_derive(pin, salt, cost), key)


def _read(verifier: str) -> tuple[Cost, bytes, bytes]:
    found = _FORM.fullmatch(verifier)
    if not found:
        raise BadVerifier("不是 PIN 的校验值 → 用 kiosk staff add 重设这个人的 PIN")
    cost = Cost(n=int(found[1]), r=int(found[2]), p=int(found[3]))
    n_is_power = cost.n & (cost.n - 1) == 0
    if not (n_is_power and _LEAST_N <= cost.n <= _MOST_N and 1 <= cost.r <= _MOST_R and 1 <= cost.p <= _MOST_P):
        raise BadVerifier("PIN 校验值的强度参数不对 → 用 kiosk staff add 重设这个人的 PIN")
    return cost, _bytes(found[4]), _bytes(found[5])


def _derive(pin: SecretText, salt: bytes, cost: Cost) -> bytes:
    memory = 256 * cost.n * cost.r  # twice what it needs: OpenSSL asks for some of its own
    return hashlib.scrypt(pin.raw(), salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=_KEY_BYTES)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))
