"""The voice's process: speaks captions on a sound card. It holds the caption that is being said and nothing of it afterwards.

A crash or a hang here costs a sentence, never the screen: the core starts it again (kiosk.voice.voice).
"""

from __future__ import annotations

import resource
import signal
import sys
import time

import numpy as np
import soundfile

from drivers.link import wire
from drivers.link.channel import Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel
from kiosk.voice import join, pack
from kiosk.voice.capture import Capture
from kiosk.voice.card import Card, NoCard, keep_alsa_quiet
from kiosk.voice.inventory import slotted
from kiosk.voice.messages import (
    Began,
    Ended,
    FromVoice,
    How,
    Hush,
    Open,
    Ping,
    Pong,
    Record,
    Say,
    Sound,
    Standing,
    ToVoice,
)
from kiosk.voice.plan import Planner
from kiosk.voice.stream import Stream

_LOOK_SECONDS = 0.02
"""How often it is looked whether what is said has been said; without anything to say it waits for the core."""


class Speaker:
    """One voice, on the loudspeaker or on the earphone, never on both: what one person is told is not for the room."""

    def __init__(self, link: Channel, opening: Open, what: pack.Manifest) -> None:
        self._link, self._opening, self._what = link, opening, what
        self._planner = Planner(slotted(), what.recordings)
        self._stream = Stream(what.rate * opening.playing.fade // 1000)
        self._capture = Capture(self._stream, what.rate)
        self._card: Card | None = None
        self._wanted, self._lacking = "", False
        self._looked_at = -float("inf")
        self._ended_at = 0.0
        self._saying = 0
        self._stood: Standing | None = None

    @property
    def busy(self) -> bool:
        """Whether there is something to look after between messages."""
        return self._card is not None

    def say(self, say: Say) -> None:
        """Begin to speak; at once, or not at all."""
        if not say.wait:
            self.hush()
        pieces = self._planner.plan(say.caption)
        if not pieces:
            self._tell(Ended(id=say.id, how=How.CAPTION_ONLY))
            return
        if not self._open(self._opening.earphone if say.ear else self._opening.speaker):
            self._tell(Ended(id=say.id, how=How.NOT_HEARD))
            return
        try:
            sound = join.joined(pieces, pack.folder(), self._what, self._opening.pauses)
        except (OSError, soundfile.SoundFileError):
            self._tell(Ended(id=say.id, how=How.CAPTION_ONLY))
            return
        sound = join.at_speed(sound, self._what.rate, say.speed)
        if say.wait:
            gap = np.zeros(self._what.rate * self._opening.pauses.sentence // 1000, np.int16)
            sound = np.concatenate([gap, sound])
            self._over(How.DONE)
        self._stream.play(sound, say.volume, wait=say.wait)
        self._saying = say.id
        self._tell(Began(id=say.id, seconds=len(sound) / self._what.rate))

    def hush(self) -> None:
        """Stop what is being said."""
        self._stream.stop()
        self._over(How.STOPPED)

    def record(self, path: str) -> None:
        """Begin or end a file of what is played."""
        self._capture.into(path)

    def look_after(self) -> None:
        """Between messages: has it been said, does the card still take anything, is it time to let go of it?"""
        self._capture.write()
        if self._card is None:
            return
        now = time.monotonic()
        if now - self._stream.pulled_at > self._opening.playing.silent / 1000:
            self._close()
            self._over(How.NOT_HEARD)
            self._stand(Sound.CARD_GONE)
        elif self._stream.silent:
            self._over(How.DONE)
            if now - self._ended_at > self._opening.playing.linger / 1000:
                self._close()

    def check(self) -> None:
        """Find out whether there is a sound card, and tell."""
        if self._open(self._opening.speaker):
            self._ended_at = time.monotonic()

    def end(self) -> None:
        """Let go of everything."""
        self._close()
        self._capture.into("")

    def _over(self, how: How) -> None:
        if self._saying:
            self._tell(Ended(id=self._saying, how=how))
            self._saying, self._ended_at = 0, time.monotonic()

    def _open(self, wanted: str) -> bool:
        if self._card is not None and self._wanted == wanted:
            return True
        now = time.monotonic()
        if self._wanted == wanted and self._lacking and now - self._looked_at < self._opening.playing.look_again / 1000:
            return False
        self._close()
        self._wanted, self._looked_at = wanted, now
        try:
            self._stream.pulled_at = now
            self._card = Card(wanted, self._what.rate, self._stream, self._opening.playing)
        except NoCard:
            self._lacking = True
            self._stand(Sound.NO_CARD)
            return False
        self._lacking = False
        self._stand(Sound.READY, self._card.name)
        return True

    def _close(self) -> None:
        if self._card is not None:
            self._card.close()
            self._card = None
            self._capture.write()

    def _stand(self, sound: Sound, card: str = "") -> None:
        standing = Standing(sound=sound, card=card)
        if standing != self._stood:
            self._stood = standing
            self._tell(standing)

    def _tell(self, message: FromVoice) -> None:
        self._link.send(wire.encode(message))


def serve(link: Channel) -> int:
    """Speak until the core is gone; return the exit code."""
    opening = _next(link, None)
    if not isinstance(opening, Open):
        raise RuntimeError(f"the first message must be Open, not {type(opening).__name__}")
    try:
        what = pack.manifest()
    except (OSError, ValueError):
        link.send(wire.encode(Standing(sound=Sound.NO_PACK)))
        return 1
    speaker = Speaker(link, opening, what)
    speaker.check()
    try:
        while True:
            match _next(link, _LOOK_SECONDS if speaker.busy else None):
                case Say() as say:
                    speaker.say(say)
                case Hush():
                    speaker.hush()
                case Record(path=path):
                    speaker.record(path)
                case Ping(id=number):
                    link.send(wire.encode(Pong(id=number)))
                case Open():
                    raise RuntimeError("the voice is open already")
            speaker.look_after()
    except (EOFError, ConnectionError):
        return 0
    finally:
        speaker.end()


def _next(link: Channel, seconds: float | None) -> ToVoice | None:
    packet = link.receive(seconds)
    if packet is None:
        return None
    raw, fds = packet
    close_all(fds)
    message: ToVoice = wire.decode(raw, ToVoice)
    return message


def main() -> int:
    """Run as the core's child."""
    be_frugal()
    keep_alsa_quiet()
    link = parent_channel()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    return serve(link)


if __name__ == "__main__":
    sys.exit(main())
