"""A page for the screen, with the personal values covered. What cannot be found cannot be covered, so it is not shown.

The limit, said plainly: a value is found by its letters. A value that the issuer put on the page as a picture (a scan, a
bar code) is not found, so every value that must be hidden has to be found as text, or there is no picture at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

import msgspec

from drivers.contract.secret import SecretBytes, SecretText
from kiosk.documents import issued, masking, pdfium
from kiosk.documents.issued import IssuedDocument
from kiosk.documents.pdfium import Box, Letter, Pixels
from kiosk.documents.policy import PaperPolicy, PreviewStyle, paper_policy

_Tag = TypeVar("_Tag")
_IGNORED = "\0\u00ad\u00b7\u2022\u2027\u30fb"  # nothing, soft hyphen, and the dots that join parts of a name
_ROUNDING = 0.01  # pixels; PDFium's helper rounds the width up
_RULES = {
    "name": masking.hidden_in_name,
    "number": masking.hidden_in_number,
    "address": masking.hidden_in_address,
}


class What(StrEnum):
    """Which rule of masking applies."""

    NAME = "name"
    NUMBER = "number"
    ADDRESS = "address"


class Hide(msgspec.Struct, frozen=True, kw_only=True):
    """A value to be covered. With `required` the page must show it; else it is covered wherever it stands."""

    what: What
    text: SecretText
    required: bool = True


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """A picture for the screen: RGB, top row first, `width` * `height` * 3 bytes."""

    width: int
    height: int
    rgb: SecretBytes


class CannotMask(Exception):
    """A value that must be covered was not found on the page: show no picture. Says which kind, never the value."""

    def __init__(self, what: What, page: int) -> None:
        super().__init__(f"the {what} is not found as text on page {page}; the page is not shown")
        self.what, self.page = what, page


def preview(
    document: IssuedDocument,
    number: int,
    *,
    width_px: int,
    hide: tuple[Hide, ...],
    policy: PaperPolicy | None = None,
) -> Preview:
    """Draw page `number` (from 1), `width_px` wide, with all but the ends of each value covered.

    Raise CannotMask (show the facts without a picture), IndexError, ValueError when nothing is to be hidden or the width
    is out of bounds, DocumentRefused when the file has changed.
    """
    style = (policy or paper_policy()).preview
    if not hide:
        raise ValueError("hide: name at least the holder's name; a preview without masking is not made")
    if not style.narrowest <= width_px <= style.widest:
        raise ValueError(f"width_px: {width_px} is not within {style.narrowest} and {style.widest}")
    size = document.sizes[issued.index(document, number)]
    with pdfium.opened(document.raw()) as file:
        pixels = pdfium.render(file[number - 1], dpi=(width_px - _ROUNDING) / size.width * pdfium.MM_PER_INCH)
        page = pdfium.flattened(file, number - 1)
        letters = pdfium.letters(page)
        for each in hide:
            places = _find(letters, each)
            if not places and each.required:
                raise CannotMask(each.what, number)
            for box in (box for place in places for box in place):
                _cover(pixels, pdfium.to_pixels(page, box, pixels), style)
    height, width = pixels.shape[:2]
    return Preview(width=width, height=height, rgb=SecretBytes(pixels.tobytes()))


def _find(letters: list[Letter], value: Hide) -> list[list[Box]]:
    """Return for each place where the value stands the boxes of the letters to be covered there."""
    text = value.text.reveal()
    wanted = list(_units(zip(text, _RULES[value.what](text), strict=True)))
    standing = list(_units((chr(letter.point), letter.box) for letter in letters))
    needle = "".join(unit for unit, _ in wanted)
    page = "".join(unit for unit, _ in standing)
    places: list[list[Box]] = []
    start = page.find(needle) if needle else -1
    while start >= 0:
        pairs = zip(wanted, standing[start : start + len(wanted)], strict=True)
        places.append([box for (_, hidden), (_, box) in pairs if hidden])
        start = page.find(needle, start + 1)
    return places


def _units(letters: Iterable[tuple[str, _Tag]]) -> Iterator[tuple[str, _Tag]]:
    """Yield letters so that the same value compares equal however it is spaced, joined, or in which width it is set."""
    for letter, tag in letters:
        for unit in unicodedata.normalize("NFKC", letter).casefold():
            if not unit.isspace() and unit not in _IGNORED:
                yield unit, tag


def _cover(pixels: Pixels, box: tuple[int, int, int, int], style: PreviewStyle) -> None:
    left, top, right, bottom = box
    pad = max(1, round((bottom - top) * style.padding))
    pixels[max(top - pad, 0) : bottom + pad, max(left, 0) : right] = style.grey
