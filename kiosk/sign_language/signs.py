"""The core's side of sign language: whether a screen keeps a place for it, and what is shown there.

    signs = Signs(sign_settings(), window, clips=Clips(folder), interpreter=socket, kiosk="…")
    window.prepares = signs.prepares        # asked before each screen is shown
    await signs.stop()

The screen never waits: its place is kept at once, pictures come when they come. Their process is started with the first screen
that has something to show, and ended some time after the last; one that dies or hangs costs the pictures of one screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec

from drivers.link import child, wire
from drivers.link.channel import close_all
from kiosk.locales import OWN, Phrasebook
from kiosk.screens.parts import Pad, Typing
from kiosk.screens.protocol import Show
from kiosk.screens.screen import HELP
from kiosk.sign_language.clips import Clips
from kiosk.sign_language.messages import Call, FromSigns, Line, Open, Picture, Play, Stop, Told
from kiosk.sign_language.settings import SignSettings

_log = logging.getLogger("kiosk.signs")


class SignWindow(Protocol):
    """What is needed of a window."""

    def sign_picture(self, number: int, width: int, height: int, fd: int) -> None:
        """Show a picture on the screen of this number; the descriptor stays the caller's."""
        ...

    def sign_note(self, number: int, text: str) -> None:
        """Write this where no picture is yet."""
        ...


class Signs:
    """Clips on every screen that has some, an interpreter on the help screen; for whoever has asked for sign language."""

    def __init__(
        self,
        settings: SignSettings,
        window: SignWindow,
        *,
        clips: Clips | None = None,
        interpreter: Path | None = None,
        kiosk: str = "",
        program: str = "kiosk.sign_language.worker",
    ) -> None:
        """`interpreter`: the socket at which one can be called; `kiosk`: how this one is named there."""
        self.on_told: Callable[[FromSigns], None] | None = None
        self._settings, self._window, self._program = settings, window, program
        self._clips, self._interpreter, self._kiosk = clips, interpreter, kiosk
        self._show: Show | None = None
        self._wanted: Play | Call | None = None
        self._id = 0
        self._note = ""
        self._child: child.Child | None = None
        self._life: asyncio.Task[None] | None = None
        self._silent_at = self._wanted_at = 0.0
        """When a process that tells nothing counts as hanging; when something was wanted last (monotonic)."""

    @property
    def offered(self) -> bool:
        """Whether there is anything to show at all."""
        return self._clips is not None or self._interpreter is not None

    @property
    def pid(self) -> int | None:
        """The process id, None while there is none."""
        return self._child.pid if self._child is not None else None

    # --- what a screen shows

    def prepares(self, show: Show) -> Show:
        """Keep a place on this screen if there is something to show on it, and begin to show it."""
        wanted = self._what(show)
        if wanted is None:
            self._end_showing()
            return show
        screen = msgspec.structs.replace(show.screen, signs=True)
        prepared = msgspec.structs.replace(show, screen=screen)
        self._show = prepared
        if self._wanted is None or msgspec.structs.replace(wanted, id=self._wanted.id) != self._wanted:
            self._begin_showing(wanted)
        # The window sends the screen when this returns; what stands on it comes after it.
        asyncio.get_running_loop().call_soon(self._write)
        return prepared

    def _what(self, show: Show) -> Play | Call | None:
        """Where somebody types there is nothing: eyes are on the keys, and these need the room."""
        screen, look = show.screen, show.look
        if not look.signs or any(isinstance(block, Pad | Typing) for block in screen.blocks):
            return None
        if screen.name == HELP and self._interpreter is not None:
            return Call(id=0, socket=str(self._interpreter), kiosk=self._kiosk)
        files = self._clips.plan(screen.spoken) if self._clips is not None and look.language == OWN else ()
        return Play(id=0, files=tuple(map(str, files)), again=self._settings.playing.again) if files else None

    def _begin_showing(self, wanted: Play | Call) -> None:
        self._id += 1
        self._wanted = msgspec.structs.replace(wanted, id=self._id)
        self._note = ""
        self._wanted_at = time.monotonic()
        if isinstance(wanted, Call):
            self._stands(Line.CALLING)
        if not self._send(self._wanted) and (self._life is None or self._life.done()):
            self._life = asyncio.get_running_loop().create_task(self._live(), name="signs")

    def _end_showing(self) -> None:
        if self._wanted is not None:
            self._wanted_at = time.monotonic()
            self._send(Stop())
        self._show, self._wanted, self._note = None, None, ""

    def _stands(self, line: Line) -> None:
        """Nothing is written while somebody signs: the picture speaks."""
        if self._show is not None:
            say = Phrasebook(self._show.look.language, self._show.look.mode)
            self._note = "" if line is Line.CONNECTED else say(f"signs.{line.value}")

    def _write(self) -> None:
        if self._show is not None and self._note:
            self._window.sign_note(self._show.number, self._note)

    # --- its process

    def _send(self, message: object) -> bool:
        if self._child is None:
            return False
        try:
            self._child.channel.send(wire.encode(message))
        except OSError:
            return False
        return True

    async def stop(self) -> None:
        """End it."""
        if self._life is not None:
            self._life.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._life
            self._life = None

    async def _live(self) -> None:
        try:
            current = await child.start(self._program)
        except OSError as error:
            _log.warning("sign language cannot be started (%s)", type(error).__name__)
            return
        self._child, self._silent_at = current, time.monotonic() + self._settings.playing.start / 1000
        try:
            self._send(Open(picture=self._settings.picture))
            if self._wanted is not None:
                self._send(self._wanted)
            async with asyncio.TaskGroup() as group:
                hearing = group.create_task(self._hear(current))
                group.create_task(self._watch(hearing))
        except* (EOFError, OSError, msgspec.MsgspecError, _Silent) as errors:
            _log.warning("sign language ended (%s)", type(errors.exceptions[0]).__name__)
            self._handle_line(Line.BROKEN)
        finally:
            self._child = None
            await current.end(grace=_GRACE_SECONDS)

    async def _watch(self, hearing: asyncio.Task[None]) -> None:
        """End it when nobody has wanted it for long; a process that tells nothing is stuck in a decoder."""
        playing = self._settings.playing
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = time.monotonic()
            if now > self._silent_at:
                raise _Silent
            if self._wanted is None and now - self._wanted_at > playing.linger / 1000:
                hearing.cancel()
                return

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            try:
                self._handle(wire.decode(raw, FromSigns), fds)
            finally:
                close_all(fds)

    def _handle(self, message: Any, fds: list[int]) -> None:
        self._silent_at = time.monotonic() + self._settings.playing.silent / 1000
        match message:
            case Picture(id=number, width=width, height=height) if number == self._id and self._show is not None:
                self._window.sign_picture(self._show.number, width, height, fds[0])
            case Told(id=number, line=line) if number == self._id:
                _log.info("sign language: %s", line.value)
                self._handle_line(line)
        if self.on_told is not None:
            self.on_told(message)

    def _handle_line(self, line: Line) -> None:
        self._stands(line)
        self._write()


class _Silent(Exception):
    """The process lives and tells nothing."""


_LOOK_SECONDS = 0.5
_GRACE_SECONDS = 0.3
