"""How wide a text is: fonts opened by Pillow, without a window. Who lays out needs no more than this."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageFont

_KEPT_FONTS = 10
"""As many as one screen needs: each keeps 1 MB, and is opened again in 1 ms."""


@lru_cache(_KEPT_FONTS)
def face(path: str, px: int) -> ImageFont.FreeTypeFont:
    """A font file at a size in pixels."""
    return ImageFont.truetype(path, px, layout_engine=ImageFont.Layout.BASIC)


def measure(font: str, px: int, text: str) -> int:
    """Width of a text in pixels."""
    return round(face(font, px).getlength(text))
