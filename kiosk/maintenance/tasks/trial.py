"""The trial: a test card of a synthetic person through the whole of an item, as a visitor would.

A real person's card is refused before anything of it is shown; the paper is marked, and its serial is suspended before there is
paper.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from drivers.link.within import within
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox, Trialed
from kiosk.screens.parts import Action, Block, Drawing, Fact, Facts, Icon, Picture
from kiosk.screens.screen import Screen

_OUT = ("reported", "ejected", "taken")
"""States of a print of which paper came out (kiosk.journal.states)."""


async def run(shift: Shift, tools: Toolbox) -> None:
    """Explain, walk, tell what came of it."""
    if tools.trial is None:
        return
    await shift.ask(partial(begin_screen, shift))
    try:
        trialed = await within(limits().trial.longest, tools.trial())
    except TimeoutError:
        trialed = Trialed("timed_out")
    facts: dict[str, Any] = {
        "ending": trialed.ending,
        "state": trialed.state,
        "serial": trialed.serial,
        "refused": trialed.refused,
    }
    shift.act("trial", **facts)
    try:
        tools.logbook.write("trial", "", by=shift.who.code, well=well(trialed), **facts)
    except LogbookError:
        shift.act("trial.not_kept")
    await shift.ask(partial(result_screen, shift, trialed))


def well(trialed: Trialed) -> bool:
    """Whether a visitor would have gone away with their paper."""
    return trialed.ending == "done" and trialed.state in _OUT


def begin_screen(shift: Shift) -> Screen:
    """What will come."""
    return shift.composer.screen(
        shift.say,
        "trial",
        title=tell("trial.title"),
        sentence=tell("trial.how"),
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name=tell("trial.title")),),
        actions=(Action(id="begin", label=tell("trial.begin")),),
    )


def result_screen(shift: Shift, trialed: Trialed) -> Screen:
    """How far it came."""
    good = well(trialed)
    if trialed.refused:
        title, sentence = tell("trial.refused"), tell("trial.refused_how")
    else:
        title = tell("trial.well") if good else tell("trial.not_well")
        sentence = tell("trial.well_how") if good else tell("trial.not_well_how")
    rows = (
        (
            Fact(label=tell("trial.print"), value=tell(f"trial.print_{trialed.state}"), icon=Icon.PRINTER),
            Fact(label=tell("trial.serial"), value=trialed.serial, icon=Icon.RECEIPT),
        )
        if trialed.serial
        else ()
    )
    blocks: list[Block] = [Picture(drawing=Drawing.DONE if good else Drawing.ATTENTION, name=title)]
    if rows:
        blocks.append(Facts(rows=rows))
    return shift.composer.screen(
        shift.say,
        "trialed",
        title=title,
        sentence=sentence,
        blocks=tuple(blocks),
        actions=(Action(id="done", label=tell("trial.done")),),
        back=False,
    )
