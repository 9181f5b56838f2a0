"""What the tasks measure against: `limits.toml` beside this file."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

_Positive = Annotated[float, msgspec.Meta(gt=0)]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part is: unknown keys are mistakes."""


class StepLimits(_Strict, frozen=True):
    """Of one step with a picture. Seconds."""

    longest: _Positive
    look_every: _Positive


class PaperLimits(_Strict, frozen=True):
    """Amounts to choose from, and how long a strip may take."""

    metres: tuple[int, ...]
    sheets: tuple[int, ...]
    strip_seconds: _Positive


class CleaningLimits(_Strict, frozen=True):
    """Seconds without touches, days until it is due again."""

    wipe: int
    due_days: int


class TouchLimits(_Strict, frozen=True):
    """Millimetres on the glass."""

    margin_mm: _Positive
    passes_mm: _Positive
    straight_mm: _Positive
    colours: tuple[tuple[int, int, int], ...]


class CameraLimits(_Strict, frozen=True):
    """Luma from 0 to 255."""

    longest: _Positive
    looks_per_second: _Positive
    dark: float
    bright: float
    backlit: float


class ComfortLimits(_Strict, frozen=True):
    """Shares and percents to choose from."""

    steps: tuple[float, ...]
    brightness: tuple[int, ...]


class ClockLimits(_Strict, frozen=True):
    """Seconds off."""

    well: _Positive
    limit: _Positive


class NetworkLimits(_Strict, frozen=True):
    """Seconds, milliseconds, days."""

    patience: _Positive
    slow_ms: _Positive
    certificate_days: int


class TrialLimits(_Strict, frozen=True):
    """Seconds."""

    longest: _Positive


class Limits(_Strict, frozen=True):
    """All of `limits.toml`."""

    step: StepLimits
    paper: PaperLimits
    cleaning: CleaningLimits
    touch: TouchLimits
    camera: CameraLimits
    comfort: ComfortLimits
    clock: ClockLimits
    network: NetworkLimits
    trial: TrialLimits


@cache
def limits() -> Limits:
    """Return them. Raise msgspec.ValidationError naming a wrong or unknown key."""
    text = files("kiosk.maintenance.tasks").joinpath("limits.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=Limits)
