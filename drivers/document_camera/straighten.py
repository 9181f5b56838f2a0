"""From a sheet that lies askew to a picture of its own: upright, in its own proportions, with its resolution if that is known.

Source: OpenCV documentation (getPerspectiveTransform, warpPerspective, Laplacian).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import cv2
import numpy as np

_MM_AN_INCH = 25.4


class Straightened(NamedTuple):
    """height × width × 3 bytes, RGB; `dpi` is 0 where the desk was not measured."""

    pixels: Any
    dpi: float


def straighten(rgb: Any, corners: Any, area_mm: tuple[float, float]) -> Straightened:
    """Cut the sheet out. `corners`: 4 × 2, clockwise from its top left. `area_mm`: what the whole picture shows, (0, 0) if unknown.

    The size is the mean of opposite sides, as many pixels as the camera saw: nothing is invented, nothing thrown away.
    """
    height, width = rgb.shape[:2]
    a_mm = np.array((width / area_mm[0], height / area_mm[1])) if min(area_mm) > 0 else np.ones(2)
    scale = float(a_mm.max())
    across, down = sides(corners / a_mm)
    out_width, out_height = max(1, round(across * scale)), max(1, round(down * scale))
    wanted = np.array([(0, 0), (out_width, 0), (out_width, out_height), (0, out_height)], np.float32) - 0.5
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), wanted)
    pixels = cv2.warpPerspective(
        rgb, turn, (out_width, out_height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return Straightened(pixels, scale * _MM_AN_INCH if min(area_mm) > 0 else 0.0)


def sides(corners: Any) -> tuple[float, float]:
    """The mean lengths of the upper and lower, and of the left and right side."""
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return float(lengths[0] + lengths[2]) / 2, float(lengths[1] + lengths[3]) / 2


def sharpness(rgb: Any) -> float:
    """Variance of the Laplacian of the grey picture, 8 bits: print in focus makes hundreds, a sensor's noise alone some tens."""
    return float(cv2.Laplacian(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.CV_16S).var())
