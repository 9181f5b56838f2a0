"""Pictures of screens without a panel: laid out and painted as in the window, but into a buffer of any size, with clock and
motion standing still. The gallery and its reference pictures come from here.

One studio a process: Kivy has one window a process, and the buffer borrows its graphics.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

import msgspec
from PIL import Image

from drivers.link import memfd
from kiosk import fonts
from kiosk.screens.parts import Live, Pages
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Look, Screen
from kiosk.shell import ruler, window
from kiosk.shell.kit import Kit, equip
from kiosk.shell.letters import Letters
from kiosk.shell.opening import draft_at_first
from kiosk.shell.samples.pictures import camera_rgb, page_rgb, signing_rgb
from kiosk.shell.template import Laid, lay_out

if TYPE_CHECKING:
    from kivy.graphics import Fbo

    from kiosk.shell.painter import Painter

T = TypeVar("T")

NOON = datetime(2026, 11, 20, 9, 41)
"""What the clock in the header shows on every picture."""
_MOTION = 0.7
"""Seconds of motion before the picture is taken."""
_CAMERA = (480, 640)
_SIGNS = (384, 480)
_WINDOW = Panel(px=(64, 64), mm=(16.0, 16.0))


class Shot(msgspec.Struct, frozen=True):
    """A screen as it was laid out, and its picture (RGB)."""

    laid: Laid
    kit: Kit
    picture: Image.Image


def letters() -> Letters:
    """The screen's letters, measured without a window."""
    return Letters(ruler.measure, fonts.screen_regular(), fonts.screen_bold())


def lay(screen: Screen, look: Look, panel: Panel, at: Letters, *, page: int = 0) -> tuple[Laid, Kit]:
    """Lay out a screen as it is when it has just come; `page` as if somebody had turned to it. No window is needed."""
    draft = msgspec.structs.replace(draft_at_first(screen), page=page)
    kit = equip(panel, look, at, NOON, draft)
    return lay_out(screen, kit), kit


class Studio:
    """Takes pictures. Opens a window that nobody sees."""

    def __init__(self) -> None:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        window.configure()
        window.open_window(_WINDOW, cursor=False)
        self._letters = letters()
        self._painters: dict[tuple[int, int], tuple[Fbo, Painter]] = {}

    def shoot(self, screen: Screen, look: Look, panel: Panel, *, page: int = 0) -> Shot:
        """Paint one screen and read the picture back."""
        laid, kit = lay(screen, look, panel, self._letters, page=page)
        return Shot(laid, kit, self.paint(laid, kit, screen))

    def paint(self, laid: Laid, kit: Kit, screen: Screen) -> Image.Image:
        """The picture of what was laid out."""
        from kiosk.shell import textures

        fbo, painter = self._painter((kit.width, kit.height))
        pages = [size for block in screen.blocks if isinstance(block, Pages) for size in block.sizes]
        painter.begin([_shown(page_rgb(*size), textures.page, size) for size in pages])
        painter.paint(laid.all())
        if any(isinstance(block, Live) for block in screen.blocks):
            _shown(camera_rgb(*_CAMERA), painter.camera.show, _CAMERA)
        if screen.signs:
            _shown(signing_rgb(*_SIGNS), painter.signs.show, _SIGNS)
        painter.move(_MOTION)
        red, green, blue, _ = textures.rgba(kit.colour.surface)
        fbo.clear_color = (red / 255, green / 255, blue / 255, 1)
        fbo.bind()
        fbo.clear_buffer()
        fbo.release()
        fbo.draw()
        whole = Image.frombytes("RGBA", fbo.size, fbo.pixels)
        return whole.transpose(Image.Transpose.FLIP_TOP_BOTTOM).convert("RGB")

    def _painter(self, size: tuple[int, int]) -> tuple[Fbo, Painter]:
        if size not in self._painters:
            from kivy.graphics import Fbo

            from kiosk.shell.painter import Painter

            fbo = Fbo(size=size)
            self._painters[size] = (fbo, Painter(fbo, size[1]))
        return self._painters[size]


def _shown(rgb: bytes, by: Callable[[int, int, int], T], size: tuple[int, int]) -> T:
    fd = memfd.seal(rgb)
    try:
        return by(fd, *size)
    finally:
        os.close(fd)
