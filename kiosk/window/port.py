"""What a visit needs of a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kiosk.screens.screen import Answer, Look, Screen, Written


class Window(Protocol):
    """One screen at a time, by number. The scripted window of the tests has the same shape."""

    stirred_at: float
    """Monotonic time of the last touch of any kind."""

    ticked: tuple[str, ...] | None
    """The boxes that are ticked on the screen that is shown; None while nobody has touched it."""

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = (), *, written: Written | None = None) -> int:
        """Show a screen; return its number. The window takes its own copies of the descriptors, and keeps and wipes
        `written`: what stands in the Typing field from the beginning."""
        ...

    def amend(self, number: int, screen: Screen) -> None:
        """Change the blocks of the screen of this number, if it is still shown, without losing what was done on it.
        Raise ValueError when its Typing block is another one."""
        ...

    async def typing(self, number: int) -> Written:
        """Wait until what is typed on the screen of this number changes; return it. It stays the window's: read, don't keep."""
        ...

    def take_written(self) -> Written | None:
        """Hand over what stands in the Typing field of the screen that is shown; the window forgets it."""
        ...

    async def answer(self, number: int) -> Answer:
        """Wait for the answer to the screen of this number; answers to older screens are dropped."""
        ...

    async def missed(self, number: int) -> None:
        """Wait until the visitor touches, on the screen of this number, a place where nothing can be touched."""
        ...

    def live_frame(self, width: int, height: int, fd: int) -> None:
        """Pass a picture on to the Live block; the descriptor stays the caller's."""
        ...

    def live_hint(self, text: str) -> None:
        """Change the hint of the Live block."""
        ...

    def moved(self, done: int, total: int, label: str = "") -> None:
        """Change the Progress block."""
        ...
