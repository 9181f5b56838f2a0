"""What is taken in, what is refused, and that the seal is really drawn."""

from __future__ import annotations

from io import BytesIO

import msgspec
import numpy as np
import pytest
from pyhanko import stamp
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from drivers.contract.secret import SecretBytes
from kiosk import fonts
from kiosk.documents.issued import DocumentRefused, Refusal, render_page
from kiosk.documents.policy import paper_policy


def refused(issuer, pdf: bytes) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        issuer.accept(pdf)
    return caught.value


def red(pixels: np.ndarray) -> np.ndarray:
    return (pixels[:, :, 0] > 150) & (pixels[:, :, 1] < 90) & (pixels[:, :, 2] < 90)


def test_a_sealed_file_is_taken_and_its_seal_is_drawn_where_it_stands(issuer):
    document = issuer.accept(issuer.seal(issuer.certificate(pages=2)))
    assert document.pages == 2
    assert document.sizes[0].width == pytest.approx(210, abs=0.01)
    page = render_page(document, 1)
    assert page.pixels.shape[:2] == (3508, 2481)
    rows, columns = np.nonzero(red(page.pixels))
    left, bottom, right, top = (side / 25.4 * 300 for side in issuer.seals_at)
    assert rows.size > 5000, "the seal is missing: forms are not drawn"
    assert columns.min() == pytest.approx(left, abs=40)
    assert columns.max() == pytest.approx(right, abs=40)
    assert rows.min() == pytest.approx(3508 - top, abs=40)
    assert rows.max() == pytest.approx(3508 - bottom, abs=40)
    assert not red(render_page(document, 2).pixels).any()


def test_a_landscape_page_stays_landscape(issuer):
    assert issuer.accept(issuer.certificate(landscape=True)).sizes[0].width == pytest.approx(297, abs=0.01)


def test_the_raster_digest_tells_pages_apart(issuer):
    plain, other = issuer.accept(issuer.certificate()), issuer.accept(issuer.certificate("张晓英"))
    assert render_page(plain, 1).digest == render_page(plain, 1).digest
    assert render_page(plain, 1).digest != render_page(other, 1).digest


def test_one_changed_byte_is_noticed_before_rendering(issuer):
    document = issuer.accept(issuer.certificate())
    raw = bytearray(document.pdf.reveal())
    raw[-2] ^= 1
    changed = msgspec.structs.replace(document, pdf=SecretBytes(raw))
    with pytest.raises(DocumentRefused, match="changed"):
        render_page(changed, 1)


def test_a_wiped_document_is_gone(issuer):
    document = issuer.accept(issuer.certificate())
    document.pdf.wipe()
    with pytest.raises(ValueError, match="wiped"):
        render_page(document, 1)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_is_not_there(issuer, number):
    with pytest.raises(IndexError):
        render_page(issuer.accept(issuer.certificate()), number)


def test_a_font_that_is_not_embedded(issuer):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

    def strange(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 12)
        canvas.drawString(25 * mm, 70 * mm, "张小英")

    error = refused(issuer, issuer.certificate(extra=strange))
    assert (error.why, error.page) == (Refusal.FONT_NOT_EMBEDDED, 1)
    assert error.detail == "STSong-Light"


def test_a_font_that_is_not_embedded_in_the_seal(issuer, tmp_path):
    """The letters of an annotation count too."""
    sealed = issuer.seal(issuer.certificate(), style=stamp.TextStampStyle(stamp_text="signed", border_width=0))
    assert b"/Courier" in sealed
    issuer.accept(sealed)  # one of the standard fourteen: every viewer has it
    error = refused(issuer, sealed.replace(b"/Courier", b"/Courgar"))
    assert error.why is Refusal.FONT_NOT_EMBEDDED


def test_a_letter_that_the_font_lacks_is_never_printed_as_a_box(issuer):
    pdfmetrics.registerFont(TTFont("Plain", str(fonts.paper().path)))
    rare = "\U000323a0"
    assert fonts.missing(rare, fonts.paper()) == rare

    def box(canvas: Canvas) -> None:
        canvas.setFont("Plain", 12)
        canvas.drawString(25 * mm, 70 * mm, f"张{rare}英")

    error = refused(issuer, issuer.certificate(extra=box))
    assert error.why is Refusal.GLYPH_MISSING
    assert rare not in str(error)


def test_page_sizes_and_counts(issuer):
    out = BytesIO()
    canvas = Canvas(out, pagesize=(148 * mm, 210 * mm))
    canvas.rect(10, 10, 50, 50)
    canvas.save()
    assert refused(issuer, out.getvalue()).why is Refusal.PAGE_SIZE
    pages = paper_policy().intake.max_pages
    assert issuer.accept(issuer.certificate(pages=pages)).pages == pages
    assert refused(issuer, issuer.certificate(pages=pages + 1)).why is Refusal.PAGE_COUNT


def test_an_encrypted_file(issuer):
    writer = copy_into_new_writer(PdfFileReader(BytesIO(issuer.certificate())))
    writer.encrypt(owner_pass="owner", user_pass="")
    out = BytesIO()
    writer.write(out)
    assert refused(issuer, out.getvalue()).why is Refusal.ENCRYPTED


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"\x00" * 1000, b"<html>"])
def test_what_is_no_pdf(issuer, pdf):
    assert refused(issuer, pdf).why is Refusal.UNREADABLE


def test_half_a_file(issuer):
    whole = issuer.seal(issuer.certificate())
    assert refused(issuer, whole[: len(whole) // 2]).why in (Refusal.UNREADABLE, Refusal.PAGE_COUNT)


def test_too_large(issuer):
    large = b"%PDF-1.7" + bytes(paper_policy().intake.max_bytes)
    assert refused(issuer, large).why is Refusal.TOO_LARGE


def test_the_document_does_not_speak_of_its_holder(issuer):
    document = issuer.accept(issuer.certificate())
    assert "1.2.156" not in repr(document)
    assert issuer.subject not in repr(document)
