"""One finger at a time: which target it is on, and whether it left it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from kiosk.shell.marks import Part, Target

LOST_AFTER = 8.0
"""Seconds without a movement after which another finger counts, although the first was never lifted: a panel
that is unplugged under a finger may never say that it went up (docs/decisions/019); a hand on the edge must not lock others out."""


class Fingers:
    """Follows the first finger; others are ignored while it is down. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stirred_at = 0.0
        self._finger: object = None
        self._target: Target | None = None
        self._began = (0.0, 0.0)

    @property
    def down(self) -> bool:
        """Whether a finger is on the glass, as far as one can know."""
        return self._finger is not None and self._clock() - self._stirred_at < LOST_AFTER

    def forget(self) -> None:
        """The screen has changed under the finger: its lifting answers nothing."""
        self._target = None

    def press(self, finger: object, x: float, y: float, parts: Sequence[Part]) -> Target | None:
        """A finger came down; return the target under it. Pixels from the upper left corner."""
        if self.down:
            return None
        self._finger, self._stirred_at, self._began = finger, self._clock(), (x, y)
        self._target = next((p.target for p in reversed(parts) if p.target and p.target.box.has(x, y)), None)
        return self._target

    def way(self, finger: object, x: float, y: float) -> tuple[float, float] | None:
        """How far the finger is from where it came down (right, down); None for another finger."""
        return (x - self._began[0], y - self._began[1]) if finger is self._finger else None

    def moved(self, finger: object, x: float, y: float) -> bool:
        """Whether the finger has just left its target; it may not come back."""
        if finger is self._finger:
            self._stirred_at = self._clock()
        if finger is not self._finger or self._target is None or self._target.box.has(x, y):
            return False
        self._target = None
        return True

    def lift(self, finger: object, x: float, y: float) -> Target | None:
        """A finger went up; return the target when it is still on it."""
        if finger is not self._finger:
            return None
        target, self._finger, self._target = self._target, None, None
        return target if target and target.box.has(x, y) else None
