"""The strip of paper: commands become dots, with the letters of a printer that knows one Chinese character set."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import segno
from PIL import Image, ImageDraw, ImageFont

from drivers.emulators.receipt_commands import Command

CELL = 24
_LINE_SPACING = 30
_BASELINE = 0.86
_QR_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
_FONT_NAME, _FONT_FACE = "NotoSansCJK-Regular.ttc", "Noto Sans Mono CJK SC"
"""The mono face: its Latin letters are exactly half a Chinese character wide, as in a printer."""


def find_font() -> tuple[Path, int]:
    """Find the font of the printed letters. Raise FileNotFoundError that names the package to install."""
    for path in sorted(Path("/usr/share/fonts").rglob(_FONT_NAME)):
        for face in range(16):
            try:
                if ImageFont.truetype(str(path), CELL, index=face).getname()[0] == _FONT_FACE:
                    return path, face
            except OSError:
                break
    raise FileNotFoundError(f"{_FONT_NAME} is not under /usr/share/fonts; install fonts-noto-cjk")


SIDE = 32
"""Unprinted dots at each side: 80 mm paper under a head of 72 mm, at 203 dpi."""

HEAD_TO_CUTTER = 96
"""Blank dots that lie between head and cutter when a slip begins: 12 mm, as in 80 mm desktop printers."""


@dataclass(frozen=True)
class Slip:
    """What was cut off: the picture, the lines of text, the payloads of QR codes, the number of pictures and of boxes."""

    picture: Image.Image
    text: tuple[str, ...]
    qr: tuple[str, ...]
    rare: int
    boxes: int


_Align = Literal[0, 1, 2]
_ALIGN: dict[int, _Align] = {0: 0, 1: 1, 2: 2, ord("0"): 0, ord("1"): 1, ord("2"): 2}
"""ESC a: left, centred, right; as a number or as its digit."""


@dataclass
class _Style:
    wide: int = 1
    high: int = 1
    bold: bool = False
    align: _Align = 0
    kanji: bool = False
    spacing: int = _LINE_SPACING


@dataclass
class _Glyph:
    character: str
    box: bool
    width: int
    style: tuple[int, int, bool]


@dataclass
class Paper:
    """Takes commands one by one; `obey` tells how many dots the paper moved, for the pace of the mechanism."""

    font: tuple[Path, int]
    dots: int = 576
    charset: str = "gbk"
    _style: _Style = field(default_factory=_Style)
    _line: list[_Glyph] = field(default_factory=list)
    _lead: int | None = None
    _strips: list[Image.Image] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _qr: list[str] = field(default_factory=list)
    _qr_style: dict[int, int] = field(default_factory=dict)
    _stored_qr: bytes = b""
    _stored_picture: Image.Image | None = None
    _rare: int = 0
    _boxes: int = 0

    def obey(self, command: Command) -> int:
        """Do one command; return the dots by which the paper moved."""
        data = command.data
        match command.name:
            case "text":
                return self._add_text(data)
            case "LF":
                return self._print_line()
            case "ESC @":
                self._style, self._line, self._lead = _Style(), [], None
            case "ESC !":
                self._style.bold, self._style.high, self._style.wide = (
                    bool(data[0] & 8),
                    1 + (data[0] >> 4 & 1),
                    1 + (data[0] >> 5 & 1),
                )
            case "GS !":
                self._style.wide, self._style.high = 1 + (data[0] >> 4 & 7), 1 + (data[0] & 7)
            case "ESC E" | "ESC G":
                self._style.bold = bool(data[0] & 1)
            case "ESC a":
                self._style.align = _ALIGN.get(data[0], 0)
            case "ESC 2":
                self._style.spacing = _LINE_SPACING
            case "ESC 3":
                self._style.spacing = data[0]
            case "FS &":
                self._style.kanji = True
            case "FS .":
                self._style.kanji, self._lead = False, None
            case "ESC d":
                return self._flush() + self._feed(data[0] * self._style.spacing)
            case "ESC J":
                return self._flush() + self._feed(data[0])
            case "GS v 0":
                return self._raster(data)
            case "GS ( L":
                return self._graphics(data)
            case "GS ( k":
                return self._code(data)
        return 0

    def cut(self) -> Slip | None:
        """Part what is printed from the roll; None when the paper has not moved."""
        self._flush()
        strips, self._strips = self._strips, []
        slip = None
        if strips:
            height = HEAD_TO_CUTTER + sum(strip.height for strip in strips)
            picture = Image.new("L", (self.dots + 2 * SIDE, height), 255)
            top = HEAD_TO_CUTTER
            for strip in strips:
                picture.paste(strip, (SIDE, top))
                top += strip.height
            slip = Slip(picture, tuple(self._text), tuple(self._qr), self._rare, self._boxes)
        self._text, self._qr, self._rare, self._boxes = [], [], 0, 0
        return slip

    def forget(self) -> None:
        """Drop the line that is not printed yet and return to the settings of power-on."""
        self._style, self._line, self._lead = _Style(), [], None

    # --- letters

    def _add_text(self, data: bytes) -> int:
        moved = 0
        for byte in data:
            if self._lead is not None:
                raw, self._lead = bytes((self._lead, byte)), None
                moved += self._add_glyph(raw, double=True)
            elif self._style.kanji and 0x81 <= byte <= 0xFE:
                self._lead = byte
            else:
                moved += self._add_glyph(bytes((byte,)), double=False)
        return moved

    def _add_glyph(self, raw: bytes, *, double: bool) -> int:
        try:
            character = raw.decode(self.charset if double else "ascii")
            box = False
        except UnicodeDecodeError:
            character, box = "\ufffd", True
            self._boxes += 1
        room = (CELL if double else CELL // 2) * self._style.wide
        moved = 0
        if sum(glyph.width for glyph in self._line) + room > self.dots:
            moved = self._print_line()
        self._line.append(_Glyph(character, box, room, (self._style.wide, self._style.high, self._style.bold)))
        return moved

    def _flush(self) -> int:
        return self._print_line() if self._line else 0

    def _print_line(self) -> int:
        line, self._line = self._line, []
        if not line:
            return self._feed(self._style.spacing)
        high = CELL * max(glyph.style[1] for glyph in line)
        strip = Image.new("L", (self.dots, max(high, self._style.spacing * high // CELL)), 255)
        left = self._left(sum(glyph.width for glyph in line))
        for glyph in line:
            picture = self._draw(glyph)
            strip.paste(picture, (left, high - picture.height))
            left += glyph.width
        self._strips.append(strip)
        self._text.append("".join(glyph.character for glyph in line))
        return strip.height

    def _draw(self, glyph: _Glyph) -> Image.Image:
        wide, high, bold = glyph.style
        cell = Image.new("L", (glyph.width // wide, CELL), 255)
        pen = ImageDraw.Draw(cell)
        if glyph.box:
            pen.rectangle((2, 2, cell.width - 3, CELL - 3), outline=0)
        else:
            font = ImageFont.truetype(str(self.font[0]), CELL, index=self.font[1])
            for shift in (0, 1) if bold else (0,):
                pen.text((shift, CELL * _BASELINE), glyph.character, fill=0, font=font, anchor="ls")
        black = cell.point(lambda grey: 255 if grey > 127 else 0)
        return black.resize((glyph.width, CELL * high), Image.Resampling.NEAREST)

    # --- dots

    def _left(self, width: int) -> int:
        return max(0, (self.dots - width) * self._style.align // 2)

    def _feed(self, dots: int) -> int:
        if dots:
            self._strips.append(Image.new("L", (self.dots, dots), 255))
        return dots

    def _place(self, picture: Image.Image) -> int:
        moved = self._flush()
        strip = Image.new("L", (self.dots, picture.height), 255)
        strip.paste(picture, (self._left(picture.width), 0))
        self._strips.append(strip)
        return moved + picture.height

    def _raster(self, data: bytes) -> int:
        mode, wide, high = data[0], int.from_bytes(data[1:3], "little"), int.from_bytes(data[3:5], "little")
        if not wide or not high:
            return 0
        picture = _dots(wide * 8, high, data[5:])
        size = (picture.width * (1 + (mode & 1)), picture.height * (1 + (mode >> 1 & 1)))
        self._rare += 1
        return self._place(picture.resize(size, Image.Resampling.NEAREST))

    def _graphics(self, data: bytes) -> int:
        if data[1:2] in (b"\x70", b"p") and len(data) >= 10:
            wide, high = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
            if wide and high and len(data) - 10 >= (wide + 7) // 8 * high:
                picture = _dots(wide, high, data[10:])
                self._stored_picture = picture.resize((wide * data[3], high * data[4]), Image.Resampling.NEAREST)
        elif data[1:2] in (b"\x02", b"2") and self._stored_picture is not None:
            picture, self._stored_picture = self._stored_picture, None
            self._rare += 1
            return self._place(picture)
        return 0

    def _code(self, data: bytes) -> int:
        """GS ( k cn fn …, QR codes (cn 49): 67 module size, 69 level, 80 store, 81 print."""
        if data[:1] != b"1" or len(data) < 3:
            return 0
        function = data[1]
        if function in (67, 69):
            self._qr_style[function] = data[2]
        elif function == 80:
            self._stored_qr = data[3:]
        elif function == 81 and self._stored_qr:
            level = _QR_LEVELS.get(self._qr_style.get(69, 48), "L")
            code = segno.make(self._stored_qr, error=level, boost_error=False, micro=False)
            out = io.BytesIO()
            code.save(out, kind="png", scale=self._qr_style.get(67, 3), border=0)
            self._qr.append(self._stored_qr.decode("utf-8", "replace"))
            return self._place(Image.open(out).convert("L"))
        return 0


def _dots(wide: int, high: int, data: bytes) -> Image.Image:
    """Bits, one row after the other, 1 is black, as a grey picture."""
    row = (wide + 7) // 8
    inverted = bytes(byte ^ 0xFF for byte in data[: row * high])
    return Image.frombytes("1", (wide, high), inverted, "raw", "1", row).convert("L")
