"""The core's side of the voice: keeps its process alive, and tells it what to say when the screen changes.

    voice = Voice(voice_settings(), speaker="USB", earphone="", clock=local_time)
    await voice.start()
    voice.shown(screen, look)      # says its caption; what was being said stops
    voice.touched()                # stops
    voice.again()                  # the same once more

Nothing here waits for the voice, and nothing fails with it: without it there are captions only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from drivers.link import child, wire
from drivers.link.channel import close_all
from kiosk.screens.protocol import Hearing
from kiosk.screens.screen import Look, Screen
from kiosk.voice.ear import Ear
from kiosk.voice.messages import (
    Began,
    Ended,
    FromVoice,
    Hush,
    Open,
    Ping,
    Pong,
    Record,
    Say,
    Sound,
    Standing,
)
from kiosk.voice.settings import VoiceSettings

_log = logging.getLogger("kiosk.voice")

MANDARIN = "zh-Hans"
"""The language of the pack."""


class Voice:
    """One voice, started again when it dies or hangs. What it was saying is not said again: the visitor has read on."""

    def __init__(
        self,
        settings: VoiceSettings,
        *,
        clock: Callable[[], datetime],
        speaker: str = "",
        earphone: str = "",
        program: str = "kiosk.voice.worker",
    ) -> None:
        """`speaker`, `earphone`: a part of the sound card's name. `clock` gives the local time of the place."""
        self.sound = Sound.UNKNOWN
        self.card = ""
        self.restarts = 0
        self.ended: Ended | None = None
        self.on_told: Callable[[FromVoice], None] | None = None
        self._settings, self._clock, self._program = settings, clock, program
        self._opening = Open(speaker=speaker, earphone=earphone, pauses=settings.pauses, playing=settings.playing)
        self._ear: Ear | None = None
        self._caption, self._look = "", Look()
        self._held = ""
        """A caption that waits for somebody to be there."""
        self._new = False
        """The screen is new: nobody has done anything on it."""
        self._number = 0
        self._speaking = 0
        self._recording = ""
        self._child: child.Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._ponged = 0.0

    # --- what happens before the visitor

    def shown(self, screen: Screen, look: Look) -> None:
        """A screen is shown: say its caption. The same caption again (a bar moved, a box was ticked) does not begin anew."""
        same = (screen.spoken, look) == (self._caption, self._look)
        self._caption, self._look = screen.spoken, look
        self._held, self._new = "", True
        if same and self._speaking:
            return
        self._hush()
        if screen.name in self._settings.quiet.screens:
            self._held = screen.spoken
            if self._ear is not None:  # nobody inherits the volume that somebody else has chosen
                self._ear = Ear(self._settings.earphone)
        elif self._ear is not None or self._settings.speaks.in_mode(look.mode):
            self._say(screen.spoken)

    def answered(self) -> None:
        """The screen was answered: whoever answers has understood, and the next one comes at once."""
        self._held, self._new = "", False
        self._hush()

    def touched(self) -> None:
        """The screen was touched where that answers nothing: silence, or what a quiet screen has to say to who is there now."""
        held, self._held, self._new = self._held, "", False
        self._hush()
        if held and self._settings.speaks.in_mode(self._look.mode):
            self._say(held)

    def again(self) -> None:
        """Say the caption once more, in every mode: somebody asked for it."""
        self._held = ""
        self._say(self._caption)

    def hint(self, text: str) -> None:
        """A hint for who looks into the camera; it never interrupts, the next one comes soon."""
        if not self._speaking and (self._ear is not None or self._settings.speaks.in_mode(self._look.mode)):
            self._say(text)

    def focused(self, said: str, aloud: str) -> None:
        """The key pad's focus is on something: say what it is. `aloud` is what the room may hear of it.

        What comes first on a new screen waits until the screen's caption has been said.
        """
        self._held = ""
        self._say(said if self._ear is not None else aloud, wait=self._new and bool(self._speaking))
        self._new = False

    def keyed(self, key: Hearing) -> None:
        """A key about hearing; what was being said begins anew, so that the change is heard."""
        match key:
            case Hearing.EARPHONE_IN:
                self._ear = Ear(self._settings.earphone)
            case Hearing.EARPHONE_OUT:
                self.aloud()
                return
            case Hearing.LOUDER | Hearing.QUIETER if self._ear is not None:
                self._ear.change_volume(1 if key is Hearing.LOUDER else -1)
            case Hearing.FASTER | Hearing.SLOWER if self._ear is not None:
                self._ear.change_speed(1 if key is Hearing.FASTER else -1)
            case _:
                return
        self.again()

    def aloud(self) -> None:
        """From now on by the loudspeaker: the earphone was pulled, or the visit ended."""
        self._ear = None
        self._hush()

    @property
    def settings(self) -> VoiceSettings:
        """What is in force."""
        return self._settings

    def set_levels(self, *, day: float | None = None, night: float | None = None, ear: float | None = None) -> None:
        """Another volume by day, by night, and at which an earphone begins (the nearest that its keys reach); None leaves it."""
        own = self._settings
        volume, earphone = own.volume, own.earphone
        if day is not None:
            volume = msgspec.structs.replace(volume, day=day)
        if night is not None:
            volume = msgspec.structs.replace(volume, night=night)
        if ear is not None:
            wanted = ear
            nearest = min(earphone.volumes, key=lambda each: abs(each - wanted))
            earphone = msgspec.structs.replace(earphone, volume=nearest)
        self._settings = msgspec.structs.replace(own, volume=volume, earphone=earphone)

    def sample(self, caption: str, volume: float, *, ear: bool = False) -> None:
        """Say something at this volume, to whoever sets it."""
        self._hush()
        self._number += 1
        self._speaking = self._number
        speed = self._settings.speed.of(self._look.mode)
        if not self._send(Say(id=self._number, caption=caption, volume=volume, speed=speed, ear=ear, wait=False)):
            self._speaking = 0

    def record(self, path: Path | None) -> None:
        """Write what is played from now on into this WAV file; None: no more."""
        self._recording = str(path) if path is not None else ""
        self._send(Record(path=self._recording))

    # --- saying

    def _say(self, caption: str, *, wait: bool = False) -> None:
        if not caption or self._look.language != MANDARIN:
            return
        self._number += 1
        self._speaking = self._number
        if self._ear is not None:
            volume, speed = self._ear.volume, self._ear.speed
        else:
            volume = self._settings.volume.at(self._clock().time())
            speed = self._settings.speed.of(self._look.mode)
        say = Say(id=self._number, caption=caption, volume=volume, speed=speed, ear=self._ear is not None, wait=wait)
        if not self._send(say):
            self._speaking = 0

    def _hush(self) -> None:
        if self._speaking:
            self._speaking = 0
            self._send(Hush())

    def _send(self, message: object) -> bool:
        if self._child is None:
            return False
        try:
            self._child.channel.send(wire.encode(message))
        except OSError:
            return False
        return True

    # --- its life

    @property
    def pid(self) -> int | None:
        """The process id, None while there is none."""
        return self._child.pid if self._child is not None else None

    async def start(self) -> None:
        """Begin to keep a voice alive; returns at once."""
        self._keeper = asyncio.create_task(self._keep(), name="voice")

    async def stop(self) -> None:
        """End it."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            await self._live()
            self.restarts += 1
            pause = _FIRST_PAUSE_SECONDS if time.monotonic() - began > _STAYED_SECONDS else min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    async def _live(self) -> None:
        try:
            current = await child.start(self._program)
        except OSError as error:
            _log.warning("the voice cannot be started (%s)", type(error).__name__)
            return
        self._child, self._ponged = current, time.monotonic()
        try:
            self._send(self._opening)
            if self._recording:
                self._send(Record(path=self._recording))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._watch())
                group.create_task(self._hear(current))
        except* (EOFError, OSError, msgspec.MsgspecError, _Silent) as errors:
            _log.warning("the voice ended (%s)", type(errors.exceptions[0]).__name__)
        finally:
            self._child, self._speaking = None, 0
            await current.end(grace=_GRACE_SECONDS)

    async def _watch(self) -> None:
        """A voice that does not answer is stuck in a sound driver."""
        while True:
            self._send(Ping(id=0))
            await asyncio.sleep(_PING_SECONDS)
            if time.monotonic() - self._ponged > _SILENT_SECONDS:
                raise _Silent

    async def _hear(self, current: child.Child) -> None:
        while True:
            raw, fds = await current.channel.receive()
            close_all(fds)
            self._handle(wire.decode(raw, FromVoice))

    def _handle(self, message: Any) -> None:
        match message:
            case Pong():
                self._ponged = time.monotonic()
                return
            case Standing(sound=sound, card=card):
                self.sound, self.card = sound, card
                _log.info("voice: %s %s", sound, card)
            case Ended(id=number):
                self.ended = message
                if number == self._speaking:
                    self._speaking = 0
            case Began():
                pass
        if self.on_told is not None:
            self.on_told(message)


class _Silent(Exception):
    """The process lives and does not answer."""


_PING_SECONDS = 3.0
_SILENT_SECONDS = 10.0
"""Loading and decoding take tenths of a second, also on a slow board."""

_GRACE_SECONDS = 0.3
_STAYED_SECONDS = 10.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST = 60.0
"""A voice that ends at once (no pack, a broken driver) is tried again ever more seldom: nobody waits for it."""
