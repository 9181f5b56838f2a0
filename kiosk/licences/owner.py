"""Whose pages are these? Every page must name the owner and nobody else (Tokushima 2023: page 2 of 3 was another's)."""

from __future__ import annotations

import unicodedata

from drivers.contract.secret import SecretText
from kiosk.documents import pdfium
from kiosk.licences import citizen_number
from kiosk.licences.refusal import LicenceRefused, RefusalCode
from kiosk.licences.types import OwnerOnPage

# The dot in a transliterated name is written in several ways on cards and in registers.
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･．"), "·")


def normal(text: str) -> str:
    """Return a text for comparison: NFKC (full-width digits, compatibility ideographs), one kind of dot, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).translate(_DOTS).split()).upper()


def texts(pdf: bytes) -> list[str]:
    """Return the text of each page. Raise LicenceRefused(UNREADABLE)."""
    try:
        with pdfium.opened(pdf) as document:
            return [_text(document[index]) for index in range(len(document))]
    except pdfium.Unreadable:
        raise LicenceRefused(RefusalCode.UNREADABLE, "PDFium cannot open it") from None


def require_on_each(pages: list[str], rule: OwnerOnPage, name: SecretText, number: SecretText) -> None:
    """Raise LicenceRefused when a page does not name the owner as the rule asks, or names another citizen number."""
    own_name, own_number = normal(name.reveal()), normal(number.reveal())
    for index, page in enumerate(pages, start=1):
        text = normal(page)
        if rule is not OwnerOnPage.NONE and own_number not in text:
            raise LicenceRefused(RefusalCode.PAGE_WITHOUT_OWNER, f"page {index}: number")
        if rule is OwnerOnPage.NAME_AND_NUMBER and own_name not in text:
            raise LicenceRefused(RefusalCode.PAGE_WITHOUT_OWNER, f"page {index}: name")
        if citizen_number.find_all(unicodedata.normalize("NFKC", page)) - {own_number}:
            raise LicenceRefused(RefusalCode.OTHER_PERSON_ON_PAGE, f"page {index}")


def _text(page: object) -> str:
    textpage = page.get_textpage()  # type: ignore[attr-defined]
    try:
        return str(textpage.get_text_bounded())
    finally:
        textpage.close()
