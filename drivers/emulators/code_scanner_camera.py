"""A camera that looks at codes: on a telephone's screen, before a dim hall, a little turned, a little out of focus."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import zxingcpp

from drivers.emulators.base import verb
from drivers.emulators.code_scanner_faults import SAMPLE
from drivers.emulators.mjpeg_stage import MjpegStage

_HALL, _SCREEN, _THUMB = 96, 235, 120
_QUIET_ZONE = 24
_BLUR = 0.8


class CameraCodesEmulator(MjpegStage):
    """`share`: the code's side as a share of the picture's height."""

    kind = "camera_codes"

    def __init__(
        self, capture: Path | None = None, *, width: int = 640, height: int = 480, fps: float = 15.0, share: float = 0.6
    ) -> None:
        super().__init__(capture, width=width, height=height, fps=fps)
        self._share = share
        self._codes: tuple[Any, ...] = ()
        self._covered = 0.0
        self._presented = 0

    def state(self) -> dict[str, Any]:
        """`codes`: how many are in sight."""
        return {**super().state(), "codes": len(self._codes)}

    @verb
    def show_code(self, text: str = "", hex: str = "", format: str = "QRCode") -> None:
        """Hold a code before the camera: text (UTF-8) or bytes in hexadecimal. Raise ValueError for what the format cannot hold."""
        self._show(_code(bytes.fromhex(hex) if hex else text.encode(), format))

    @verb
    def show_two(self, a: str, b: str) -> None:
        """Hold two QR codes side by side before the camera."""
        self._show(_code(a.encode(), "QRCode"), _code(b.encode(), "QRCode"))

    @verb
    def cover(self, share: float = 0.2) -> None:
        """Lay a thumb over the middle of the code, `share` of its side wide; 0 takes it away."""
        with self._lock:
            self._covered = share
            self.changed()

    @verb
    def present(self) -> bool:
        """Hold a code before the camera that was not there before: the same one again is not read twice."""
        self._presented += 1
        self.show_code(f"{SAMPLE[:-4]}{self._presented:04}")
        return True

    @verb
    def withdraw(self) -> bool:
        """Take away what is before the camera."""
        self._show()
        return True

    def draw(self, shot: int) -> Any:
        """The hall, and the codes on their screens; the hand is not quite still."""
        picture = np.full((self.height, self.width), _HALL, np.uint8)
        picture[: self.height // 3] += 30
        for at, code in enumerate(self._codes):
            centre = self.width * (2 * at + 1) / (2 * len(self._codes)), self.height / 2 + shot
            side = min(self._share * self.height, 0.9 * self.width / len(self._codes))
            self._hold(picture, self._with_thumb(code), centre, side, degrees=6.0 - 2 * at + 0.3 * shot)
        return cv2.GaussianBlur(picture, (0, 0), _BLUR)

    def _show(self, *codes: Any) -> None:
        with self._lock:
            self._codes, self._covered = codes, 0.0
            self.changed()

    def _with_thumb(self, code: Any) -> Any:
        half = int(self._covered * code.shape[0] / 2)
        covered = code.copy()
        middle = code.shape[0] // 2, code.shape[1] // 2
        covered[middle[0] - half : middle[0] + half, middle[1] - half : middle[1] + half] = _THUMB
        return covered

    def _hold(self, picture: Any, code: Any, centre: tuple[float, float], side: float, *, degrees: float) -> None:
        scale = side / max(code.shape)
        turn = cv2.getRotationMatrix2D((code.shape[1] / 2, code.shape[0] / 2), degrees, scale)
        turn[:, 2] += (centre[0] - code.shape[1] / 2, centre[1] - code.shape[0] / 2)
        size = (self.width, self.height)
        moved = cv2.warpAffine(code, turn, size, flags=cv2.INTER_AREA)
        there = cv2.warpAffine(np.full_like(code, 255), turn, size) > 127
        picture[there] = moved[there]


def _code(data: bytes, format: str) -> Any:
    """The code's picture with its quiet zone, dark on a lit screen."""
    made = zxingcpp.create_barcode(data, zxingcpp.barcode_format_from_str(format))
    modules = np.array(zxingcpp.write_barcode_to_image(made, scale=4))
    padded = np.pad(modules, _QUIET_ZONE, constant_values=255)
    return np.where(padded > 127, _SCREEN, 20).astype(np.uint8)
