"""From touch to glass: when a finger came down, when it answered, when the next screen came, and when each could be seen."""

from __future__ import annotations

import time

from kiosk.screens.protocol import Drawn


class Stopwatch:
    """Seconds of `time.perf_counter`; the figures that it gives are milliseconds, -1 where there is nothing to measure."""

    def __init__(self) -> None:
        self.shown_at = self.answered_at = self.touched_at = 0.0
        self._pressed_ms = -1.0
        self._screen_waits = self._mark_waits = False

    def screen(self) -> None:
        """The core shows another screen; the next frame has it."""
        self.shown_at, self._screen_waits = time.perf_counter(), True

    def touch(self) -> None:
        """A finger has come down."""
        self.touched_at = time.perf_counter()

    def mark(self) -> None:
        """The next frame has the mark of the finger."""
        self._mark_waits = True

    def answer(self) -> None:
        """The core has been told."""
        self.answered_at = time.perf_counter()

    @property
    def waits(self) -> bool:
        """Whether the next frame has news in it."""
        return self._screen_waits or self._mark_waits

    def on_glass(self, number: int) -> Drawn | None:
        """The frame can be seen; return what to tell the core when a new screen is in it."""
        now = time.perf_counter()
        if self._mark_waits:
            self._pressed_ms = 1000 * (now - self.touched_at)
        drawn = None
        if self._screen_waits:
            drawn = Drawn(
                number=number,
                since_show_ms=1000 * (now - self.shown_at),
                since_touch_ms=1000 * (now - self.answered_at) if self.answered_at else -1.0,
                pressed_ms=self._pressed_ms,
            )
            self.answered_at, self._pressed_ms = 0.0, -1.0
        self._screen_waits = self._mark_waits = False
        return drawn
