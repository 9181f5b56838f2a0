"""DocumentCamera (高拍仪): a camera above a desk; finds the sheet that lies there, straightens it, hands it over as a picture."""

from __future__ import annotations

import msgspec

from drivers.contract.common import DeviceStatus, Done, Identity, Supported

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
"""Top left, top right, bottom right, bottom left, in pixels (x to the right, y down)."""


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """The raw picture in pixels. `area_mm`: width and depth of the desk that it shows, (0, 0) where nobody measured it."""

    identity: Identity
    width: int
    height: int
    area_mm: tuple[float, float] = (0.0, 0.0)
    light: Supported = Supported.UNKNOWN


class Status(DeviceStatus, frozen=True, kw_only=True, tag="document_camera"):
    """`streaming` while a Preview command runs."""

    streaming: bool = False


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """Deliver frames until cancelled, at most `max_fps` a second, with the sheet's corners where one is seen. Result: Done.

    Frames may be smaller than what Capture delivers: a panel shows less than a camera sees.
    """

    max_fps: float = 10.0


class Capture(msgspec.Struct, frozen=True, kw_only=True, tag="capture"):
    """Wait until one sheet lies still with its four corners in the picture, then deliver it as `Captured`. Result: Done.

    `deskew`: straightened to the sheet's own rectangle; otherwise the raw picture with its corners.
    Ends at its deadline with what was wrong last: SHEET_NOT_FOUND (none there, two, or one without its four corners),
    SHEET_UNSTEADY, SHEET_BLURRED.
    """

    deskew: bool = True


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag="frame"):
    """One picture of the preview: a sealed memfd of height × width × 3 bytes, RGB, top row first. `at`: monotonic clock, s.

    `corners` are in this picture's own pixels.
    """

    seq: int
    width: int
    height: int
    at: float
    corners: Corners | None = None


class Captured(msgspec.Struct, frozen=True, kw_only=True, tag="captured"):
    """The sheet: a sealed memfd of height × width × 3 bytes, RGB, top row first.

    `corners` are where it lay in the raw picture. `dpi` is 0 where the desk was not measured. `sharpness`: variance of the
    Laplacian over the sheet, 8-bit grey (OpenCV): what a form's reader needs is a setting of the driver.
    """

    width: int
    height: int
    corners: Corners
    dpi: float = 0.0
    sharpness: float = 0.0


class TryAgain(msgspec.Struct, frozen=True, tag="try_again"):
    """Why there is no picture yet, in a way that the visitor can mend; the command goes on waiting."""

    code: str


Command = Preview | Capture
Event = Frame | Captured | TryAgain
Result = Done
