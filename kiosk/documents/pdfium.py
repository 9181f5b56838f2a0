"""The only place that speaks to PDFium. PDFium is one library for the whole process and not made for threads: one lock.

Annotations and forms are always drawn, as on paper: a visible seal is the appearance of a signature field (ISO 32000-1,
12.7.4.5), which a merge of content streams would lose.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as native

POINTS_PER_INCH = 72.0
MM_PER_INCH = 25.4
Pixels = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]

_LOCK = threading.Lock()


class Unreadable(Exception):
    """PDFium cannot open the file or one of its pages."""


class Letter:
    """One character as it stands on a page: its code point, its cell (left, bottom, right, top; points), its font's key."""

    __slots__ = ("box", "font", "made_up", "point")

    def __init__(self, point: int, box: Box, font: int, made_up: bool) -> None:
        self.point, self.box, self.font, self.made_up = point, box, font, made_up


@contextmanager
def opened(raw: bytes) -> Iterator[Any]:
    """Open a PDF for as long as the block lasts; nobody else uses PDFium meanwhile. Raise Unreadable."""
    with _LOCK:
        try:
            document = pdfium.PdfDocument(raw)
        except pdfium.PdfiumError as error:
            raise Unreadable(str(error)) from None
        try:
            document.init_forms()
            yield document
        except pdfium.PdfiumError as error:
            raise Unreadable(str(error)) from None
        finally:
            document.close()


def is_encrypted(document: Any) -> bool:
    """Whether the file is encrypted, be it with an empty password."""
    return bool(native.FPDF_GetSecurityHandlerRevision(document) != -1)


def render(page: Any, *, dpi: float) -> Pixels:
    """Draw a page as it would be printed. Shape (height, width, 3), RGB, top row first."""
    bitmap = page.render(
        scale=dpi / POINTS_PER_INCH,
        may_draw_forms=True,
        draw_annots=True,
        optimize_mode="print",
        rev_byteorder=True,
        force_bitmap_format=native.FPDFBitmap_BGR,
        bitmap_maker=pdfium.PdfBitmap.new_native,  # our own memory, rows without padding: no second 26 MB for a copy
    )
    bitmap.close()
    return np.frombuffer(bitmap.buffer, np.uint8).reshape(bitmap.height, bitmap.width, 3)


def flattened(document: Any, index: int) -> Any:
    """Return a page whose annotations are part of its content, so that their letters and fonts can be looked at too."""
    page = document[index]
    outcome = native.FPDFPage_Flatten(page, native.FLAT_PRINT)
    page.close()  # the change is seen by a page that is loaded anew
    if outcome == native.FLATTEN_FAIL:
        raise Unreadable("the annotations cannot be read")
    return document[index]


def to_pixels(page: Any, box: Box, pixels: Pixels) -> tuple[int, int, int, int]:
    """Return where a box of the page (points) lies on its picture: left, top, right, bottom; any rotation, any crop."""
    height, width = pixels.shape[:2]
    xs, ys = zip(*(_to_device(page, x, y, width, height) for x in box[::2] for y in box[1::2]), strict=True)
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


def _to_device(page: Any, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    if not native.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, across, down):
        raise Unreadable("a letter lies outside of the page")
    return across.value, down.value


def letters(page: Any) -> list[Letter]:
    """Return the characters of a page in the order of its content."""
    text = page.get_textpage()
    try:
        found = [_letter(text, at) for at in range(text.count_chars())]
    finally:
        text.close()
    return list(_joined(found))


def _letter(text: Any, at: int) -> Letter:
    cell, ink = native.FS_RECTF(), [ctypes.c_double() for _ in range(4)]
    native.FPDFText_GetLooseCharBox(text, at, cell)
    box = (cell.left, cell.bottom, cell.right, cell.top)
    left, right, bottom, top = ink
    if native.FPDFText_GetCharBox(text, at, left, right, bottom, top):
        box = (
            min(box[0], left.value), min(box[1], bottom.value), max(box[2], right.value), max(box[3], top.value)
        )  # fmt: skip
    owner = native.FPDFText_GetTextObject(text, at)
    font = native.FPDFTextObj_GetFont(owner) if owner else None
    key = ctypes.cast(font, ctypes.c_void_p).value or 0 if font else 0
    return Letter(native.FPDFText_GetUnicode(text, at), box, key, native.FPDFText_IsGenerated(text, at) == 1)


def _joined(found: list[Letter]) -> Iterator[Letter]:
    """Join surrogate pairs: a character beyond the basic plane may come as two letters."""
    rest = iter(found)
    for letter in rest:
        if 0xD800 <= letter.point < 0xDC00:
            low = next(rest, letter)
            letter.point = 0x10000 + ((letter.point & 0x3FF) << 10) + (low.point & 0x3FF)
        yield letter


def fonts_not_embedded(page: Any) -> set[str]:
    """Return the names of the fonts that draw text on a page but are not in the file."""
    names: set[str] = set()
    for thing in page.get_objects(filter=[native.FPDF_PAGEOBJ_TEXT], max_depth=15):
        font = native.FPDFTextObj_GetFont(thing)
        if font and native.FPDFFont_GetIsEmbedded(font) == 0:
            names.add(_base_name(font))
    return names


def _base_name(font: Any) -> str:
    size = native.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(size)
    native.FPDFFont_GetBaseFontName(font, buffer, size)
    return buffer.value.decode("utf-8", "replace")
