"""Letters on paper: the right font for each character, lines that do not overflow."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from kiosk.documents import lettering

RARE = "\U000323a0"


def test_what_can_be_drawn():
    assert lettering.printable("张小英䶮𠮷 A")
    assert not lettering.printable(f"张{RARE}")
    assert lettering.missing(f"张{RARE}{RARE}") == RARE * 2
    with pytest.raises(lettering.GlyphMissing) as caught:
        lettering.require_printable("好", f"{RARE}好")
    assert caught.value.count == 1


def test_runs_change_the_font_where_they_must():
    names = [name for name, _ in lettering.runs("张𪚥㐀英")]
    assert len(set(names)) >= 2
    assert "".join(text for _, text in lettering.runs("张𪚥㐀英")) == "张𪚥㐀英"


def test_drawn_text_is_read_back_even_beyond_the_basic_plane():
    out = BytesIO()
    canvas = Canvas(out)
    lettering.draw(canvas, 50, 500, "姓名：䶮𠮷𪚥英", 20)
    canvas.save()
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        assert pdf[0].get_textpage().get_text_bounded().strip() == "姓名：䶮𠮷𪚥英"


def test_nothing_is_drawn_when_something_cannot_be():
    out = BytesIO()
    canvas = Canvas(out)
    with pytest.raises(lettering.GlyphMissing):
        lettering.draw(canvas, 50, 500, f"张{RARE}英", 20)
    canvas.showPage()
    canvas.save()
    with pypdfium2.PdfDocument(out.getvalue()) as pdf:
        assert pdf[0].get_textpage().get_text_bounded() == ""


@settings(max_examples=60, deadline=None)
@given(st.text("张小英（）。，「」 AB12-", max_size=60), st.integers(40, 200))
def test_wrapped_lines_fit_and_lose_nothing(text, limit):
    lines = lettering.wrap(text, 10, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(lettering.width(line, 10) <= limit for line in lines if len(line) > 1)


def test_a_line_does_not_begin_with_a_closing_mark():
    lines = lettering.wrap("测试测试测试测。试", 10, 72)
    assert not any(line.startswith("。") for line in lines)
    assert lettering.wrap("", 10, 50) == [""]


@pytest.mark.parametrize("limit", range(60, 140, 7))
def test_a_time_is_not_torn(limit):
    lines = lettering.wrap("有效期至 2026-12-22 10:26，编号 KX-1", 10, limit)
    for whole in ("2026-12-22", "10:26", "KX-1"):
        assert any(whole in line for line in lines), lines
