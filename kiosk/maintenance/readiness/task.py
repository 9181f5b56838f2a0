"""The task 就绪报告: look, test now, take it along as a code or see it as a page."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from functools import partial

from drivers.link import memfd
from kiosk.attest import statement
from kiosk.locales.staff import tell
from kiosk.maintenance.readiness import compact, glass, paper
from kiosk.maintenance.readiness.glass import Drawn
from kiosk.maintenance.readiness.parts import PARTS
from kiosk.maintenance.readiness.report import Report, compose, title_of
from kiosk.maintenance.readiness.selftest import one_by_one
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.screen import Screen
from kiosk.visit import Backed


async def run(shift: Shift, tools: Toolbox) -> None:
    """Show it until 返回; each look is of now."""
    measured = await asyncio.to_thread(statement.state, tools.site, tools.profile)
    while True:
        answer = await shift.ask(lambda: glass.overview(shift, compose(tools, measured)))
        report = compose(tools, measured)
        try:
            match answer.action:
                case "test" if shift.may_change:
                    await _test(shift, tools)
                case "list":
                    await _list(shift, report)
                case "code":
                    await show_codes(shift, (_signed(tools, report),))
                case "page":
                    await _page(shift, tools, report)
        except Backed:
            continue


async def _test(shift: Shift, tools: Toolbox) -> None:
    """All of it, one after the other; 返回 ends it, what was tested by then is kept."""
    names = [tell(f"readiness.part_{name}") for name in PARTS]
    names += [title_of(each.device_class) for each in tools.devices.table()]
    done = 0

    async def work() -> dict[str, int]:
        nonlocal done
        verdicts: dict[str, int] = {}
        async for each in one_by_one(tools, by=shift.who.code):
            verdicts[each.verdict.value] = verdicts.get(each.verdict.value, 0) + 1
            done += 1
            shift.show(partial(glass.under_test, shift, done, len(names), names[min(done, len(names) - 1)]))
        return verdicts

    found = await shift.ask_while(partial(glass.under_test, shift, 0, len(names), names[0]), work())
    if isinstance(found, dict):
        shift.act("selftest", **found)


async def _list(shift: Shift, report: Report) -> None:
    first = 0
    while first < len(report.rows):
        answer = await shift.ask(partial(glass.listed, shift, report, first), browsing=True)
        if answer.action != "more":
            return
        first += glass.A_SCREEN


async def _page(shift: Shift, tools: Toolbox, report: Report) -> None:
    pdf = await asyncio.to_thread(paper.draw, report, _signed(tools, report))
    pictures = await asyncio.to_thread(glass.page_pictures, pdf)
    await _turned(shift, pictures, glass.paged)


async def show_codes(shift: Shift, texts: Sequence[str]) -> None:
    """One code after the other."""
    await _turned(shift, [glass.code_picture(each) for each in texts], glass.coded)


async def _turned(shift: Shift, pictures: Sequence[Drawn], screen: Callable[[Shift, Drawn, int, int], Screen]) -> None:
    for number, picture in enumerate(pictures, 1):
        fd = memfd.seal(picture.rgb)
        try:
            await shift.ask(partial(screen, shift, picture, number, len(pictures)), (fd,), browsing=True)
        finally:
            os.close(fd)


def _signed(tools: Toolbox, report: Report) -> str:
    return compact.signed(compact.text_of(report), tools.signer, at=tools.now())
