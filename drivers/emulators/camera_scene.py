"""What the emulated camera sees: a service hall, somebody who does not quite stand still, and light that changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import cv2
import numpy as np
from PIL import Image

from drivers.emulators.camera_portraits import Portrait

_LIGHT_STEPS = 64
_NOISE_SIGMA = 2.2
_NOISE_MARGIN = 64
_DARK = 0.04


@dataclass(frozen=True)
class Place:
    """Where a face is to stand: centre and width, as shares of the picture's width and height."""

    x: float
    y: float
    width: float


ALONE = (Place(0.5, 0.46, 0.25),)
TOGETHER = (Place(0.29, 0.5, 0.18), Place(0.72, 0.54, 0.18))


@dataclass(frozen=True)
class Sway:
    """How a person moves. Seconds and shares; three periods that have no common multiple within a visit."""

    seconds: tuple[float, float, float] = (3.7, 5.3, 7.1)
    shift: float = 0.025
    nod: float = 0.012
    scale: float = 0.05
    degrees: float = 4.0


class Scene:
    """Draws pictures of `width` × `height`. Everything is a function of time, so two looks at one moment agree but for noise."""

    def __init__(self, width: int, height: int, *, seed: int = 1) -> None:
        self.width, self.height = width, height
        self._random = np.random.default_rng(seed)
        self._hall = _hall(width, height)
        shape = (height + _NOISE_MARGIN, width + _NOISE_MARGIN, 3)
        self._noise = self._random.normal(0, _NOISE_SIGMA, shape).astype(np.int16)

    def draw(self, at: float, people: Sequence[Portrait], *, dark: bool = False) -> Any:
        """Return the picture at time `at` in seconds: height × width × 3 bytes, BGR as OpenCV has it."""
        picture = self._hall
        for portrait, place in zip(people, ALONE if len(people) == 1 else TOGETHER, strict=False):
            picture = self._stand(picture, portrait, place, at + 2.1 * place.x)
        return self._expose(picture, at, dark=dark)

    def draw_photo(self, at: float, photo: Image.Image) -> Any:
        """Show a whole photograph, as large as fits, moving and lit like a person."""
        whole = Portrait(photo, Image.new("L", photo.size, 255), (photo.width / 2, photo.height / 2, photo.width))
        room = 0.96 * min(self.width / photo.width, self.height / photo.height)
        place = Place(0.5, 0.5, room * photo.width / self.width)
        return self._expose(self._stand(self._hall, whole, place, at, on_floor=False), at, dark=False)

    def _stand(self, picture: Any, portrait: Portrait, place: Place, at: float, *, on_floor: bool = True) -> Any:
        sway = Sway()
        one, two, three = (math.sin(2 * math.pi * at / seconds) for seconds in sway.seconds)
        x, y, width = portrait.face
        scale = place.width * self.width / width * (1 + sway.scale * two)
        centre_x = self.width * (place.x + sway.shift * one)
        centre_y = self.height * (place.y + sway.nod * three)
        if on_floor:
            # Nobody floats: the shoulders leave the picture at its lower edge.
            centre_y = max(centre_y, self.height * 1.04 - (portrait.photo.height - y) * scale)
        turn = cv2.getRotationMatrix2D((x, y), sway.degrees * (0.6 * one + 0.4 * three), scale)
        turn[:, 2] += (centre_x - x, centre_y - y)
        size = (self.width, self.height)
        bgr, person = _arrays(portrait)
        moved = cv2.warpAffine(bgr, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        alpha = cv2.warpAffine(person, turn, size, flags=cv2.INTER_LINEAR)
        return cv2.blendLinear(
            moved, np.ascontiguousarray(picture), alpha.astype(np.float32) / 255, 1 - alpha.astype(np.float32) / 255
        )

    def _expose(self, picture: Any, at: float, *, dark: bool) -> Any:
        """Brightness, gamma and colour temperature drift; the sensor adds noise."""
        step = int(at * 8) % _LIGHT_STEPS
        lit = cv2.LUT(picture, _light(step, dark))
        down, right = self._random.integers(0, _NOISE_MARGIN, 2)
        noise = self._noise[down : down + self.height, right : right + self.width]
        return cv2.add(lit, noise, dtype=cv2.CV_8U)


@lru_cache(maxsize=4)
def _arrays(portrait: Portrait) -> tuple[Any, Any]:
    bgr = cv2.cvtColor(np.asarray(portrait.photo), cv2.COLOR_RGB2BGR)
    return bgr, np.asarray(portrait.person)


@cache
def _light(step: int, dark: bool) -> Any:
    """A table of 256 × 3 bytes for one of the lights that the hall goes through."""
    phase = 2 * math.pi * step / _LIGHT_STEPS
    gain = 1 + 0.10 * math.sin(phase)
    gamma = 1 + 0.12 * math.sin(2 * phase + 1)
    warm = 0.04 * math.sin(phase + 2)
    levels = (np.arange(256) / 255) ** gamma * 255 * gain * (_DARK if dark else 1)
    channels = [np.clip(levels * tint, 0, 255) for tint in (1 - warm, 1, 1 + warm)]
    return np.stack(channels, axis=-1).astype(np.uint8).reshape(1, 256, 3)


def _hall(width: int, height: int) -> Any:
    """A wall in daylight, a window, a counter, a floor: out of focus, and nothing in it that looks like a face."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    rows, columns = rows / height, columns / width
    wall = np.stack([196 - 26 * columns, 201 - 22 * columns, 204 - 18 * columns], axis=-1) - (18 * rows)[..., None]
    hall = np.ascontiguousarray(wall, np.float32)

    def box(left: float, top: float, right: float, bottom: float, colour: tuple[int, int, int]) -> None:
        corners = (int(left * width), int(top * height)), (int(right * width), int(bottom * height))
        cv2.rectangle(hall, corners[0], corners[1], colour, cv2.FILLED)

    box(0.03, 0.08, 0.24, 0.62, (236, 232, 226))
    box(0.13, 0.08, 0.14, 0.62, (150, 150, 150))
    box(0.03, 0.34, 0.24, 0.35, (150, 150, 150))
    box(0.70, 0.14, 0.97, 0.30, (150, 92, 48))
    box(0.72, 0.19, 0.95, 0.25, (222, 218, 210))
    box(0.00, 0.72, 1.00, 1.00, (128, 132, 136))
    box(0.62, 0.55, 1.00, 0.80, (92, 116, 146))
    box(0.62, 0.53, 1.00, 0.56, (168, 186, 204))
    return cv2.GaussianBlur(np.clip(hall, 0, 255).astype(np.uint8), (0, 0), height / 90)
