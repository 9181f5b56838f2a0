"""A window without glass: walks every journey by a script, screen by screen, against the real parts behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Pad, Ticks
from kiosk.screens.screen import Answer, Look, Screen, Written
from tests.support.writing import WrittenOn

Act = str | Callable[[Screen], Awaitable[str | Answer | None]]
"""What is done on a screen: an answer's id, or a coroutine that does something and may return one."""


class Unscripted(AssertionError):
    """A screen came for which the script has nothing."""


class ScriptedWindow(WrittenOn):
    """Answers each screen by name. A list is used up one entry a showing; its last entry stays."""

    def __init__(self, script: dict[str, Act | list[Act | None] | None]) -> None:
        self.begin_anew(script)

    def begin_anew(self, script: dict[str, Act | list[Act | None] | None] | None = None) -> None:
        """Forget everything that was shown; from now on this is the script."""
        super().__init__()
        self.script = script if script is not None else {}
        self.stirred_at = time.monotonic()
        self.ticked: tuple[str, ...] | None = None
        self.shown: list[Screen] = []
        self.looks: list[Look] = []
        self.hints: list[str] = []
        self.frames = 0
        self.problem = ""
        self._number = 0

    @property
    def names(self) -> list[str]:
        """The screens in the order in which they came, repetitions folded."""
        folded: list[str] = []
        for screen in self.shown:
            if not folded or folded[-1] != screen.name:
                folded.append(screen.name)
        return folded

    def last(self, name: str) -> Screen:
        """Return the newest screen of this name."""
        return next(screen for screen in reversed(self.shown) if screen.name == name)

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = (), *, written: Written | None = None) -> int:
        self.begin(written)
        self._number += 1
        self.shown.append(screen)
        self.looks.append(look)
        return self._number

    async def answer(self, number: int) -> Answer:
        screen = self.shown[number - 1]
        act = self._act(screen)
        if act is not None and not isinstance(act, str):
            done = await act(screen)
            if isinstance(done, Answer):
                return done
            act = done
        if act is None:
            await asyncio.get_running_loop().create_future()
            raise AssertionError("unreachable")
        self.stirred_at = time.monotonic()
        return Answer(action=act, ticked=self._ticked(screen))

    def _act(self, screen: Screen) -> Act | None:
        if screen.name not in self.script:
            self.problem = f"{screen.name}: {screen.title} / {screen.sentence} (after {self.names})"
            raise Unscripted(self.problem)
        act = self.script[screen.name]
        if isinstance(act, list):
            return act.pop(0) if len(act) > 1 else act[0]
        return act

    @staticmethod
    def _ticked(screen: Screen) -> tuple[str, ...]:
        return tuple(row.id for block in screen.blocks if isinstance(block, Ticks) for row in block.rows if row.ticked)

    async def missed(self, number: int) -> None:
        await asyncio.get_running_loop().create_future()

    def live_frame(self, width: int, height: int, fd: int) -> None:
        self.frames += 1

    def live_hint(self, text: str) -> None:
        self.hints.append(text)

    def moved(self, done: int, total: int, label: str = "") -> None:
        return None


def typing(action: str, *, only_what_is_asked: bool = False, **fields: str) -> Callable[[Screen], Awaitable[Answer]]:
    """Return an act that types digits and touches `action`; with `only_what_is_asked` the fields of this screen's pad."""

    async def act(screen: Screen) -> Answer:
        asked = {field.id for block in screen.blocks if isinstance(block, Pad) for field in block.fields}
        typed = {key: value for key, value in fields.items() if key in asked or not only_what_is_asked}
        return Answer(action=action, typed={key: SecretText(value) for key, value in typed.items()})

    return act


def doing(work: Callable[[], Awaitable[Any]], answer: str | None = None) -> Callable[[Screen], Awaitable[str | None]]:
    """Return an act that does something (lays a card, takes the paper) and then answers, or waits."""

    async def act(_: Screen) -> str | None:
        await work()
        return answer

    return act
