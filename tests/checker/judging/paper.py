"""What is on a sheet: its codes and words, and whether the picture under them is the issuer's page. Read through PDFium and ZXing.

The kiosk lays a transparent watermark (turned) and an opaque block (upright, with a QR code) over the issuer's page. So outside
of the block the sheet may differ from the page in one way only: darker by a faint mark. Both are drawn at the printer's
resolution and compared point by point, each point against its neighbours in the other, because the page was resampled once.
"""

from __future__ import annotations

import math
from functools import lru_cache

import msgspec
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as native
import zxingcpp
from PIL import Image

DPI = 300
_POINTS = 72
_MM = DPI / 25.4

LARGEST_SHARE = 0.25
"""The largest part of a page that block and code may take; they take a tenth (198 × 33 mm of A4)."""
_BLOCK_PADDING = round(4 * _MM)
"""Around letters and code: the block's frame stands up to 3 mm away from them."""

DARKEST_MARK = 0.85
"""A watermark may darken a point to this share of its brightness; the kiosk's darkens to 0.90."""
_TOLERANCE = 24
"""Grey levels; resampling and JPEG change up to 20."""
_LEVELS = np.arange(256)
_BRIGHTER = np.minimum(_LEVELS + _TOLERANCE, 255).astype(np.uint8)
"""By grey level of the issuer's page: brighter than this, something of it is missing."""
_MARKED = np.maximum(_LEVELS * DARKEST_MARK - _TOLERANCE, 0).astype(np.uint8)
"""By grey level of the issuer's page: darker than this, something was added that is no watermark."""
_SQUARE = round(5 * _MM)
"""Side of the squares in which differences are counted: about one line of a certificate."""
_MOST_POINTS = 120
"""Differing points in one square. Measured: at most 49 for the right page, 258 and more where eight digits are others."""

_INK = 200
"""Darker than this the issuer drew something; a paler ground carries letters well."""
_WHITE = 250
_FAINTEST_MARK = 0.97
_FIELDS = (4, 3)
LEAST_MARKED = 0.002
"""In each of the page's 4 × 3 fields, so much of the white paper is darkened by the mark (measured: 0.009 and more)."""

Grey = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]


class Unreadable(ValueError):
    """Not a PDF, or not with the page that is asked for."""


class Sheet(msgspec.Struct, frozen=True):
    """One page as the printer got it. `block` and `mark`: upright and turned text without blanks; `box`: around the upright
    letters and the code, in dots at `DPI`."""

    pages: int
    codes: tuple[str, ...]
    block: str
    mark: str
    box: Box | None


class Likeness(msgspec.Struct, frozen=True):
    """A sheet held against a page. Squares that differ outside of the block, squares below it where the issuer had ink, the
    block's share of the page, and the share of darkened white paper in the least marked field."""

    differing: int
    covered: int
    share: float
    marked: float


@lru_cache(maxsize=64)
def read_sheet(pdf: bytes) -> Sheet:
    """Read the first page of what was sent to the printer. Raise Unreadable."""
    document = _open(pdf)
    try:
        picture = _draw(document, 0)
        found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
        corners = [
            (corner.x, corner.y) for code in found for corner in (code.position.top_left, code.position.bottom_right)
        ]
        upright, turned, boxes = _words(document[0])
        scale = DPI / _POINTS
        height = picture.shape[0]
        corners += [(x * scale, height - y * scale) for box in boxes for x, y in (box[:2], box[2:])]
        return Sheet(
            pages=len(document),
            codes=tuple(code.text for code in found),
            block=upright,
            mark=turned,
            box=_around(corners) if corners else None,
        )
    finally:
        document.close()


@lru_cache(maxsize=256)
def compare(sheet: bytes, file: bytes, page: int) -> Likeness:
    """Hold the first page of `sheet` against page `page` (from 0) of the issuer's file. Raise Unreadable."""
    printed, issued = _page(sheet, 0), _page(file, page)
    if max(abs(a - b) for a, b in zip(printed.shape, issued.shape, strict=True)) > 2:  # rounding to whole points
        return Likeness(differing=printed.size, covered=0, share=0.0, marked=0.0)
    rows, columns = (min(a, b) for a, b in zip(printed.shape, issued.shape, strict=True))
    printed, issued = printed[:rows, :columns], issued[:rows, :columns]
    darkest, lightest = _spread(issued, np.minimum), _spread(issued, np.maximum)
    lighter = printed > _BRIGHTER[lightest]
    darker = printed < _MARKED[darkest]
    block = read_sheet(sheet).box or (0, 0, 0, 0)
    inside, near = _area(printed, block), _area(printed, block, padding=_BLOCK_PADDING)
    blank = (darkest >= _WHITE) & ~near
    mark = blank & (printed <= _WHITE * _FAINTEST_MARK) & (printed >= _WHITE * DARKEST_MARK)
    return Likeness(
        differing=_crowded((lighter & ~inside) | (darker & ~near)),
        covered=_crowded((issued < _INK) & inside),
        share=float(near.mean()),
        marked=_least_marked(mark, blank),
    )


def page_texts(pdf: bytes) -> list[str]:
    """Return the text of each page, without blanks. Raise Unreadable."""
    document = _open(pdf)
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def attachments(pdf: bytes) -> dict[str, bytes]:
    """Return the attached files by name. Raise Unreadable."""
    document = _open(pdf)
    try:
        found = [document.get_attachment(at) for at in range(document.count_attachments())]
        return {each.get_name(): bytes(each.get_data()) for each in found}
    except pdfium.PdfiumError as error:
        raise Unreadable(str(error)) from None
    finally:
        document.close()


def codes_in_picture(picture: Image.Image) -> tuple[str, ...]:
    """Return the texts of the QR codes in a picture."""
    found = zxingcpp.read_barcodes(np.asarray(picture.convert("L")), formats=zxingcpp.BarcodeFormat.QRCode)
    return tuple(code.text for code in found)


def _open(pdf: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(pdf)
    except pdfium.PdfiumError as error:
        raise Unreadable(str(error)) from None
    document.init_forms()  # a seal is the appearance of a signature field
    return document


def _page(pdf: bytes, page: int) -> Grey:
    document = _open(pdf)
    try:
        return _draw(document, page)
    finally:
        document.close()


def _draw(document: pdfium.PdfDocument, page: int) -> Grey:
    if page >= len(document):
        raise Unreadable(f"there is no page {page + 1}")
    bitmap = document[page].render(scale=DPI / _POINTS, grayscale=True, may_draw_forms=True, draw_annots=True)
    picture: Grey = np.array(bitmap.to_numpy(), order="C")
    bitmap.close()
    return picture.reshape(picture.shape[:2])


def _words(page: pdfium.PdfPage) -> tuple[str, str, list[tuple[float, float, float, float]]]:
    """Return upright and turned text without blanks, and the boxes (points) of the upright letters."""
    text = page.get_textpage()
    upright, turned, boxes = [], [], []
    for at in range(text.count_chars()):
        letter = chr(native.FPDFText_GetUnicode(text, at))
        if letter.isspace():
            continue
        if math.isclose(native.FPDFText_GetCharAngle(text, at), 0.0, abs_tol=0.01):
            upright.append(letter)
            boxes.append(text.get_charbox(at))
        else:
            turned.append(letter)
    return _joined(upright), _joined(turned), boxes


def _joined(letters: list[str]) -> str:
    """Join surrogate pairs, which PDFium gives as two letters."""
    return "".join(letters).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _around(corners: list[tuple[float, float]]) -> Box:
    xs, ys = zip(*corners, strict=True)
    return int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1


def _area(picture: Grey, box: Box, *, padding: int = 0) -> npt.NDArray[np.bool_]:
    left, top, right, bottom = box
    area = np.zeros(picture.shape, dtype=bool)
    area[max(0, top - padding) : bottom + padding, max(0, left - padding) : right + padding] = True
    return area


def _spread(picture: Grey, choose: np.ufunc) -> Grey:
    """Return for each point the darkest or lightest of itself and its eight neighbours."""
    rows = np.pad(picture, ((1, 1), (0, 0)), mode="edge")
    tall = choose(choose(rows[:-2], rows[1:-1]), rows[2:])
    columns = np.pad(tall, ((0, 0), (1, 1)), mode="edge")
    spread: Grey = choose(choose(columns[:, :-2], columns[:, 1:-1]), columns[:, 2:])
    return spread


def _crowded(points: npt.NDArray[np.bool_]) -> int:
    """Count the squares with more than `_MOST_POINTS` points."""
    rows, columns = (-size % _SQUARE for size in points.shape)
    filled = np.pad(points.view(np.uint8), ((0, rows), (0, columns)))
    bands = filled.reshape(-1, _SQUARE, filled.shape[1]).sum(axis=1, dtype=np.uint16)
    squares = bands.reshape(len(bands), -1, _SQUARE).sum(axis=2, dtype=np.uint32)
    return int((squares > _MOST_POINTS).sum())


def _least_marked(mark: npt.NDArray[np.bool_], blank: npt.NDArray[np.bool_]) -> float:
    """Return the share of darkened white paper in the field with the least; fields that are mostly block do not count."""
    shares = [1.0]
    for marks, blanks in zip(_fields(mark), _fields(blank), strict=True):
        if blanks.sum() > blanks.size / 4:
            shares.append(float(marks.sum() / blanks.sum()))
    return min(shares)


def _fields(points: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.bool_]]:
    return [field for band in np.array_split(points, _FIELDS[0]) for field in np.array_split(band, _FIELDS[1], axis=1)]
