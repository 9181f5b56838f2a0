"""Drawing on a certificate's sheet: text, field grids, tables. Points; y grows upwards; every function returns the y below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import lettering
from kiosk.sandbox import seal_picture

SEAL_SIDE = seal_picture.SIDE
Align = Literal["left", "center", "right"]
_SIZE = 9.0
_HEIGHT = 15.0
_BASE = 4.4
_FIELD_HEIGHT = 21.0
_FIELD_SIZE = 11.0
_LABEL_WIDTH = 78.0
_PAD = 5.0


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    heading: str
    width: float
    align: Align
    heading_size: float = _SIZE


def text(canvas: Canvas, x: float, y: float, content: str, size: float, *, align: Align = "left") -> None:
    """Draw a line of text that begins, is centred or ends at x."""
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[align] * lettering.width(content, size)
    lettering.draw(canvas, x - shift, y, content, size)


def fitted(canvas: Canvas, x: float, y: float, width: float, content: str, size: float, *, align: Align) -> None:
    """Draw text into a cell, smaller where it would not fit. Nothing is ever cut off."""
    room = width - 2 * _PAD
    wanted = lettering.width(content, size)
    at = {"left": x + _PAD, "center": x + width / 2, "right": x + width - _PAD}[align]
    text(canvas, at, y, content, min(size, size * room / wanted if wanted else size), align=align)


def fields(
    canvas: Canvas,
    x: float,
    top: float,
    width: float,
    rows: Sequence[Sequence[tuple[str, str]]],
    *,
    ink: Color,
    tint: Color,
    line: Color,
) -> float:
    """Draw a grid of label and value pairs."""
    canvas.setLineWidth(0.5)
    for number, row in enumerate(rows):
        y = top - _FIELD_HEIGHT * (number + 1)
        cell = width / len(row)
        for place, (label, value) in enumerate(row):
            left = x + cell * place
            canvas.setStrokeColor(line)
            canvas.setFillColor(tint)
            canvas.rect(left, y, _LABEL_WIDTH, _FIELD_HEIGHT, stroke=1, fill=1)
            canvas.rect(left + _LABEL_WIDTH, y, cell - _LABEL_WIDTH, _FIELD_HEIGHT, stroke=1, fill=0)
            canvas.setFillColor(ink)
            fitted(canvas, left, y + 6.5, _LABEL_WIDTH, label, _SIZE, align="center")
            fitted(canvas, left + _LABEL_WIDTH, y + 6.5, cell - _LABEL_WIDTH, value, _FIELD_SIZE, align="left")
    return top - _FIELD_HEIGHT * len(rows)


def table_head(
    canvas: Canvas, x: float, top: float, columns: Sequence[Column], *, ink: Color, tint: Color, line: Color
) -> float:
    """Draw the headings of a table."""
    width = sum(column.width for column in columns)
    canvas.setFillColor(tint)
    canvas.rect(x, top - _HEIGHT, width, _HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(line)
    canvas.setLineWidth(0.9)
    canvas.line(x, top, x + width, top)
    canvas.setLineWidth(0.5)
    canvas.line(x, top - _HEIGHT, x + width, top - _HEIGHT)
    canvas.setFillColor(ink)
    for column in columns:
        fitted(canvas, x, top - _HEIGHT + _BASE, column.width, column.heading, column.heading_size, align="center")
        x += column.width
    return top - _HEIGHT


def table_row(
    canvas: Canvas,
    x: float,
    top: float,
    columns: Sequence[Column],
    cells: Sequence[str],
    *,
    tint: Color,
    ink: Color,
    line: Color,
) -> float:
    """Draw one row of a table."""
    width = sum(column.width for column in columns)
    canvas.setFillColor(tint)
    canvas.rect(x, top - _HEIGHT, width, _HEIGHT, stroke=0, fill=1)
    canvas.setStrokeColor(line)
    canvas.setLineWidth(0.25)
    canvas.line(x, top - _HEIGHT, x + width, top - _HEIGHT)
    canvas.setFillColor(ink)
    for column, cell in zip(columns, cells, strict=True):
        fitted(canvas, x, top - _HEIGHT + _BASE, column.width, cell, _SIZE, align=column.align)
        x += column.width
    return top - _HEIGHT


def chinese_date(day: date) -> str:
    """2026年2月3日."""
    return f"{day.year}年{day.month}月{day.day}日"
