"""The figures of the set-up (`limits.toml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class Seconds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long each thing may take."""

    still_there: float
    buses: float
    trial: float
    reach: float
    network: float
    devices: float
    visit: float


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`limits.toml`, where each figure says what it is for."""

    ruler_mm: float
    guess_px_per_mm: float
    made_up_dpi: float
    reach_mm: float
    seconds: Seconds


@cache
def limits() -> Limits:
    """Return the figures."""
    return msgspec.toml.decode(files("kiosk.setup").joinpath("limits.toml").read_bytes(), type=Limits)
