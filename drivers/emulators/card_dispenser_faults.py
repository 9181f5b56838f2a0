"""What can go wrong between a card dispenser and its host, as verbs of the emulator."""

from __future__ import annotations

import random
from dataclasses import dataclass

FAULTS = {
    "silent": "hears a command and neither acknowledges nor does it",
    "lost_ack": "does it and replies, without having acknowledged",
    "lost_reply": "acknowledges and does it; the reply never comes",
    "nak": "refuses to understand the command",
    "error": "replies with the error `code` (two characters) and does nothing",
    "jam": "the card jams on its way; it stays so until the faults are cleared",
    "slow": "takes `seconds` longer",
    "drop": "loses each `every`th byte of the reply",
    "garble": "changes each `every`th byte of the reply",
    "noise": "so many random bytes (`count`) before the reply",
    "short": "sends only the first `keep` bytes of the reply",
    "duplicate": "sends the reply twice",
    "wrong_checksum": "sends a wrong BCC",
    "baud_mismatch": "speaks at another speed (`baud`)",
    "die_mid_command": "is unplugged after the acknowledgement; the card goes on to its place",
}
_DEFAULTS: dict[str, dict[str, int | float | str]] = {
    "error": {"code": "51"},
    "slow": {"seconds": 0.2},
    "drop": {"every": 5},
    "garble": {"every": 5},
    "noise": {"count": 40},
    "short": {"keep": 6},
    "baud_mismatch": {"baud": 9600},
}


@dataclass
class ActiveFault:
    """`command` restricts it to one CM or CM and PM ("32", "3230"), `times` to so many commands."""

    command: str = ""
    times: int | None = None
    code: str = ""
    seconds: float = 0.0
    every: int = 0
    count: int = 0
    keep: int = 0
    baud: int = 0


def make(kind: str, **given: int | float | str | None) -> ActiveFault:
    """Make a fault from verb arguments. Raise LookupError for an unknown kind, TypeError for an argument it does not take."""
    if kind not in FAULTS:
        raise LookupError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
    defaults = _DEFAULTS.get(kind, {})
    if set(given) - set(defaults) - {"command", "times"}:
        raise TypeError(f"{kind} takes command, times{''.join(', ' + key for key in defaults)}")
    return ActiveFault(**{**defaults, **given})  # type: ignore[arg-type]  # names are checked; the values come as JSON


def spoil(name: str, active: ActiveFault, frame: bytes) -> bytes:
    """Return the reply as this fault leaves it."""
    match name:
        case "drop":
            return bytes(byte for at, byte in enumerate(frame, 1) if at % active.every)
        case "garble":
            # Each changed in another way: an XOR does not see an even number of equal changes.
            return bytes(byte if at % active.every else byte ^ (1 + at % 255) for at, byte in enumerate(frame, 1))
        case "noise":
            return random.randbytes(active.count) + frame  # noqa: S311  line noise
        case "short":
            return frame[: active.keep]
        case "duplicate":
            return frame + frame
        case "wrong_checksum":
            return frame[:-1] + bytes((frame[-1] ^ 0x01,))
    raise LookupError(f"{name} does not change a reply")
