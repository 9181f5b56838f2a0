"""From a camera that runs by itself to a consumer that takes its time: only the newest picture waits, older ones are dropped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from drivers.contract import camera as contract
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing
from drivers.link import memfd

T = TypeVar("T")

_LOOK_UP = 0.1
"""Seconds between two looks at cancel and deadline."""

_SLACK = 0.25
"""Share of the frame time by which a picture may come early: a 15 Hz camera asked for 15 Hz must not give 7.5."""


@dataclass(frozen=True)
class Picture:
    """RGB, top row first, height × width × 3 bytes."""

    width: int
    height: int
    rgb: bytes


class Newest(Generic[T]):
    """A slot for one shot. The camera's thread puts, the driver's thread takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._shot: tuple[T, float] | None = None
        self._ended: Fault | None = None

    def put(self, shot: T) -> None:
        """Replace what waits."""
        with self._changed:
            self._shot = (shot, time.monotonic())
            self._changed.notify()

    def end(self, fault: Fault) -> None:
        """Say that nothing more will come, and why."""
        with self._changed:
            self._ended = fault
            self._changed.notify()

    def take(self, seconds: float) -> tuple[T, float] | None:
        """Return the newest shot and its time, or None after `seconds`. Raise DeviceFault once nothing more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._shot or self._ended, seconds)
            if self._shot is None and self._ended is not None:
                raise DeviceFault(self._ended)
            shot, self._shot = self._shot, None
            return shot


@dataclass(frozen=True)
class Patience:
    """Seconds without a good picture, and seconds of one and the same picture, after which the camera counts as dead."""

    silence: float
    standstill: float


def deliver(
    newest: Newest[T], call: Call, max_fps: float, understand: Callable[[T], Picture | None], patience: Patience
) -> None:
    """Emit a Frame for the newest picture, at most `max_fps` a second, until cancelled.

    Raise CommandCanceled, DeviceFault(DEADLINE), NO_FRAMES when pictures stop, are all damaged or stand still, and whatever
    fault ended the source. A real sensor's noise makes each picture differ, so the same bytes over and over are a stuck camera.
    """
    period = 1.0 / max_fps if max_fps > 0 else 0.0
    seq, due = 0, time.monotonic()
    good_at = moved_at = time.monotonic()
    damaged = 0
    last = b""
    while True:
        _wait_until(due, call)
        taken = newest.take(_LOOK_UP)
        call.check()
        picture = understand(taken[0]) if taken is not None else None
        now = time.monotonic()
        if taken is None or picture is None:
            damaged += taken is not None
            if now - good_at > patience.silence:
                raise failing(FaultCode.NO_FRAMES, f"{damaged} damaged pictures" if damaged else "no picture comes")
            continue
        if picture.rgb != last:
            last, moved_at = picture.rgb, now
        elif now - moved_at > patience.standstill:
            raise failing(FaultCode.NO_FRAMES, "the picture stands still")
        good_at, damaged, seq = now, 0, seq + 1
        due = max(due + period, now + period * (1 - _SLACK))
        _emit(call, picture, seq, taken[1])


def _wait_until(due: float, call: Call) -> None:
    while (rest := due - time.monotonic()) > 0:
        call.sleep(min(rest, _LOOK_UP))


def _emit(call: Call, picture: Picture, seq: int, at: float) -> None:
    fd = memfd.seal(picture.rgb)
    try:
        call.emit(contract.Frame(seq=seq, width=picture.width, height=picture.height, at=at), (fd,))
    finally:
        # The event's receiver has its own copy of the descriptor by now.
        os.close(fd)
