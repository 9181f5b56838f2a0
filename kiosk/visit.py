"""One visit: who stands here (a random token, not a name), which item, what is known, and the guards around every question.

A step asks `await visit.ask(partial(screen, visit, ...))`. Help, leave, back, silence and hesitation are handled here, so that no
step can forget them: help shows the help screen and comes back; leave and a time-out end the visit; back raises `Backed` for the
journey's runner. What is asked is a function that builds the screen: whoever changes the mode sees the same question, built anew.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from functools import partial
from typing import Any, TypeVar

import msgspec

from drivers.contract.secret import wipe_all
from kiosk.hesitation import Seen, Sign
from kiosk.locales import Phrasebook
from kiosk.policies import VisitPolicy
from kiosk.screens.compose import Composer
from kiosk.screens.parts import Pad, Pages, Ticks, Typing
from kiosk.screens.screen import (
    BACK,
    HELP,
    LANGUAGE,
    LEAVE,
    MODE,
    SIGNS,
    Answer,
    Look,
    Mode,
    Screen,
    Written,
    typing_of,
    with_ticked,
)
from kiosk.window import Window

T = TypeVar("T")

Asked = Screen | Callable[[], Screen]
"""A screen, or what builds it. One that came ready cannot be built in the other mode, and offers none."""

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
    HESITATES = auto()


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
    elder_offered: bool = False
    seen: Seen = field(default_factory=Seen)
    call: Callable[[], bool] | None = None
    """Calls somebody here; False when that could not even be written down. None: nobody can be called from this visit."""
    called: bool = False
    _asked: Asked | None = None
    _look: Look | None = None
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
        self._asked, self._screen, self._fds = None, None, ()
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

    def show(self, screen: Asked, fds: Sequence[int] = ()) -> None:
        """Replace the screen of the question under way (or of the next one) without asking anew."""
        self._asked, self._fds = screen, tuple(fds)
        self._screen = self._built(screen)
        self._changed.set()

    @staticmethod
    def _built(asked: Asked) -> Screen:
        return msgspec.structs.replace(asked, tools=()) if isinstance(asked, Screen) else asked()

    def _pictures(self, screen: Screen) -> tuple[int, ...]:
        """The descriptors that come with it: a screen that was built may have fewer pages on it than the step has drawn."""
        if isinstance(self._asked, Screen):
            return self._fds
        return self._fds[: sum(len(block.sizes) for block in screen.blocks if isinstance(block, Pages))]

    async def ask(
        self,
        screen: Asked,
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

    async def ask_while(self, screen: Asked, work: Awaitable[T], fds: Sequence[int] = ()) -> Answer | T:
        """Show a screen while something is done; return the answer or the work's result, whichever comes first.

        An answer cancels the work (and with it the device's command). The work keeps its own time; no idle warning here.
        """
        return await self._question(screen, fds, work, None)

    async def _question(
        self,
        screen: Asked,
        fds: Sequence[int],
        work: Awaitable[T] | None,
        seconds: float | None,
        suggest: Suggest | None = None,
        since: float | None = None,
    ) -> Answer | T:
        self._forget_written()
        self.show(screen, fds)
        self.seen = self.seen.on_the_next_screen()
        task = asyncio.ensure_future(work) if work is not None else None
        asked_at = time.monotonic() if since is None else since
        try:
            while True:
                if self._may_offer(task, seconds) and self.seen.hesitates(self.policy.elder_offer.hesitation):
                    await self.offer_elder(since=asked_at)
                answer = await self._one_answer(task, seconds, asked_at, suggest)
                if isinstance(answer, Answer) and (
                    answer.action in (BACK, HELP, LEAVE, MODE, LANGUAGE, SIGNS) or _over(task)
                ):
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
                    case _Pause.HESITATES:
                        self._keep_written()
                    case Answer(action="help"):
                        self.seen = self.seen.and_(Sign.HELP)
                        await self._help(task)
                        asked_at = time.monotonic()
                    case Answer(action="mode"):
                        self._keep_draft()
                        self._change_mode()
                        asked_at = time.monotonic()
                    case Answer(action="language"):
                        self._keep_draft()
                        await self._choose_language(task)
                        asked_at = time.monotonic()
                    case Answer(action="signs"):
                        self._keep_draft()
                        self._change_signs()
                        asked_at = time.monotonic()
                    case Answer(action="back"):
                        self.seen = self.seen.and_(Sign.BACK)
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
        look = self._look or self.look
        number = self.window.show(self._screen, look, self._pictures(self._screen), written=written)
        answer = asyncio.ensure_future(self.window.answer(number))
        changed = asyncio.ensure_future(self._changed.wait())
        suggesting = asyncio.ensure_future(self._suggest(number, suggest))
        may_offer = self._may_offer(task, seconds)
        lost = asyncio.ensure_future(self._lost(number, asked_at if may_offer else None))
        waits: set[asyncio.Future[Any]] = {answer, changed, suggesting, lost, *((task,) if task is not None else ())}
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
                if lost in done:
                    return _Pause.HESITATES
                if seconds is not None:
                    return Answer(action="")
                if self._patience(task, seconds, asked_at) == 0:
                    return _Pause.SILENT
        finally:
            for waiting in (answer, changed, suggesting, lost):
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

    # --- 大字版: changed to, or offered

    def look_anew(self, look: Look) -> None:
        """Another look, and the question that is asked built anew in it; boxes stay as they are, where there still are any."""
        if look == self.look:
            return
        self.look = look
        self._changed.set()
        if self._asked is not None and self._screen is not None:
            before, self._screen = self._screen, self._built(self._asked)
            boxes = [row for block in before.blocks if isinstance(block, Ticks) for row in block.rows]
            if boxes:
                self._screen = with_ticked(self._screen, tuple(row.id for row in boxes if row.ticked))

    async def _choose_language(self, task: asyncio.Future[Any] | None) -> None:
        """Ask for a language over the question; the work goes on, and its end closes the choice."""
        while True:
            allowed = self.policy.idle.warn_after.of(self.look.mode) + self.policy.idle.countdown.of(self.look.mode)
            screen = self.composer.choose_language(self.say, signs=self.look.signs)
            answer = await self._touch_on(screen, allowed, task)
            match answer.action if answer is not None else "":
                case "leave":
                    raise VisitEnds(Ending.LEFT)
                case "help":
                    await self._help(task)
                case "signs":
                    self._change_signs()
                    return
                case chosen if chosen in self.composer.languages:
                    self.look_anew(msgspec.structs.replace(self.look, language=chosen))
                    self.record("language", visit=self.token, language=chosen)
                    return
                case _:
                    return

    def _change_signs(self) -> None:
        self.look_anew(msgspec.structs.replace(self.look, signs=not self.look.signs))
        self.record("signs", visit=self.token, shown=self.look.signs)

    def _change_mode(self) -> None:
        self.elder_offered = True  # whoever has chosen is not asked
        mode = Mode.STANDARD if self.elder else Mode.ELDER
        self.look_anew(msgspec.structs.replace(self.look, mode=mode))
        self.record("mode", visit=self.token, mode=mode.value)

    def _may_offer(self, task: object, seconds: float | None) -> bool:
        """Never while work is done (the card, the camera), never while paper waits (a time of its own, or no way back any more),
        never where somebody types, and only over a question that can come back in the other mode."""
        screen = self._screen
        if self.elder_offered or self.elder or task is not None or seconds is not None or screen is None:
            return False
        typed = any(isinstance(block, Pad | Typing) for block in screen.blocks)
        goes_back = screen.bar.back is not None and screen.bar.back.enabled
        return goes_back and not typed and any(tool.id == MODE for tool in screen.tools)

    async def _lost(self, number: int, asked_at: float | None) -> None:
        """Return when the visitor hesitates on the screen of this number; never without `asked_at`."""
        limits = self.policy.elder_offer.hesitation
        while asked_at is not None and not self.seen.hesitates(limits):
            silent_in = max(asked_at, self.window.stirred_at) + limits.silent - time.monotonic()
            if silent_in <= 0:
                self.seen = self.seen.and_(Sign.SILENT)
                return
            try:
                await asyncio.wait_for(self.window.missed(number), silent_in)
                self.seen = self.seen.and_(Sign.MISSED)
            except TimeoutError:
                continue  # somebody may have touched a box meanwhile
        if asked_at is None:
            await asyncio.get_running_loop().create_future()

    async def offer_elder(self, *, since: float | None = None) -> None:
        """Ask whether 大字版 is wanted, in large letters: once a visit, never in elder mode. The question below comes back as it
        was left, in the mode that was chosen; `since` is when it was asked: the offer puts no idle warning off."""
        if self.elder_offered or self.elder:
            return
        self.elder_offered = True
        self._keep_draft()
        asked, screen, fds, written = self._asked, self._screen, self._fds, self._written
        self._written = None
        wanted = False
        try:
            self._look = msgspec.structs.replace(self.look, mode=Mode.ELDER)
            offer = partial(self.composer.elder_offer, Phrasebook(self.look.language, Mode.ELDER))
            answer = await self._question(offer, (), None, None, since=since)
            wanted = isinstance(answer, Answer) and answer.action == Mode.ELDER.value
        except Backed:
            pass  # back to the question, as it was
        finally:
            self._look = None
            self._asked, self._screen, self._fds, self._written = asked, screen, fds, written
        self.record("elder_offer", visit=self.token, taken=wanted)
        if wanted and not self.elder:
            self._change_mode()

    # --- over the question

    async def _help(self, task: asyncio.Future[Any] | None) -> None:
        """Show the help screens over the question; the work goes on, and its end closes the help."""
        self._keep_draft()
        below = self._screen.bar.leave if self._screen is not None else None
        leave = below is None or below.enabled
        topic = 0
        while True:
            calls = None if self.call is None else self.called
            screen = self.composer.help(self.say, leave=leave, topic=topic, called=calls)
            allowed = self.policy.idle.warn_after.of(self.look.mode) + self.policy.idle.countdown.of(self.look.mode)
            answer = await self._touch_on(screen, allowed, task)
            match answer.action if answer is not None else "":
                case "leave":
                    raise VisitEnds(Ending.LEFT)
                case "mode":
                    self._change_mode()
                    topic = 0
                case "language":
                    await self._choose_language(task)
                case "signs":
                    self._change_signs()
                case "more":
                    topic += 1
                case "call" if self.call is not None:
                    self.called = self.call()
                case _:
                    return

    async def _touch_on(self, screen: Screen, seconds: float, task: asyncio.Future[Any] | None) -> Answer | None:
        """Show a screen over the question; None when the time or the work below it has ended first."""
        number = self.window.show(screen, self.look)
        answer = asyncio.ensure_future(self.window.answer(number))
        waits: set[asyncio.Future[Any]] = {answer, *((task,) if task is not None else ())}
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            return answer.result() if answer.done() else None
        finally:
            answer.cancel()

    async def _warn(self) -> None:
        """The idle warning: a spoken countdown; going on puts the question back, silence ends the visit."""
        self.warnings += 1
        if self.warnings > self.policy.idle.extensions:
            raise VisitEnds(Ending.TIMED_OUT)
        self._keep_draft()
        countdown = self.policy.idle.countdown.of(self.look.mode)
        answer = await self._touch_on(self.composer.idle_warning(self.say, round(countdown)), countdown, None)
        if answer is None:
            raise VisitEnds(Ending.TIMED_OUT)
        match answer.action:
            case "leave":
                raise VisitEnds(Ending.LEFT)
            case "help":
                await self._help(None)
            case "mode":
                self._change_mode()
            case "language":
                await self._choose_language(None)
            case "signs":
                self._change_signs()


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
