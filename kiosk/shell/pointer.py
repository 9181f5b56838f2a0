"""The window's pointer, point by point: Kivy tells of a touch in the next frame only, and by then of its newest place only.

A finger that writes begins before that frame and moves on within it. What is lost of a stroke when a frame is late is read as
another character. So each touch keeps where it came down (`ox`, `oy`), and in `ud[TRAIL]` where it has been since it was last told.
"""

from __future__ import annotations

from typing import Any

from kivy.input.factory import MotionEventFactory
from kivy.input.providers.mouse import MouseMotionEventProvider

NAME = "kiosk_pointer"

TRAIL = "trail"


class Pointer(MouseMotionEventProvider):  # type: ignore[misc]  # Kivy has no types
    """Kivy's mouse, with all its points. On a touch panel the X server moves the pointer for the first finger."""

    def create_touch(self, *arguments: Any) -> Any:
        """See Kivy; the place where it came down stays what it was."""
        touch = super().create_touch(*arguments)
        touch.sync_with_dispatch = False
        touch.ud[TRAIL] = []
        return touch

    def on_mouse_motion(self, *arguments: Any) -> None:
        """See Kivy; the point is kept too."""
        super().on_mouse_motion(*arguments)
        touch = self.current_drag
        if touch:
            touch.ud[TRAIL].append((touch.sx, touch.sy))


MotionEventFactory.register(NAME, Pointer)
