"""Whether a sheet lies still: its corners in the last few looks."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np


class Stillness:
    """`looks` in a row in which no corner is farther than `pixels` from where it is now."""

    def __init__(self, looks: int, pixels: float) -> None:
        self._last: deque[Any] = deque(maxlen=looks)
        self._pixels = pixels

    def reached(self, corners: Any | None) -> bool:
        """Take the corners of this look (4 × 2 pixels, None: no sheet) and say whether the sheet lies still now."""
        if corners is None:
            self._last.clear()
            return False
        self._last.append(corners)
        moved = max(float(np.hypot(*(each - corners).T).max()) for each in self._last)
        return len(self._last) == self._last.maxlen and moved <= self._pixels
