"""The report on the screen: how the machine is, what is behind it, the code for a telephone, the page as it would be printed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from kiosk.documents import pdfium
from kiosk.locales.staff import tell
from kiosk.maintenance.readiness import compact
from kiosk.maintenance.readiness.report import Ready, Report, Row
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Check,
    Checks,
    CheckState,
    Fact,
    Facts,
    Icon,
    Pages,
    Progress,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen

A_SCREEN = 6
"""Rows that are read at one look."""

_MARKS = {
    Ready.READY: CheckState.OK,
    Ready.LIMITED: CheckState.MISSING,
    Ready.NOT_READY: CheckState.MISSING,
    Ready.UNKNOWN: CheckState.WAITING,
}

_MODULE_PX, _QUIET = 6, 4
"""Pixels of a code's module before the shell scales it; modules that stay white around it (ISO/IEC 18004)."""

_PAGE_DPI = 110.0


class Drawn(msgspec.Struct, frozen=True):
    """A picture for the screen: RGB, top row first."""

    width: int
    height: int
    rgb: bytes


def overview(shift: Shift, report: Report) -> Screen:
    """The whole in a word, supplies, and where to look further."""
    rows = [
        Fact(label=tell("readiness.paper_tested"), value=when(report, report.last_test), icon=Icon.CLOCK),
        *(Fact(label=row.title, value=row.words) for row in report.supplies),
        Fact(label=tell("readiness.version"), value=f"{report.runtime} · {report.digest}", icon=Icon.INFO),
    ]
    tiles = [
        Tile(id="list", title=tell("readiness.show_list"), icon=Icon.LIST, span=1 if shift.may_change else 2),
        Tile(id="code", title=tell("readiness.show_code"), icon=Icon.PHONE),
        Tile(id="page", title=tell("readiness.show_page"), icon=Icon.DOCUMENT),
    ]
    if shift.may_change:
        tiles.insert(0, Tile(id="test", title=tell("readiness.test_now"), icon=Icon.CHECK, emphasis=True))
    bad = sum(row.state is not Ready.READY for row in report.rows)
    return shift.composer.screen(
        shift.say,
        "readiness",
        title=tell("readiness.title", state=tell(f"readiness.state_{report.state.value}")),
        sentence=tell("readiness.some_bad", count=bad) if bad else tell("readiness.all_well"),
        blocks=(Facts(rows=tuple(rows)), Tiles(tiles=tuple(tiles), columns=2)),
        home=True,
    )


def listed(shift: Shift, report: Report, first: int) -> Screen:
    """Every device, part and supply, the worst first, some at a time."""
    rows = report.rows[first : first + A_SCREEN]
    more = first + A_SCREEN < len(report.rows)
    return shift.composer.screen(
        shift.say,
        "readiness_list",
        title=tell("readiness.list_title"),
        sentence=tell("readiness.list_place", first=first + 1, last=first + len(rows), total=len(report.rows)),
        blocks=(Checks(rows=tuple(_check(report, each) for each in rows)),),
        actions=(Action(id="more", label=tell("readiness.more")),)
        if more
        else (Action(id="done", label=tell("readiness.done")),),
    )


def _check(report: Report, row: Row) -> Check:
    tested = "" if row.tested is None else tell("readiness.tested_at", at=when(report, row.tested))
    word = tell(f"readiness.state_{row.state.value}")
    return Check(label=row.title, state=_MARKS[row.state], word=word, note=f"{row.words}{tested}")


def under_test(shift: Shift, done: int, total: int, title: str) -> Screen:
    """While the machine tests itself."""
    return shift.composer.screen(
        shift.say,
        "selftest",
        title=tell("readiness.testing"),
        sentence=tell("readiness.testing_how"),
        blocks=(Progress(done=done, total=total, label=title),),
    )


def coded(shift: Shift, picture: Drawn, number: int, total: int) -> Screen:
    """One code for a telephone."""
    last = number == total
    return shift.composer.screen(
        shift.say,
        "report_code",
        title=tell("readiness.code_title") if total == 1 else tell("readiness.code_of", number=number, total=total),
        sentence=tell("readiness.code_how"),
        blocks=(Pages(sizes=((picture.width, picture.height),), name=tell("readiness.code_name")),),
        actions=(
            Action(id="done" if last else "next", label=tell("readiness.done") if last else tell("readiness.next")),
        ),
    )


def paged(shift: Shift, picture: Drawn, number: int, total: int) -> Screen:
    """One page of the report, as it would be printed."""
    last = number == total
    return shift.composer.screen(
        shift.say,
        "report_page",
        title=tell("readiness.page_of", number=number, total=total),
        sentence=tell("readiness.page_how"),
        blocks=(Pages(sizes=((picture.width, picture.height),), name=tell("readiness.page_name")),),
        actions=(
            Action(
                id="done" if last else "next",
                label=tell("readiness.done") if last else tell("readiness.next"),
                kind=ActionKind.PRIMARY,
            ),
        ),
    )


def code_picture(text: str) -> Drawn:
    """The code of a signed text, black on white."""
    modules = np.array([list(row) for row in compact.code(text).matrix], np.uint8)
    framed = np.pad(modules, _QUIET)
    grey = np.where(np.kron(framed, np.ones((_MODULE_PX, _MODULE_PX), np.uint8)) > 0, 0, 255).astype(np.uint8)
    rgb = np.repeat(grey[:, :, None], 3, axis=2)
    return Drawn(rgb.shape[1], rgb.shape[0], rgb.tobytes())


def page_pictures(pdf: bytes) -> list[Drawn]:
    """The pages of the report."""
    with pdfium.opened(pdf) as document:
        found = [pdfium.render(document[number], dpi=_PAGE_DPI) for number in range(len(document))]
        return [Drawn(each.shape[1], each.shape[0], each.tobytes()) for each in found]


def when(report: Report, unix: float | None) -> str:
    """A moment in local time."""
    if unix is None:
        return tell("readiness.never")
    return datetime.fromtimestamp(unix, ZoneInfo(report.timezone)).strftime("%Y-%m-%d %H:%M")
