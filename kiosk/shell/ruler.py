"""How wide a text is: fonts opened by Pillow, without a window. Who lays out needs no more than this.

Plain scripts are set letter by letter, which is fast. Fonts whose letters change with their neighbours (Uyghur, Tibetan,
Mongolian) are set by HarfBuzz through Raqm, which the wheel of Pillow brings along; so is what stands in a run from right to left,
whose brackets must be mirrored.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePath

from PIL import Image, ImageDraw, ImageFont

from kiosk import fonts

_KEPT_FONTS = 10
"""As many as one screen needs: each keeps 1 MB, and is opened again in 1 ms."""


@lru_cache(_KEPT_FONTS)
def _face(path: str, px: int, shaped: bool) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, px, layout_engine=engine)


def face(path: str, px: int, *, leftwards: bool = False) -> ImageFont.FreeTypeFont:
    """A font file at a size in pixels, with the engine that its letters need."""
    return _face(path, px, leftwards or fonts.is_shaped(PurePath(path).name))


def measure(font: str, px: int, text: str) -> int:
    """Width of a text in pixels. A run from right to left is as wide as its mirror picture."""
    return round(face(font, px).getlength(text))


def ink(font: str, px: int, text: str, *, leftwards: bool = False) -> tuple[Image.Image, int, int] | None:
    """The ink of a run as a grey picture, and where its upper left corner is, seen from the start of the baseline (right,
    down). None for blanks."""
    opened = face(font, px, leftwards=leftwards)
    direction = "rtl" if leftwards else None
    left, top, right, bottom = (int(edge) for edge in opened.getbbox(text, anchor="ls", direction=direction))
    if right <= left or bottom <= top:
        return None
    picture = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=opened, anchor="ls", direction=direction)
    return picture, left, top
