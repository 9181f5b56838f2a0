"""A document camera over a desk on which sheets are laid, pushed about, held, photographed out of focus, and taken away."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from drivers.emulators import document_camera_scene as scene
from drivers.emulators.base import verb
from drivers.emulators.mjpeg_stage import MjpegStage

_SHAKES_MM = (0.0, 4.0, 12.0, 8.0)
"""Where a sheet that is pushed about lies in each of the four pictures."""
_BLUR_PX = 5.0

_drawn = lru_cache(maxsize=2)(scene.draw)
"""A sheet that lies still is drawn once; only the noise differs."""


class DocumentCameraEmulator(MjpegStage):
    """`desk`: dark, light (wood) or white. `area_mm`: what the picture shows, width and depth."""

    kind = "document_camera"

    def __init__(
        self,
        capture: Path | None = None,
        *,
        width: int = 1296,
        height: int = 972,
        fps: float = 8.0,
        desk: str = "dark",
        area_mm: tuple[float, float] = (336.0, 252.0),
    ) -> None:
        super().__init__(capture, width=width, height=height, fps=fps)
        self._desk = scene.Desk(width, height, (float(area_mm[0]), float(area_mm[1])), desk)
        self._sheets: tuple[scene.Laid, ...] = ()
        self._shaking = self._hand = self._blurred = False

    def start(self) -> dict[str, object]:
        """Begin to serve; return the settings of the driver."""
        return {**super().start(), "area_mm": list(self._desk.area_mm)}

    def state(self) -> dict[str, Any]:
        """What lies there, and what is wrong with it."""
        with self._lock:
            mine = {"sheets": [laid.kind for laid in self._sheets], "shaking": self._shaking, "hand": self._hand}
            return {**super().state(), **mine, "blurred": self._blurred}

    # --- verbs

    @verb
    def lay(
        self, sheet: str = "form", x: float = 0.0, y: float = 0.0, degrees: float = 2.0, beside: bool = False
    ) -> None:
        """Lay a sheet down: form, blank, booklet, card or slip; its middle in mm from the desk's, turned clockwise.

        `beside`: with what lies there already; otherwise it takes its place. Raise ValueError for an unknown sheet.
        """
        if sheet not in scene.SHEETS:
            raise ValueError(f"sheet is one of {', '.join(scene.SHEETS)}, not {sheet!r}")
        laid = scene.Laid(sheet, x, y, degrees)
        with self._lock:
            self._sheets = (*self._sheets, laid) if beside else (laid,)
            self.changed()

    @verb
    def lift(self) -> None:
        """Take everything off the desk."""
        with self._lock:
            self._sheets = ()
            self._shaking = self._hand = self._blurred = False
            self.changed()

    @verb
    def shake(self, on: bool = True) -> None:
        """Push the sheets about, from picture to picture."""
        with self._lock:
            self._shaking = on
            self.changed()

    @verb
    def hand(self, on: bool = True) -> None:
        """Hold the sheet by its near edge."""
        with self._lock:
            self._hand = on
            self.changed()

    @verb
    def blur(self, on: bool = True) -> None:
        """Lose the focus."""
        with self._lock:
            self._blurred = on
            self.changed()

    @verb
    def present(self) -> bool:
        """Lay the sample form down."""
        self.lay()
        return True

    @verb
    def withdraw(self) -> bool:
        """Take everything off the desk."""
        self.lift()
        return True

    # --- pictures

    def corners(self) -> Any:
        """Where the first sheet's corners truly are, 4 × 2 pixels."""
        return scene.corners(self._desk, self._sheets[0])

    def draw(self, shot: int) -> Any:
        """The desk at this moment."""
        pushed = _SHAKES_MM[shot % len(_SHAKES_MM)] if self._shaking else 0.0
        sheets = tuple(scene.Laid(laid.kind, laid.x + pushed, laid.y, laid.degrees) for laid in self._sheets)
        blur = _BLUR_PX * self._desk.area_mm[0] / self.width if self._blurred else 0.0
        return _drawn(self._desk, sheets, hand=self._hand, blur_mm=blur)
