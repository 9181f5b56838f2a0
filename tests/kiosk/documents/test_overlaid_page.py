"""The page as it leaves for the printer, looked at as pixels, as text and through a QR reader."""

from __future__ import annotations

import hashlib
import math
import re
from io import BytesIO

import cv2
import msgspec
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from pyhanko.pdf_utils.reader import PdfFileReader
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import code, overlay
from kiosk.documents.issued import DocumentRefused, Refusal, render_page
from kiosk.documents.lettering import GlyphMissing
from kiosk.documents.overlay import require_room
from kiosk.documents.policy import paper_policy

FOOTER = paper_policy().footer


def compose(issuer, pdf, imprint, signer):
    document = issuer.accept(pdf)
    return document, list(overlay.compose(document, imprint, owner=issuer.subject, signer=signer))


def picture(page, dpi: int = 300) -> np.ndarray:
    """Draw what the printer gets, by PDFium."""
    with pypdfium2.PdfDocument(page.pdf.reveal()) as pdf:
        assert len(pdf) == 1
        return pdf[0].render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3].copy()


def text(page) -> str:
    with pypdfium2.PdfDocument(page.pdf.reveal()) as pdf:
        return pdf[0].get_textpage().get_text_bounded()


def read_codes(image: np.ndarray) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


def dark(image: np.ndarray) -> np.ndarray:
    return image.min(axis=2) < FOOTER.ink_level


def added(page, document, number: int) -> np.ndarray:
    """Where the printed page is clearly darker than the issuer's: our block, not the light watermark."""
    ours, theirs = picture(page), render_page(document, number).pixels
    return (ours.min(axis=2) < 200) & (theirs.min(axis=2) > 235)


@pytest.fixture(scope="module")
def made(issuer, signer):
    """Two composed pages, made once; nobody changes them."""
    imprint = overlay.Imprint(
        serial="KX-360100-0001-20261122-00042",
        kiosk="KX-360100-0001",
        place="测试村便民服务站",
        issuer="测试市社会保险中心",
        purpose="个人参保证明打印",
        printed_at=issuer.printed,
        expires_at=issuer.expires,
        licence_type="11100000000013338W011",
        holder=overlay.SecretText(issuer.number),
    )
    return compose(issuer, issuer.seal(issuer.certificate(pages=2)), imprint, signer)


def test_each_page_is_one_a4_pdf_with_its_digest(made):
    _, pages = made
    assert [(page.number, page.of) for page in pages] == [(1, 2), (2, 2)]
    for page in pages:
        raw = page.pdf.reveal()
        assert page.digest == hashlib.sha256(raw).hexdigest()
        with pypdfium2.PdfDocument(raw) as pdf:
            assert pdf[0].get_size() == pytest.approx((210 * mm, 297 * mm), abs=0.1)
    assert pages[0].digest != pages[1].digest


def test_the_words_can_be_read_out(made):
    _, pages = made
    for page in pages:
        words = text(page)
        for wanted in (
            "打印时间：2026-11-22 10:26",
            "失效时间：2026-12-22 10:26",
            f"第 {page.number} 页 共 2 页",
            "编号：KX-360100-0001-20261122-00042",
            "打印地点：测试村便民服务站（KX-360100-0001）",
            "此件由测试市社会保险中心提供，仅供「个人参保证明打印」使用",
            "有效期至 2026-12-22 10:26",
            "扫码核验真伪",
            "不属于原件内容",
        ):
            assert wanted in words, wanted


def test_the_watermark_is_there_light_and_all_over(made):
    document, pages = made
    watermark = "仅供「个人参保证明打印」使用 · KX-360100-0001 · 2026-11-22 10:26"
    assert len(re.findall(re.escape(watermark), text(pages[0]))) >= 2, (
        "whole at least twice, beside those cut by the edge"
    )
    ours, theirs = picture(pages[0]).min(axis=2), render_page(document, 1).pixels.min(axis=2)
    marked = (theirs == 255) & (ours < 250) & (ours > 200)
    assert 220 <= int(np.median(ours[marked])) <= 240
    for rows in np.array_split(marked[:2900], 4):
        for part in np.array_split(rows, 3, axis=1):
            assert part.any(), "a corner of the page without watermark could be cut out"


def test_the_watermark_stays_out_of_the_block(made):
    """Where the code must be read. The watermark is one flat grey, 90 % of white; edges of letters have every grey."""
    _, pages = made
    block = picture(pages[0])[-460:-75, 80:-80].min(axis=2)  # just inside the frame
    above = picture(pages[0])[-900:-515, 80:-80].min(axis=2)
    flat = [np.isin(part, (229, 230)).mean() for part in (block, above)]
    assert flat[0] < 0.002 < flat[1]


def test_nothing_of_the_issuers_becomes_lighter_or_moves(made):
    """The seal and the letters stay where and as they were; an overlay may only darken."""
    document, pages = made
    for page in pages:
        ours, theirs = picture(page), render_page(document, page.number).pixels
        assert ours.shape == theirs.shape
        ink = dark(theirs)
        assert ink.sum() > 50_000
        assert cv2.subtract(ours, theirs)[ink].max() <= 2, "our overlay painted over ink"
        far_darker = cv2.subtract(theirs, ours)[ink].max(axis=1) > 40
        assert far_darker.mean() < 0.01, "our letters stand in the issuer's"


def test_the_margins_are_even_and_kept(made):
    document, pages = made
    rows, columns = np.nonzero(added(pages[0], document, 1))
    width, height = 2481, 3508
    to_mm = 25.4 / 300
    sides = [columns.min() * to_mm, (width - columns.max()) * to_mm, (height - rows.max()) * to_mm]
    assert sides == pytest.approx([FOOTER.margin] * 3, abs=0.5)


def test_no_word_of_the_block_is_cut_or_leaves_its_frame(made):
    _, pages = made
    with pypdfium2.PdfDocument(pages[0].pdf.reveal()) as pdf:
        page = pdf[0].get_textpage()
        words = page.get_text_range()
        at = words.index("以下由自助终端")
        boxes = [page.get_charbox(index) for index in range(at, page.count_chars())]
    right = max(box[2] for box in boxes) / mm
    qr = 77 * FOOTER.qr_module
    assert min(box[0] for box in boxes) / mm > FOOTER.margin + 1
    assert right < 210 - FOOTER.margin - FOOTER.padding - qr, "the letters run into the QR code"
    assert min(box[1] for box in boxes) / mm > FOOTER.margin


def test_the_code_is_read_from_paper(made, issuer):
    document, pages = made
    for page in pages:
        assert read_codes(picture(page)) == [page.code]
        claim = code.parse(page.code).claim
        assert (claim.page, claim.of, claim.kind) == (page.number, 2, code.Kind.PAGE)
        assert claim.is_of(document.sha256)
        assert claim.is_held_by(overlay.SecretText(issuer.number))
        assert not claim.is_held_by(overlay.SecretText("999999194803120010"))


def test_the_code_is_read_from_a_poor_copy(made):
    """150 dpi, grey, blurred, noisy, a little turned: a telephone or an old scanner."""
    _, pages = made
    image = cv2.cvtColor(picture(pages[0], 150), cv2.COLOR_RGB2GRAY)
    turn = cv2.getRotationMatrix2D((image.shape[1] / 2, image.shape[0] / 2), 1.5, 1)
    image = cv2.warpAffine(image, turn, image.shape[::-1], borderValue=255)
    image = cv2.GaussianBlur(image, (3, 3), 0.5)
    noise = np.random.default_rng(1).normal(0, 6, image.shape)
    image = np.clip(image * 0.8 + 20 + noise, 0, 255).astype(np.uint8)
    assert read_codes(image) == [pages[0].code]


def test_the_same_page_is_the_same_bytes(made, imprint, issuer, signer):
    document, pages = made
    again = overlay.compose_page(document, 1, imprint, owner=issuer.subject, signer=signer)
    assert again.digest == pages[0].digest
    later = msgspec.structs.replace(imprint, printed_at=imprint.printed_at + 60)
    assert overlay.compose_page(document, 1, later, owner=issuer.subject, signer=signer).digest != pages[0].digest


def test_a_changed_byte_of_the_file_changes_the_page(made, imprint, issuer, signer):
    """Even one that cannot be seen: the code carries the file's digest."""
    _, pages = made
    sealed = issuer.seal(issuer.certificate(pages=2)) + b"\n"
    _, others = compose(issuer, sealed, imprint, signer)
    assert others[0].digest != pages[0].digest
    assert code.parse(others[0].code).claim.document != code.parse(pages[0].code).claim.document


def test_another_persons_document_is_never_composed(made, imprint, signer):
    document, _ = made
    with pytest.raises(DocumentRefused) as caught:
        overlay.compose_page(document, 1, imprint, owner="subject-2", signer=signer)
    assert caught.value.why is Refusal.WRONG_OWNER


def frame(left: float, bottom: float, right: float, top: float):
    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(2)
        canvas.rect(left * mm, bottom * mm, (right - left) * mm, (top - bottom) * mm)

    return draw


def note_at_foot(canvas: Canvas) -> None:
    canvas.rect(15 * mm, 6 * mm, 180 * mm, 30 * mm, fill=1)


@pytest.mark.parametrize(
    ("extra", "where"),
    [
        (None, "foot"),
        (note_at_foot, "above the note or at the head"),
        (frame(5, 5, 205, 292), "inside the frame"),
        (frame(12, 12, 198, 285), "inside a frame too narrow for the wide block"),
    ],
)
def test_the_block_never_stands_on_ink(issuer, imprint, signer, extra, where):
    document, pages = compose(issuer, issuer.seal(issuer.certificate(extra=extra)), imprint, signer)
    theirs = render_page(document, 1).pixels
    block = added(pages[0], document, 1)
    rows, columns = np.nonzero(block)
    inside = dark(theirs)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert block.any(), where
    assert not inside.any(), f"{where}: the block stands on the issuer's ink"
    assert read_codes(picture(pages[0])) == [pages[0].code]


def test_a_full_page_is_refused_rather_than_covered(issuer, imprint, signer):
    def fill(canvas: Canvas) -> None:
        for step in range(4, 297, 8):
            canvas.line(4 * mm, step * mm, 206 * mm, step * mm)

    with pytest.raises(DocumentRefused) as caught:
        compose(issuer, issuer.certificate(extra=fill), imprint, signer)
    assert caught.value.why is Refusal.NO_ROOM
    document = issuer.accept(issuer.certificate(extra=fill))
    with pytest.raises(DocumentRefused) as caught:
        require_room(document, imprint, signer=signer)
    assert caught.value.why is Refusal.NO_ROOM, "said before a serial is asked for"


def test_a_page_with_room_is_known_to_have_it(issuer, imprint, signer):
    document, _ = compose(issuer, issuer.certificate(), imprint, signer)
    require_room(document, imprint, signer=signer)


def test_a_pale_ground_pattern_is_no_ink(issuer, imprint, signer):
    def ground(canvas: Canvas) -> None:
        canvas.setStrokeColorRGB(0.95, 0.88, 0.88)
        for step in range(0, 297, 2):
            canvas.line(0, step * mm, 210 * mm, step * mm)

    document, pages = compose(issuer, issuer.certificate(extra=ground), imprint, signer)
    rows, _ = np.nonzero(added(pages[0], document, 1))
    assert rows.min() > 2900, "the block should stand at the foot"
    assert read_codes(picture(pages[0])) == [pages[0].code]


def test_a_landscape_page(issuer, imprint, signer):
    _, pages = compose(issuer, issuer.certificate(landscape=True), imprint, signer)
    assert picture(pages[0]).shape[:2] == (2481, 3508)
    assert read_codes(picture(pages[0])) == [pages[0].code]


def test_a_photograph_is_packed_as_jpeg_and_letters_are_not(issuer, imprint, signer, made):
    noise = cv2.GaussianBlur(np.random.default_rng(2).integers(0, 255, (900, 900, 3), np.uint8), (3, 3), 0)
    photo = ImageReader(BytesIO(cv2.imencode(".png", noise)[1].tobytes()))

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(photo, 20 * mm, 60 * mm, 170 * mm, 170 * mm)

    _, pages = compose(issuer, issuer.certificate(extra=draw), imprint, signer)
    assert _filter(pages[0]) == "/DCTDecode"
    assert _filter(made[1][0]) == "/FlateDecode"
    assert read_codes(picture(pages[0])) == [pages[0].code]


def _filter(page) -> str:
    resources = PdfFileReader(BytesIO(page.pdf.reveal())).root["/Pages"]["/Kids"][0]["/Resources"]["/XObject"]
    images = [each.get_object() for each in resources.values() if each.get_object()["/Subtype"] == "/Image"]
    return str(images[0]["/Filter"][0])


def test_rare_characters_of_a_place_are_drawn_and_read_back(issuer, imprint, signer):
    rare = msgspec.structs.replace(imprint, place="䶮村𠮷站")
    _, pages = compose(issuer, issuer.certificate(), rare, signer)
    assert "打印地点：䶮村𠮷站（" in text(pages[0])


def test_a_character_without_glyph_stops_the_page(issuer, imprint, signer):
    undrawable = "\U000323a0"
    with pytest.raises(GlyphMissing) as caught:
        compose(issuer, issuer.certificate(), msgspec.structs.replace(imprint, place=f"{undrawable}村"), signer)
    assert caught.value.count == 1
    assert undrawable not in str(caught.value)


def test_a_serial_that_no_code_can_hold(issuer, imprint, signer):
    with pytest.raises(DocumentRefused) as caught:
        compose(issuer, issuer.certificate(), msgspec.structs.replace(imprint, serial="编号 1"), signer)
    assert caught.value.why is Refusal.IMPRINT


def test_long_words_are_broken_not_cut(issuer, imprint, signer):
    long = msgspec.structs.replace(
        imprint, issuer="测试省测试市测试自治县人力资源和社会保障局社会保险事业管理中心第一分中心", purpose="个人" * 12
    )
    document, pages = compose(issuer, issuer.certificate(), long, signer)
    words = re.sub(r"\s", "", text(pages[0]))
    assert f"此件由{long.issuer}提供，仅供「{long.purpose}」使用" in words
    columns = np.nonzero(added(pages[0], document, 1))[1]
    assert math.isclose(columns.max() * 25.4 / 300, 210 - FOOTER.margin, abs_tol=0.5)
