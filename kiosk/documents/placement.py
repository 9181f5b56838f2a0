"""Where our block may stand so that it covers nothing of the issuer's. Lengths in millimetres, y from the foot upwards."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from kiosk.documents.pdfium import Pixels

InkMap = npt.NDArray[np.bool_]


class Place(msgspec.Struct, frozen=True):
    """The block's lower left corner and size."""

    x: float
    y: float
    width: float
    height: float


def ink_map(pixels: Pixels, *, width: float, height: float, cell: float, level: int) -> InkMap:
    """Divide a page of `width` x `height` into squares of `cell`; True where any pixel has a channel darker than `level`.

    Row 0 is the page's foot.
    """
    columns, rows = int(np.ceil(width / cell)), int(np.ceil(height / cell))
    pale = cv2.inRange(pixels, (level,) * 3, (255,) * 3)  # 255 where all three channels are pale, else 0
    across = np.linspace(0, pale.shape[1], columns + 1).astype(int)[:-1]
    down = np.linspace(0, pale.shape[0], rows + 1).astype(int)[:-1]
    squares: InkMap = np.minimum.reduceat(np.minimum.reduceat(pale, down, axis=0), across, axis=1) == 0
    return squares[::-1]


def free_place(
    ink: InkMap, width: float, height: float, *, cell: float, margin: float, clearance: float
) -> Place | None:
    """Return the best free place for a block, None when there is none.

    Centred at the foot, centred at the head, then anywhere, nearest to the foot and to the middle. Free means without ink,
    and `clearance` away from it.
    """
    rows, columns = ink.shape
    sums = np.pad(ink.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    away = int(np.ceil(clearance / cell))
    for x, y in _candidates(width, height, columns * cell, rows * cell, cell=cell, margin=margin):
        left, bottom = max(int(x / cell) - away, 0), max(int(y / cell) - away, 0)
        right = min(int(np.ceil((x + width) / cell)) + away, columns)
        top = min(int(np.ceil((y + height) / cell)) + away, rows)
        if sums[top, right] - sums[bottom, right] - sums[top, left] + sums[bottom, left] == 0:
            return Place(x, y, width, height)
    return None


def _candidates(
    width: float, height: float, page_width: float, page_height: float, *, cell: float, margin: float
) -> list[tuple[float, float]]:
    widest, highest = page_width - width - margin, page_height - height - margin
    if widest < margin or highest < margin:
        return []
    middle = (page_width - width) / 2
    columns = sorted({middle, *np.arange(margin, widest, 4 * cell).tolist()}, key=lambda x: abs(x - middle))
    inner = [(x, y) for y in np.arange(margin, highest, 2 * cell).tolist() for x in columns]
    return [(middle, margin), (middle, highest), *inner]
