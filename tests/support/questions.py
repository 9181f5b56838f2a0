"""A visit with one question on a window that a test touches: answers, help, silence and work, in milliseconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from kiosk.policies import visit_policy
from kiosk.screens.compose import Composer, Place
from kiosk.screens.screen import Answer, Look, Screen, Written
from kiosk.visit import Ending, Visit, VisitEnds
from tests.support.writing import WrittenOn

QUESTION = Screen(name="question", title="?")
WORKING = Screen(name="working", title="…")
CHANGED = Screen(name="changed", title="!")
WARN, COUNTDOWN = 0.2, 0.4
"""Seconds; the shipped ones are 45 and 30. The structs take them as they are: only a file is read strictly."""


class Glass(WrittenOn):
    """A window that a test touches: answers belong to a screen's number, as the real one has it."""

    def __init__(self) -> None:
        super().__init__()
        self.stirred_at = time.monotonic()
        self.ticked: tuple[str, ...] | None = None
        self.shown: list[Screen] = []
        self.looks: list[Look] = []
        self.fds: list[tuple[int, ...]] = []
        self._misses = 0
        self._answers: asyncio.Queue[tuple[int, Answer]] = asyncio.Queue()

    @property
    def names(self) -> list[str]:
        return [screen.name for screen in self.shown]

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = (), *, written: Written | None = None) -> int:
        self.begin(written)
        self._misses = 0
        self.shown.append(screen)
        self.looks.append(look)
        self.fds.append(tuple(fds))
        self.ticked = None
        return len(self.shown)

    async def answer(self, number: int) -> Answer:
        while True:
            answered, answer = await self._answers.get()
            if answered == number:
                return answer

    def touch(self, action: str, number: int | None = None) -> None:
        self.stirred_at = time.monotonic()
        self._answers.put_nowait((len(self.shown) if number is None else number, Answer(action=action)))

    async def sees(self, *names: str) -> None:
        """Wait until exactly these screens have been shown, in this order."""
        give_up = time.monotonic() + 3
        while self.names != list(names):
            assert time.monotonic() < give_up, self.names
            await asyncio.sleep(0.002)

    async def missed(self, number: int) -> None:
        while number != len(self.shown) or not self._misses:
            await asyncio.sleep(0.002)
        self._misses -= 1

    def miss(self) -> None:
        """Touch beside everything."""
        self.stirred_at = time.monotonic()
        self._misses += 1

    def live_frame(self, width: int, height: int, fd: int) -> None: ...

    def live_hint(self, text: str) -> None: ...

    def moved(self, done: int, total: int, label: str = "") -> None: ...


class Work:
    """Something that takes until it is told to end, and notes that it was cancelled."""

    def __init__(self) -> None:
        self.end = asyncio.Event()
        self.began = False
        self.cancelled = False

    async def run(self) -> str:
        self.began = True
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.02)  # a device needs a moment to hear of it
            self.cancelled = True
            raise
        return "result"


def quick_visit(*, extensions: int = 10, warn: float = WARN) -> tuple[Visit, Glass]:
    policy = visit_policy()
    by_mode = msgspec.structs.replace(policy.idle.warn_after, standard=warn, elder=2 * warn)
    countdown = msgspec.structs.replace(policy.idle.countdown, standard=COUNTDOWN, elder=COUNTDOWN)
    idle = msgspec.structs.replace(policy.idle, warn_after=by_mode, countdown=countdown, extensions=extensions)
    place = Place(name="某地", phone="", elsewhere_place="", elsewhere_hours="")
    glass = Glass()
    replaced = msgspec.structs.replace(policy, idle=idle)
    return Visit(glass, replaced, Composer(place), lambda event, **payload: None), glass


def play(
    question: Callable[[Visit], Awaitable[Any]],
    act: Callable[[Glass, Visit], Awaitable[None]],
    visit: Visit,
    glass: Glass,
) -> Any:
    """Ask and act side by side; return the question's end: a result, or the exception."""

    async def go() -> Any:
        asking = asyncio.ensure_future(question(visit))
        acting = asyncio.ensure_future(act(glass, visit))
        try:
            return (await asyncio.wait_for(asyncio.gather(asking, return_exceptions=True), 5))[0]
        finally:
            acting.cancel()
            (broken,) = await asyncio.gather(acting, return_exceptions=True)
            if isinstance(broken, AssertionError):
                raise broken

    return asyncio.run(go())


def ending(found: Any) -> Ending:
    assert isinstance(found, VisitEnds), found
    return found.ending
