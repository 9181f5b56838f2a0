"""One question: how its screen is built, what comes with it, how long it may stand, and what was ticked and typed on it so far."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from drivers.contract.secret import wipe_all
from kiosk.screens.parts import Pages, Ticks
from kiosk.screens.screen import Mode, Screen, Written, typing_of, with_ticked
from kiosk.window import Window

Asked = Screen | Callable[[], Screen]
"""A screen, or what builds it. One that came ready cannot be built in the other mode, and offers none."""

Suggest = Callable[[Written], Screen | None]
"""Given what is typed by now: the screen with other blocks (suggestions), or None to leave it. It reads, and keeps nothing."""


@dataclass
class Question:
    """What is asked now."""

    asked: Asked
    fds: tuple[int, ...] = ()
    work: asyncio.Future[Any] | None = None
    """What is done meanwhile; its end ends the question."""
    seconds: float | None = None
    """Silence for so long ends the question with the answer ""; None: the idle warning guards it."""
    suggest: Suggest | None = None
    browsing: bool = False
    """返回 is how one looks around here, and no sign of somebody who is lost."""
    since: float = field(default_factory=time.monotonic)
    mode: Mode | None = None
    """Asked in this mode, whatever the visit's is."""
    written: Written | None = None
    """What stands in the Typing field when it is shown again."""
    screen: Screen = field(init=False)
    number: int = 0
    """Of the Show that put it on the glass last."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when another screen is to be shown for it."""

    def __post_init__(self) -> None:
        self.screen = self._built()

    def _built(self) -> Screen:
        return msgspec.structs.replace(self.asked, tools=()) if isinstance(self.asked, Screen) else self.asked()

    # --- how it is shown

    def pictures(self) -> tuple[int, ...]:
        """The descriptors that come with it: a screen that was built may have fewer pages on it than the step has drawn."""
        if isinstance(self.asked, Screen):
            return self.fds
        return self.fds[: sum(len(block.sizes) for block in self.screen.blocks if isinstance(block, Pages))]

    def show(self, asked: Asked, fds: tuple[int, ...]) -> None:
        """Another screen for the same question."""
        self.asked, self.fds = asked, fds
        self.screen = self._built()
        self.changed.set()

    def build_anew(self) -> None:
        """In the mode and language of now; boxes stay as they are, where there still are any."""
        boxes = [row for block in self.screen.blocks if isinstance(block, Ticks) for row in block.rows]
        self.show(self.asked, self.fds)
        if boxes:
            self.screen = with_ticked(self.screen, tuple(row.id for row in boxes if row.ticked))

    def ask_again(self) -> None:
        """The visitor is back at it: its clocks begin anew."""
        self.since = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether the work below it has ended."""
        return self.work is not None and self.work.done()

    # --- what was done on it

    def keep_written(self, window: Window) -> None:
        """Whatever is shown next: what was typed into this field comes back with it, and into no other field."""
        self.forget_written()
        written, typing = window.take_written(), typing_of(self.screen)
        if written is not None and typing is not None and typing.id == written.field:
            self.written = written
        elif written is not None:
            wipe_all(written)

    def keep_draft(self, window: Window) -> None:
        """Another screen comes over the question: what was ticked and typed on it must be so when it comes back."""
        self.keep_written(window)
        if window.ticked is not None:
            self.screen = with_ticked(self.screen, window.ticked)

    def take_written(self) -> Written | None:
        """Hand over what stands in its field, once."""
        written, self.written = self.written, None
        return written

    def forget_written(self) -> None:
        """Wipe what was typed."""
        written = self.take_written()
        if written is not None:
            wipe_all(written)
