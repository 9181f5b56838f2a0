"""Setting text: from a string to lines of runs, each in a font that has its characters.

Nothing here is markup: a visitor's text is only ever measured and drawn, so `[b]` is three characters.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from kiosk import fonts
from kiosk.locales.marks import chinese_marks
from kiosk.shell.lines import break_lines, units
from kiosk.shell.marks import Glyphs

INK_OF_GUO = {False: 0.876, True: 0.899}
"""Height of the ink of 国 in units of the font size: Noto Sans CJK SC Regular, Bold (measured; a test measures again)."""

_ABOVE, _BELOW = 0.80, 0.09
"""Ink of Chinese characters above and below the baseline, in units of the font size."""

_UNKNOWN = "〓"
"""Printed for a character that no font has (the geta mark of Chinese and Japanese typesetting), never an empty box."""

Measure = Callable[[str, int, str], int]
"""Font file, size in pixels, text → width in pixels."""

Align = Literal["left", "centre", "right"]


class Style(msgspec.Struct, frozen=True):
    """How a text is set: the height of 国 in pixels, the weight, the distance of lines in font sizes."""

    ink: int
    bold: bool = False
    leading: float = 1.45


class Run(msgspec.Struct, frozen=True):
    """A stretch of a line in one font."""

    text: str
    font: str
    width: int


class Paragraph(msgspec.Struct, frozen=True):
    """A text, broken and measured; all lengths in pixels."""

    text: str
    lines: tuple[tuple[Run, ...], ...]
    px: int
    line_height: int
    ink: float

    @property
    def width(self) -> int:
        """Of the longest line."""
        return max((sum(run.width for run in line) for line in self.lines), default=0)

    @property
    def height(self) -> int:
        """Of all lines."""
        return self.line_height * len(self.lines)

    def marks(self, x: int, y: int, colour: str, *, width: int = 0, align: Align = "left") -> tuple[Glyphs, ...]:
        """Draw with the upper left corner at x, y; `align` within `width`."""
        drawn = []
        for index, line in enumerate(self.lines):
            free = (width or self.width) - sum(run.width for run in line)
            at = x + {"left": 0, "centre": free // 2, "right": free}[align]
            middle = y + index * self.line_height + self.line_height / 2
            baseline = round(middle + (_ABOVE - _BELOW) / 2 * self.px)
            for run in line:
                drawn.append(Glyphs(at, baseline, run.text, run.font, self.px, colour))
                at += run.width
        return tuple(drawn)


class Letters:
    """The fonts of the screen and a way to measure them."""

    def __init__(self, measure: Measure, regular: fonts.Font, bold: fonts.Font) -> None:
        self._measure = measure
        self._fonts = {False: regular, True: bold}
        self._advances: dict[tuple[str, bool, int], int] = {}

    def set(
        self, text: str, style: Style, width: int, *, balanced: bool = False, whole: Sequence[str] = ()
    ) -> Paragraph:
        """Break and measure. Characters that cannot be printed are left out, those without a glyph become 〓."""
        px = self.font_px(style)
        clean = _printable(text)
        broken = break_lines(
            chinese_marks(clean),
            width,
            lambda part: self._advance(part, style.bold, px),
            balanced=balanced,
            whole=whole,
        )
        return Paragraph(
            text=clean.replace("\n", " "),
            lines=tuple(self._runs(line, style.bold, px) for line in broken),
            px=px,
            line_height=round(px * style.leading),
            ink=px * INK_OF_GUO[style.bold],
        )

    @staticmethod
    def font_px(style: Style) -> int:
        """The font size whose 国 is at least as high as the style asks."""
        return math.ceil(style.ink / INK_OF_GUO[style.bold])

    def _advance(self, text: str, bold: bool, px: int) -> int:
        return sum(self._unit_advance(unit, bold, px) for unit in units(text))

    def _unit_advance(self, unit: str, bold: bool, px: int) -> int:
        key = (unit, bold, px)
        if key not in self._advances:
            self._advances[key] = sum(run.width for run in self._runs(unit, bold, px))
        return self._advances[key]

    def _runs(self, text: str, bold: bool, px: int) -> tuple[Run, ...]:
        first = self._fonts[bold]
        found = []
        for run in fonts.runs(text, first):
            font = str((run.font or first).path)
            drawn = run.text if run.font else _UNKNOWN * len(run.text)
            found.append(Run(drawn, font, self._measure(font, px, drawn)))
        return tuple(found)


_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Control and direction marks. Unassigned and private code points stay: a newer Unicode, or a registry, may know them."""


def _printable(text: str) -> str:
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in _INVISIBLE)
