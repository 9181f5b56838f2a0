"""What the kiosk lays over a page: the diagonal watermark, and the block with times, serial and code. All in vectors."""

from __future__ import annotations

import math
from collections.abc import Mapping

import msgspec
import segno
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import FILL_EVEN_ODD, Canvas

from kiosk.documents import lettering
from kiosk.documents.placement import Place
from kiosk.documents.policy import Footer, Watermark

Modules = tuple[tuple[bool, ...], ...]


class SetLine(msgspec.Struct, frozen=True):
    """A line ready to be drawn; `grey` from 0 (black) to 1."""

    text: str
    size: float
    grey: float


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The block in one of its widths, set but not yet placed. Lengths in mm."""

    width: float
    height: float
    lines: tuple[SetLine, ...]
    modules: Modules


def qr_modules(code: str, footer: Footer) -> Modules:
    """Return the QR code's modules, row by row from the top, True where dark (about 50 ms)."""
    symbol = segno.make(code, error=footer.qr_error, boost_error=False, micro=False)
    return tuple(tuple(bool(dark) for dark in row) for row in symbol.matrix)


def set_block(values: Mapping[str, str], modules: Modules, width: float, footer: Footer) -> Block:
    """Set the block's lines for a width. Raise lettering.GlyphMissing."""
    side = len(modules) * footer.qr_module
    room = (width - 2 * footer.padding - footer.gap - side) * mm
    lines = tuple(
        SetLine(text, line.size, line.grey)
        for line in footer.lines
        for text in _flow([fill(part, values) for part in line.parts], line.size, room)
    )
    letters = sum(line.size * footer.leading for line in lines) / mm
    return Block(width=width, height=max(letters, side) + 2 * footer.padding, lines=lines, modules=modules)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put the values into their braces, once: a value is never read as a template."""
    return template.format_map(values)


def _flow(parts: list[str], size: float, room: float) -> list[str]:
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}　　{part}" if lines else part
        if lines and lettering.width(joined, size) <= room:
            lines[-1] = joined
        else:
            lines += lettering.wrap(part, size, room)
    return lines


def draw_block(canvas: Canvas, block: Block, place: Place, footer: Footer) -> None:
    """Draw the block where it was placed: a thin frame, the lines, the QR code at the right. Nothing is painted white."""
    canvas.saveState()
    canvas.setLineWidth(footer.frame)
    canvas.setStrokeGray(footer.frame_grey)
    canvas.roundRect(place.x * mm, place.y * mm, place.width * mm, place.height * mm, footer.corner * mm)
    inner = place.height - 2 * footer.padding
    letters = sum(line.size * footer.leading for line in block.lines) / mm
    y = (place.y + footer.padding + (inner + letters) / 2) * mm
    for line in block.lines:
        y -= line.size * footer.leading
        canvas.setFillGray(line.grey)
        lettering.draw(canvas, (place.x + footer.padding + 1) * mm, y + line.size * 0.3, line.text, line.size)
    side = len(block.modules) * footer.qr_module
    _draw_qr(
        canvas,
        block.modules,
        x=place.x + place.width - footer.padding - side,
        y=place.y + (place.height - side) / 2,
        module=footer.qr_module,
    )
    canvas.restoreState()


def _draw_qr(canvas: Canvas, modules: Modules, *, x: float, y: float, module: float) -> None:
    canvas.setFillGray(0)
    path = canvas.beginPath()
    rows = len(modules)
    for row, darks in enumerate(modules):
        start = None
        for column, dark in enumerate((*darks, False)):  # one rectangle for each run, so that no hairline shows between
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                height = (rows - 1 - row) * module
                path.rect((x + start * module) * mm, (y + height) * mm, (column - start) * module * mm, module * mm)
                start = None
    canvas.drawPath(path, stroke=0, fill=1)


def draw_watermark(canvas: Canvas, text: str, *, width: float, height: float, spare: Place, style: Watermark) -> None:
    """Repeat `text` over a page of `width` x `height` mm, but not within `spare`, where the code must be read."""
    length = lettering.width(text, style.size)
    canvas.beginForm("mark", 0, -style.size, length, style.size * 2)
    lettering.draw(canvas, 0, 0, text, style.size)
    canvas.endForm()
    canvas.saveState()
    around = canvas.beginPath()
    around.rect(0, 0, width * mm, height * mm)
    around.rect(spare.x * mm, spare.y * mm, spare.width * mm, spare.height * mm)
    canvas.clipPath(around, stroke=0, fill=0, fillMode=FILL_EVEN_ODD)
    canvas.setFillGray(0)
    canvas.setFillAlpha(style.alpha)  # here, not in the form: reportlab's forms have no resources for it
    canvas.translate(width * mm / 2, height * mm / 2)
    canvas.rotate(style.angle)
    along, across = length + style.gap * mm, style.step * mm
    reach = math.hypot(width, height) * mm / 2
    turned = math.radians(style.angle)
    for line in range(-math.ceil(reach / across), math.ceil(reach / across) + 1):
        shift = along / 2 if line % 2 else 0.0
        for repeat in range(-math.ceil(reach / along) - 1, math.ceil(reach / along) + 2):
            x, y = repeat * along + shift - length / 2, line * across
            if _touches(x, y, length, turned, width * mm / 2, height * mm / 2):
                canvas.saveState()
                canvas.translate(x, y)
                canvas.doForm("mark")
                canvas.restoreState()
    canvas.restoreState()


def _touches(x: float, y: float, length: float, turned: float, half_width: float, half_height: float) -> bool:
    """Whether any point along a turned line lies on the page; the origin is the page's centre."""
    cosine, sine = math.cos(turned), math.sin(turned)
    return any(
        abs((x + step / 8 * length) * cosine - y * sine) < half_width
        and abs((x + step / 8 * length) * sine + y * cosine) < half_height
        for step in range(9)
    )
