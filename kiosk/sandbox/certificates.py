"""The sheet of the 社会保险个人参保证明: how the sandbox's issuer lays it out. Every page carries holder name and number as text.

The lowest 46 mm of each page stay white: there a kiosk puts its times, serial and code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from reportlab.lib.colors import Color, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from kiosk.sandbox import sheet
from kiosk.sandbox.insurance import YearRow
from kiosk.sandbox.people import Person
from kiosk.sandbox.sheet import Column

TITLE = "社会保险个人参保证明"
REMARK = "演示样例 · 人员、单位与数据均为虚构，不作任何凭证"
_WIDTH, _HEIGHT = A4
_LEFT, _RIGHT = 20 * mm, _WIDTH - 20 * mm
_FOOT = 48 * mm
_INK = Color(0.10, 0.11, 0.13)
_PALE = Color(0.40, 0.42, 0.46)
_ACCENT = Color(0.62, 0.11, 0.12)
_TINT = Color(0.965, 0.945, 0.935)
_ROW = 15.0
_FIRST_HEAD = 297.0  # from the upper edge to the table of payments
_NEXT_HEAD = 102.0
_LAST_ROWS = 4
_CLOSING = 128.0  # notes, issuer, date and seal below the last row
_SEAL_CENTRE = (_RIGHT - 78.0, _FOOT + 64.0)
_COLUMNS = (
    Column("年度", 40, "center"),
    Column("起止年月", 100, "center"),
    Column("参保单位", 144, "left"),
    Column("月缴费基数（元）", 78, "right"),
    Column("养老月数", 40, "center", heading_size=7.5),
    Column("失业月数", 40, "center", heading_size=7.5),
    Column("工伤月数", 40, "center", heading_size=7.5),
)
_NOTES = (
    "一、本证明由示例市社会保险事业管理局出具，加盖电子印章，与加盖实物印章的证明效力相同。",
    "二、内容以出具之日的参保登记为准；补缴、转移等变动自登记后生效。",
    "三、如有疑问，请拨打 12333，或携带身份证到社会保险经办窗口核对。",
)


@dataclass(frozen=True)
class Facts:
    """What stands on the sheet beside the holder's own data."""

    number: str
    issuer: str
    issued: date


@dataclass(frozen=True)
class Sheet:
    """The unsealed PDF; `seal_box` (left, bottom, right, top; points) on the last page is where the seal belongs."""

    pdf: bytes
    pages: int
    seal_box: tuple[float, float, float, float]


def compose(
    holder: Person, facts: Facts, *, strangers: Mapping[int, Person] | None = None, ruled: bool = False
) -> Sheet:
    """Lay out a holder's certificate. `strangers` puts another person onto a page (by index): the fault of Tokushima 2023.

    `ruled` pages have lines from head to foot, so that a kiosk finds no free place for its block.

    Raise ValueError for a person without a record.
    """
    if holder.record is None:
        raise ValueError(f"{holder.id} has no record, so there is nothing to certify")
    parts = _paginate(list(holder.record.rows()))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1)
    canvas.setTitle(TITLE)
    canvas.setAuthor(facts.issuer)
    for index, rows in enumerate(parts):
        person = (strangers or {}).get(index, holder)
        _page(canvas, person, facts, rows, index, len(parts))
        if ruled:
            _rule(canvas)
        canvas.showPage()
    canvas.save()
    half = sheet.SEAL_SIDE / 2
    x, y = _SEAL_CENTRE
    return Sheet(buffer.getvalue(), len(parts), (x - half, y - half, x + half, y + half))


def _paginate(rows: Sequence[YearRow]) -> list[Sequence[YearRow]]:
    """Fill pages from the top; the last one keeps room for notes and seal."""
    parts: list[Sequence[YearRow]] = []
    rest = rows
    while True:
        room = _rows_top(first=not parts) - _ROW - _FOOT - 6
        if len(rest) * _ROW <= room - _CLOSING:
            return [*parts, rest]
        # The last page, which carries the seal, also carries something that is sealed.
        taken = min(int(room // _ROW), len(rest) - _LAST_ROWS)
        parts.append(rest[:taken])
        rest = rest[taken:]


def _rows_top(*, first: bool) -> float:
    return float(_HEIGHT) - (_FIRST_HEAD if first else _NEXT_HEAD)


def _page(canvas: Canvas, person: Person, facts: Facts, rows: Sequence[YearRow], index: int, count: int) -> None:
    _frame(canvas, index, count)
    top = _first_head(canvas, person, facts) if index == 0 else _next_head(canvas, person, facts)
    y = sheet.table_head(canvas, _LEFT, top, _COLUMNS, ink=_INK, tint=_TINT, line=_ACCENT)
    for position, row in enumerate(rows):
        y = sheet.table_row(
            canvas,
            _LEFT,
            y,
            _COLUMNS,
            (
                str(row.year),
                f"{row.begins.replace('-', '.')} 至 {row.ends.replace('-', '.')}",
                row.employer,
                f"{row.base:,}",
                *(str(row.months),) * 3,
            ),
            tint=_TINT if position % 2 else white,
            ink=_INK,
            line=_PALE,
        )
    if index == count - 1:
        _closing(canvas, facts)


def _rule(canvas: Canvas) -> None:
    canvas.setStrokeColor(_PALE)
    canvas.setLineWidth(0.3)
    for y in range(0, int(_HEIGHT), 24):
        canvas.line(0, y, _WIDTH, y)


def _frame(canvas: Canvas, index: int, count: int) -> None:
    canvas.setStrokeColor(_ACCENT)
    canvas.setLineWidth(1.4)
    canvas.line(_LEFT, _HEIGHT - 15 * mm, _RIGHT, _HEIGHT - 15 * mm)
    canvas.setLineWidth(0.4)
    canvas.line(_LEFT, _HEIGHT - 15 * mm - 2.6, _RIGHT, _HEIGHT - 15 * mm - 2.6)
    canvas.line(_LEFT, _FOOT - 2, _RIGHT, _FOOT - 2)
    canvas.setFillColor(_PALE)
    sheet.text(canvas, _LEFT, _HEIGHT - 15 * mm + 5, REMARK, 7)
    sheet.text(canvas, _RIGHT, _HEIGHT - 15 * mm + 5, f"原件第 {index + 1} 页，共 {count} 页", 7, align="right")


def _first_head(canvas: Canvas, person: Person, facts: Facts) -> float:
    record = person.record
    canvas.setFillColor(_ACCENT)
    sheet.text(canvas, _WIDTH / 2, _HEIGHT - 84, TITLE, 25, align="center")
    canvas.setFillColor(_PALE)
    sheet.text(canvas, _LEFT, _HEIGHT - 110, f"证明编号：{facts.number}", 9)
    sheet.text(canvas, _RIGHT, _HEIGHT - 110, f"出具日期：{sheet.chinese_date(facts.issued)}", 9, align="right")
    y = sheet.fields(
        canvas,
        _LEFT,
        _HEIGHT - 120,
        _RIGHT - _LEFT,
        (
            (("姓名", person.name), ("性别", person.sex)),
            (("公民身份号码", person.number), ("参保地", "示例省示例市")),
            (("参保单位", record.spells[-1].employer if record else "无"), ("证件类型", _document(person))),
        ),
        ink=_INK,
        tint=_TINT,
        line=_PALE,
    )
    canvas.setFillColor(_ACCENT)
    sheet.text(canvas, _LEFT, y - 20, "参保情况", 12)
    kinds = ("企业职工基本养老保险", "失业保险", "工伤保险")
    summary = (
        Column("险种", 166, "left"),
        Column("参保状态", 96, "center"),
        Column("首次参保年月", 110, "center"),
        Column("累计缴费月数", 110, "center"),
    )
    y = sheet.table_head(canvas, _LEFT, y - 27, summary, ink=_INK, tint=_TINT, line=_ACCENT)
    for kind in kinds:
        cells = (
            (kind, record.state, record.first.replace("-", "."), str(record.months))
            if record
            else (kind, "—", "—", "0")
        )
        y = sheet.table_row(canvas, _LEFT, y, summary, cells, tint=white, ink=_INK, line=_PALE)
    canvas.setFillColor(_ACCENT)
    sheet.text(canvas, _LEFT, y - 20, "缴费记录", 12)
    return y - 27


def _next_head(canvas: Canvas, person: Person, facts: Facts) -> float:
    canvas.setFillColor(_ACCENT)
    sheet.text(canvas, _LEFT, _HEIGHT - 66, f"{TITLE}（续）", 13)
    canvas.setFillColor(_PALE)
    sheet.text(canvas, _RIGHT, _HEIGHT - 66, f"证明编号：{facts.number}", 9, align="right")
    canvas.setFillColor(_INK)
    sheet.text(canvas, _LEFT, _HEIGHT - 88, f"姓名：{person.name}    公民身份号码：{person.number}", 10.5)
    return _rows_top(first=False)


def _closing(canvas: Canvas, facts: Facts) -> None:
    canvas.setFillColor(_PALE)
    for line, note in enumerate(_NOTES):
        sheet.text(canvas, _LEFT, _FOOT + 112 - 13 * line, note, 8)
    canvas.setFillColor(_INK)
    x, y = _SEAL_CENTRE
    sheet.text(canvas, x, y + 20, facts.issuer, 12, align="center")
    sheet.text(canvas, x, y - 50, sheet.chinese_date(facts.issued), 11, align="center")


def _document(person: Person) -> str:
    return "港澳居民居住证" if person.kind == "hmt_permit" else "居民身份证"
