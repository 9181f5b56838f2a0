"""A picture that changes many times a second without anything being laid out anew: the camera's, and that of whoever signs."""

from __future__ import annotations

from kivy.graphics import Rectangle
from kivy.graphics.texture import Texture

from kiosk.shell import textures
from kiosk.shell.marks import Box


class MovingPicture:
    """One texture, in every place that this screen has for it. `mirrored`: as in a looking-glass, cut to the place."""

    def __init__(self, *, mirrored: bool) -> None:
        self._mirrored = mirrored
        self._texture: Texture | None = None
        self._places: dict[Box, Rectangle] = {}

    @property
    def has_place(self) -> bool:
        """Whether this screen has a place for it."""
        return bool(self._places)

    def forget(self) -> None:
        """The picture of the screen that was is not shown on the next."""
        self._texture = None

    def leave(self) -> None:
        """Its places are gone."""
        self._places.clear()

    def stand(self, rectangle: Rectangle, box: Box) -> None:
        """A new place; until a picture comes nothing is seen there."""
        if self._texture is None:
            self._texture = textures.gradient("#00000000", "#00000000")
        self._places[box] = rectangle
        self._put(rectangle, box)

    def show(self, fd: int, width: int, height: int) -> bool:
        """Show a picture; False when this screen has no place for it. The descriptor stays the caller's."""
        if not self._places:
            return False
        self._texture = textures.camera(fd, width, height, self._texture)
        for box, rectangle in self._places.items():
            self._put(rectangle, box)
        return True

    def _put(self, rectangle: Rectangle, box: Box) -> None:
        assert self._texture is not None
        rectangle.texture = self._texture
        rectangle.tex_coords = _cut(self._texture, box) if self._mirrored else _UPRIGHT


_UPRIGHT = (0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0)
"""Corners of the texture, counter-clockwise from the lower left. Its rows are top first, so its lower edge is v = 1."""


def _cut(texture: Texture, box: Box) -> tuple[float, ...]:
    """The same corners, mirrored and cut to the box's proportions."""
    width, height = texture.size
    wanted = box.w / box.h
    across = min(1.0, wanted * height / width)
    down = min(1.0, width / (wanted * height))
    left, right = 0.5 - across / 2, 0.5 + across / 2
    low, high = 0.5 + down / 2, 0.5 - down / 2
    return (right, low, left, low, left, high, right, high)
