"""The picture of the round red seal (国发〔1999〕25号: round, a star, the name in an arc), as a PDF page of its own.

A signature field shows it; a picture proves nothing, the signature does.
"""

from __future__ import annotations

import math
from pathlib import Path

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import lettering

SIDE = 119.06  # 42 mm, the size for a bureau below a county's government
_RED = Color(0.80, 0.06, 0.08)
_MIDDLE = SIDE / 2
_RING = 55.5
_RING_WIDTH = 2.6
_STAR = 16.0
_NAME_RADIUS = 41.5
_NAME_SIZE = 11.5
_NAME_ARC = 236.0  # degrees that the name takes
_PURPOSE_SIZE = 9.0
_PURPOSE_BELOW = 30.0
_CODE_SIZE = 4.6
_CODE_BELOW = 41.0


def draw_seal(path: Path, name: str, purpose: str, code: str) -> None:
    """Write the seal's page: `name` in the arc, `purpose` below the star, `code` small at the foot."""
    canvas = Canvas(str(path), pagesize=(SIDE, SIDE), pageCompression=1)
    canvas.setBlendMode("Multiply")  # ink over print: what lies under the seal stays readable
    canvas.setFillColor(_RED)
    canvas.setStrokeColor(_RED)
    canvas.setLineWidth(_RING_WIDTH)
    canvas.circle(_MIDDLE, _MIDDLE, _RING, stroke=1, fill=0)
    _draw_star(canvas)
    step = _NAME_ARC / (len(name) - 1)
    for index, character in enumerate(name):
        _draw_on_arc(canvas, character, 90 + _NAME_ARC / 2 - index * step)
    _draw_centred(canvas, purpose, _MIDDLE - _PURPOSE_BELOW, _PURPOSE_SIZE)
    _draw_centred(canvas, code, _MIDDLE - _CODE_BELOW, _CODE_SIZE)
    canvas.showPage()
    canvas.save()


def _draw_star(canvas: Canvas) -> None:
    inner = _STAR * math.sin(math.radians(18)) / math.sin(math.radians(126))
    star = canvas.beginPath()
    for corner in range(10):
        radius = _STAR if corner % 2 == 0 else inner
        angle = math.radians(90 + 36 * corner)
        point = (_MIDDLE + radius * math.cos(angle), _MIDDLE + radius * math.sin(angle))
        star.moveTo(*point) if corner == 0 else star.lineTo(*point)
    star.close()
    canvas.drawPath(star, stroke=0, fill=1)


def _draw_on_arc(canvas: Canvas, character: str, degrees: float) -> None:
    canvas.saveState()
    angle = math.radians(degrees)
    canvas.translate(_MIDDLE + _NAME_RADIUS * math.cos(angle), _MIDDLE + _NAME_RADIUS * math.sin(angle))
    canvas.rotate(degrees - 90)
    canvas.scale(0.92, 1.12)  # seal letters are tall
    lettering.draw(canvas, -lettering.width(character, _NAME_SIZE) / 2, -2.0, character, _NAME_SIZE)
    canvas.restoreState()


def _draw_centred(canvas: Canvas, text: str, y: float, size: float) -> None:
    lettering.draw(canvas, _MIDDLE - lettering.width(text, size) / 2, y, text, size)
