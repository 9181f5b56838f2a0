"""The part of the face policy that the worker needs: plain values, so that its process loads no settings library.

The constraints are written with annotated_types; `kiosk.identity.face.policy` has pydantic enforce them on the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import Ge, Gt, Le, Lt

_STRICT = {"extra": "forbid"}
"""Read by pydantic: an unknown key is a mistake, not a remark."""


class EngineName(StrEnum):
    """The engines that can be named in the policy."""

    FACE_RECOGNITION = "face_recognition"


class PhotoSource(StrEnum):
    """Where the enrolled photograph comes from; each source blurs a face in its own way and has its own thresholds."""

    CHIP_STAND_IN = "chip_stand_in"
    CHIP_WLT = "chip_wlt"
    PHOTOGRAPH = "photograph"


class Outcome(StrEnum):
    """What one frame said. Only MATCH can ever lead to a pass."""

    MATCH = "match"
    UNSURE = "unsure"
    NO_MATCH = "no_match"
    NO_FACE = "no_face"
    MANY_FACES = "many_faces"
    TOO_DARK = "too_dark"
    TOO_FAR = "too_far"
    BLURRY = "blurry"
    NO_PICTURE = "no_picture"
    """The frame was not the picture that its message promised."""
    LOST = "lost"
    """The worker died or hung while it looked; said by the core, never by the worker."""


@dataclass(frozen=True)
class Thresholds:
    """Euclidean distances between two descriptors: 0 is the same picture; strangers lie around 0.85."""

    pass_at_most: Annotated[float, Gt(0.0), Lt(2.0)]
    no_at_least: Annotated[float, Gt(0.0), Lt(2.0)]

    __pydantic_config__ = _STRICT

    def __post_init__(self) -> None:
        if not self.pass_at_most < self.no_at_least:
            raise ValueError("pass_at_most 必须小于 no_at_least(两者之间是“拿不准”)")

    def judge(self, distance: float) -> Outcome:
        """Return MATCH, UNSURE or NO_MATCH. A distance that is no number is NO_MATCH."""
        if distance <= self.pass_at_most:
            return Outcome.MATCH
        return Outcome.UNSURE if distance < self.no_at_least else Outcome.NO_MATCH


@dataclass(frozen=True)
class PictureLimits:
    """What a frame and a photograph must be like. Pixels; brightness and sharpness as `kiosk.identity.face.picture` has them."""

    detect_height_px: Annotated[int, Ge(240), Le(2160)]
    min_face_px: Annotated[int, Ge(40), Le(1000)]
    darkest: Annotated[float, Ge(0.0), Le(255.0)]
    least_sharpness: Annotated[float, Ge(0.0)]
    photo_detect_height_px: Annotated[int, Ge(240), Le(4320)]
    enlarge_below_px: Annotated[int, Ge(0)]
    enlarge: Annotated[int, Ge(1), Le(4)]
    max_pixels: Annotated[int, Ge(307_200), Le(40_000_000)]

    __pydantic_config__ = _STRICT
