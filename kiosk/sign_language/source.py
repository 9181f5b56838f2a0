"""Where moving pictures of sign language come from: a film, or a line to an interpreter. Either is a `Source`."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.sign_language.messages import Line
from kiosk.sign_language.settings import PictureSettings

Rgb = NDArray[np.uint8]
"""Height × width × 3, top row first."""


class Source(Protocol):
    """A source of pictures. Nothing in it waits."""

    line: Line | None
    """How the call stands; None for a film."""

    def descriptors(self) -> list[int]:
        """What to wait for, besides the time."""
        ...

    def due(self) -> float:
        """The monotonic time at which `picture` is to be asked next, if nothing comes before."""
        ...

    def picture(self) -> Rgb | None:
        """Return a new picture, None if there is none yet. Raise OSError, ValueError, EOFError when no more will come."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def fitted(picture: Rgb, to: PictureSettings) -> Rgb:
    """The whole picture in exactly these pixels, with bars where its proportions are others: hands are never cut off."""
    high, wide = picture.shape[:2]
    scale = min(to.width / wide, to.height / high)
    width, height = max(1, round(wide * scale)), max(1, round(high * scale))
    made = np.zeros((to.height, to.width, 3), np.uint8)
    x, y = (to.width - width) // 2, (to.height - height) // 2
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    made[y : y + height, x : x + width] = small
    return made
