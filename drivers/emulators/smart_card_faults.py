"""What can go wrong between a smart card and its reader, as verbs of the emulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class ActiveFault:
    """`ins` restricts it to commands with this instruction byte ("B2"), `times` to so many; the rest belongs to one fault each."""

    ins: str = ""
    times: int | None = None
    seconds: float = 0.0
    every: int = 0
    count: int = 0
    keep: int = 0
    sw: int = 0
    answer: str = ""


def _named(**defaults: int | float | str) -> Callable[..., ActiveFault]:
    """Make a fault from verb arguments. Raise TypeError for an argument that this fault does not take."""

    def make(**given: int | float | str | None) -> ActiveFault:
        if set(given) - set(defaults) - {"ins", "times"}:
            raise TypeError(f"this fault takes ins, times{''.join(', ' + key for key in defaults)}")
        return ActiveFault(**{**defaults, **given})  # type: ignore[arg-type]  # the names are checked; the values come as JSON

    return make


FAULTS: dict[str, tuple[str, Callable[..., ActiveFault]]] = {
    "silent": ("no answer, until the card is taken out", _named()),
    "slow": ("answers so much later", _named(seconds=0.5)),
    "drop": ("the card loses contact instead of answering, and has it again half a second later", _named()),
    "garble": ("changes each nth byte of the answer", _named(every=2)),
    "short": ("only the first bytes of the answer", _named(keep=1)),
    "long": ("so many bytes more before the status", _named(count=300)),
    "duplicate": (
        "answers twice; the reader takes the second for the next answer, until the card is taken out",
        _named(),
    ),
    "wrong_status": ("answers with this status and no data", _named(sw=0x6F00)),
    "endless": ("promises more data (61xx) for ever", _named(count=16)),
    "answer": ("answers with these bytes, hexadecimal", _named(answer="")),
    "die_mid_command": ("the reader is unplugged in the middle of the answer; `replug` brings it back", _named()),
    "lift_early": ("the card is taken out instead of answering", _named()),
}
"""Each fault: what it does, and what makes it."""


def spoil(name: str, active: ActiveFault, answer: bytes) -> bytes:
    """Return the answer as this fault leaves it."""
    match name:
        case "garble":
            return bytes(byte if at % active.every else byte ^ (1 + at % 255) for at, byte in enumerate(answer, 1))
        case "short":
            return answer[: active.keep]
        case "long":
            return answer[:-2] + bytes(active.count) + answer[-2:]
        case "wrong_status":
            return active.sw.to_bytes(2, "big")
        case "endless":
            return bytes(active.count) + bytes((0x61, active.count))
        case "answer":
            return bytes.fromhex(active.answer)
    raise LookupError(f"{name} does not change an answer")
