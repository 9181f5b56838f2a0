"""What can go wrong on any wire, whatever protocol it carries: for emulators whose answers come from another program."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass

KINDS = {
    "silent": "no answer at all",
    "slow": "answers `seconds` later",
    "drop": "loses each `every`-th byte",
    "garble": "changes each `every`-th byte",
    "noise": "`count` random bytes before the answer",
    "short": "only the first `count` bytes of the answer",
    "duplicate": "each answer comes twice",
    "die_mid_command": "half of the answer, then the cable is gone; `replug` brings it back",
}
"""The kinds and what they do. Each also takes `times`: only for so many answers."""


@dataclass
class Active:
    """One fault that is on, with its arguments."""

    times: int | None = None
    seconds: float = 0.5
    every: int = 5
    count: int = 4


class WireFaults:
    """The faults that are on. May be used from any thread."""

    def __init__(self) -> None:
        self._active: dict[str, Active] = {}
        self._lock = threading.Lock()

    def put(self, kind: str, **arguments: float) -> None:
        """Switch a fault on. Raise TypeError for an argument that faults do not take, ValueError for an `every` below 1."""
        active = Active(**arguments)  # type: ignore[arg-type]  # names are checked by the call; the values come as JSON
        if active.every < 1:
            raise ValueError("every: must be 1 or more")
        with self._lock:
            self._active[kind] = active

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._active.clear()

    def names(self) -> list[str]:
        """The faults that are on."""
        with self._lock:
            return sorted(self._active)

    def use(self, kind: str) -> Active | None:
        """The fault if it is on; counts it down."""
        with self._lock:
            active = self._active.get(kind)
            if active is not None and active.times is not None:
                active.times -= 1
                if active.times <= 0:
                    del self._active[kind]
            return active

    def spoil(self, answer: bytes) -> bytes:
        """Return the bytes as they come out of the wire, after the time that they take."""
        if self.use("silent"):
            return b""
        if slow := self.use("slow"):
            time.sleep(slow.seconds)
        if short := self.use("short"):
            answer = answer[: short.count]
        if drop := self.use("drop"):
            answer = bytes(byte for at, byte in enumerate(answer, 1) if at % drop.every)
        if garble := self.use("garble"):
            # Each changed in another way: a sum or XOR does not see an even number of equal changes.
            answer = bytes(byte if at % garble.every else byte ^ (1 + at % 255) for at, byte in enumerate(answer, 1))
        if noise := self.use("noise"):
            answer = random.randbytes(noise.count) + answer  # noqa: S311  line noise
        if self.use("duplicate"):
            answer += answer
        return answer
