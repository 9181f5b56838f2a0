"""What can go wrong between an ID-card reader and its host, as verbs of the emulator."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class ActiveFault:
    """`command` restricts it to one command ("3001"), `times` to so many replies; the rest is used by the fault it belongs to."""

    command: str = ""
    times: int | None = None
    seconds: float = 0.0
    every: int = 0
    count: int = 0
    keep: int = 0
    sw3: int = 0
    baud: int = 0


def _named(**defaults: int | float | str) -> Callable[..., ActiveFault]:
    """Make a fault from verb arguments. Raise TypeError for an argument that this fault does not take."""

    def make(**given: int | float | str | None) -> ActiveFault:
        unknown = set(given) - set(defaults) - {"command", "times"}
        if unknown:
            raise TypeError(f"this fault takes command, times{''.join(', ' + key for key in defaults)}")
        return ActiveFault(**{**defaults, **given})  # type: ignore[arg-type]  # the names are checked; the values come as JSON

    return make


FAULTS: dict[str, Callable[..., ActiveFault]] = {
    "silent": _named(),  # no answer at all
    "slow": _named(seconds=0.5),  # answers so much later
    "drop": _named(every=100),  # loses each nth byte
    "garble": _named(every=100),  # changes each nth byte
    "noise": _named(count=50),  # so many random bytes before the packet
    "short": _named(keep=20),  # only the first bytes of the packet
    "wrong_checksum": _named(),
    "wrong_length": _named(count=7),  # the length says so many bytes more
    "status": _named(sw3=0x41, command=""),  # answers with this SW3
    "lift_early": _named(command="3001"),  # the card vanishes while it is read
    "die_mid_command": _named(command="3001"),  # unplugged in the middle of the answer; `replug` brings it back
    "sam_offline": _named(),  # the SAM failed its self test
    "baud_mismatch": _named(baud=9600),  # the reader was set to another speed
}


def spoil(name: str, active: ActiveFault, frame: bytes) -> bytes:
    """Return the packet as this fault leaves it."""
    match name:
        case "short":
            return frame[: active.keep]
        case "wrong_checksum":
            return frame[:-1] + bytes([frame[-1] ^ 0x01])
        case "wrong_length":
            return frame[:5] + (int.from_bytes(frame[5:7], "big") + active.count).to_bytes(2, "big") + frame[7:]
        case "drop":
            return bytes(byte for at, byte in enumerate(frame, 1) if at % active.every)
        case "garble":
            # Each changed in another way: the packet's XOR does not see an even number of equal changes.
            return bytes(byte if at % active.every else byte ^ (1 + at % 255) for at, byte in enumerate(frame, 1))
        case "noise":
            return random.randbytes(active.count) + frame  # noqa: S311  line noise
    raise LookupError(f"{name} does not change a packet")
