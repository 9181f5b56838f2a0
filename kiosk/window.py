"""The core's side of the window: starts the shell, shows screens, hears answers, and starts the shell again when it dies or
hangs. The visit never notices: the current screen, with what was ticked and typed on it, is shown again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from drivers.contract.secret import wipe_all
from drivers.link import child, wire
from drivers.link.channel import close_all
from kiosk.policies import Supervision
from kiosk.screens.protocol import (
    Amend,
    Drawn,
    Focused,
    FromShell,
    Keyed,
    LiveFrame,
    LiveHint,
    Moved,
    Panel,
    Quit,
    SayAgain,
    Setup,
    Show,
    SignNote,
    SignPicture,
    Started,
    Stirred,
    Tick,
    Touched,
    TreeIs,
    TypingIs,
)
from kiosk.screens.screen import Answer, Look, Screen, Written, typing_of

_log = logging.getLogger("kiosk.window")


class Window(Protocol):
    """What a visit needs of a window. The scripted window of the tests has the same shape."""

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


class ShellWindow:
    """The real window: a supervised shell process. `program` is the module that is run as the shell."""

    def __init__(
        self,
        panel: Panel,
        fonts: dict[str, str],
        limits: Supervision,
        *,
        timezone: str = "",
        cursor: bool = False,
        program: str = "kiosk.shell",
    ) -> None:
        self.stirred_at = time.monotonic()
        self.tree: TreeIs | None = None
        self.drawn_number = 0
        self.restarts = 0
        self.on_drawn: Callable[[Drawn], None] | None = None
        self.overhears: Callable[[object], None] | None = None
        """Is told each screen, each hint, and whatever the shell says: the voice listens."""
        self.prepares: Callable[[Show], Show] | None = None
        """May keep a place on a screen before it is shown: sign language."""
        self._setup = Setup(panel=panel, fonts=fonts, cursor=cursor)
        self._limits = limits
        self._program = program
        self._environment = {"TZ": timezone} if timezone else {}
        self._number = 0
        self._shown: Show | None = None
        self._fds: list[int] = []
        self._answer: asyncio.Future[Answer] | None = None
        self._child: child.Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ending = False
        self._ready = asyncio.Event()
        self._owed: type[Show | Amend] | None = None
        self._written: Written | None = None
        self._wrote = asyncio.Event()
        self._missed = asyncio.Event()
        self._ticked = 0.0
        self.ticked: tuple[str, ...] | None = None

    # --- what a visit uses

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = (), *, written: Written | None = None) -> int:
        """See `Window.show`."""
        self._number += 1
        self._keep_written(written)
        self._wrote, self._missed = asyncio.Event(), asyncio.Event()
        shown = Show(number=self._number, screen=screen, look=look)
        self._shown = self.prepares(shown) if self.prepares is not None else shown
        self.ticked = None
        self.tree = None
        self._answer = asyncio.get_running_loop().create_future()
        close_all(self._fds)
        self._fds = [os.dup(fd) for fd in fds]
        self._owed = None if self._send_screen() else Show
        self._overheard(self._shown)
        return self._number

    def amend(self, number: int, screen: Screen) -> None:
        """See `Window.amend`."""
        if number != self._number or self._shown is None:
            return
        if typing_of(screen) != typing_of(self._shown.screen):
            raise ValueError(
                f"{screen.name}: an amended screen keeps its Typing block; show a new screen for another field"
            )
        screen = msgspec.structs.replace(screen, signs=self._shown.screen.signs)
        self._shown = msgspec.structs.replace(self._shown, screen=screen)
        if self._owed is None and not self._send(Amend(number=number, screen=screen)):
            self._owed = Amend

    async def typing(self, number: int) -> Written:
        """See `Window.typing`."""
        wrote = self._wrote if number == self._number else asyncio.Event()
        await wrote.wait()
        wrote.clear()
        assert self._written is not None
        return self._written

    def take_written(self) -> Written | None:
        """See `Window.take_written`."""
        written, self._written = self._written, None
        self._wrote.clear()
        return written

    async def answer(self, number: int) -> Answer:
        """See `Window.answer`."""
        # Each screen has an answer of its own: whoever still waits for an older one cannot take the newer one's away.
        current = self._answer if number == self._number else None
        return await asyncio.shield(current or asyncio.get_running_loop().create_future())

    async def missed(self, number: int) -> None:
        """See `Window.missed`."""
        missed = self._missed if number == self._number else asyncio.Event()
        await missed.wait()
        missed.clear()

    def live_frame(self, width: int, height: int, fd: int) -> None:
        """See `Window.live_frame`."""
        self._send(LiveFrame(width=width, height=height), [fd])

    def live_hint(self, text: str) -> None:
        """See `Window.live_hint`."""
        hint = LiveHint(text=text)
        self._send(hint)
        self._overheard(hint)

    def sign_picture(self, number: int, width: int, height: int, fd: int) -> None:
        """Show a picture in the place for sign language of the screen of this number; the descriptor stays the caller's."""
        if number == self._number:
            self._send(SignPicture(number=number, width=width, height=height), [fd])

    def sign_note(self, number: int, text: str) -> None:
        """Write into that place, as long as it has no picture."""
        if number == self._number:
            self._send(SignNote(number=number, text=text))

    def moved(self, done: int, total: int, label: str = "") -> None:
        """See `Window.moved`."""
        self._send(Moved(done=done, total=total, label=label))

    # --- its life

    async def start(self) -> None:
        """Start the shell and wait until its window is there."""
        self._keeper = asyncio.create_task(self._keep(), name="window")
        await asyncio.wait_for(self._ready.wait(), self._limits.shell_start)

    async def stop(self) -> None:
        """Close the window."""
        if self._keeper is not None:
            self._send(Quit())
            self._ending = True
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
        close_all(self._fds)
        self._fds = []
        self._keep_written(None)

    @property
    def pid(self) -> int | None:
        """The shell's process id."""
        return self._child.pid if self._child else None

    @property
    def showing(self) -> Show | None:
        """What is shown now."""
        return self._shown

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            began = time.monotonic()
            await self._live()
            if self._ending:
                return  # the cancellation went down with the shell (see drivers.client)
            self.restarts += 1
            stayed = time.monotonic() - began > _STAYED_SECONDS
            pause = 0.0 if stayed else min(max(2 * pause, _FIRST_PAUSE_SECONDS), _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause)

    async def _live(self) -> None:
        try:
            current = await child.start(self._program, environment=self._environment)
        except OSError as error:
            _log.warning("the shell cannot be started (%s)", type(error).__name__)
            return
        self._child = current
        self._ticked = time.monotonic() + self._limits.shell_start
        try:
            self._send(self._setup)
            if self._shown is not None:
                self._owed = None if self._send_screen() else Show
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(self._watch(current))
                group.create_task(self._hear(current)).add_done_callback(lambda _: watching.cancel())
        except* (EOFError, OSError, msgspec.MsgspecError) as errors:
            _log.warning("the shell ended (%s)", type(errors.exceptions[0]).__name__)
        finally:
            self._child = None
            # What was on the glass is gone with the process that drew it.
            self.tree, self.drawn_number = None, 0
            # A shell that hangs in GL does not hear a polite word; nothing in it needs saving.
            await current.end(grace=0.3)

    async def _watch(self, current: child.Child) -> None:
        while True:
            await asyncio.sleep(self._limits.shell_silent / _LOOKS)
            if time.monotonic() - self._ticked > self._limits.shell_silent:
                _log.warning("the shell does not tick; started again")
                await current.kill()
                return

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            close_all(fds)
            message = wire.decode(raw, FromShell)
            self._overheard(message)
            self._handle(message)

    def _overheard(self, message: object) -> None:
        if self.overhears is not None:
            self.overhears(message)

    def _handle(self, message: Any) -> None:
        match message:
            case Tick():
                self._ticked = time.monotonic()
                self._pay_owed()
            case Started(gl=renderer):
                _log.info("the shell is there; drawn by %s", renderer)
                self._ticked = time.monotonic()
                self._ready.set()
            case Touched(number=number, answer=answer):
                self.stirred_at = time.monotonic()
                if number == self._number and self._answer is not None and not self._answer.done():
                    self._answer.set_result(answer)
                else:
                    wipe_all(answer)
            case Stirred(number=number, ticked=ticked, missed=missed):
                self.stirred_at = time.monotonic()
                if number == self._number and missed:
                    self._missed.set()
                if number == self._number and ticked is not None:
                    self.ticked = ticked
            case TypingIs(number=number, written=written):
                self.stirred_at = time.monotonic()
                if number == self._number:
                    self._keep_written(written)
                    self._wrote.set()
                else:
                    wipe_all(written)
            case Focused() | Keyed() | SayAgain():
                self.stirred_at = time.monotonic()
            case TreeIs(number=number) if number == self._number:
                self.tree = message
            case Drawn(number=number):
                self.drawn_number = max(self.drawn_number, number)
                if self.on_drawn is not None:
                    self.on_drawn(message)

    def _keep_written(self, written: Written | None) -> None:
        if self._written is not None:
            wipe_all(self._written)
        self._written = written

    def _send_screen(self) -> bool:
        """The current screen, with what the visitor did on it."""
        assert self._shown is not None
        return self._send(msgspec.structs.replace(self._shown, draft=self.ticked, written=self._written), self._fds)

    def _pay_owed(self) -> None:
        """The shell was too busy to take its screen, and has come round."""
        if self._shown is None or self._owed is None:
            return
        amend = Amend(number=self._number, screen=self._shown.screen)
        if self._send_screen() if self._owed is Show else self._send(amend):
            self._owed = None

    def _send(self, message: object, fds: Sequence[int] = ()) -> bool:
        """A shell that is down or stuck is the keeper's business; it gets the current screen when it is back."""
        if self._child is None:
            return False
        try:
            self._child.channel.send(wire.encode(message), fds)
        except OSError:
            return False
        return True


_LOOKS = 8
"""Looks in the time after which a shell counts as silent: a hang is found at most an eighth later."""

_STAYED_SECONDS = 2.0
"""A shell that lived so long has served: the next one is started at once, however often that happens in a visit."""

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 2.0
"""One that ends sooner is started again with growing pauses, so that it does not eat the machine; with the longest, its screen
is still back within 3 s."""
