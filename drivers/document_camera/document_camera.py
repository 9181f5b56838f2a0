"""A camera above a desk, at a V4L2 path or an MJPEG address: finds the sheet, waits until it lies still, straightens it.

Measured on the emulator's sheets (A4 form and blank, A5, ID-1 card, 80 mm slip; turned, askew, noise, JPEG 88) at 2592 × 1944:
corners within 2 px (0.1 % of the width) in 91 of 98 pictures, about 10 ms a look on one core. The other seven were cards of the
desk's own brightness on a white desk, which are not found: a dark desk is best.

The picture of a Capture is taken after the command began and comes from that one look in which all was well.
"""

from __future__ import annotations

import os
import time
from typing import Annotated, Any, ClassVar, cast

import cv2
import msgspec
import numpy as np

from drivers.camera import source
from drivers.contract.common import DeviceClass, Done, Identity, Readiness, Supported
from drivers.contract.document_camera import Capabilities, Capture, Captured, Corners, Frame, Preview, Status, TryAgain
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.document_camera import sheet
from drivers.document_camera.stillness import Stillness
from drivers.document_camera.straighten import Straightened, sharpness, straighten
from drivers.link import memfd

Millimetres = Annotated[float, msgspec.Meta(ge=0, le=2000)]


class DocumentCameraSettings(source.SourceSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The camera (see SourceSettings), the desk, and what counts as a good picture of a sheet."""

    width: source.Pixels = 2592
    height: source.Pixels = 1944
    fps: source.Positive = 8.0
    area_mm: tuple[Millimetres, Millimetres] = (0.0, 0.0)  # what the whole picture shows, measured with a ruler
    looks_per_second: Annotated[float, msgspec.Meta(gt=0, le=30)] = (
        6.0  # a 5-megapixel JPEG takes 50 ms to unpack and look at
    )
    still_looks: Annotated[int, msgspec.Meta(ge=2, le=30)] = 4  # in a row: half a second, the time of letting go
    still_share: Annotated[float, msgspec.Meta(gt=0, le=0.1)] = 0.003  # of the width: one millimetre on an A3 desk
    least_sharpness: Annotated[float, msgspec.Meta(ge=0)] = (
        12.0  # see straighten.sharpness; noise alone of a blank sheet makes more
    )
    tell_seconds: Annotated[float, msgspec.Meta(ge=0, le=10)] = 1.0  # a reason is told when it lasted for so long
    preview_width: Annotated[int, msgspec.Meta(ge=160, le=8192)] = 1296  # pixels; a panel shows no more
    sheet: sheet.Rules = sheet.Rules()


class DocumentCamera(Driver):
    """One camera. It is off between commands; a camera that vanished is found again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.DOCUMENT_CAMERA
    Settings = DocumentCameraSettings

    def __init__(self, settings: DocumentCameraSettings) -> None:
        super().__init__(settings)
        self._set = settings

    def open(self) -> Capabilities:
        """Take one picture. Raise PORT_ABSENT, PORT_DENIED, LINK_SILENT, DEVICE_GONE, NO_FRAMES, SETTING_INVALID."""
        identity: Identity = source.probe(self._set) if self._set.path else Identity()
        width, height = source.size(self._set)
        return Capabilities(
            identity=identity, width=width, height=height, area_mm=self._set.area_mm, light=Supported.NO
        )

    def status(self) -> Status:
        """Look for the camera; raise as `open` does."""
        source.probe(self._set)
        return Status(readiness=Readiness.READY)

    def perform(self, command: Preview | Capture, call: Call) -> Done:
        """Show what lies there, or capture it. Raise NO_FRAMES, DEVICE_GONE when the camera dies, and what `open` raises."""
        return self._preview(command, call) if isinstance(command, Preview) else self._capture(command, call)

    def close(self) -> None:
        """Nothing is held between commands."""

    def _preview(self, command: Preview, call: Call) -> Done:
        seq = 0
        with source.watching(self._set, command.max_fps) as watch:
            while True:
                look = watch.next(call)
                seq += 1
                share = min(1.0, self._set.preview_width / look.pixels.shape[1])
                shown = _smaller(look.pixels, share)
                found = self._sheets(look.pixels)
                corners = _as_corners((found[0] + 0.5) * share - 0.5) if len(found) == 1 else None
                height, width = shown.shape[:2]
                frame = Frame(seq=seq, width=width, height=height, at=look.at, corners=corners)
                _emit(call, frame, shown)

    def _capture(self, command: Capture, call: Call) -> Done:
        telling = _Telling(call, self._set.tell_seconds)
        stillness: Stillness | None = None
        try:
            with source.watching(self._set, self._set.looks_per_second) as watch:
                while True:
                    pixels = watch.next(call).pixels
                    if stillness is None:
                        stillness = Stillness(self._set.still_looks, self._set.still_share * pixels.shape[1])
                    problem = self._deliver(command, call, pixels, stillness)
                    if problem is None:
                        return Done()
                    telling.hear(problem)
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEADLINE and telling.problem is not None:
                raise failing(telling.problem) from None
            raise

    def _deliver(self, command: Capture, call: Call, pixels: Any, stillness: Stillness) -> FaultCode | None:
        """Emit the sheet if all is well in this picture; otherwise return what is not."""
        found = self._sheets(pixels)
        still = stillness.reached(found[0] if len(found) == 1 else None)
        if len(found) != 1:
            return FaultCode.SHEET_NOT_FOUND
        if not still:
            return FaultCode.SHEET_UNSTEADY
        straight = straighten(pixels, found[0], self._set.area_mm)
        sharp = sharpness(straight.pixels)
        if sharp < self._set.least_sharpness:
            return FaultCode.SHEET_BLURRED
        given = straight if command.deskew else Straightened(pixels, straight.dpi)
        height, width = given.pixels.shape[:2]
        captured = Captured(
            width=width,
            height=height,
            corners=_as_corners(found[0]),
            dpi=round(given.dpi, 1),
            sharpness=round(sharp, 1),
        )
        _emit(call, captured, given.pixels)
        return None

    def _sheets(self, pixels: Any) -> list[Any]:
        return sheet.find(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), self._set.sheet)


class _Telling:
    """Tells the visitor why there is no picture yet: each reason once it has lasted, and again when another came between."""

    def __init__(self, call: Call, seconds: float) -> None:
        self._call, self._seconds = call, seconds
        self._since = time.monotonic()
        self._told: FaultCode | None = None
        self.problem: FaultCode | None = None

    def hear(self, problem: FaultCode) -> None:
        now = time.monotonic()
        if problem is not self.problem:
            self.problem, self._since = problem, now
        if problem is not self._told and now - self._since >= self._seconds:
            self._told = problem
            self._call.emit(TryAgain(problem))


def _smaller(pixels: Any, share: float) -> Any:
    if share >= 1:
        return pixels
    height, width = pixels.shape[:2]
    return cv2.resize(pixels, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA)


def _as_corners(quad: Any) -> Corners:
    return cast(Corners, tuple((round(float(x), 2), round(float(y), 2)) for x, y in quad))


def _emit(call: Call, event: Frame | Captured, pixels: Any) -> None:
    fd = memfd.seal(np.ascontiguousarray(pixels).data)
    try:
        call.emit(event, (fd,))
    finally:
        # The event's receiver has its own copy of the descriptor by now.
        os.close(fd)
