"""A slip as ESC/POS bytes: composed whole before the first byte is sent, so that what cannot be printed prints nothing.

Chinese goes out as FS & (Kanji mode) and GB 18030 bytes. python-escpos' own text() never sends FS & and turns rare characters
into "?"; its raster, QR and cut are used. Nothing here names a character of the text in a fault: it may be somebody's name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import segno

from drivers.contract.faults import FaultCode, failing
from drivers.contract.receipt_printer import Feed, Line, Part, QrCode, Rule
from drivers.receipt_printer import letters
from drivers.receipt_printer.library import Dummy

INIT = b"\x1b@"
_KANJI_ON, _KANJI_OFF = b"\x1c&", b"\x1c."

MOST_QR_CHARACTERS = 1000
"""Of the contract."""

_QR_LEVEL = 1
"""python-escpos' QR_ECLEVEL_M: 15 % of the code may be lost; thermal paper creases."""

_QR_SHARE = 0.62
"""Part of the paper's width that a QR code should take (45 mm of 72), unless its modules would get too small."""

_QR_LARGEST, _QR_SMALLEST = 8, 3
"""Dots of a module: 1 mm is plenty; under 0.375 mm phone cameras begin to fail."""

_QR_QUIET = 4
"""Modules that must stay white on each side (ISO/IEC 18004)."""

_MOST_FEED = 255

_FEED_TO_TEAR = 6
"""Lines from the print head to the tear bar, as python-escpos feeds before a cut."""

_VOID = "(本凭条没有打完,已作废)"


@dataclass(frozen=True)
class Paper:
    """What the composer must know of the printer."""

    columns: int
    dots: int
    charset: letters.Charset
    fonts: tuple[str, ...]
    qr: Literal["native", "raster"]
    raster: Literal["bitImageRaster", "graphics"]
    cut: bool = True


def compose(parts: Sequence[Part], paper: Paper) -> bytes:
    """Return the bytes of a slip, from ESC @ to the cut.

    Raise DeviceFault(GLYPH_MISSING) naming part and position when a character is in no font, UNSUPPORTED for a control
    character or a QR code that is too long or too wide for the paper.
    """
    out = Dummy()
    # The default profile says the paper's width is "Unknown" and print()s a remark at each picture; ours are never too wide.
    out.profile.profile_data = {**out.profile.profile_data, "media": {}}
    out._raw(INIT)
    for number, part in enumerate(parts, 1):
        match part:
            case Line():
                _line(out, part, paper, number)
            case Rule():
                out._raw(b"-" * paper.columns + b"\n")
            case QrCode(text=text):
                _qr(out, text, paper, number)
            case Feed(lines=lines):
                out.print_and_feed(max(0, min(lines, _MOST_FEED)))
    _end(out, paper)
    return bytes(out.output)


def void(paper: Paper) -> bytes:
    """Return the bytes that part a torn slip from the next: a remark that it is void, and the cut."""
    out = Dummy()
    out._raw(INIT + b"\n" + _KANJI_ON + _VOID.encode("gb18030") + _KANJI_OFF + b"\n")
    _end(out, paper)
    return bytes(out.output)


def _end(out: Any, paper: Paper) -> None:
    if paper.cut:
        out.cut()
    else:
        out.print_and_feed(_FEED_TO_TEAR)


def _line(out: Any, line: Line, paper: Paper, number: int) -> None:
    for position, character in enumerate(line.text, 1):
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise failing(FaultCode.UNSUPPORTED, f"part {number}, character {position}: a control character")
    scale = 2 if line.wide else 1
    for text in letters.wrap(line.text, paper.columns // scale):
        out.set(align="center" if line.centre else "left", bold=line.bold)
        if all(letters.prints_itself(character, paper.charset) for character in text):
            out.set(custom_size=True, width=scale, height=scale)
            out._raw(_KANJI_ON + text.encode("gb18030") + _KANJI_OFF + b"\n")
            out.set(custom_size=True, width=1, height=1)
        else:
            fonts = _fonts_for(line.text, paper, number)
            out.image(letters.draw(text, fonts, scale=scale, bold=line.bold), impl=paper.raster)
    out.set(align="left", bold=False)


def _fonts_for(text: str, paper: Paper, number: int) -> tuple[letters.FontFile, ...]:
    fonts = tuple(letters.font_file(setting) for setting in paper.fonts)
    missing = [at for at, character in enumerate(text) if letters.find_font(character, fonts) is None]
    if missing:
        # Name the rare one first: it is the reason why the line is drawn at all.
        position = min(missing, key=lambda at: letters.prints_itself(text[at], paper.charset))
        raise failing(FaultCode.GLYPH_MISSING, f"part {number}, character {position + 1}")
    return fonts


def _qr(out: Any, text: str, paper: Paper, number: int) -> None:
    if len(text) > MOST_QR_CHARACTERS:
        raise failing(FaultCode.UNSUPPORTED, f"part {number}: a QR code of {len(text)} characters")
    module = _module_dots(text, paper, number)
    out.set(align="center")
    if paper.qr == "native":
        out._raw(b"\n")
        out.qr(text, ec=_QR_LEVEL, size=module, native=True)
        out._raw(b"\n")
    else:
        out.qr(text, ec=_QR_LEVEL, size=module, image_arguments={"impl": paper.raster})
    out.set(align="left")


def _module_dots(text: str, paper: Paper, number: int) -> int:
    try:
        code = segno.make(text.encode("utf-8"), error="m", boost_error=False, micro=False)
    except segno.DataOverflowError as error:
        raise failing(FaultCode.UNSUPPORTED, f"part {number}: too much for one QR code") from error
    modules = len(code.matrix)
    most = paper.dots // (modules + 2 * _QR_QUIET)
    if most < _QR_SMALLEST:
        raise failing(FaultCode.UNSUPPORTED, f"part {number}: a QR code of {modules} modules is too wide for the paper")
    wanted = int(paper.dots * _QR_SHARE) // modules
    return min(most, max(_QR_SMALLEST, min(_QR_LARGEST, wanted)))
