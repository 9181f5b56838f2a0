"""A camera without a camera: hands over grey 1280×720 pictures as fast as it is asked, and does nothing else."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec

from drivers.contract import camera
from drivers.contract.common import DeviceClass, Done, Identity, Readiness
from drivers.contract.driver import Call, Driver
from drivers.link import memfd

WIDTH, HEIGHT = 1280, 720


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    flag: str = ""


class PlainCamera(Driver):
    """Streams until five seconds before its deadline."""

    device_class = DeviceClass.CAMERA
    Settings = Settings

    def open(self) -> camera.Capabilities:
        self._greys = [bytes([grey]) * (WIDTH * HEIGHT * 3) for grey in (80, 160)]
        return camera.Capabilities(identity=Identity(), width=WIDTH, height=HEIGHT, fps=30)

    def status(self) -> camera.Status:
        return camera.Status(readiness=Readiness.READY)

    def perform(self, command: Any, call: Call) -> Done:
        number, next_at = 0, time.monotonic()
        while call.remaining() > 5:
            fd = memfd.seal(self._greys[number % 2])
            call.emit(camera.Frame(seq=number, width=WIDTH, height=HEIGHT, at=time.monotonic()), [fd])
            os.close(fd)
            number += 1
            next_at += 1 / command.max_fps
            call.sleep(max(0.0, next_at - time.monotonic()))
        return Done()

    def close(self) -> None:
        self._greys.clear()
