"""One finger at a time: which target it is on, and whether it left it again."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.shell.marks import Part, Target


class Fingers:
    """Follows the first finger; others are ignored while it is down."""

    def __init__(self) -> None:
        self._finger: object = None
        self._target: Target | None = None

    @property
    def down(self) -> bool:
        """Whether a finger is on the glass."""
        return self._finger is not None

    def forget(self) -> None:
        """The screen has changed under the finger: its lifting answers nothing."""
        self._target = None

    def press(self, finger: object, x: float, y: float, parts: Sequence[Part]) -> Target | None:
        """A finger came down; return the target under it. Pixels from the upper left corner."""
        if self.down:
            return None
        self._finger = finger
        self._target = next((p.target for p in reversed(parts) if p.target and p.target.box.has(x, y)), None)
        return self._target

    def moved(self, finger: object, x: float, y: float) -> bool:
        """Whether the finger has just left its target; it may not come back."""
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
