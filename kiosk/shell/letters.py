"""Setting text: from a string to lines of runs, each in a font that has its characters.

Nothing here is markup: a visitor's text is only ever measured and drawn, so `[b]` is three characters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Literal

import msgspec

from kiosk import fonts
from kiosk.locales.marks import chinese_marks
from kiosk.shell import bidi
from kiosk.shell.lines import break_lines, units
from kiosk.shell.marks import Glyphs

INK_OF_GUO = {False: 0.876, True: 0.899}
"""Height of the ink of 国 in units of the font size: Noto Sans CJK SC Regular, Bold (measured; a test measures again)."""

_ABOVE, _BELOW = 0.80, 0.09
"""Ink of Chinese characters above and below the baseline, in units of the font size."""

_TALL = {"NotoSansArabic": (0.84, 0.40), "NotoSerifTibetan": (1.12, 0.74), "NotoSansMongolian": (0.85, 0.27)}
"""The same of fonts whose letters reach further, by the beginning of the file's name (measured; a test measures again)."""

_LEADING_OF_TALL = 1.06
"""Distance of lines whose letters reach further than Chinese, in units of that reach."""

_UNKNOWN = "〓"
"""Printed for a character that no font has (the geta mark of Chinese and Japanese typesetting), never an empty box."""

_TRADITIONAL = "zh-Hant"

Measure = Callable[[str, int, str], int]
"""Font file, size in pixels, text → width in pixels."""

Align = Literal["left", "centre", "right"]


class Style(msgspec.Struct, frozen=True):
    """How a text is set: the height of 国 in pixels, the weight, the distance of lines in font sizes."""

    ink: int
    bold: bool = False
    leading: float = 1.45


class Run(msgspec.Struct, frozen=True):
    """A stretch of a line in one font and one direction; `leftwards`: it is read from right to left."""

    text: str
    font: str
    width: int
    leftwards: bool = False


class Paragraph(msgspec.Struct, frozen=True):
    """A text, broken and measured; all lengths in pixels. The runs of a line stand as they are seen, from left to right;
    `above` and `below` are how far the letters reach from the baseline."""

    text: str
    lines: tuple[tuple[Run, ...], ...]
    px: int
    line_height: int
    ink: float
    above: float
    below: float

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
            wide = sum(run.width for run in line)
            free = (width or self.width) - wide
            at = x + {"left": 0, "centre": free // 2, "right": free}[align]
            place = (at, wide)
            middle = y + index * self.line_height + self.line_height / 2
            baseline = round(middle + (self.above - self.below) / 2)
            for run in line:
                drawn.append(Glyphs(at, baseline, run.text, run.font, self.px, colour, run.leftwards, place))
                at += run.width
        return tuple(drawn)


class Letters:
    """The fonts of the screen and a way to measure them."""

    def __init__(self, measure: Measure, regular: fonts.Font, bold: fonts.Font) -> None:
        self._measure = measure
        self._fonts = {False: regular, True: bold}
        self._others = {each: (*fonts.scripts(bold=each), *fonts.rare()) for each in (False, True)}
        self._advances: dict[tuple[str, bool, int], int] = {}
        self._traditional: Letters | None = None

    def of(self, language: str) -> Letters:
        """The letters of a language: Traditional Chinese has forms of its own, which nobody else's screen has to load."""
        if language != _TRADITIONAL:
            return self
        if self._traditional is None:
            self._traditional = Letters(self._measure, fonts.traditional(), fonts.traditional(bold=True))
        return self._traditional

    def forget(self) -> None:
        """A new screen: its words are measured anew (1 ms), for those of the old one may have been a name or a number."""
        self._advances.clear()
        if self._traditional is not None:
            self._traditional.forget()

    def set(
        self, text: str, style: Style, width: int, *, balanced: bool = False, whole: Sequence[str] = ()
    ) -> Paragraph:
        """Break and measure. Characters that cannot be printed are left out, those without a glyph become 〓. A text whose first
        word is written from right to left runs from right to left."""
        px = self.font_px(style)
        clean = _printable(text)
        broken = break_lines(
            chinese_marks(clean),
            width,
            lambda part: self._advance(part, style.bold, px),
            balanced=balanced,
            whole=whole,
        )
        right = bidi.begins_right(clean)
        lines = tuple(self._line(line, style.bold, px, right=right) for line in broken)
        above, below = self._reach(lines)
        return Paragraph(
            text=clean.replace("\n", " "),
            lines=lines,
            px=px,
            line_height=max(round(px * style.leading), math.ceil(px * (above + below) * _LEADING_OF_TALL)),
            ink=px * INK_OF_GUO[style.bold],
            above=px * above,
            below=px * below,
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

    def _line(self, text: str, bold: bool, px: int, *, right: bool) -> tuple[Run, ...]:
        """The runs of a line as they are seen."""
        if not bidi.has_right_to_left(text):
            return self._runs(text, bold, px)
        found: list[Run] = []
        levels = bidi.levels(text, right=right)
        of_run: list[int] = []
        at = 0
        while at < len(text):
            end = at
            while end < len(text) and levels[end] == levels[at]:
                end += 1
            for run in self._runs(text[at:end], bold, px):
                found.append(msgspec.structs.replace(run, leftwards=levels[at] % 2 == 1))
                of_run.append(levels[at])
            at = end
        return tuple(bidi.in_sight(found, of_run))

    @staticmethod
    def _reach(lines: tuple[tuple[Run, ...], ...]) -> tuple[float, float]:
        reaches = [(_ABOVE, _BELOW)]
        for name in {PurePath(run.font).name for line in lines for run in line}:
            reaches += [reach for font, reach in _TALL.items() if name.startswith(font)]
        return max(above for above, _ in reaches), max(below for _, below in reaches)

    def _runs(self, text: str, bold: bool, px: int) -> tuple[Run, ...]:
        first = self._fonts[bold]
        found = []
        for run in fonts.runs(text, first, self._others[bold]):
            font = str((run.font or first).path)
            drawn = run.text if run.font else _UNKNOWN * len(run.text)
            found.append(Run(drawn, font, self._measure(font, px, drawn)))
        return tuple(found)


_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Control and direction marks. Unassigned and private code points stay: a newer Unicode, or a registry, may know them."""


_JOINERS = re.compile("(?<=[\u0600-\u06ff\u0f00-\u0fff\u1800-\u18af])[\u180e\u200c\u200d]")
"""What joins or parts the letters of a shaped word: the vowel separator of Mongolian, the joiners of Uyghur. Kept there only."""


def _printable(text: str) -> str:
    kept = {found.start() for found in _JOINERS.finditer(text)}
    return "".join(
        c for at, c in enumerate(text) if c == "\n" or at in kept or unicodedata.category(c) not in _INVISIBLE
    )
