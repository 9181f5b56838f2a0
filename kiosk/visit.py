"""One visit: who stands here (a random token, not a name), which item, what is known, and the guards around every question.

A step asks `await visit.ask(screen)`. Help, leave, back, and silence are handled here, so that no step can forget them:
help shows the help screen and comes back; leave and a time-out end the visit; back raises `Backed` for the journey's runner.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any, TypeVar

from drivers.contract.secret import wipe_all
from kiosk.locales import Phrasebook
from kiosk.policies import VisitPolicy
from kiosk.screens.compose import Composer
from kiosk.screens.screen import BACK, HELP, LEAVE, Answer, Look, Mode, Screen, Written, typing_of, with_ticked
from kiosk.window import Window

T = TypeVar("T")

Suggest = Callable[[Written], Screen | None]
"""Given what is typed by now: the screen with other blocks (suggestions), or None to leave it. It reads, and keeps nothing."""


class Ending(StrEnum):
    """How a visit ended."""

    DONE = "done"
    LEFT = "left"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"


class _Pause(Enum):
    """Why a question is shown anew, or interrupted."""

    CHANGED = auto()
    SILENT = auto()


class VisitEnds(Exception):
    """Raised by a guard; the one exit chain follows."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.value)
        self.ending = ending


class Backed(Exception):
    """The visitor touched 返回."""


@dataclass
class Visit:
    """The state of one stay. `known` holds what the steps gave, by type; everything in it is wiped at the end."""

    window: Window
    policy: VisitPolicy
    composer: Composer
    record: Callable[..., None]
    look: Look = field(default_factory=Look)
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    known: dict[type, Any] = field(default_factory=dict)
    card_was_read: bool = False
    warnings: int = 0
    _screen: Screen | None = None
    _written: Written | None = None
    _fds: tuple[int, ...] = ()
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    # --- what is known

    def give(self, value: Any) -> None:
        """Remember a value under its type, wiping one that it replaces."""
        self.discard(type(value))
        self.known[type(value)] = value

    def take(self, kind: type[T]) -> T:
        """Return the value of this type. Raise LookupError when no step gave it: a defect in the table of steps."""
        if kind not in self.known:
            raise LookupError(f"no step has given a {kind.__name__}")
        return self.known[kind]  # type: ignore[no-any-return]

    def discard(self, kind: type) -> None:
        """Forget and wipe the value of this type, if there is one."""
        value = self.known.pop(kind, None)
        if value is not None:
            wipe_value(value)

    def wipe(self) -> None:
        """Forget and wipe everything."""
        for kind in list(self.known):
            self.discard(kind)
        self._screen, self._fds = None, ()
        self._forget_written()

    # --- how it is said

    @property
    def say(self) -> Phrasebook:
        """The sentences of this visit's language and mode."""
        return Phrasebook(self.look.language, self.look.mode)

    @property
    def elder(self) -> bool:
        """Whether this is 长辈模式."""
        return self.look.mode is Mode.ELDER

    # --- asking

    def show(self, screen: Screen, fds: Sequence[int] = ()) -> None:
        """Replace the screen of the question under way (or of the next one) without asking anew."""
        self._screen, self._fds = screen, tuple(fds)
        self._changed.set()

    async def ask(
        self,
        screen: Screen,
        fds: Sequence[int] = (),
        *,
        seconds: float | None = None,
        suggest: Suggest | None = None,
    ) -> Answer:
        """Show a screen and wait for its answer.

        With `seconds`, silence for so long ends the question with the answer "" and no warning; without, the idle warning
        guards it. `suggest` is called, in milliseconds please, with each change of what is typed. Raise Backed, VisitEnds.
        """
        answer = await self._question(screen, fds, None, seconds, suggest)
        assert isinstance(answer, Answer)
        return answer

    async def ask_while(self, screen: Screen, work: Awaitable[T], fds: Sequence[int] = ()) -> Answer | T:
        """Show a screen while something is done; return the answer or the work's result, whichever comes first.

        An answer cancels the work (and with it the device's command). The work keeps its own time; no idle warning here.
        """
        return await self._question(screen, fds, work, None)

    async def _question(
        self,
        screen: Screen,
        fds: Sequence[int],
        work: Awaitable[T] | None,
        seconds: float | None,
        suggest: Suggest | None = None,
    ) -> Answer | T:
        self._forget_written()
        self.show(screen, fds)
        task = asyncio.ensure_future(work) if work is not None else None
        asked_at = time.monotonic()
        try:
            while True:
                answer = await self._one_answer(task, seconds, asked_at, suggest)
                if isinstance(answer, Answer) and (answer.action in (BACK, HELP, LEAVE) or _over(task)):
                    wipe_all(answer)  # what was typed is for nobody: no step gets this answer
                if task is not None and task.done():
                    return task.result()
                match answer:
                    case _Pause.CHANGED:
                        self._keep_written()
                        continue  # by itself: nobody has touched anything for it
                    case _Pause.SILENT:
                        await self._warn()
                        asked_at = time.monotonic()
                    case Answer(action="help"):
                        await self._help(task)
                        asked_at = time.monotonic()
                    case Answer(action="back"):
                        raise Backed
                    case Answer(action="leave"):
                        raise VisitEnds(Ending.LEFT)
                    case _:
                        return answer
        finally:
            if task is not None and not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _one_answer(
        self, task: asyncio.Future[Any] | None, seconds: float | None, asked_at: float, suggest: Suggest | None
    ) -> Answer | _Pause:
        """Show the current screen once and wait for: an answer, the work's end, a changed screen, or silence.

        Nobody listens for this screen any more when it returns: a later screen's touch would go to whoever listened first.
        """
        assert self._screen is not None
        self._changed.clear()
        written, self._written = self._written, None
        number = self.window.show(self._screen, self.look, self._fds, written=written)
        answer = asyncio.ensure_future(self.window.answer(number))
        changed = asyncio.ensure_future(self._changed.wait())
        suggesting = asyncio.ensure_future(self._suggest(number, suggest))
        waits: set[asyncio.Future[Any]] = {answer, changed, suggesting, *((task,) if task is not None else ())}
        try:
            while True:
                limit = self._patience(task, seconds, asked_at)
                done, _ = await asyncio.wait(waits, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                if task is not None and task in done:
                    return _Pause.CHANGED
                if answer in done:
                    return answer.result()
                if changed in done:
                    return _Pause.CHANGED
                if suggesting in done:
                    suggesting.result()  # it goes on for ever: what ended it is a defect, and is raised here
                if seconds is not None:
                    return Answer(action="")
                if self._patience(task, seconds, asked_at) == 0:
                    return _Pause.SILENT
        finally:
            for waiting in (answer, changed, suggesting):
                waiting.cancel()

    async def _suggest(self, number: int, suggest: Suggest | None) -> None:
        """Change the screen's suggestions with each change of what is typed on it."""
        while True:
            written = await self.window.typing(number)
            amended = suggest(written) if suggest is not None else None
            if amended is not None:
                self._screen = amended
                self.window.amend(number, amended)

    def _patience(self, task: object, seconds: float | None, asked_at: float) -> float | None:
        """Seconds that may still pass in silence; None: no limit (the work keeps its own)."""
        if task is not None:
            return None
        allowed = seconds if seconds is not None else self.policy.idle.warn_after.of(self.look.mode)
        return max(0.0, max(asked_at, self.window.stirred_at) + allowed - time.monotonic())

    def _forget_written(self) -> None:
        if self._written is not None:
            wipe_all(self._written)
        self._written = None

    def _keep_written(self) -> None:
        """Whatever is shown next: what was typed into this field comes back with it, and into no other field."""
        self._forget_written()
        written = self.window.take_written()
        typing = typing_of(self._screen) if self._screen is not None else None
        if written is not None and typing is not None and typing.id == written.field:
            self._written = written
        elif written is not None:
            wipe_all(written)

    def _keep_draft(self) -> None:
        """Another screen comes over the question: what was ticked and typed on it must be so when it comes back."""
        self._keep_written()
        ticked = self.window.ticked
        if self._screen is not None and ticked is not None:
            self._screen = with_ticked(self._screen, ticked)

    async def _help(self, task: asyncio.Future[Any] | None) -> None:
        """Show the help screen over the question; the work goes on, and its end closes the help."""
        self._keep_draft()
        below = self._screen.bar.leave if self._screen is not None else None
        leave = below is None or below.enabled
        number = self.window.show(self.composer.help(self.say, leave=leave), self.look)
        answer = asyncio.ensure_future(self.window.answer(number))
        waits: set[asyncio.Future[Any]] = {answer, *((task,) if task is not None else ())}
        try:
            allowed = self.policy.idle.warn_after.of(self.look.mode) + self.policy.idle.countdown
            await asyncio.wait(waits, timeout=allowed, return_when=asyncio.FIRST_COMPLETED)
            if answer.done() and answer.result().action == LEAVE:
                raise VisitEnds(Ending.LEFT)
        finally:
            answer.cancel()

    async def _warn(self) -> None:
        """The idle warning: a spoken countdown; going on puts the question back, silence ends the visit."""
        self.warnings += 1
        if self.warnings > self.policy.idle.extensions:
            raise VisitEnds(Ending.TIMED_OUT)
        self._keep_draft()
        countdown = self.policy.idle.countdown
        number = self.window.show(self.composer.idle_warning(self.say, round(countdown)), self.look)
        try:
            answer = await asyncio.wait_for(self.window.answer(number), countdown)
        except TimeoutError:
            raise VisitEnds(Ending.TIMED_OUT) from None
        if answer.action == LEAVE:
            raise VisitEnds(Ending.LEFT)
        if answer.action == HELP:
            await self._help(None)


def _over(task: asyncio.Future[Any] | None) -> bool:
    return task is not None and task.done()


def wipe_value(value: Any) -> None:
    """Wipe every secret in a value; a value with a `wipe` method of its own (a document, a picture) is asked to do it."""
    wipe = getattr(value, "wipe", None)
    if callable(wipe):
        wipe()
    else:
        wipe_all(value)


__all__ = ["BACK", "HELP", "LEAVE", "Backed", "Ending", "Visit", "VisitEnds", "wipe_value"]
