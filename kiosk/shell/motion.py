"""How layers of drawings move: slow, seldom, with rests, so that it helps and costs little (a frame is drawn only when a
pose has changed, see STEP)."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec

STEP = 0.08
"""Seconds between two poses."""


class Pose(msgspec.Struct, frozen=True):
    """Where a layer is: shifted by shares of the whole drawing's width and height (down is positive), and how opaque."""

    dx: float = 0.0
    dy: float = 0.0
    opacity: float = 1.0


def _eased(time: float, start: float, length: float) -> float:
    """0 before `start`, 1 after `start + length`, smooth between."""
    share = min(1.0, max(0.0, (time - start) / length))
    return share * share * (3 - 2 * share)


def _settle(time: float) -> Pose:
    """The card waits above, comes down to its place, rests there."""
    return Pose(dy=0.452 * _eased(time % 4.2, 1.0, 1.1))


def _lift(time: float) -> Pose:
    """The card leaves its place, upwards."""
    return Pose(dy=-0.452 * _eased(time % 4.2, 0.9, 1.1))


def _scan(time: float) -> Pose:
    """A line goes down the card, then up."""
    phase = time % 3.0
    return Pose(dy=0.635 * (_eased(phase, 0.0, 1.2) - _eased(phase, 1.5, 1.2)))


def _feed(time: float) -> Pose:
    """The paper comes out of the slot."""
    return Pose(dy=-0.40 * (1 - _eased(time % 4.0, 0.4, 2.2)))


def _offer(time: float) -> Pose:
    """The paper is there and nods, so that the eye finds it."""
    phase = time % 3.0
    return Pose(dy=0.028 * (_eased(phase, 0.0, 0.5) - _eased(phase, 0.6, 0.5)) - 0.02)


def _glow(time: float) -> Pose:
    """A light that breathes, in few steps."""
    return Pose(opacity=round(0.7 + 0.3 * math.cos(2 * math.pi * math.floor(time * 4) / 8), 2))


def _dot(place: int) -> Callable[[float], Pose]:
    """One of three dots that light up one after the other."""
    return lambda time: Pose(opacity=1.0 if math.floor(time * 2) % 3 == place else 0.3)


def _wander(time: float) -> Pose:
    """To the right and back, in eight places."""
    place = math.floor(time * 4) % 14
    return Pose(dx=0.75 * min(place, 14 - place) / 7)


MOTIONS: dict[str, Callable[[float], Pose]] = {
    "settle": _settle,
    "lift": _lift,
    "scan": _scan,
    "feed": _feed,
    "offer": _offer,
    "glow": _glow,
    "first": _dot(0),
    "second": _dot(1),
    "third": _dot(2),
    "wander": _wander,
}


def pose(motion: str, time: float) -> Pose:
    """Where a layer with this motion is `time` seconds after it was shown."""
    return MOTIONS[motion](math.floor(time / STEP) * STEP)
