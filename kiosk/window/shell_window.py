"""The real window: the screen that is shown, with what was ticked and typed on it. When the shell below it is started again the
visit never notices: the same screen is shown again.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence

import msgspec

from drivers.contract.secret import wipe_all
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
    SayAgain,
    Setup,
    Show,
    SignNote,
    SignPicture,
    Stirred,
    Tick,
    Touched,
    TreeIs,
    TypingIs,
)
from kiosk.screens.screen import Answer, Look, Screen, Written, typing_of
from kiosk.window.process import ShellProcess


class ShellWindow:
    """A window on a shell process that is kept alive. `program` is the module that is run as the shell."""

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
        self.on_drawn: Callable[[Drawn], None] | None = None
        self.overhears: Callable[[object], None] | None = None
        """Is told each screen, each hint, and whatever the shell says: the voice listens."""
        self.prepares: Callable[[Show], Show] | None = None
        """May keep a place on a screen before it is shown: sign language."""
        self._setup = Setup(panel=panel, fonts=fonts, cursor=cursor)
        self._process = ShellProcess(
            program,
            {"TZ": timezone} if timezone else {},
            limits,
            begins=self._begin,
            hears=self._hear,
            ends=self._forget_drawn,
        )
        self._number = 0
        self._shown: Show | None = None
        self._fds: list[int] = []
        self._answer: asyncio.Future[Answer] | None = None
        self._owed: type[Show | Amend] | None = None
        self._written: Written | None = None
        self._wrote = asyncio.Event()
        self._missed = asyncio.Event()
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
        if self._owed is None and not self._process.send(Amend(number=number, screen=screen)):
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
        self._process.send(LiveFrame(width=width, height=height), [fd])

    def live_hint(self, text: str) -> None:
        """See `Window.live_hint`."""
        hint = LiveHint(text=text)
        self._process.send(hint)
        self._overheard(hint)

    def sign_picture(self, number: int, width: int, height: int, fd: int) -> None:
        """Show a picture in the place for sign language of the screen of this number; the descriptor stays the caller's."""
        if number == self._number:
            self._process.send(SignPicture(number=number, width=width, height=height), [fd])

    def sign_note(self, number: int, text: str) -> None:
        """Write into that place, as long as it has no picture."""
        if number == self._number:
            self._process.send(SignNote(number=number, text=text))

    def moved(self, done: int, total: int, label: str = "") -> None:
        """See `Window.moved`."""
        self._process.send(Moved(done=done, total=total, label=label))

    # --- its life

    async def start(self) -> None:
        """Start the shell and wait until its window is there. Raise TimeoutError."""
        await self._process.start()

    async def stop(self) -> None:
        """Close the window."""
        await self._process.stop()
        close_all(self._fds)
        self._fds = []
        self._keep_written(None)

    @property
    def pid(self) -> int | None:
        """The shell's process id."""
        return self._process.pid

    @property
    def restarts(self) -> int:
        """How often the shell had to be started again."""
        return self._process.restarts

    @property
    def showing(self) -> Show | None:
        """What is shown now."""
        return self._shown

    def _begin(self) -> None:
        """A new shell, which knows nothing yet."""
        self._process.send(self._setup)
        if self._shown is not None:
            self._owed = None if self._send_screen() else Show

    def _forget_drawn(self) -> None:
        """What was on the glass is gone with the process that drew it."""
        self.tree, self.drawn_number = None, 0

    # --- what the shell says

    def _overheard(self, message: object) -> None:
        if self.overhears is not None:
            self.overhears(message)

    def _hear(self, message: FromShell) -> None:
        self._overheard(message)
        match message:
            case Tick():
                self._pay_owed()
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
        return self._process.send(
            msgspec.structs.replace(self._shown, draft=self.ticked, written=self._written), self._fds
        )

    def _pay_owed(self) -> None:
        """The shell was too busy to take its screen, and has come round."""
        if self._shown is None or self._owed is None:
            return
        amend = Amend(number=self._number, screen=self._shown.screen)
        if self._send_screen() if self._owed is Show else self._process.send(amend):
            self._owed = None
