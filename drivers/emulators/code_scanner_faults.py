"""What can go wrong with a scanner that sends signs one after another: bytes on a line, or keys."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, TypeVar

Sign = TypeVar("Sign")

SAMPLE = "KIOSK-SAMPLE-0001"
"""What `present` holds before the scanner."""

FAULTS: Mapping[str, str] = {
    "silent": "sends nothing",
    "slow": "sends `seconds` later",
    "drop": "loses each `every`th sign",
    "garble": "changes each `every`th sign",
    "short": "sends the first `keep` signs only, without its suffix",
    "pause": "stops for `seconds` after the first `keep` signs",
    "noise": "sends `count` random signs, and the code `seconds` later",
    "duplicate": "sends the code again `seconds` later",
    "baud_mismatch": "was set to another speed: every byte arrives as another (serial only)",
    "die_mid_command": "is unplugged in the middle of a code; `replug` brings it back",
}

_DEFAULTS: dict[str, dict[str, float]] = {
    "slow": {"seconds": 0.5},
    "drop": {"every": 5},
    "garble": {"every": 5},
    "short": {"keep": 6},
    "pause": {"keep": 6, "seconds": 0.2},
    "noise": {"count": 20, "seconds": 0.6},
    "duplicate": {"seconds": 0.3},
}


class Faults:
    """The faults that are on. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[str, dict[str, float]] = {}
        self._left: dict[str, int] = {}

    def set(self, kind: str, times: int | None, arguments: dict[str, Any]) -> None:
        """Switch one on, for so many codes. Raise LookupError for an unknown kind, TypeError for a wrong argument."""
        if kind not in FAULTS:
            raise LookupError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
        defaults = _DEFAULTS.get(kind, {})
        if set(arguments) - set(defaults):
            raise TypeError(f"{kind} takes times{''.join(', ' + key for key in defaults)}")
        with self._lock:
            self._on[kind] = {**defaults, **{key: float(value) for key, value in arguments.items()}}
            self._left.pop(kind, None)
            if times is not None:
                self._left[kind] = times

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._on.clear()
            self._left.clear()

    def names(self) -> list[str]:
        """Those that are on."""
        with self._lock:
            return sorted(self._on)

    def use(self, kind: str) -> dict[str, float] | None:
        """The arguments of a fault that is on, None when it is off; counts it down."""
        with self._lock:
            arguments = self._on.get(kind)
            if arguments is not None and kind in self._left:
                self._left[kind] -= 1
                if self._left[kind] <= 0:
                    del self._on[kind], self._left[kind]
            return arguments


def without_each(signs: list[Sign], every: int) -> list[Sign]:
    """Lose each nth."""
    return [sign for at, sign in enumerate(signs, 1) if at % every]
