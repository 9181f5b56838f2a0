"""What can go wrong between an IPP printer and whoever asks it, and what the words for it are."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

from drivers.emulators.a4_port import Handler

WIRE_FAULTS = {
    "silent": "does what was asked, and no answer comes",
    "slow": "answers `seconds` later",
    "drop": "does what was asked, and hangs up without an answer",
    "garble": "changes some bytes of the answer",
    "short": "sends the first half of the answer and hangs up",
    "truncate": "the same as short",
    "duplicate": "sends the answer twice",
    "http500": "does nothing, and answers HTTP 500",
}
"""Each for one `operation` ("print-job") or all, for so many `times` or until cleared."""

MACHINE_FAULTS = {
    "jam": "jams at the `at_page`-th sheet from now, which does not come out",
    "paper_low": "has three sheets left",
    "paper_out": "has none left",
    "cover": "the cover is open",
    "die_mid_command": "loses power while the current or next job runs; `replug` brings it back",
}

FAULTS = WIRE_FAULTS | MACHINE_FAULTS

_GARBLED_BYTES = 6
"""Bytes changed in a garbled answer."""

_ID_ENDS = 8
"""Version, status and request-id stay whole in a garbled answer, so that its attributes are what is wrong."""


@dataclass
class Armed:
    """An armed fault; `times` is None for "until cleared"."""

    kind: str
    operation: str
    times: int | None
    seconds: float


class WireFaults:
    """The faults that are armed at one printer's port."""

    def __init__(self, seed: int | None) -> None:
        self._random = random.Random(seed)  # noqa: S311  which byte is garbled is no secret
        self._armed: list[Armed] = []
        self._lock = threading.Lock()

    @property
    def kinds(self) -> list[str]:
        """What is armed."""
        with self._lock:
            return [fault.kind for fault in self._armed]

    def arm(self, fault: Armed) -> None:
        """From now on."""
        with self._lock:
            self._armed.append(fault)

    def clear(self) -> None:
        """Answer properly again."""
        with self._lock:
            self._armed.clear()

    def use(self, operation: str) -> Armed | None:
        """The fault that meets an answer to this operation; one use of it is spent."""
        with self._lock:
            fault = next((fault for fault in self._armed if fault.operation in ("", operation)), None)
            if fault is not None and fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
            return fault

    def damage(self, fault: Armed, answer: bytes, handler: Handler) -> None:
        """Send an answer as this fault leaves it."""
        match fault.kind:
            case "silent":
                handler.wait_for_hangup()
            case "drop":
                handler.close_connection = True
            case "slow":
                time.sleep(fault.seconds)
                handler.reply(200, answer)
            case "garble":
                handler.reply(200, self._garbled(answer))
            case "short" | "truncate":
                handler.reply(200, answer, keep=len(answer) // 2)
            case "duplicate":
                handler.reply(200, answer)
                handler.reply(200, answer)

    def _garbled(self, answer: bytes) -> bytes:
        garbled = bytearray(answer)
        for _ in range(_GARBLED_BYTES):
            garbled[self._random.randrange(_ID_ENDS, len(garbled))] ^= self._random.randrange(1, 256)
        return bytes(garbled)
