"""Letters on paper: text in as many fonts as its characters need, and nothing where a character cannot be drawn.

Two things reportlab does not do: fall back to another font for a rare character, and write the code of a character beyond
the basic plane (𠮷, U+20BB7) so that it can be read out of the PDF again (ISO 32000-1, 9.10.3: UTF-16BE, not five digits).
"""

from __future__ import annotations

import mmap
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import SUBSETN, TTFNameBytes, TTFont
from reportlab.pdfgen.canvas import Canvas

from kiosk import fonts

# Marks after which, and before which, a line may not end or begin (GB/T 15834-2011, 5.1).
_NOT_FIRST = "，。、；：？！）》」』”’…·—,.;:?!)"
_NOT_LAST = "（《「『“‘(" + "￥"


class GlyphMissing(Exception):
    """Some characters cannot be drawn, so the paper is not made. Says how many, not which: they are part of a name."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} characters have no glyph in the paper fonts")
        self.count = count


class _Mapped:
    """A font file as reportlab reads one, but left on disk: 20 to 30 MB less in memory, of which a page needs a few glyphs."""

    def __init__(self, path: Path) -> None:
        self.name = str(path)

    def read(self) -> mmap.mmap:
        with open(self.name, "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        mapped.madvise(mmap.MADV_RANDOM)  # only the pages that are touched
        return mapped


class PaperFont(TTFont):  # type: ignore[misc]  # reportlab has no types
    """A TrueType font whose characters can be read back from the PDF, those beyond the basic plane too."""

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, _Mapped(path), shapable=False)
        # reportlab keeps one font for each face name, whoever came first: ours must not be another's plain TTFont.
        self.face.name = TTFNameBytes(b"Paper-" + self.face.name)

    def addObjects(self, doc: Any) -> None:  # noqa: D102  # reportlab's name
        subsets = self.state[doc].subsets
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = b"".join((SUBSETN(number), b"+", self.face.name, self.face.subfontNameX)).decode("pdfdoc")
            table = doc.idToObject[f"toUnicodeCMap:{name}"]
            for code, point in enumerate(subset):
                if point > 0xFFFF:
                    units = chr(point).encode("utf-16-be").hex().upper()
                    table.content = table.content.replace(f"<{code:02X}> <{point:04X}>", f"<{code:02X}> <{units}>")


@cache
def registered(font: fonts.Font) -> str:
    """Return the name under which reportlab knows one of our fonts; the file is read at the first call (about 0.2 s)."""
    name = font.path.stem
    pdfmetrics.registerFont(PaperFont(name, font.path))
    return name


def missing(text: str) -> str:
    """Return the characters that no paper font has; empty when all can be drawn."""
    return fonts.missing(text, fonts.paper())


def printable(text: str) -> bool:
    """Whether every character can be drawn on paper."""
    return not missing(text)


def require_printable(*texts: str) -> None:
    """Raise GlyphMissing when a character of any of the texts cannot be drawn."""
    count = sum(len(missing(text)) for text in texts)
    if count:
        raise GlyphMissing(count)


def runs(text: str) -> list[tuple[str, str]]:
    """Split into (font name, text). Raise GlyphMissing."""
    require_printable(text)
    return [(registered(run.font), run.text) for run in fonts.runs(text, fonts.paper()) if run.font is not None]


def width(text: str, size: float) -> float:
    """Return the width in points."""
    return float(sum(pdfmetrics.stringWidth(part, name, size) for name, part in runs(text)))


def draw(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    """Draw one line with its base line at (x, y), points. Raise GlyphMissing before anything is drawn."""
    parts = runs(text)
    line = canvas.beginText(x, y)
    for name, part in parts:
        line.setFont(name, size)
        line.textOut(part)
    canvas.drawText(line)


def wrap(text: str, size: float, limit: float) -> list[str]:
    """Break into lines of at most `limit` points, not before a closing mark nor after an opening one."""
    lines: list[str] = []
    rest = text
    while rest and width(rest, size) > limit:
        end = _fitting(rest, size, limit)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, rest] if rest or not lines else lines


def _fitting(text: str, size: float, limit: float) -> int:
    end = 1
    while end < len(text) and width(text[: end + 1], size) <= limit:
        end += 1
    best = end
    while best > 1 and (text[best : best + 1] in _NOT_FIRST or text[best - 1] in _NOT_LAST or _inside_word(text, best)):
        best -= 1
    return best if best > 1 else end


def _inside_word(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at : at + 1]
    return bool(before and after) and all("!" <= each <= "~" for each in (before, after))
