"""The picture for the screen: the covered letters are really gone, and what cannot be covered is not shown."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from reportlab.lib.units import mm

from drivers.contract.secret import SecretText
from kiosk import fonts
from kiosk.documents import lettering, pdfium
from kiosk.documents.policy import paper_policy
from kiosk.documents.preview import CannotMask, Hide, Preview, What, preview

WIDTH = 1000
GREY = paper_policy().preview.grey


def name(text: str, **settings) -> Hide:
    return Hide(what=What.NAME, text=SecretText(text), **settings)


def number(text: str, **settings) -> Hide:
    return Hide(what=What.NUMBER, text=SecretText(text), **settings)


def address(text: str, **settings) -> Hide:
    return Hide(what=What.ADDRESS, text=SecretText(text), **settings)


def pixels(picture: Preview) -> np.ndarray:
    return np.frombuffer(picture.rgb.reveal(), np.uint8).reshape(picture.height, picture.width, 3)


def open_picture(pdf: bytes) -> np.ndarray:
    """The same page without any cover."""
    with pdfium.opened(pdf) as file:
        return pdfium.render(file[0], dpi=(WIDTH - 0.01) / 210 * 25.4)


def looks(picture: np.ndarray, glyphs: np.ndarray) -> float:
    """How well the picture of some letters is found anywhere; 1 is there, about 0.5 is other letters."""
    return float(cv2.matchTemplate(picture, glyphs, cv2.TM_CCOEFF_NORMED).max())


def cut(picture: np.ndarray, left: float, base: float, right: float, top: float) -> np.ndarray:
    """Cut out a region given in mm from the lower left."""
    scale = picture.shape[1] / 210
    height = picture.shape[0]
    return picture[
        int(height - top * scale) : int(height - base * scale), int(left * scale) : int(right * scale)
    ].copy()


def em(letters: float) -> float:
    """Width in mm of so many full-width letters of 12 points."""
    return letters * 12 / mm


def test_the_hidden_letters_are_nowhere_in_the_picture(issuer):
    pdf = issuer.certificate()
    shown = pixels(preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(name("张小英"), number(issuer.number))))
    before = open_picture(pdf)
    middle_of_name = cut(before, 60 + em(1), 239.4, 60 + em(2), 243.4)
    middle_of_number = cut(before, 60 + em(0.6) * 4 + 1, 230.4, 60 + em(0.6) * 10, 234.4)
    for glyphs in (middle_of_name, middle_of_number):
        assert (glyphs < 100).any(), "the test cuts beside the letters"
        assert looks(before, glyphs) > 0.99
        assert looks(shown, glyphs) < 0.8
    first_of_name = cut(before, 60, 239.4, 60 + em(1) - 0.3, 243.4)
    last_of_name = cut(before, 60 + em(2) + 0.3, 239.4, 60 + em(3), 243.4)
    for glyphs in (first_of_name, last_of_name):
        assert looks(shown, glyphs) > 0.95, "first and last letter stay"


def test_the_cover_is_one_flat_patch_of_one_colour_and_all_else_is_the_page(issuer):
    pdf = issuer.certificate()
    shown = pixels(preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(name("张小英"),)))
    changed = (shown != open_picture(pdf)).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].all()
    assert (shown[changed] == GREY).all()
    assert columns.max() - columns.min() == pytest.approx(em(1) * WIDTH / 210, abs=3)


def test_every_place_is_covered(issuer):
    def again(canvas) -> None:
        lettering.draw(canvas, 30 * mm, 65 * mm, "经办人：张 小 英，复核：张小英", 14)

    pdf = issuer.certificate(extra=again)
    shown = pixels(preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(name("张小英"),)))
    shapes, _ = cv2.findContours((shown == GREY).all(axis=2).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [shape for shape in shapes if cv2.contourArea(shape) > 100]
    assert len(large) == 3
    glyph = cut(open_picture(pdf), 60 + em(1), 239.4, 60 + em(2), 243.4)
    assert looks(shown, glyph) < 0.8


def test_letters_of_the_seal_are_covered_too(issuer):
    """A holder's name in a form field or stamp is content of an annotation."""
    from pyhanko import stamp

    sealed = issuer.seal(issuer.certificate(), style=stamp.TextStampStyle(stamp_text="Grace Hopper", border_width=0))
    shown = pixels(preview(issuer.accept(sealed), 1, width_px=WIDTH, hide=(name("Grace Hopper"),)))
    assert (shown == GREY).all(axis=2).sum() > 200


@pytest.mark.parametrize("holder", ["䶮𠮷英", "𠮷英", "张䶮"])
def test_rare_characters(issuer, holder):
    shown = pixels(preview(issuer.accept(issuer.certificate(holder)), 1, width_px=WIDTH, hide=(name(holder),)))
    assert (shown == GREY).all(axis=2).sum() > 200


def test_widths_and_joints_do_not_matter(issuer):
    pdf = issuer.certificate("阿卜杜拉·买买提")
    for spelling in ("阿卜杜拉·买买提", "阿卜杜拉•买买提", "阿卜杜拉・买买提", "阿卜杜拉 买买提"):
        shown = pixels(preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(name(spelling),)))
        assert (shown == GREY).all(axis=2).sum() > 1000
    pdf = issuer.certificate("９９９９９９１９９００１０１００１x")
    shown = pixels(preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(number("99999919900101001X"),)))
    assert (shown == GREY).all(axis=2).sum() > 1000


def test_a_name_that_is_not_there_shows_nothing(issuer):
    document = issuer.accept(issuer.certificate())
    with pytest.raises(CannotMask) as caught:
        preview(document, 1, width_px=WIDTH, hide=(number(issuer.number), name("王大明")))
    assert (caught.value.what, caught.value.page) == (What.NAME, 1)
    assert "王大明" not in str(caught.value)


def test_a_name_that_is_a_picture_shows_nothing(issuer):
    """It can be read by everybody and found by nobody."""
    scan = Image.new("RGB", (300, 80), "white")
    ImageDraw.Draw(scan).text((10, 10), "王大明", fill="black", font=ImageFont.truetype(str(fonts.paper().path), 60))
    pdf = issuer.certificate(extra=lambda canvas: canvas.drawInlineImage(scan, 30 * mm, 60 * mm, 40 * mm, 10 * mm))
    with pytest.raises(CannotMask):
        preview(issuer.accept(pdf), 1, width_px=WIDTH, hide=(name("王大明"),))


def test_what_need_not_be_there_may_be_missing(issuer):
    document = issuer.accept(issuer.certificate())
    hide = (name("张小英"), address("别处的地址一二三四五六", required=False))
    plain = preview(document, 1, width_px=WIDTH, hide=(name("张小英"),))
    assert preview(document, 1, width_px=WIDTH, hide=hide).rgb == plain.rgb
    both = preview(document, 1, width_px=WIDTH, hide=(name("张小英"), address(issuer.address, required=False)))
    assert both.rgb != plain.rgb


def test_nothing_to_hide_is_no_preview(issuer):
    document = issuer.accept(issuer.certificate())
    with pytest.raises(ValueError, match="hide"):
        preview(document, 1, width_px=WIDTH, hide=())
    with pytest.raises(ValueError, match="width_px"):
        preview(document, 1, width_px=100_000, hide=(name("张小英"),))
    with pytest.raises(CannotMask):
        preview(document, 1, width_px=WIDTH, hide=(name(""),))


def test_the_size_is_what_was_asked_for(issuer):
    for width in (300, 803, 1080):
        picture = preview(issuer.accept(issuer.certificate()), 1, width_px=width, hide=(name("张小英"),))
        assert picture.width == width
        assert picture.height == pytest.approx(width * 297 / 210, abs=2)
        assert len(picture.rgb.reveal()) == picture.width * picture.height * 3


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_cover_lies_on_the_letters_however_the_page_is_turned(issuer, turn):
    from io import BytesIO

    from pyhanko.pdf_utils.generic import NameObject, NumberObject

    writer = copy_into_new_writer(PdfFileReader(BytesIO(issuer.certificate())))
    writer.root["/Pages"]["/Kids"][0].get_object()[NameObject("/Rotate")] = NumberObject(turn)
    out = BytesIO()
    writer.write(out)
    document = issuer.accept(out.getvalue())
    shown = pixels(preview(document, 1, width_px=WIDTH, hide=(name("张小英"),)))
    with pdfium.opened(out.getvalue()) as file:
        before = pdfium.render(file[0], dpi=(WIDTH - 0.01) / document.sizes[0].width * 25.4)
    cover = (shown == GREY).all(axis=2) & (before != shown).any(axis=2)
    assert (before[cover] < 100).any(), "the cover hides no ink: it lies in the wrong place"
