"""Slips as parts, and as the bytes that our own printer driver makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.receipt_printer import Feed, Line, QrCode, Rule
from drivers.contract.secret import SecretText
from drivers.receipt_printer import slip as escpos
from kiosk import fonts
from kiosk.documents import code, overlay, slip
from kiosk.documents.lettering import GlyphMissing

AT = slip.At(place="测试村便民服务站", kiosk="KX-360100-0001", printed_at=1795314360)
EXPIRES = 1797906360


def receipt(**changes) -> tuple:
    facts = {
        "item": "个人参保证明打印",
        "holder": SecretText("张小英"),
        "serial": "KX-1",
        "pages": 2,
        "expires_at": EXPIRES,
    }
    return slip.receipt(AT, code="KX1:BB8:", **{**facts, **changes})


def lines(parts: tuple) -> list[str]:
    return [part.text for part in parts if isinstance(part, Line)]


def test_a_receipt_says_what_when_how_long_and_whom_to_call():
    said = "\n".join(lines(receipt()))
    for wanted in (
        "办理回执",
        "测试村便民服务站",
        "事项：个人参保证明打印",
        "姓名：张*英",
        "共 2 页",
        "编号：KX-1",
        "打印时间：2026-11-22 10:26",
        "失效时间：2026-12-22 10:26",
        "12345",
    ):
        assert wanted in said
    assert "张小英" not in said
    assert QrCode(text="KX1:BB8:") in receipt()


def test_a_referral_says_where_else_and_leaves_out_what_it_does_not_know():
    known = slip.referral(
        AT,
        item="换身份证",
        why="需要当面采集指纹",
        where="测试镇便民服务中心",
        hours="周一至周五 9:00–17:00",
        phone="0000-1234567",
    )
    said = "\n".join(lines(known))
    for wanted in (
        "换身份证",
        "需要当面采集指纹",
        "请到：测试镇便民服务中心",
        "周一至周五 9:00–17:00",
        "0000-1234567",
        "本机没有保存您的资料",
    ):
        assert wanted in said
    assert "地址" not in said
    assert "请带" not in said
    assert not any(isinstance(part, QrCode) for part in known)


def test_a_replacement_slip_gives_the_right_and_says_what_becomes_of_the_old_paper():
    parts = slip.replacement(
        AT,
        item="个人参保证明打印",
        holder=SecretText("张小英"),
        serial="KX-1",
        why="打印中途停电，纸可能没有打全。",
        code="KX1:BB8:",
    )
    said = "\n".join(lines(parts))
    for wanted in ("免费补打", "KX-1", "停电", "已停用", "请带身份证和本凭条", "请不要使用", "张*英"):
        assert wanted in said
    assert QrCode(text="KX1:BB8:") in parts


@pytest.mark.parametrize("value", ["\x1b@", "a\nb", "\0", "a\u2028b", "\x1d"])
@pytest.mark.parametrize("field", ["item", "serial"])
def test_control_characters_never_reach_a_printer(field, value):
    with pytest.raises(ValueError, match=f"{field}: holds a control character"):
        receipt(**{field: value})


def test_a_name_with_an_escape_character():
    with pytest.raises(ValueError, match="name"):
        receipt(holder=SecretText("\x1b小英"))


def test_overlong_values():
    with pytest.raises(ValueError, match="item: 121 characters"):
        receipt(item="长" * 121)


@given(st.text("{}serialitemname!r:0张", max_size=30))
def test_a_value_is_never_read_as_a_template(item):
    said = lines(receipt(item=item))
    assert (f"事项：{item}" in said) if item else (not any(line.startswith("事项") for line in said))


@pytest.mark.parametrize("holder", ["䶮小𠮷", "𠮷英"])
def test_rare_characters_go_through_to_the_paper(holder):
    parts = receipt(holder=SecretText(holder))
    paper = escpos.Paper(
        48, 576, "gb2312", tuple(str(font.path) for font in (fonts.paper(), *fonts.rare())), "native", "bitImageRaster"
    )
    assert len(escpos.compose(parts, paper)) > 1000


def test_a_character_without_glyph_is_refused_not_boxed():
    rare = "\U000323a0"
    with pytest.raises(GlyphMissing) as caught:
        receipt(holder=SecretText(f"{rare}小{rare}"))
    assert caught.value.count == 2
    assert rare not in str(caught.value)


@pytest.mark.parametrize(("columns", "dots"), [(48, 576), (32, 384)])
def test_a_real_code_fits_both_papers(issuer, imprint, signer, columns, dots):
    document = issuer.accept(issuer.certificate())
    text = code.write(overlay.claim(document, imprint, kind=code.Kind.RECEIPT), signer)
    parts = slip.receipt(
        AT,
        item="个人参保证明打印",
        holder=SecretText("张小英"),
        serial=imprint.serial,
        pages=1,
        expires_at=EXPIRES,
        code=text,
    )
    paper = escpos.Paper(columns, dots, "gb2312", (), "native", "bitImageRaster")
    assert text.encode() in escpos.compose(parts, paper)


def test_every_slip_ends_with_paper_to_tear_and_begins_with_its_title():
    for parts in (receipt(), slip.referral(AT, item="a", why="b", where="c")):
        assert isinstance(parts[0], Line)
        assert parts[0].wide
        assert isinstance(parts[-1], Feed)
        assert Rule() in parts


def test_a_row_of_a_template_is_one_thing():
    with pytest.raises(ValueError, match="exactly one"):
        slip.Row(line="a", qr="code")
    with pytest.raises(ValueError, match="exactly one"):
        slip.Row()
