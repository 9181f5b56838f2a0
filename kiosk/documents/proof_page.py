"""A page to try an A4 printer with: the kiosk's own, with nothing of anybody on it. Frame, letters of each size, greys, a code.

The words are in `proof_page.toml`.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

import msgspec
import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import lettering
from kiosk.documents.policy import paper_policy, read


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of `proof_page.toml`. Lengths in mm, sizes in points, greys from 0 (black) to 1."""

    margin: float
    title: str
    title_size: float
    lines: tuple[str, ...]
    size: float
    samples: tuple[float, ...]
    sample: str
    greys: tuple[float, ...]
    grey_box: float
    code_module: float


@cache
def layout() -> Layout:
    """Return the bundled layout. Raise msgspec.ValidationError."""
    return msgspec.convert(read("proof_page.toml"), type=Layout)


def proof_page(*, place: str, kiosk: str, device: str, serial: str, printed_at: float, timezone: str) -> bytes:
    """Return the page as a PDF of one A4 page. `printed_at` in Unix seconds; `serial` names the print."""
    own = layout()
    values = {
        "place": place,
        "kiosk": kiosk,
        "device": device,
        "serial": serial,
        "printed": paper_policy().local(printed_at, timezone),
    }
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=True)
    width, height = A4
    canvas.rect(own.margin * mm, own.margin * mm, width - 2 * own.margin * mm, height - 2 * own.margin * mm)
    x, y = 2.5 * own.margin * mm, height - 4 * own.margin * mm
    lettering.draw(canvas, x, y, own.title, own.title_size)
    y -= 2 * own.title_size
    for line in own.lines:
        lettering.draw(canvas, x, y, line.format_map(values), own.size)
        y -= 1.8 * own.size
    y -= own.size
    for size in own.samples:
        lettering.draw(canvas, x, y, own.sample, size)
        y -= 1.5 * size + 6
    y -= own.grey_box * mm
    for number, grey in enumerate(own.greys):
        canvas.setFillGray(grey)
        canvas.rect(x + number * own.grey_box * mm, y, own.grey_box * mm, own.grey_box * mm, stroke=1, fill=1)
    canvas.setFillGray(0)
    _code(canvas, x, own.margin * 3 * mm, f"TEST {kiosk} {device} {serial}", own.code_module * mm)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _code(canvas: Canvas, x: float, y: float, text: str, module: float) -> None:
    rows = [tuple(row) for row in segno.make(text, error="m", micro=False).matrix]
    for number, row in enumerate(reversed(rows)):
        for place, dark in enumerate(row):
            if dark:
                canvas.rect(x + place * module, y + number * module, module, module, stroke=0, fill=1)
