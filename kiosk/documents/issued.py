"""IssuedDocument: the issuer's own file. It is never recomposed, only looked at, rendered and laid under our overlay.

Rendering, not merging: the seal is drawn by its signature field, and what the visitor saw, what was checked and what is
printed must be the same pixels. The file's SHA-256 is checked again each time it is opened.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from typing import Any

import msgspec

from drivers.contract.secret import SecretBytes
from kiosk.documents import pdfium
from kiosk.documents.pdfium import MM_PER_INCH, POINTS_PER_INCH, Pixels
from kiosk.documents.policy import PaperPolicy, paper_policy

# Drawn by every PDF viewer from its own stock (ISO 32000-1, 9.6.2.2); PDFium carries them, and they have no Chinese.
STANDARD_FONTS = frozenset(
    f"{family}{style}"
    for family, styles in {
        "Courier": ("", "-Bold", "-Oblique", "-BoldOblique"),
        "Helvetica": ("", "-Bold", "-Oblique", "-BoldOblique"),
        "Times": ("-Roman", "-Bold", "-Italic", "-BoldItalic"),
        "Symbol": ("",),
        "ZapfDingbats": ("",),
    }.items()
    for style in styles
)
_NO_MEANING = (0x0, 0xFFFD, 0xFFFE, 0xFFFF)


class Refusal(StrEnum):
    """Why an issuer's file is not taken."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    PAGE_COUNT = "page_count"
    PAGE_SIZE = "page_size"
    FONT_NOT_EMBEDDED = "font_not_embedded"
    GLYPH_MISSING = "glyph_missing"
    CHANGED = "changed"
    WRONG_OWNER = "wrong_owner"
    NO_ROOM = "no_room"
    IMPRINT = "imprint"


class DocumentRefused(Exception):
    """The file cannot be printed rightly, so it is not printed. `page` counts from 1, 0 is the whole file."""

    def __init__(self, why: Refusal, detail: str, *, page: int = 0) -> None:
        super().__init__(f"{why}: {detail}" + (f" (page {page})" if page else ""))
        self.why, self.detail, self.page = why, detail, page


class PageSize(msgspec.Struct, frozen=True):
    """Size in millimetres, as the page is looked at."""

    width: float
    height: float


class IssuedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One issuer's file. `subject` is the token of the person whom it was fetched for; `sha256` is hexadecimal."""

    pdf: SecretBytes
    sha256: str
    licence: str
    subject: str
    sizes: tuple[PageSize, ...]

    @property
    def pages(self) -> int:
        """How many pages."""
        return len(self.sizes)

    def __repr__(self) -> str:  # a licence identifier may hold a person's number
        return f"<IssuedDocument {self.sha256[:12]}, {self.pages} pages>"

    def raw(self) -> bytes:
        """Return the file, checked. Raise DocumentRefused(CHANGED), or ValueError once it has been wiped."""
        raw = self.pdf.reveal()
        if not hmac.compare_digest(hashlib.sha256(raw).hexdigest(), self.sha256):
            raise DocumentRefused(Refusal.CHANGED, "the file is no longer the one that was taken in")
        return raw


class PageImage(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it will be printed: RGB pixels (height, width, 3), top row first, and their SHA-256."""

    number: int
    size: PageSize
    pixels: Pixels
    digest: str


def accept(pdf: SecretBytes, *, licence: str, subject: str, policy: PaperPolicy | None = None) -> IssuedDocument:
    """Take an issuer's file in, after its seal was verified. Raise DocumentRefused when it could not be printed rightly."""
    policy = policy or paper_policy()
    raw = pdf.reveal()
    if len(raw) > policy.intake.max_bytes:
        raise DocumentRefused(Refusal.TOO_LARGE, f"{len(raw)} bytes; at most {policy.intake.max_bytes} are taken")
    try:
        with pdfium.opened(raw) as file:
            if pdfium.is_encrypted(file):
                raise DocumentRefused(Refusal.ENCRYPTED, "the file is encrypted; ask the issuer for an open one")
            count = len(file)
            if not 1 <= count <= policy.intake.max_pages:
                raise DocumentRefused(Refusal.PAGE_COUNT, f"{count} pages; 1 to {policy.intake.max_pages} are taken")
            sizes = tuple(_examine(file, at + 1, policy) for at in range(count))
    except pdfium.Unreadable as error:
        raise DocumentRefused(Refusal.UNREADABLE, str(error)) from None
    return IssuedDocument(
        pdf=pdf, sha256=hashlib.sha256(raw).hexdigest(), licence=licence, subject=subject, sizes=sizes
    )


def render_page(document: IssuedDocument, number: int, *, policy: PaperPolicy | None = None) -> PageImage:
    """Render page `number` (from 1) at the printing resolution. Raise IndexError for a page that is not there."""
    policy = policy or paper_policy()
    size = document.sizes[index(document, number)]
    with pdfium.opened(document.raw()) as file:
        pixels = pdfium.render(file[number - 1], dpi=policy.raster.dpi)
    return PageImage(number=number, size=size, pixels=pixels, digest=hashlib.sha256(pixels.data).hexdigest())


def index(document: IssuedDocument, number: int) -> int:
    """Return the index of page `number`. Raise IndexError for a page that is not there."""
    if not 1 <= number <= document.pages:
        raise IndexError(f"page {number} of {document.pages}")
    return number - 1


def _examine(file: Any, number: int, policy: PaperPolicy) -> PageSize:
    size = _size(file[number - 1], number, policy)
    page = pdfium.flattened(file, number - 1)
    strangers = pdfium.fonts_not_embedded(page) - STANDARD_FONTS
    if strangers:
        # Another font would be put in its place: other widths, perhaps boxes instead of a name.
        raise DocumentRefused(Refusal.FONT_NOT_EMBEDDED, ", ".join(sorted(strangers)), page=number)
    missing = _letters_without_meaning(page)
    if missing:
        raise DocumentRefused(Refusal.GLYPH_MISSING, f"{missing} letters have no glyph", page=number)
    return size


def _size(page: Any, number: int, policy: PaperPolicy) -> PageSize:
    width, height = (points / POINTS_PER_INCH * MM_PER_INCH for points in page.get_size())
    wanted = (policy.intake.page_width, policy.intake.page_height)
    for upright in (wanted, wanted[::-1]):
        if all(abs(a - b) <= policy.intake.page_tolerance for a, b in zip((width, height), upright, strict=True)):
            return PageSize(width, height)
    raise DocumentRefused(Refusal.PAGE_SIZE, f"{width:.0f} x {height:.0f} mm is not A4", page=number)


def _letters_without_meaning(page: Any) -> int:
    """Count drawn letters that stand for no character, in a font whose other letters do.

    So a PDF writer shows a character that its font lacks (glyph 0, a box). A font without any such table is no sign of it.
    """
    drawn = [letter for letter in pdfium.letters(page) if not letter.made_up]
    with_meaning = {letter.font for letter in drawn if letter.point not in _NO_MEANING}
    return sum(letter.point in _NO_MEANING and letter.font in with_meaning for letter in drawn)
