"""What the core and the voice say to each other (encoded by `drivers.link.wire`)."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kiosk.voice.settings import Pauses, Playing

NO_CARD = "none"
"""The name of a sound card that is none: it takes the sound at its pace and nobody hears it (no loudspeaker; the demo)."""


class Open(msgspec.Struct, frozen=True, kw_only=True, tag="open"):
    """First message, once. `speaker`, `earphone`: a part of the sound card's name; "": the system's own choice."""

    speaker: str
    earphone: str
    pauses: Pauses
    playing: Playing


class Say(msgspec.Struct, frozen=True, kw_only=True, tag="say"):
    """Speak a caption; what is being said stops, unless this is to `wait` for its end. `volume` 0 to 1; `speed` without
    another pitch; `ear`: by earphone only."""

    id: int
    caption: str
    volume: float
    speed: float = 1.0
    ear: bool = False
    wait: bool = False


class Hush(msgspec.Struct, frozen=True, tag="hush"):
    """Stop now."""


class Record(msgspec.Struct, frozen=True, kw_only=True, tag="record"):
    """Write what is played from now on into this file (WAV); "": no more."""

    path: str


class Ping(msgspec.Struct, frozen=True, kw_only=True, tag="ping"):
    """Are you there?"""

    id: int


ToVoice = Open | Say | Hush | Record | Ping


class Sound(StrEnum):
    """Whether anything can be heard."""

    UNKNOWN = "unknown"
    READY = "ready"
    NO_CARD = "no_card"
    CARD_GONE = "card_gone"
    NO_PACK = "no_pack"


class Standing(msgspec.Struct, frozen=True, kw_only=True, tag="standing"):
    """How the voice stands; told after Open and whenever it changes. `card`: the sound card's name."""

    sound: Sound
    card: str = ""


class How(StrEnum):
    """How a Say ended."""

    DONE = "done"
    STOPPED = "stopped"
    CAPTION_ONLY = "caption_only"
    """There is no recording of it."""
    NOT_HEARD = "not_heard"
    """There is no sound card."""


class Began(msgspec.Struct, frozen=True, kw_only=True, tag="began"):
    """The first sound of this Say is with the sound card; it will take `seconds`."""

    id: int
    seconds: float


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """Nothing more comes of this Say."""

    id: int
    how: How


class Pong(msgspec.Struct, frozen=True, kw_only=True, tag="pong"):
    """Answers Ping."""

    id: int


FromVoice = Standing | Began | Ended | Pong
