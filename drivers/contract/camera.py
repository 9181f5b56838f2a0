"""Camera: frames as sealed memfds, one a frame, newest first; a slow consumer loses frames, never time."""

from __future__ import annotations

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """The picture that `Stream` will deliver: pixels, and frames a second as the device promises."""

    identity: Identity
    width: int
    height: int
    fps: float


class Status(DeviceStatus, frozen=True, kw_only=True, tag="camera"):
    """`streaming` while a Stream command runs."""

    streaming: bool = False


class Stream(msgspec.Struct, frozen=True, tag="stream"):
    """Deliver frames until cancelled, at most `max_fps` a second. Result: Done. Fault NO_FRAMES when the picture dies."""

    max_fps: float = 15.0


class Frame(msgspec.Struct, frozen=True, tag="frame"):
    """One picture: its only file descriptor is a sealed memfd of height × width × 3 bytes, RGB, top row first.

    `at` is the monotonic clock in seconds when the picture was taken.
    """

    seq: int
    width: int
    height: int
    at: float


Command = Stream
Event = Frame
Result = Done
