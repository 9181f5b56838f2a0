"""Which characters the printer's own font has, and a line of text as dots for those it lacks.

A Chinese receipt printer holds the characters of GB 2312 or GBK as 24 × 24 dots and prints a box or nothing for the rest.
A person's name must never come out like that: a line with such a character is drawn here, whole, from a font file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from drivers.contract.faults import FaultCode, failing
from drivers.receipt_printer.coverage import coverage

Charset = Literal["gb2312", "gbk"]

_NOT_FIRST = "，。、；：？！）》」』”’…,.;:?!)"
"""Marks that may not begin a line (GB/T 15834-2011, 5.1); the character before them goes down with them."""

CELL = 24
"""Dots of a Chinese character at 203 dpi; a Latin letter (Font A) is half as wide."""

LEADING = 6
"""Empty dots under a drawn line, so that it stands as far from the next as the printer's own lines (30 dots a line)."""

_BASELINE = 0.86
"""Share of the cell above the base line; CJK fonts put it at 0.86 to 0.88 of the em."""

_INK = 128


def prints_itself(character: str, charset: Charset) -> bool:
    """Whether the printer's font has this character (ASCII always)."""
    if character.isascii():
        return True
    try:
        # Judged by the GB 18030 bytes that are sent: the codecs name a few signs (· —) by other code points.
        character.encode("gb18030").decode(charset)
    except UnicodeError:
        return False
    return True


def width(character: str) -> int:
    """Columns that a character takes: 1 for ASCII, 2 for everything else."""
    return 1 if character.isascii() else 2


def wrap(text: str, columns: int) -> Iterator[str]:
    """Cut text into lines of at most `columns`; an empty text is one empty line."""
    line, used = "", 0
    for character in text:
        if used + width(character) > columns:
            carried = line[-1] if character in _NOT_FIRST and len(line) > 1 else ""
            yield line.removesuffix(carried) if carried else line
            line, used = carried, sum(map(width, carried))
        line += character
        used += width(character)
    yield line


@dataclass(frozen=True)
class FontFile:
    """A font by path, or `path#n` for face n of a collection (.ttc)."""

    path: Path
    face: int
    coverage: bytes = field(repr=False)
    """One bit a code point; a set of 60,000 numbers would take forty times as much."""

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for this character."""
        byte, bit = divmod(ord(character), 8)
        return byte < len(self.coverage) and bool(self.coverage[byte] >> bit & 1)

    @lru_cache(maxsize=2)  # noqa: B019  lives as long as its driver: two sizes, normal and wide
    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """The font at `size` dots."""
        return ImageFont.truetype(str(self.path), size, index=self.face)


@lru_cache(maxsize=8)
def font_file(setting: str) -> FontFile:
    """Read which characters a font has. Raise DeviceFault(SETTING_INVALID) when it cannot be read."""
    name, _, face = setting.partition("#")
    if face and not face.isdigit():
        raise failing(FaultCode.SETTING_INVALID, f"fonts: {setting!r} should end in #number of the face")
    try:
        covered = coverage(name, int(face or 0))
    except (OSError, ValueError) as error:
        raise failing(FaultCode.SETTING_INVALID, f"fonts: {setting!r} is not a readable font ({error})") from error
    return FontFile(Path(name), int(face or 0), covered)


def find_font(character: str, fonts: tuple[FontFile, ...]) -> FontFile | None:
    """Return the first font that has this character."""
    return next((font for font in fonts if font.has(character)), None)


def draw(line: str, fonts: tuple[FontFile, ...], *, scale: int, bold: bool) -> Image.Image:
    """Draw a line, black on white, mode "1", at `scale` 1 or 2. Every character must have a font in `fonts`."""
    cell = CELL * scale
    columns = sum(map(width, line))
    picture = Image.new("L", (max(columns, 1) * cell // 2, cell + LEADING), 255)
    pen = ImageDraw.Draw(picture)
    left = 0
    for character in line:
        room = width(character) * cell // 2
        font = find_font(character, fonts)
        assert font is not None
        face = font.at(cell)
        at = (left + max(0.0, (room - face.getlength(character)) / 2), cell * _BASELINE)
        for shift in range(scale + 1 if bold else 1):
            # Bold as thermal printers do it: struck again one dot further right.
            pen.text((at[0] + shift, at[1]), character, fill=0, font=face, anchor="ls")
        left += room
    return picture.point(lambda grey: 255 if grey >= _INK else 0).convert("1", dither=Image.Dither.NONE)
