"""A card's token: HMAC-SHA256 of what the card says of itself, with a key that lies beside the roster in a file of its own.

A number of an ID card can be guessed (there are few of them), so a plain digest would be the number. Without the key nobody can
try; the roster alone, on a stick or in a back-up, tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from drivers.contract.secret import Secret
from kiosk.maintenance.door.private import make_key, read_key


def key_file(roster: Path) -> Path:
    """Where the key of this roster's cards lies."""
    return roster.with_suffix(".key")


def token_key(roster: Path, *, make: bool = False) -> bytes:
    """Read the key of this roster's cards; `make`: a new one where there is none. Raise Mistake, OSError."""
    path = key_file(roster)
    if make and not path.exists():
        make_key(path)
    return read_key(path)


def token(kind: str, said: Secret, key: bytes) -> str:
    """Return the token, `kind:` and 64 hexadecimal digits."""
    return f"{kind}:" + hmac.new(key, f"{kind}\n".encode() + said.raw(), hashlib.sha256).hexdigest()
