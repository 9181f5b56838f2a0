"""The face worker: a child of the core that holds the models and, during one visit, one description of a face.

Its words never leave the machine; its frames come as sealed memfds and are mapped, not copied. Descriptions and decoded
photographs are overwritten with zeros here, everything else by the C library as it is freed (see `match._WIPING_HEAP`): a
test looks for them in this process's memory. What is left to chance: registers, the stack, and a system that swaps.
"""

from __future__ import annotations

import resource
import signal
import sys

import numpy as np

from drivers.link import memfd, wire
from drivers.link.channel import Channel, close_all
from drivers.link.parent import parent_channel
from kiosk.identity.face import engine, judge, picture
from kiosk.identity.face.limits import Outcome, PictureLimits, Thresholds
from kiosk.identity.face.messages import (
    Answer,
    Enrol,
    Enrolment,
    Forget,
    Forgotten,
    FromWorker,
    Look,
    NotReady,
    Open,
    Ping,
    Pong,
    Ready,
    Seen,
    ToWorker,
)

_BYTES_PER_PIXEL = 3


class Matcher:
    """One engine and at most one enrolled face."""

    def __init__(self, models: engine.Engine, limits: PictureLimits) -> None:
        self._engine = models
        self._limits = limits
        self._face: engine.Descriptor | None = None
        self._thresholds: Thresholds | None = None

    def answer(self, question: Enrol | Look | Forget | Ping, fds: list[int]) -> Answer:
        """Answer one question; the descriptors stay the caller's. Raise RuntimeError for a look before an enrolment."""
        match question:
            case Enrol():
                return self._enrol(question)
            case Look():
                return Seen(question.id, self._look(question, fds))
            case Forget():
                self.forget()
                return Forgotten(question.id)
            case Ping():
                return Pong(question.id)

    def forget(self) -> None:
        """Overwrite the enrolled face."""
        if self._face is not None:
            self._face.fill(0.0)
            self._engine.forget()
        self._face = self._thresholds = None

    def _enrol(self, question: Enrol) -> Enrolment:
        self.forget()
        try:
            photo = picture.decode(question.photo.reveal(), max_pixels=self._limits.max_pixels)
        except picture.PictureUnreadable:
            return Enrolment(question.id, Outcome.NO_PICTURE)
        finally:
            question.photo.wipe()
        try:
            found = judge.enrol(self._engine, photo, self._limits)
        finally:
            photo.fill(0)
        if isinstance(found, Outcome):
            return Enrolment(question.id, found)
        self._face, self._thresholds = found, question.thresholds
        return Enrolment(question.id)

    def _look(self, question: Look, fds: list[int]) -> Outcome:
        if self._face is None or self._thresholds is None:
            raise RuntimeError("no face is enrolled; the core asks to look only after Enrolled")
        size = question.width * question.height * _BYTES_PER_PIXEL
        sensible = min(question.width, question.height) > 0 and size <= self._limits.max_pixels * _BYTES_PER_PIXEL
        if not sensible or len(fds) != 1:
            return Outcome.NO_PICTURE
        try:
            mapped = memfd.view(fds[0], limit=size)
        except ValueError:
            return Outcome.NO_PICTURE
        if len(mapped) != size:
            return Outcome.NO_PICTURE
        frame = np.frombuffer(mapped, dtype=np.uint8).reshape(question.height, question.width, _BYTES_PER_PIXEL)
        return judge.look(self._engine, frame, self._face, self._thresholds, self._limits)


def serve(link: Channel) -> int:
    """Answer until the core is gone; return the exit code."""
    opening, fds = _next(link)
    close_all(fds)
    if not isinstance(opening, Open):
        raise RuntimeError(f"the first message must be Open, not {type(opening).__name__}")
    try:
        matcher = Matcher(engine.make(opening.engine), opening.limits)
    except engine.EngineMissing as missing:
        _say(link, NotReady(str(missing)))
        return 1
    _say(link, Ready())
    while True:
        try:
            question, fds = _next(link)
        except EOFError:
            matcher.forget()
            return 0
        try:
            if isinstance(question, Open):
                raise RuntimeError("the worker is open already")
            _say(link, matcher.answer(question, fds))
        finally:
            close_all(fds)


def _next(link: Channel) -> tuple[ToWorker, list[int]]:
    packet = link.receive()
    assert packet is not None, "receive() without a timeout waits"
    raw, fds = packet
    message: ToWorker = wire.decode(raw, ToWorker)
    return message, fds


def _say(link: Channel, answer: FromWorker) -> None:
    link.send(wire.encode(answer))


def main() -> int:
    """Run as the core's child."""
    link = parent_channel()
    # Ctrl-C in a terminal reaches the whole group; ending this process is the core's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # 1, not 0: the kernel then also skips a core handler behind a pipe (core(5)); a dump would hold faces.
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    return serve(link)


if __name__ == "__main__":
    sys.exit(main())
