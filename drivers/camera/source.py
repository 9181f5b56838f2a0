"""Pictures of either kind of camera, for drivers that look at them instead of passing them on: codes, sheets of paper.

The camera is at a `path` (V4L2, or a FIFO with a video stream) or at a `url` (MJPEG); it runs only while somebody looks.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from drivers.camera import frames
from drivers.camera.newest import Newest
from drivers.contract.common import Identity
from drivers.contract.driver import Call
from drivers.contract.faults import FaultCode, failing

if TYPE_CHECKING:
    from drivers.camera.v4l2 import V4l2Settings

Positive = Annotated[float, msgspec.Meta(gt=0)]
Pixels = Annotated[int, msgspec.Meta(ge=16, le=8192)]

_LOOK_UP = 0.1
"""Seconds between two looks at cancel and deadline."""


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device profile may write of the camera itself: exactly one of `path` and `url`.

    Size and rate are asked of a camera at a `path`; one at a `url` sends what it is set to.
    """

    path: str = ""
    url: str = ""
    width: Pixels = 1280
    height: Pixels = 720
    fps: Positive = 15.0
    open_seconds: Positive = 3.0  # until the first picture; USB cameras take 0.5 to 1.5 s
    connect_seconds: Positive = 1.5  # for a url: connection and first picture; the host wants a status within 2 s
    silence_seconds: Positive = 2.0  # without a good picture for so long, the picture counts as dead
    standstill_seconds: Positive = (
        3.0  # with one and the same picture, to the pixel, for so long, too: sensors have noise
    )

    def __post_init__(self) -> None:
        if bool(self.path) == bool(self.url):
            raise ValueError("path, url: write one of them")
        self.camera()

    def camera(self) -> V4l2Settings | frames.FramesSettings:
        """The camera driver's own settings. Raise ValueError for a path or url of the wrong form."""
        if self.url:
            return frames.FramesSettings(
                url=self.url,
                fps=self.fps,
                connect_seconds=self.connect_seconds,
                silence_seconds=self.silence_seconds,
                standstill_seconds=self.standstill_seconds,
            )
        from drivers.camera.v4l2 import V4l2Settings  # OpenCV's capture is loaded for local cameras only

        return V4l2Settings(
            path=self.path,
            width=self.width,
            height=self.height,
            fps=self.fps,
            open_seconds=self.open_seconds,
            silence_seconds=self.silence_seconds,
            standstill_seconds=self.standstill_seconds,
        )


@dataclass(frozen=True)
class Look:
    """One picture: uint8, height × width × 3 (RGB) or height × width (grey). `at`: monotonic clock, s, when it was taken."""

    pixels: Any
    at: float


class Watch:
    """A running camera."""

    def __init__(
        self, settings: SourceSettings, newest: Newest[Any], understand: Callable[[Any], Any], max_fps: float
    ) -> None:
        self._set, self._newest, self._understand = settings, newest, understand
        self._period = 1.0 / max_fps
        self._due = self._good_at = self._moved_at = time.monotonic()
        self._patience = (
            settings.silence_seconds if settings.url else max(settings.silence_seconds, settings.open_seconds)
        )
        self._last: Any = None

    def next(self, call: Call) -> Look:
        """Wait for the next picture, at most `max_fps` a second.

        Raise CommandCanceled, DeviceFault(DEADLINE), NO_FRAMES when pictures stop, are all damaged or stand still, and
        whatever fault ended the source.
        """
        while True:
            while (rest := self._due - time.monotonic()) > 0:
                call.sleep(min(rest, _LOOK_UP))
            taken = self._newest.take(_LOOK_UP)
            call.check()
            pixels = self._understand(taken[0]) if taken is not None else None
            now = time.monotonic()
            if taken is None or pixels is None:
                if now - self._good_at > self._patience:
                    raise failing(FaultCode.NO_FRAMES, "no good picture comes")
                continue
            if self._last is None or not np.array_equal(pixels, self._last):
                self._last, self._moved_at = pixels, now
            elif now - self._moved_at > self._set.standstill_seconds:
                raise failing(FaultCode.NO_FRAMES, "the picture stands still")
            self._good_at = now
            self._due = now + self._period
            return Look(pixels, taken[1])


@contextlib.contextmanager
def watching(settings: SourceSettings, max_fps: float, *, grey: bool = False) -> Iterator[Watch]:
    """Run the camera. Raise PORT_ABSENT, PORT_DENIED, LINK_SILENT, DEVICE_GONE, NO_FRAMES, SETTING_INVALID."""
    camera = settings.camera()
    if isinstance(camera, frames.FramesSettings):
        with frames.running(camera) as newest:
            yield Watch(settings, newest, _grey_jpeg if grey else _rgb_jpeg, max_fps)
        return
    from drivers.camera import v4l2

    v4l2.ask_device(camera.path)
    with v4l2.running(camera, max_fps) as shots:
        yield Watch(settings, shots, v4l2.as_grey if grey else v4l2.as_rgb, max_fps)


def probe(settings: SourceSettings) -> Identity:
    """Look whether the camera is there: ask a local one what it is, fetch one picture from another. Raise as `watching` does."""
    camera = settings.camera()
    if isinstance(camera, frames.FramesSettings):
        frames.one_picture(camera)
        return Identity()
    from drivers.camera import v4l2

    return v4l2.ask_device(camera.path)


def size(settings: SourceSettings) -> tuple[int, int]:
    """Width and height of the pictures that come, from one picture. Raise as `watching` does."""
    with watching(settings, settings.fps, grey=True) as watch:
        height, width = watch.next(Call(settings.open_seconds, lambda event, fds: None)).pixels.shape
    return width, height


def _grey_jpeg(jpeg: bytes) -> Any:
    found = frames.decode_grey(jpeg)
    return np.frombuffer(found[2], np.uint8).reshape(found[1], found[0]) if found is not None else None


def _rgb_jpeg(jpeg: bytes) -> Any:
    found = frames.decode(jpeg)
    return np.frombuffer(found.rgb, np.uint8).reshape(found.height, found.width, 3) if found is not None else None
