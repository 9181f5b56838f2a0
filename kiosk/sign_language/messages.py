"""What the core and the process that decodes sign language say to each other (encoded by `drivers.link.wire`)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.sign_language.settings import PictureSettings


class Open(msgspec.Struct, frozen=True, kw_only=True, tag="open"):
    """First message, once."""

    picture: PictureSettings


class Play(msgspec.Struct, frozen=True, kw_only=True, tag="play"):
    """Show these clips one after the other, and again after `again` milliseconds; what was shown ends."""

    id: int
    files: tuple[str, ...]
    again: int


class Call(msgspec.Struct, frozen=True, kw_only=True, tag="call"):
    """Call an interpreter at this Unix socket (docs/voice.md); what was shown ends."""

    id: int
    socket: str
    kiosk: str


class Stop(msgspec.Struct, frozen=True, tag="stop"):
    """Show nothing; hang up."""


ToSigns = Open | Play | Call | Stop


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag="picture"):
    """A picture of what `id` shows, its memfd with it: width × height × 3, RGB, top row first."""

    id: int
    width: int
    height: int


class Line(StrEnum):
    """How it goes with a call, or with a clip."""

    CALLING = "calling"
    CONNECTED = "connected"
    BUSY = "busy"
    """Nobody can come to the line now."""
    LEFT = "left"
    """The interpreter hung up, or the line broke."""
    BROKEN = "broken"
    """The clip cannot be shown."""


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """`id` stands so now."""

    id: int
    line: Line


class Alive(msgspec.Struct, frozen=True, tag="alive"):
    """Nothing new; sent at least once a second."""


FromSigns = Picture | Told | Alive
