"""How clips are played: themes/sign_language.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec

import themes

Positive = Annotated[int, msgspec.Meta(ge=1)]
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=600_000)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part is: unknown keys are mistakes."""


class PictureSettings(_Strict, frozen=True):
    """What is passed on to the screen: pixels, and pictures a second at most."""

    width: Positive
    height: Positive
    most_fps: Positive


class PlayingSettings(_Strict, frozen=True):
    """Milliseconds; see themes/sign_language.toml."""

    again: Milliseconds
    start: Annotated[int, msgspec.Meta(ge=100)]
    silent: Annotated[int, msgspec.Meta(ge=100)]
    linger: Milliseconds


class ClipSettings(_Strict, frozen=True):
    """What a clip may be at most: pixels of its longer side, seconds."""

    most_px: Positive
    most_seconds: Positive


class SignSettings(_Strict, frozen=True):
    """The whole file."""

    picture: PictureSettings
    playing: PlayingSettings
    clip: ClipSettings


def sign_settings() -> SignSettings:
    """Read the file. Raise ValueError naming what is wrong in it."""
    path = Path(themes.__path__[0]) / "sign_language.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), SignSettings)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from error
