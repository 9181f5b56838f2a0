"""Pictures as arrays of height × width × 3 bytes (RGB, top row first), and how bright and how sharp a piece of one is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps

Rgb = npt.NDArray[np.uint8]

_MEASURED_PX = 96
"""A face is brought to this size before its sharpness is measured, so that the figure does not depend on the distance."""


class PictureUnreadable(ValueError):
    """The file is no picture that can be used; the text names the cure, never the content."""


def decode(file: bytes | Path, *, max_pixels: int) -> Rgb:
    """Return an image file, turned upright, as an array of its own. Raise PictureUnreadable; OSError when it cannot be opened."""
    source = io.BytesIO(file) if isinstance(file, bytes) else io.BytesIO(file.read_bytes())
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # face_recognition allows them, for the whole process
    try:
        with Image.open(source) as image:
            if image.width * image.height > max_pixels:
                raise PictureUnreadable(f"照片超过 {max_pixels} 像素 → 请先缩小")
            return np.array(ImageOps.exif_transpose(image).convert("RGB"))
    except PictureUnreadable:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        # Pillow's own text may quote bytes of the picture.
        raise PictureUnreadable("不是能读的照片,或文件不完整 → 请换成完整的 JPEG 或 PNG 照片") from None


def at_most_height(rgb: Rgb, height: int) -> tuple[Rgb, float]:
    """Return the picture shrunk to `height` rows (unchanged when it has no more), and what a coordinate in it is worth."""
    rows, columns = rgb.shape[:2]
    if rows <= height:
        return rgb, 1.0
    factor = rows / height
    shrunk = Image.fromarray(rgb).resize(
        (max(1, round(columns / factor)), height), Image.Resampling.BILINEAR, reducing_gap=2.0
    )
    return np.asarray(shrunk), factor


def enlarge(rgb: Rgb, times: int) -> Rgb:
    """Return the picture `times` as wide and high."""
    rows, columns = rgb.shape[:2]
    return np.array(Image.fromarray(rgb).resize((columns * times, rows * times), Image.Resampling.BICUBIC))


def brightness(rgb: Rgb) -> float:
    """Return the mean luma (ITU-R 601, 0 to 255)."""
    return float(np.asarray(Image.fromarray(rgb).convert("L")).mean())


def sharpness(rgb: Rgb) -> float:
    """Return the contrast of edges over the contrast of the whole: the Laplacian's variance by the luma's, at 96 × 96 px.

    A dim or flat picture is not called blurry for it. 0 is a wall; a face in focus has 0.05 and more.
    """
    small = Image.fromarray(rgb).convert("L").resize((_MEASURED_PX, _MEASURED_PX), Image.Resampling.BILINEAR)
    luma = np.asarray(small, dtype=np.float64)
    inner = luma[1:-1, 1:-1]
    edges = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4.0 * inner
    spread = float(inner.var())
    return float(edges.var()) / spread if spread > 0.0 else 0.0
