"""What both refills share: how much was laid in, whether the test is clear, what is written down, and how it ends."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Drawing, Fact, Facts, Icon, Picture, Progress, Tile, Tiles
from kiosk.screens.screen import Screen

_log = logging.getLogger("kiosk.maintenance")


async def amount(shift: Shift, title: str, offered: Mapping[int, str]) -> int:
    """Ask how much was laid in; return it."""
    answer = await shift.ask(partial(amount_screen, shift, title, offered))
    return int(answer.action)


async def is_clear(shift: Shift, title: str, sentence: str, drawing: Drawing) -> bool:
    """Ask whether what came out is well printed: no sensor sees that."""
    answer = await shift.ask(partial(clear_screen, shift, title, sentence, drawing))
    return answer.action == "clear"


async def finished(shift: Shift, sentence: str, *, clear: bool | None, sheets_left: int | None) -> None:
    """The end of it, in one sentence and with what the test said."""
    await shift.ask(partial(finished_screen, shift, sentence, clear=clear, sheets_left=sheets_left))


async def none_here(shift: Shift, sentence: str) -> None:
    """This model has no such printer."""
    await shift.ask(partial(none_screen, shift, sentence))


def write(
    shift: Shift, tools: Toolbox, device: str, *, sort: str, amount: dict[str, int], took: float, **known: list[str]
) -> None:
    """Write it down: into the chain who did it and how it is known, into the logbook what the forecast counts from."""
    facts: dict[str, Any] = {"sort": sort, **amount, "seconds": round(took), **known}
    shift.act("paper.refilled", device=device, **facts)
    try:
        tools.logbook.write("refill", device, by=shift.who.code, **facts)
    except LogbookError as error:
        _log.error("the refill is not in the logbook: %s", error)


def amount_screen(shift: Shift, title: str, offered: Mapping[int, str]) -> Screen:
    """How much was laid in?"""
    tiles = tuple(Tile(id=str(each), title=label) for each, label in offered.items())
    return shift.composer.screen(
        shift.say, "amount", title=title, sentence=tell("paper.amount_how"), blocks=(Tiles(tiles=tiles),), back=False
    )


def clear_screen(shift: Shift, title: str, sentence: str, drawing: Drawing) -> Screen:
    """Is what came out well printed?"""
    return shift.composer.screen(
        shift.say,
        "clear",
        title=title,
        sentence=sentence,
        blocks=(Picture(drawing=drawing, name=title),),
        actions=(
            Action(id="clear", label=tell("paper.clear")),
            Action(id="not_clear", label=tell("paper.not_clear"), kind=ActionKind.SECONDARY),
        ),
        back=False,
    )


def finished_screen(shift: Shift, sentence: str, *, clear: bool | None, sheets_left: int | None) -> Screen:
    """What was laid in, and what the test said."""
    tested = tell("paper.tested_not") if clear is None else tell("paper.tested_well" if clear else "paper.tested_badly")
    rows = [Fact(label=tell("paper.test"), value=tested, icon=Icon.DOCUMENT)]
    if sheets_left is not None:
        rows.append(Fact(label=tell("paper.left"), value=tell("paper.sheets", sheets=sheets_left), icon=Icon.PRINTER))
    return shift.composer.screen(
        shift.say,
        "refilled",
        title=tell("paper.finished" if clear else "paper.finished_unclear"),
        sentence=sentence,
        blocks=(
            Picture(drawing=Drawing.DONE if clear else Drawing.ATTENTION, name=sentence),
            Facts(rows=tuple(rows)),
        ),
        actions=(Action(id="done", label=tell("paper.to_tasks")),),
        back=False,
    )


def printing_screen(shift: Shift, name: str, title: str, drawing: Drawing) -> Screen:
    """The test is on its way."""
    return shift.composer.screen(
        shift.say,
        name,
        title=title,
        blocks=(Picture(drawing=drawing, name=title), Progress(done=0, total=0, label=tell("paper.wait"))),
        back=False,
        leave=False,
    )


def none_screen(shift: Shift, sentence: str) -> Screen:
    """There is nothing to be done."""
    return shift.composer.screen(
        shift.say,
        "no_printer",
        title=tell("paper.none_title"),
        sentence=sentence,
        blocks=(Picture(drawing=Drawing.ATTENTION, name=sentence),),
        actions=(Action(id="done", label=tell("paper.to_tasks")),),
    )
