"""What can go wrong with a receipt printer and its wire, and the words for it."""

from __future__ import annotations

import random

WIRE_FAULTS = {
    "silent": "hears nothing and says nothing",
    "slow": "answers `seconds` later",
    "drop": "hangs up after 64 bytes",
    "garble": "answers with other fixed bits",
    "noise": "random bytes before each answer",
    "short": "answers the first of the four questions and no other",
    "duplicate": "sends each answer twice, the second time a little later",
    "die_mid_command": "loses power after 64 bytes of a slip; `replug` brings it back",
    "baud_mismatch": "runs at another speed, so that all bytes both ways are others (link pty)",
}

DEVICE_FAULTS = {
    "jam": "the cutter is blocked",
    "paper_low": "the roll nears its end",
    "paper_out": "the roll is at its end; with `after_lines`, once so many more lines are printed",
    "cover": "the cover is open",
}

FAULTS = WIRE_FAULTS | DEVICE_FAULTS

DIES_AFTER = 64
"""Bytes of "drop" and "die_mid_command"."""

LATER = 0.01
"""Seconds between an answer and its duplicate."""

_GARBLE = 0x91
"""Flips fixed bits of an answer."""

_OTHER_SPEED = 0x5A
"""What stands for bytes sampled at another speed: always the same other byte."""

_NOISE_BYTES = 5


def heard(kind: str, data: bytes) -> bytes:
    """What arrives of the bytes that were sent to the printer."""
    return bytes(byte ^ _OTHER_SPEED for byte in data) if kind == "baud_mismatch" else data


def said(kind: str, byte: int) -> bytes:
    """What goes out for an answer of one byte."""
    match kind:
        case "garble":
            return bytes((byte ^ _GARBLE,))
        case "baud_mismatch":
            return bytes((byte ^ _OTHER_SPEED,))
        case "noise":
            return random.randbytes(_NOISE_BYTES) + bytes((byte,))  # noqa: S311  line noise
    return bytes((byte,))
