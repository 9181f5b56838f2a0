"""Clips from files, decoded by the FFmpeg in OpenCV, picture by picture at their own pace."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from kiosk.sign_language.messages import Line
from kiosk.sign_language.source import Rgb

_USUAL_FPS = 25.0


class About(NamedTuple):
    """What a file is: pixels, pictures a second, seconds."""

    width: int
    height: int
    fps: float
    seconds: float


def about(path: Path) -> About:
    """Open a file, decode its first picture, and tell. Raise ValueError when it is no film."""
    film = _open(str(path))
    try:
        there, _ = film.read()
        if not there:
            raise ValueError("there is no picture in it")
        fps = _fps(film)
        return About(
            width=int(film.get(cv2.CAP_PROP_FRAME_WIDTH)),
            height=int(film.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            fps=fps,
            seconds=film.get(cv2.CAP_PROP_FRAME_COUNT) / fps,
        )
    finally:
        film.release()


class Film:
    """Clips one after the other, for ever: after the last a pause, then the first again. See `Source`."""

    line: Line | None = None

    def __init__(self, files: Sequence[str], again: float, most_fps: int) -> None:
        """`again`: seconds between the end and the beginning. Raise ValueError for a file that is no film."""
        self._files, self._again, self._most_fps = files, again, most_fps
        self._place = 0
        self._due = time.monotonic()
        self._begin()

    def _begin(self) -> None:
        self._film = _open(self._files[self._place])
        fps = _fps(self._film)
        self._of = math.ceil(fps / self._most_fps)
        """Of so many pictures of the file one is shown."""
        self._each = self._of / fps
        self._shown = 0

    def descriptors(self) -> list[int]:
        """See `Source`."""
        return []

    def due(self) -> float:
        """See `Source`."""
        return self._due

    def picture(self) -> Rgb | None:
        """See `Source`. Pictures whose time has passed are left out."""
        now = time.monotonic()
        if now < self._due:
            return None
        late = int((now - self._due) / self._each)
        self._due += (late + 1) * self._each
        skipped = all(self._film.grab() for _ in range((late + 1) * self._of - 1))
        there, bgr = self._film.read() if skipped else (False, None)
        if there:
            self._shown += 1
            return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
        if not self._shown and not late:
            raise ValueError("there is no picture in it")
        self._next(now)
        return None

    def _next(self, now: float) -> None:
        self.close()
        self._place = (self._place + 1) % len(self._files)
        self._due = now + (self._again if self._place == 0 else 0.0)
        self._begin()

    def close(self) -> None:
        """See `Source`."""
        self._film.release()


def _open(path: str) -> cv2.VideoCapture:
    film = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    if not film.isOpened():
        film.release()
        raise ValueError("it is no film that can be decoded")
    return film


def _fps(film: cv2.VideoCapture) -> float:
    told = film.get(cv2.CAP_PROP_FPS)
    return float(told) if 1.0 <= told <= 240.0 else _USUAL_FPS
