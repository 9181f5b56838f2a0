"""The finger that writes: the ink is on the glass in the next frame, and goes with the character."""

from __future__ import annotations

from typing import Protocol

from kiosk.input.messages import SIDE, Stroke
from kiosk.shell.marks import Box

_STEP = 4
"""Thousandths of the square's side: shorter steps of the finger are noise, and would fill the message."""
_MOST_POINTS = 400
"""Of one stroke; what a hand that trembles on the spot adds is left out."""


class Ink(Protocol):
    """Where the ink is drawn."""

    def ink(self, stroke: list[tuple[float, float]], colour: str, width: int) -> None:
        """Draw the stroke under way; more points than before lengthen it. Pixels from the upper left corner."""

    def dry(self, strokes: int) -> None:
        """Keep only the first so many strokes."""


class Pen:
    """One finger on one square."""

    def __init__(self, glass: Ink) -> None:
        self._glass = glass
        self._finger: object = None
        self._box = Box(0, 0, 1, 1)
        self._points: list[tuple[float, float]] = []
        self._colour, self._width = "", 1

    @property
    def down(self) -> bool:
        """Whether a stroke is being written."""
        return self._finger is not None

    def begin(self, finger: object, box: Box, x: float, y: float, colour: str, width: int) -> None:
        """The finger came down on the square."""
        self._finger, self._box, self._points = finger, box, []
        self._colour, self._width = colour, width
        self._add(x, y)

    def move(self, finger: object, x: float, y: float) -> None:
        """The finger moved; beyond the square it writes along its edge."""
        if finger is self._finger and self.down and len(self._points) < _MOST_POINTS:
            self._add(x, y)

    def lift(self, finger: object) -> Stroke | None:
        """The finger went up: the stroke it wrote, None when it was not this finger."""
        if finger is not self._finger or not self.down:
            return None
        box, points = self._box, self._points
        self._finger, self._points = None, []
        return tuple((round((x - box.x) * SIDE / box.w), round((y - box.y) * SIDE / box.h)) for x, y in points)

    def stop(self) -> None:
        """The square is gone, the finger may still be there: it writes nothing any more."""
        self._finger, self._points = None, []

    def _add(self, x: float, y: float) -> None:
        box = self._box
        point = min(max(x, box.x), box.right - 1), min(max(y, box.y), box.bottom - 1)
        near = _STEP * box.w / SIDE
        if self._points and max(abs(point[0] - self._points[-1][0]), abs(point[1] - self._points[-1][1])) < near:
            return
        self._points.append(point)
        self._glass.ink(self._points, self._colour, self._width)
