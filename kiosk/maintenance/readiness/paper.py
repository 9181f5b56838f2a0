"""The report as a page to hand in or to pin up (PDF, A4, as many pages as it takes), the signed text as a QR code on the first."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import lettering
from kiosk.locales.staff import tell
from kiosk.maintenance.readiness import compact
from kiosk.maintenance.readiness.report import Ready, Report, Row

_INK, _GREY, _LINE, _BAND = HexColor("#1B2733"), HexColor("#5A6773"), HexColor("#D5DCE3"), HexColor("#F3F6F9")
_COLOURS = {
    Ready.READY: HexColor("#1E7F4F"),
    Ready.LIMITED: HexColor("#B26A00"),
    Ready.NOT_READY: HexColor("#B3261E"),
    Ready.UNKNOWN: HexColor("#5A6773"),
}
_LEFT, _RIGHT, _TOP, _BOTTOM = 18 * mm, A4[0] - 18 * mm, A4[1] - 18 * mm, 20 * mm
_TITLE, _HEAD, _TEXT, _SMALL = 20.0, 12.0, 9.5, 8.0
_ROW = 7.0 * mm
_CODE = 52 * mm
_TITLE_AT, _STATE_AT, _WORDS_AT = _LEFT + 2 * mm, _LEFT + 44 * mm, _LEFT + 64 * mm
_TESTED_AT = _RIGHT - 25 * mm


def draw(report: Report, signed: str) -> bytes:
    """Return the PDF. Raise GlyphMissing for a place whose name has letters that no font has."""
    out = BytesIO()
    page = _Page(Canvas(out, pagesize=A4, invariant=1), report)
    page.head(signed)
    page.table(tell("readiness.paper_devices"), report.devices)
    page.table(tell("readiness.paper_supplies"), report.supplies)
    page.table(tell("readiness.paper_parts"), report.parts)
    page.faults()
    page.counts()
    page.versions()
    page.end()
    return out.getvalue()


class _Page:
    """The canvas, and how far down it is."""

    def __init__(self, canvas: Canvas, report: Report) -> None:
        self._canvas, self._report = canvas, report
        self._zone = ZoneInfo(report.timezone)
        self._y = _TOP
        self._number = 1
        canvas.setTitle(tell("readiness.paper_title"))

    def head(self, signed: str) -> None:
        """Title, machine, state; the code on the right."""
        report, top = self._report, self._y
        self._draw(_LEFT, top - 16, tell("readiness.paper_title"), _TITLE)
        facts = (
            (tell("readiness.paper_kiosk"), report.kiosk),
            (tell("readiness.paper_place"), report.place),
            (tell("readiness.paper_model"), report.model),
            (tell("readiness.paper_at"), self._time(report.at)),
            (tell("readiness.paper_tested"), self._time(report.last_test)),
        )
        y = top - 16 * mm
        for label, value in facts:
            self._draw(_LEFT, y, label, _TEXT, _GREY)
            self._draw(_LEFT + 24 * mm, y, _cut(value, _RIGHT - _CODE - _LEFT - 30 * mm, _TEXT), _TEXT)
            y -= 6 * mm
        self._badge(_LEFT, y - 9 * mm, report.state)
        self._code(signed, _RIGHT - _CODE, top - _CODE)
        self._centred(_RIGHT - _CODE / 2, top - _CODE - 4 * mm, tell("readiness.paper_code"), _SMALL, _GREY)
        self._y = min(y - 14 * mm, top - _CODE - 9 * mm)

    def _badge(self, x: float, y: float, state: Ready) -> None:
        text = tell(f"readiness.state_{state.value}")
        wide = lettering.width(text, 16) + 14 * mm
        self._canvas.setFillColor(_COLOURS[state])
        self._canvas.roundRect(x, y, wide, 11 * mm, 2 * mm, stroke=0, fill=1)
        self._draw(x + 7 * mm, y + 3.4 * mm, text, 16, HexColor("#FFFFFF"))

    def _code(self, signed: str, x: float, y: float) -> None:
        """Drawn as rectangles: sharp at any size."""
        rows = [bytes(row) for row in compact.code(signed).matrix]
        size = _CODE / len(rows)
        self._canvas.setFillColor(_INK)
        for number, row in enumerate(rows):
            for column, dark in enumerate(row):
                if dark:
                    bottom = y + _CODE - (number + 1) * size
                    self._canvas.rect(x + column * size, bottom, size * 1.01, size * 1.01, stroke=0, fill=1)

    def table(self, title: str, rows: tuple[Row, ...]) -> None:
        """Title, state, words, date of the last test."""
        if not rows:
            return
        self._heading(title, 2)
        for number, row in enumerate(rows):
            space = (_TESTED_AT if row.tested else _RIGHT) - _WORDS_AT - 2 * mm
            lines = _wrapped(row.words, space, _TEXT)
            height = _ROW + (len(lines) - 1) * 4.5 * mm
            self._room(height)
            if number % 2 == 0:
                self._canvas.setFillColor(_BAND)
                self._canvas.rect(_LEFT, self._y - height, _RIGHT - _LEFT, height, stroke=0, fill=1)
            base = self._y - 4.7 * mm
            self._draw(_TITLE_AT, base, row.title, _TEXT)
            self._mark(_STATE_AT - 4 * mm, base, row.state)
            self._draw(_STATE_AT, base, tell(f"readiness.state_{row.state.value}"), _TEXT, _COLOURS[row.state])
            for place, line in enumerate(lines):
                self._draw(_WORDS_AT, base - place * 4.5 * mm, line, _TEXT)
            if row.tested:
                self._draw(_TESTED_AT, base, self._short(row.tested), _SMALL, _GREY)
            self._y -= height
        self._y -= 4 * mm

    def _mark(self, x: float, y: float, state: Ready) -> None:
        """A shape besides the colour: disc, half, cross, ring."""
        canvas, middle, radius = self._canvas, y + 1.1 * mm, 1.3 * mm
        canvas.setFillColor(_COLOURS[state])
        canvas.setStrokeColor(_COLOURS[state])
        canvas.setLineWidth(0.9)
        match state:
            case Ready.READY:
                canvas.circle(x, middle, radius, stroke=0, fill=1)
            case Ready.LIMITED:
                canvas.circle(x, middle, radius, stroke=1, fill=0)
                canvas.wedge(x - radius, middle - radius, x + radius, middle + radius, 90, 180, stroke=0, fill=1)
            case Ready.NOT_READY:
                canvas.line(x - radius, middle - radius, x + radius, middle + radius)
                canvas.line(x - radius, middle + radius, x + radius, middle - radius)
            case Ready.UNKNOWN:
                canvas.circle(x, middle, radius, stroke=1, fill=0)

    def faults(self) -> None:
        """Open faults with meaning and cure."""
        if not self._report.faults:
            return
        self._heading(tell("readiness.paper_faults"), 2)
        for fault in self._report.faults:
            told = f"{fault.cause} → {fault.cure}"
            lines = _wrapped(told, _RIGHT - _LEFT - 4 * mm, _TEXT)
            self._room((len(lines) + 1) * 5 * mm + 2 * mm)
            head = f"{fault.title}  {fault.code}  {tell('readiness.paper_since', since=self._time(fault.since))}"
            self._draw(_TITLE_AT, self._y - 4 * mm, head, _SMALL, _GREY)
            for place, line in enumerate(lines):
                self._draw(_TITLE_AT, self._y - (9 + place * 5) * mm, line, _TEXT)
            self._y -= (len(lines) + 1) * 5 * mm + 2 * mm
        self._y -= 2 * mm

    def counts(self) -> None:
        """Operations by state; numbers only."""
        self._heading(tell("readiness.paper_counts"), 1)
        counts = [f"{state} {count}" for state, count in sorted(self._report.operations.items())]
        waiting = "?" if self._report.waiting is None else str(self._report.waiting)
        counts.append(tell("readiness.paper_waiting", count=waiting))
        for line in _wrapped("    ".join(counts), _RIGHT - _TITLE_AT, _TEXT):
            self._room(5 * mm)
            self._draw(_TITLE_AT, self._y - 4 * mm, line, _TEXT)
            self._y -= 5 * mm
        self._y -= 4 * mm

    def versions(self) -> None:
        """The attestation: three columns of digests' beginnings."""
        self._heading(tell("readiness.paper_versions", runtime=self._report.runtime, digest=self._report.digest), 2)
        wide = (_RIGHT - _LEFT) / 3
        rows = self._report.versions
        for begin in range(0, len(rows), 3):
            self._room(5 * mm)
            for column, (kind, name, digest) in enumerate(rows[begin : begin + 3]):
                x = _TITLE_AT + column * wide
                self._draw(x, self._y - 4 * mm, digest, _SMALL)
                told = name if kind == "driver" else kind
                self._draw(x + 17 * mm, self._y - 4 * mm, _cut(told, wide - 20 * mm, _SMALL), _SMALL, _GREY)
            self._y -= 5 * mm

    def end(self) -> None:
        """The last page's foot, and the file."""
        self._foot()
        self._canvas.save()

    def _heading(self, text: str, rows: int) -> None:
        self._room(9 * mm + rows * _ROW)
        self._draw(_LEFT, self._y - 5 * mm, text, _HEAD)
        self._canvas.setStrokeColor(_LINE)
        self._canvas.setLineWidth(0.6)
        self._canvas.line(_LEFT, self._y - 7 * mm, _RIGHT, self._y - 7 * mm)
        self._y -= 8.5 * mm

    def _room(self, height: float) -> None:
        """A new page where this does not fit any more."""
        if self._y - height >= _BOTTOM:
            return
        self._foot()
        self._canvas.showPage()
        self._number += 1
        self._y = _TOP

    def _foot(self) -> None:
        told = tell("readiness.paper_foot", kiosk=self._report.kiosk, at=self._time(self._report.at), page=self._number)
        self._draw(_LEFT, 12 * mm, told, _SMALL, _GREY)

    def _draw(self, x: float, y: float, text: str, size: float, colour: Color = _INK) -> None:
        self._canvas.setFillColor(colour)
        lettering.draw(self._canvas, x, y, text, size)

    def _centred(self, x: float, y: float, text: str, size: float, colour: Color) -> None:
        self._draw(x - lettering.width(text, size) / 2, y, text, size, colour)

    def _time(self, unix: float | None) -> str:
        if unix is None:
            return tell("readiness.never")
        return datetime.fromtimestamp(unix, self._zone).strftime("%Y-%m-%d %H:%M")

    def _short(self, unix: float) -> str:
        return datetime.fromtimestamp(unix, self._zone).strftime("%m-%d %H:%M")


def _wrapped(text: str, space: float, size: float) -> list[str]:
    """Lines no wider than the space; a line breaks after any character, as Chinese does."""
    lines, line = [], ""
    for character in text:
        if line and lettering.width(line + character, size) > space and character not in "，。、；：）":
            lines.append(line)
            line = character.strip()
        else:
            line += character
    return [*lines, line] if line or not lines else lines


def _cut(text: str, space: float, size: float) -> str:
    """As much as fits in one line."""
    if lettering.width(text, size) <= space:
        return text
    while text and lettering.width(text + "…", size) > space:
        text = text[:-1]
    return text + "…"
