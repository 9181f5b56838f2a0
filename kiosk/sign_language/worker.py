"""The process that decodes sign language: clips of the operator's, and what comes over the line to an interpreter.

It is apart because what it decodes comes from outside, and because a decoder that hangs must not stop the screen. It lives while
there is something to show (kiosk.sign_language.signs).
"""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time

import cv2

from drivers.link import memfd, wire
from drivers.link.channel import Channel, close_all
from drivers.link.memory import be_frugal
from drivers.link.parent import parent_channel
from kiosk.sign_language.film import Film
from kiosk.sign_language.line import Line as InterpreterLine
from kiosk.sign_language.messages import Alive, Call, FromSigns, Line, Open, Picture, Play, Stop, Told, ToSigns
from kiosk.sign_language.source import Source, fitted

_ALIVE_SECONDS = 1.0


class Projector:
    """Shows one source at a time."""

    def __init__(self, link: Channel, opening: Open) -> None:
        self._link, self._picture = link, opening.picture
        self._source: Source | None = None
        self._id = 0
        self._line: Line | None = None

    def waits(self) -> tuple[list[int], float]:
        """Descriptors to wait for, and for how many seconds at most."""
        if self._source is None:
            return [], _ALIVE_SECONDS
        left = self._source.due() - time.monotonic()
        return self._source.descriptors(), min(max(0.0, left), _ALIVE_SECONDS)

    def begin(self, wanted: Play | Call) -> None:
        """Show this from now on; whatever was shown ends."""
        self.stop()
        self._id = wanted.id
        try:
            if isinstance(wanted, Play):
                self._source = Film(wanted.files, wanted.again / 1000, self._picture.most_fps)
            else:
                self._source = InterpreterLine(wanted.socket, wanted.kiosk)
        except (OSError, ValueError):
            self._tell(Told(id=self._id, line=Line.BROKEN if isinstance(wanted, Play) else Line.BUSY))
        self._tell_line()

    def stop(self) -> None:
        """Show nothing."""
        if self._source is not None:
            self._source.close()
        self._source, self._line = None, None

    def turn(self) -> None:
        """Pass on a picture if there is one, and how the line stands if that has changed."""
        source = self._source
        if source is None:
            return
        try:
            picture = source.picture()
        except (OSError, ValueError, EOFError):
            ended = Line.BROKEN if source.line is None else Line.BUSY if source.line is Line.BUSY else Line.LEFT
            self.stop()
            self._tell(Told(id=self._id, line=ended))
            return
        self._tell_line()
        if picture is None:
            return
        made = fitted(picture, self._picture)
        fd = memfd.seal(made.data)
        try:
            self._tell(Picture(id=self._id, width=made.shape[1], height=made.shape[0]), fd)
        finally:
            os.close(fd)

    def _tell_line(self) -> None:
        if self._source is not None and self._source.line is not None and self._source.line is not self._line:
            self._line = self._source.line
            self._tell(Told(id=self._id, line=self._line))

    def _tell(self, message: FromSigns, *fds: int) -> None:
        self._link.send(wire.encode(message), fds)


def serve(link: Channel) -> int:
    """Show what the core wants until it is gone; return the exit code."""
    opening = _next(link, None)
    if not isinstance(opening, Open):
        raise RuntimeError(f"the first message must be Open, not {type(opening).__name__}")
    projector = Projector(link, opening)
    told = time.monotonic()
    try:
        while True:
            others, seconds = projector.waits()
            if link.fileno() in select.select([link.fileno(), *others], [], [], seconds)[0]:
                match _next(link, 0):
                    case (Play() | Call()) as wanted:
                        projector.begin(wanted)
                    case Stop():
                        projector.stop()
                    case Open():
                        raise RuntimeError("it is open already")
            projector.turn()
            if time.monotonic() - told >= _ALIVE_SECONDS:
                told = time.monotonic()
                link.send(wire.encode(Alive()))
    except (EOFError, ConnectionError, BrokenPipeError):
        return 0
    finally:
        projector.stop()


def _next(link: Channel, seconds: float | None) -> ToSigns | None:
    packet = link.receive(seconds)
    if packet is None:
        return None
    raw, fds = packet
    close_all(fds)
    message: ToSigns = wire.decode(raw, ToSigns)
    return message


def main() -> int:
    """Run as the core's child."""
    be_frugal()
    link = parent_channel()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    cv2.setNumThreads(1)
    return serve(link)


if __name__ == "__main__":
    sys.exit(main())
