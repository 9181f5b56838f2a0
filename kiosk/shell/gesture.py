"""The staff's hidden gesture: hold the place's name, then touch both upper corners of the coloured field (themes/gesture.toml).

It is made of touches where there is nothing to touch. Each that does not fit begins it anew, so that nobody comes upon it by
tapping; no key and no screen reader can make it, because it is no control.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from kiosk.shell.marks import Box, Part
from kiosk.shell.tokens import folder

NAME = "header.place"
"""The key of the part that is held."""
FIELD = "0"
"""The key of the coloured field: the screen's first block."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What each is stands in themes/gesture.toml."""

    hold: float
    hold_most: float
    slip: float
    corner: float
    tap_most: float
    within: float


@cache
def rule() -> Rule:
    """Return the gesture's figures. Raise ValueError naming file and key."""
    path = folder() / "gesture.toml"
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Rule)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error


class Touch(NamedTuple):
    """One finger's whole touch. Seconds and pixels; `strayed`: the farthest that it was from where it came down."""

    down: float
    up: float
    x: float
    y: float
    strayed: float


class Spots(NamedTuple):
    """Where to touch, in order: the name, and the two corners of the field."""

    name: Box
    left: Box
    right: Box


def spots(parts: Sequence[Part], scale: float) -> Spots | None:
    """Find the places on a laid-out screen: its name and its field. None where one of them is not there. `scale`: pixels a
    millimetre."""
    found = {part.key: part.node.box for part in parts}
    if NAME not in found or FIELD not in found:
        return None
    name, box = found[NAME], found[FIELD]
    side = math.ceil(rule().corner * scale)
    corner = min(side, box.w // 3), min(side, box.h)
    return Spots(name, Box(box.x, box.y, *corner), Box(box.right - corner[0], box.y, *corner))


class Gesture:
    """Follows touches; forgets them with each new screen. `scale`: pixels a millimetre."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._at = 0
        self._since = 0.0
        self._finger: object = None
        self._down = (0.0, 0.0, 0.0)
        self._strayed = 0.0

    def forget(self) -> None:
        """Another screen, or a touch of something that can be touched: it begins anew."""
        self._at, self._finger = 0, None

    # --- a finger

    def press(self, finger: object, x: float, y: float, now: float, *, free: bool) -> None:
        """A finger came down; `free`: where there is nothing to touch. Another finger beside it spoils the gesture."""
        if self._finger is not None or not free:
            self.forget()
            return
        self._finger, self._down, self._strayed = finger, (x, y, now), 0.0

    def move(self, finger: object, x: float, y: float) -> None:
        """The finger moves."""
        if finger == self._finger:
            self._strayed = max(self._strayed, math.hypot(x - self._down[0], y - self._down[1]))

    def lift(self, finger: object, now: float, parts: Sequence[Part]) -> bool:
        """The finger was lifted from a screen of these parts; whether the gesture is complete."""
        if finger != self._finger or self._finger is None:
            return False
        self._finger = None
        x, y, down = self._down
        return self.touched(Touch(down, now, x, y, self._strayed), spots(parts, self._scale))

    # --- whole touches

    def touched(self, touch: Touch, places: Spots | None) -> bool:
        """Take a whole touch; whether the gesture is complete with it."""
        step = self._at if self._at and touch.down - self._since <= rule().within else 0
        self._at = 0
        if places is None:
            return False
        if step == 0 or not _corner(touch, places[step], self._slip):
            self._at, self._since = (1, touch.up) if self._held(touch, places.name) else (0, 0.0)
            return False
        self._at, self._since = (step + 1) % len(places), touch.up
        return self._at == 0

    @property
    def _slip(self) -> float:
        return rule().slip * self._scale

    def _held(self, touch: Touch, name: Box) -> bool:
        return (
            name.has(touch.x, touch.y)
            and touch.strayed <= self._slip
            and (rule().hold <= touch.up - touch.down <= rule().hold_most)
        )


def _corner(touch: Touch, box: Box, slip: float) -> bool:
    return box.has(touch.x, touch.y) and touch.strayed <= slip and touch.up - touch.down <= rule().tap_most
