"""The part of a window that is typed into, for the windows without glass."""

from __future__ import annotations

import asyncio

from drivers.contract.secret import SecretText
from kiosk.screens.screen import Screen, Written


class WrittenOn:
    """What is typed by `write()` reaches whoever waits for it; `amended` are the screens that came back for it."""

    def __init__(self) -> None:
        self.written: Written | None = None
        self.amended: list[Screen] = []
        self._typing: asyncio.Event = asyncio.Event()

    def write(self, field: str, text: str, letters: str = "") -> None:
        """Type: from now on exactly this stands in the field."""
        self.written = Written(field=field, text=SecretText(text), letters=SecretText(letters))
        self._typing.set()

    def begin(self, written: Written | None) -> None:
        """Another screen is shown, with this in its field."""
        self.written = written
        self._typing.clear()

    def amend(self, number: int, screen: Screen) -> None:
        self.amended.append(screen)

    async def typing(self, number: int) -> Written:
        await self._typing.wait()
        self._typing.clear()
        assert self.written is not None
        return self.written

    def take_written(self) -> Written | None:
        written, self.written = self.written, None
        return written
