"""Textures: letters, icons, frames of cards, drawings, pages. Everything drawn once at its exact size in pixels.

Letters are rasterised by Pillow, not by Kivy's own text: a font at one size takes 1 MB there instead of 2.6, it may lie at
any baseline, and there is no markup that a text could be taken for.
"""

from __future__ import annotations

import io
from functools import lru_cache

import resvg_py
from kivy.graphics.texture import Texture
from PIL import Image

from drivers.link import memfd
from kiosk.shell import ruler
from kiosk.shell.drawings import folder

_KEPT_ICONS = 96
_KEPT_FRAMES = 48


def letters(font: str, px: int, text: str, *, leftwards: bool = False) -> tuple[Texture, int, int] | None:
    """The ink of a run in white, to be tinted, and where its upper left corner is, seen from the start of the baseline
    (right, down). None for blanks. Not kept: it may hold a name."""
    found = ruler.ink(font, px, text, leftwards=leftwards)
    if found is None:
        return None
    ink, left, top = found
    white = Image.new("RGBA", ink.size, "white")
    white.putalpha(ink)
    return _texture(white), left, top


def vector(svg: str, width: int, height: int) -> Texture:
    """An SVG text of this size; its picture is stretched to it."""
    stretched = svg.replace("<svg ", '<svg preserveAspectRatio="none" ', 1)
    return _png(resvg_py.svg_to_bytes(svg_string=stretched, width=width, height=height, skip_system_fonts=True))


@lru_cache(_KEPT_ICONS)
def icon(name: str, size: int, stroke: float) -> Texture:
    """An icon in white, to be tinted."""
    text = (folder("icons") / f"{name}.svg").read_text("utf-8")
    style = f"svg{{color:#fff;stroke-width:{stroke}}}"
    return _png(
        resvg_py.svg_to_bytes(svg_string=text, width=size, height=size, style_sheet=style, skip_system_fonts=True)
    )


@lru_cache(_KEPT_FRAMES)
def frame(radius: int, colour: str, outline: str, thickness: int) -> tuple[Texture, int]:
    """A card's picture for BorderImage, and the width of its border."""
    border = radius + 2
    side = 2 * border + 2
    half = thickness / 2
    stroke = f'stroke="{outline}" stroke-width="{thickness}"' if thickness else ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><rect x="{half}" y="{half}" '
        f'width="{side - thickness}" height="{side - thickness}" rx="{max(0.0, radius - half)}" fill="{colour[:7]}" '
        f'fill-opacity="{opacity(colour)}" {stroke}/></svg>'
    )
    return vector(svg, side, side), border


def gradient(top: str, bottom: str) -> Texture:
    """Two pixels, one above the other, blended by the graphics."""
    texture = Texture.create(size=(1, 2), colorfmt="rgba")
    texture.blit_buffer(bytes([*rgba(bottom), *rgba(top)]), colorfmt="rgba")
    texture.wrap = "clamp_to_edge"
    return texture


def page(fd: int, width: int, height: int) -> Texture:
    """A page's picture, smooth when drawn smaller. For errors and the descriptor see `camera`."""
    texture = Texture.create(size=(width, height), colorfmt="rgb", mipmap=True)
    texture.min_filter = "linear_mipmap_linear"
    texture.flip_vertical()
    return camera(fd, width, height, texture)


def camera(fd: int, width: int, height: int, into: Texture | None = None) -> Texture:
    """RGB pixels from a sealed memfd, top row first. The descriptor stays the caller's.

    Raise ValueError when the memfd is not sealed or not of this size.
    """
    size = width * height * 3
    data = memfd.read(fd, limit=size)  # a copy: Kivy takes no read-only view
    if len(data) != size:
        raise ValueError(f"{len(data)} bytes for {width} × {height} RGB pixels; {size} are needed")
    if into is None or into.size != (width, height):
        into = Texture.create(size=(width, height), colorfmt="rgb")
    into.blit_buffer(data, colorfmt="rgb", bufferfmt="ubyte")
    return into


def rgba(colour: str) -> tuple[int, int, int, int]:
    """`#rrggbb` or `#rrggbbaa` as four bytes."""
    red, green, blue, alpha = bytes.fromhex(f"{colour[1:]}ff"[:8])
    return red, green, blue, alpha


def opacity(colour: str) -> float:
    """0–1."""
    return rgba(colour)[3] / 255


def _png(data: bytes) -> Texture:
    with Image.open(io.BytesIO(data)) as picture:
        return _texture(picture.convert("RGBA"))


def _texture(picture: Image.Image) -> Texture:
    texture = Texture.create(size=picture.size, colorfmt="rgba")
    texture.blit_buffer(picture.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture
