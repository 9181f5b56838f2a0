"""A device's fault as it is told to staff: what is wrong, what to do; and whether to try again."""

from __future__ import annotations

from functools import partial

from drivers.contract.faults import Fault, catalogue
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import Action, ActionKind, Drawing, Fact, Facts, Icon, Picture
from kiosk.screens.screen import Screen


def fault_facts(fault: Fault) -> Facts:
    """Cause and cure, in the catalogue's words."""
    entry = catalogue()[fault.code]
    return Facts(
        rows=(
            Fact(label=tell("paper.cause"), value=entry.cause, icon=Icon.INFO),
            Fact(label=tell("paper.cure"), value=entry.cure, icon=Icon.WRENCH),
        )
    )


def trouble(shift: Shift, name: str, title: str, sentence: str, fault: Fault | None) -> Screen:
    """It did not work: why, and what now. Trying again is the person's choice, never the program's."""
    return shift.composer.screen(
        shift.say,
        name,
        title=title,
        sentence=sentence,
        blocks=(Picture(drawing=Drawing.ATTENTION, name=title), *((fault_facts(fault),) if fault else ())),
        actions=(
            Action(id="again", label=tell("paper.again")),
            Action(id="later", label=tell("paper.later"), kind=ActionKind.SECONDARY),
        ),
    )


async def tries_again(shift: Shift, name: str, title: str, sentence: str, fault: Fault | None) -> bool:
    """Tell it; return whether it shall be tried again. Raise Backed, VisitEnds."""
    answer = await shift.ask(partial(trouble, shift, name, title, sentence, fault))
    return answer.action == "again"
