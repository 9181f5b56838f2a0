"""The pages for the printer: the issuer's page as a picture, our watermark, our block and its code over it in vectors.

Nothing is scaled and nothing of the issuer's is covered: the block takes a free place on the page (placement.py), and a
page without one is refused. The watermark is transparent and only darkens. One page is one PDF, because one page is one
print job with its own digest (drivers.contract.a4_printer).
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Iterator
from io import BytesIO

import cv2
import msgspec
import numpy as np
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfgen.canvas import Canvas

from drivers.contract.secret import SecretBytes, SecretText
from kiosk import fonts
from kiosk.documents import code, issued, lettering, stamp
from kiosk.documents.issued import DocumentRefused, IssuedDocument, PageImage, Refusal
from kiosk.documents.pdfium import Pixels
from kiosk.documents.placement import Place, free_place, ink_map
from kiosk.documents.policy import PaperPolicy, Raster, paper_policy
from kiosk.documents.signer import Signer

_LETTERING = threading.Lock()  # reportlab's fonts are shared by all canvases


class Imprint(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed over a document. Times are Unix seconds; `holder` is the holder's number, for the code's check only."""

    serial: str
    kiosk: str
    place: str
    issuer: str
    purpose: str
    printed_at: int
    expires_at: int
    licence_type: str
    holder: SecretText
    timezone: str = "Asia/Shanghai"


class PrintPage(msgspec.Struct, frozen=True, kw_only=True):
    """One A4 page for the printer. `digest`: SHA-256 of `pdf`, `raster`: of the issuer's pixels under it; hexadecimal."""

    number: int
    of: int
    pdf: SecretBytes
    digest: str
    raster: str
    code: str


def compose(
    document: IssuedDocument, imprint: Imprint, *, owner: str, signer: Signer, policy: PaperPolicy | None = None
) -> Iterator[PrintPage]:
    """Make the pages one by one. `owner` is the token of who stands there now: it must be the document's subject.

    Raise DocumentRefused or lettering.GlyphMissing.
    """
    for number in range(1, document.pages + 1):
        yield compose_page(document, number, imprint, owner=owner, signer=signer, policy=policy)


def require_room(
    document: IssuedDocument, draft: Imprint, *, signer: Signer, policy: PaperPolicy | None = None
) -> None:
    """Make sure that every page has room for our block, before a serial is asked for; `draft` has a serial of a usual length.

    Raise DocumentRefused or lettering.GlyphMissing, as `compose` would.
    """
    policy = policy or paper_policy()
    for number in range(1, document.pages + 1):
        image = issued.render_page(document, number, policy=policy)
        text = _code_text(document, draft, number, signer)
        with _LETTERING:
            _settle(image, _values(image, document.pages, draft, policy), text, policy)


def compose_page(
    document: IssuedDocument,
    number: int,
    imprint: Imprint,
    *,
    owner: str,
    signer: Signer,
    policy: PaperPolicy | None = None,
) -> PrintPage:
    """Make page `number` (from 1). Errors as for `compose`."""
    policy = policy or paper_policy()
    if owner != document.subject:
        raise DocumentRefused(Refusal.WRONG_OWNER, "the document was fetched for another person", page=number)
    image = issued.render_page(document, number, policy=policy)
    text = _code_text(document, imprint, number, signer)
    with _LETTERING:
        pdf = _compose(image, document.pages, imprint, text, policy)
    digest = hashlib.sha256(pdf).hexdigest()
    return PrintPage(
        number=number, of=document.pages, pdf=SecretBytes(pdf), digest=digest, raster=image.digest, code=text
    )


def claim(document: IssuedDocument, imprint: Imprint, *, kind: code.Kind, page: int = 0) -> code.Claim:
    """Return what a code on this paper says; page 0 for a receipt or a replacement slip."""
    return code.Claim(
        kind=kind,
        serial=imprint.serial,
        kiosk=imprint.kiosk,
        page=page,
        of=document.pages,
        document=code.document_digest(document.sha256),
        issued_at=imprint.printed_at,
        expires_at=imprint.expires_at,
        licence_type=imprint.licence_type,
        holder=code.holder_check(imprint.serial, imprint.holder),
    )


def _code_text(document: IssuedDocument, imprint: Imprint, page: int, signer: Signer) -> str:
    try:
        return code.write(claim(document, imprint, kind=code.Kind.PAGE, page=page), signer)
    except code.CodeInvalid as error:  # e.g. a serial that the platform made of other characters than a code may hold
        raise DocumentRefused(Refusal.IMPRINT, str(error), page=page) from None


def _values(image: PageImage, of: int, imprint: Imprint, policy: PaperPolicy) -> dict[str, str]:
    """What stands in the braces of the block's and the watermark's lines."""
    return {
        "serial": imprint.serial,
        "kiosk": imprint.kiosk,
        "place": imprint.place,
        "issuer": imprint.issuer,
        "purpose": imprint.purpose,
        "printed": policy.local(imprint.printed_at, imprint.timezone),
        "expires": policy.local(imprint.expires_at, imprint.timezone),
        "page": str(image.number),
        "of": str(of),
    }


def _compose(image: PageImage, of: int, imprint: Imprint, text: str, policy: PaperPolicy) -> bytes:
    values = _values(image, of, imprint, policy)
    block, place = _settle(image, values, text, policy)
    width, height = image.size.width, image.size.height
    out = BytesIO()
    canvas = Canvas(
        out,
        pagesize=(width * mm, height * mm),
        pageCompression=1,
        invariant=1,  # no clock and no random number in the file: same page, same digest
        initialFontName=lettering.registered(fonts.paper()),
    )
    canvas.setTitle(imprint.serial)
    canvas.setCreator(imprint.kiosk)
    _draw_background(canvas, image.pixels, width, height, policy.raster)
    mark = stamp.fill(policy.watermark.text, values)
    stamp.draw_watermark(canvas, mark, width=width, height=height, spare=place, style=policy.watermark)
    stamp.draw_block(canvas, block, place, policy.footer)
    canvas.save()
    return out.getvalue()


def _settle(image: PageImage, values: dict[str, str], text: str, policy: PaperPolicy) -> tuple[stamp.Block, Place]:
    """Set the block in the first of its widths for which the page has room."""
    footer, size = policy.footer, image.size
    modules = stamp.qr_modules(text, footer)
    ink = ink_map(image.pixels, width=size.width, height=size.height, cell=footer.cell, level=footer.ink_level)
    for width in footer.widths:
        block = stamp.set_block(values, modules, width, footer)
        place = free_place(ink, width, block.height, cell=footer.cell, margin=footer.margin, clearance=footer.clearance)
        if place is not None:
            return block, place
    raise DocumentRefused(Refusal.NO_ROOM, "no free place for times, serial and code", page=image.number)


class _Background(PDFImageXObject):  # type: ignore[misc]  # reportlab has no types
    """The page's picture, passed through as it was packed (reportlab would pack it again, slower, and as ASCII)."""

    def __init__(self, pixels: Pixels, raster: Raster) -> None:
        super().__init__("page")
        self.height, self.width = pixels.shape[:2]
        self.bitsPerComponent, self.colorSpace, self.mask = 8, "DeviceRGB", None
        self.streamContent, self._filters = _pack(pixels, raster)


def _pack(pixels: Pixels, raster: Raster) -> tuple[bytes, tuple[str]]:
    """Return the packed picture and the name of its PDF filter: without loss for letters, JPEG for photographs."""
    if _packed_size(pixels, raster) <= raster.flate_limit:
        return zlib.compress(pixels.data, raster.flate_level), ("FlateDecode",)
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        raster.jpeg_quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), settings)
    return encoded.tobytes(), ("DCTDecode",)


def _packed_size(pixels: Pixels, raster: Raster) -> int:
    """Estimate from bands of rows: to pack a whole photograph only to throw it away takes a second."""
    every = raster.sample_rows * raster.sample_share
    bands = np.concatenate([pixels[top : top + raster.sample_rows] for top in range(0, len(pixels), every)])
    return len(zlib.compress(bands.data, raster.flate_level)) * len(pixels) // len(bands)


def _draw_background(canvas: Canvas, pixels: Pixels, width: float, height: float, raster: Raster) -> None:
    canvas._doc.addForm("page", _Background(pixels, raster))  # the one way past reportlab's own packing
    canvas.saveState()
    canvas.scale(width * mm, height * mm)
    canvas.doForm("page")
    canvas.restoreState()
