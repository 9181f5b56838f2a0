"""Cameras of this machine: /dev/video* (Video4Linux), and a FIFO in which a video stream arrives; both through OpenCV.

Source: Linux kernel, "Video for Linux API" (VIDIOC_QUERYCAP); OpenCV videoio.

`path` should be a stable one (/dev/v4l/by-path/…): the numbers of /dev/video* change with the order of plugging in.
The camera is open only while a Stream runs and for the first picture at the start: its lamp tells the visitor the truth.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from drivers.camera.newest import Newest, Patience, Picture, deliver
from drivers.camera.relay import relayed
from drivers.contract import camera as contract
from drivers.contract.common import DeviceClass, Done, Identity, Readiness
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import FaultCode, failing, fault

# OpenCV waits 10 s for a picture by default, longer than a host may be silent; read once when its videoio starts.
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")

import cv2

Positive = Annotated[float, msgspec.Meta(gt=0)]
Pixels = Annotated[int, msgspec.Meta(ge=16, le=8192)]

_MISSES_UNTIL_DEAD = 2
"""Failed reads in a row that end the stream; one may be a frame damaged on the bus."""

_MISS_PAUSE = 0.02

_QUERYCAP = 0x80685600
_QUERYCAP_STRUCT = struct.Struct("=16s32s32sIII3I")
_VIDEO_CAPTURE = 0x1 | 0x1000
"""V4L2_CAP_VIDEO_CAPTURE, or its multi-planar form."""


class V4l2Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device profile may write. Size and rate are asked for; what the camera gives is told in the capabilities."""

    path: str
    width: Pixels = 640
    height: Pixels = 480
    fps: Positive = 30.0
    mjpg: bool = True
    """Ask for MJPG: raw pictures of more than 640x480 do not fit through USB 2 at 30 Hz."""
    open_seconds: Positive = 3.0
    """Until the first picture; USB cameras take 0.5 to 1.5 s."""
    silence_seconds: Positive = 2.0
    standstill_seconds: Positive = 3.0

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise ValueError("path must be absolute, such as /dev/v4l/by-path/…-video-index0")


class V4l2Camera(Driver):
    """One camera by its path."""

    device_class = DeviceClass.CAMERA
    Settings = V4l2Settings

    def __init__(self, settings: V4l2Settings) -> None:
        super().__init__(settings)
        self._own = settings

    def open(self) -> contract.Capabilities:
        """Take one picture. Raise PORT_ABSENT, PORT_DENIED, NO_FRAMES, or SETTING_INVALID when the path is no camera."""
        identity = ask_device(self._own.path)
        with running(self._own, self._own.fps) as newest:
            taken = newest.take(self._own.open_seconds)
        if taken is None:
            raise failing(FaultCode.NO_FRAMES, "no first picture")
        height, width = taken[0].shape[:2]
        return contract.Capabilities(identity=identity, width=width, height=height, fps=self._own.fps)

    def status(self) -> contract.Status:
        """Ask the device what it is, without switching it on. Raise PORT_ABSENT, PORT_DENIED, SETTING_INVALID."""
        ask_device(self._own.path)
        return contract.Status(readiness=Readiness.READY)

    def perform(self, command: contract.Stream, call: Call) -> Done:
        """Deliver frames until cancelled. Raise NO_FRAMES, DEVICE_GONE when the device vanished, and what `open` raises."""
        ask_device(self._own.path)
        with running(self._own, command.max_fps) as newest:
            patience = Patience(max(self._own.silence_seconds, self._own.open_seconds), self._own.standstill_seconds)
            deliver(newest, call, command.max_fps, _as_picture, patience)
        return Done()

    def close(self) -> None:
        """Nothing is held between commands."""


@contextlib.contextmanager
def running(settings: V4l2Settings, max_fps: float) -> Iterator[Newest[Any]]:
    """Run the camera's thread; its shots are OpenCV's pictures (height × width × 3 bytes, BGR), at most about `max_fps` a second.

    The thread owns the capture from opening to release: OpenCV's calls can block and must not cross.
    """
    newest: Newest[Any] = Newest()
    stop = threading.Event()
    grabber = threading.Thread(target=_grab, args=(settings, max_fps, newest, stop), name="camera", daemon=True)
    grabber.start()
    try:
        yield newest
    finally:
        stop.set()
        grabber.join(settings.silence_seconds)


def _grab(settings: V4l2Settings, max_fps: float, newest: Newest[Any], stop: threading.Event) -> None:
    """The camera's thread: whatever ends it, the driver's thread hears of it."""
    try:
        with contextlib.ExitStack() as held:
            capture = _open_capture(settings, held, stop)
            _empty_queue(capture, max_fps, newest, stop)
    except OSError as error:
        newest.end(fault(_code_of(error), settings.path))
    except cv2.error:
        newest.end(fault(FaultCode.NO_FRAMES, "OpenCV refused the picture"))
    else:
        newest.end(fault(FaultCode.NO_FRAMES if Path(settings.path).exists() else FaultCode.DEVICE_GONE, settings.path))


def _empty_queue(capture: Any, max_fps: float, newest: Newest[Any], stop: threading.Event) -> None:
    """Take pictures at the camera's pace, decoding only what may be wanted, until stopped or the camera is dead."""
    misses, decoded_at = 0, 0.0
    while not stop.is_set() and misses < _MISSES_UNTIL_DEAD:
        good = capture.grab()
        if good and time.monotonic() - decoded_at >= 0.5 / max_fps:
            good, picture = capture.retrieve()
            if good:
                newest.put(picture)
                decoded_at = time.monotonic()
        misses = 0 if good else misses + 1
        if misses:
            stop.wait(_MISS_PAUSE)


def _open_capture(settings: V4l2Settings, held: contextlib.ExitStack, stop: threading.Event) -> Any:
    """Open through OpenCV, released with `held`. Raise OSError when it cannot be; for a FIFO wait until somebody writes into it."""
    path, backend = settings.path, cv2.CAP_V4L2
    if stat.S_ISFIFO(os.stat(path).st_mode):
        path, backend = held.enter_context(relayed(path, settings.open_seconds, stop)), cv2.CAP_FFMPEG
    capture = _opened(path, backend, settings)
    held.callback(capture.release)
    return capture


def _opened(path: str, backend: int, settings: V4l2Settings) -> Any:
    wanted: list[int] = []
    if backend == cv2.CAP_V4L2:
        if settings.mjpg:
            wanted += [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")]
        wanted += [cv2.CAP_PROP_FRAME_WIDTH, settings.width, cv2.CAP_PROP_FRAME_HEIGHT, settings.height]
        wanted += [cv2.CAP_PROP_FPS, int(settings.fps)]
    capture = cv2.VideoCapture(path, backend, wanted)
    if not capture.isOpened():
        capture.release()
        raise OSError(errno.EIO, "OpenCV cannot open it")
    return capture


def ask_device(path: str) -> Identity:
    """Return what a video device says of itself (VIDIOC_QUERYCAP does not switch it on); nothing is asked of a FIFO."""
    try:
        kind = os.stat(path).st_mode
        if stat.S_ISFIFO(kind):
            return Identity()
        if not stat.S_ISCHR(kind):
            raise failing(FaultCode.SETTING_INVALID, f"path: {path} is neither a video device nor a FIFO")
        device = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        raise failing(_code_of(error), path) from None
    try:
        reply = bytearray(_QUERYCAP_STRUCT.size)
        fcntl.ioctl(device, _QUERYCAP, reply)
    except OSError as error:
        if error.errno in (errno.ENOTTY, errno.EINVAL):
            raise failing(FaultCode.SETTING_INVALID, f"path: {path} is no video device") from None
        raise failing(_code_of(error), path) from None
    finally:
        os.close(device)
    driver, card, bus, _, _, capabilities, *_ = _QUERYCAP_STRUCT.unpack(reply)
    if not capabilities & _VIDEO_CAPTURE:
        raise failing(
            FaultCode.SETTING_INVALID, f"path: {path} gives no pictures; webcams have a second node for metadata"
        )
    return Identity(maker=_text(driver), model=_text(card), serial=_text(bus))


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def _code_of(error: OSError) -> FaultCode:
    match error.errno:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV:
            return FaultCode.PORT_ABSENT
        case errno.EACCES | errno.EPERM:
            return FaultCode.PORT_DENIED
        case _:
            return FaultCode.NO_FRAMES


def as_rgb(picture: Any) -> Any:
    """OpenCV's pictures are BGR; return height × width × 3 bytes, RGB."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def as_grey(picture: Any) -> Any:
    """Return height × width bytes."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)


def _as_picture(picture: Any) -> Picture:
    height, width = picture.shape[:2]
    return Picture(width, height, as_rgb(picture).tobytes())
