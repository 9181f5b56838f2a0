"""How loud, how fast and when: the shape of themes/voice.toml."""

from __future__ import annotations

from datetime import time
from typing import Annotated

import msgspec

from kiosk.screens.screen import Mode

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Speed = Annotated[float, msgspec.Meta(ge=0.5, le=2.0)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=60_000)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part is: unknown keys are mistakes."""


class Speaks(_Strict, frozen=True):
    """Which modes speak by themselves."""

    standard: bool
    elder: bool

    def in_mode(self, mode: Mode) -> bool:
        """Whether this mode does."""
        return self.elder if mode is Mode.ELDER else self.standard


class Quiet(_Strict, frozen=True):
    """Screens that are spoken only when somebody touches them."""

    screens: tuple[str, ...]


class Volume(_Strict, frozen=True):
    """Of the loudspeaker, by day and by night."""

    day: Share
    night: Share
    night_begins: time
    night_ends: time

    def at(self, now: time) -> float:
        """Return the volume at this local time; a night that begins later than it ends passes midnight."""
        begins, ends = self.night_begins, self.night_ends
        dark = begins <= now < ends if begins <= ends else now >= begins or now < ends
        return self.night if dark else self.day


class Speeds(_Strict, frozen=True):
    """By mode."""

    standard: Speed
    elder: Speed

    def of(self, mode: Mode) -> float:
        """Return the speed of this mode."""
        return self.elder if mode is Mode.ELDER else self.standard


class Earphone(_Strict, frozen=True):
    """What a listener by earphone may choose, from quiet to loud and from slow to fast, and where each begins."""

    volumes: tuple[Share, ...]
    volume: Share
    speeds: tuple[Speed, ...]
    speed: Speed

    def __post_init__(self) -> None:
        if self.volume not in self.volumes or self.speed not in self.speeds:
            raise ValueError("volume 要在 volumes 里，speed 要在 speeds 里")


class Pauses(_Strict, frozen=True):
    """Milliseconds of silence."""

    sentence: Milliseconds
    phrase: Milliseconds
    joint: Milliseconds


class Playing(_Strict, frozen=True):
    """Milliseconds; see themes/voice.toml."""

    period: Annotated[int, msgspec.Meta(ge=5, le=500)]
    periods: Annotated[int, msgspec.Meta(ge=2, le=8)]
    fade: Annotated[int, msgspec.Meta(ge=1, le=500)]
    linger: Milliseconds
    silent: Annotated[int, msgspec.Meta(ge=100)]
    look_again: Milliseconds


class VoiceSettings(_Strict, frozen=True):
    """The whole file."""

    speaks: Speaks
    quiet: Quiet
    volume: Volume
    speed: Speeds
    earphone: Earphone
    pauses: Pauses
    playing: Playing
