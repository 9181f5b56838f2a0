"""The table of steps, back and forth. A set-up that was left begins at the first step that has no answer yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from kiosk.locales.staff import tell
from kiosk.screens.parts import Action, Check, Checks, CheckState
from kiosk.screens.screen import Screen
from kiosk.settings.reading import Mistake
from kiosk.setup.answers import load_answers
from kiosk.setup.frame import STEPS, Step, page
from kiosk.setup.sitting import Sitting, other, row
from kiosk.setup.steps import devices, enrol, language, network, panel, place, staff, summary, trial
from kiosk.setup.steps.summary import Change
from kiosk.setup.work import Work
from kiosk.sticks import files_on
from kiosk.visit import Backed

_RUN: Mapping[Step, Callable[[Sitting, Work], Awaitable[object]]] = {
    Step.PANEL: panel.run,
    Step.LANGUAGE: language.run,
    Step.PLACE: place.run,
    Step.NETWORK: network.run,
    Step.DEVICES: devices.run,
    Step.ENROL: enrol.run,
    Step.STAFF: staff.run,
    Step.SUMMARY: summary.run,
}

_DONE: Mapping[Step, Callable[[Work], bool]] = {
    Step.PANEL: lambda work: work.measured,
    Step.LANGUAGE: lambda work: work.answers.languages is not None,
    Step.PLACE: lambda work: not place.missing(work) or (work.texts_later and work.enrolled is None),
    Step.NETWORK: lambda work: work.answers.platform is not None,
    Step.DEVICES: lambda work: work.answers.devices is not None,
    Step.ENROL: lambda work: work.enrolled is not None,
    Step.STAFF: lambda work: work.folder.staff.exists(),
    Step.SUMMARY: lambda work: work.folder.finished,
}
"""Whether a step has its answer."""


async def walk(sitting: Sitting, work: Work) -> bool:
    """From where it was left to the end; return whether to serve now. Raise Remeasured, VisitEnds, OSError."""
    if first_open(work) is not Step.TRIAL:
        await _welcome(sitting, work)
    step = first_open(work)
    while True:
        try:
            if step is Step.TRIAL:
                return await trial.run(sitting, work)
            await _RUN[step](sitting, work)
            # Whoever went back to change something, or left texts to the platform, goes on where an answer is missing.
            step = first_open(work)
        except Backed:
            if step is STEPS[0]:
                await _welcome(sitting, work)
            step = STEPS[max(0, STEPS.index(step) - 1)]
        except Change as change:
            step = change.step


def first_open(work: Work) -> Step:
    """The first step that has no answer yet."""
    return next((step for step in STEPS if step is not Step.TRIAL and not _DONE[step](work)), Step.TRIAL)


# --- the first screen


async def _welcome(sitting: Sitting, work: Work) -> None:
    """What is to be done, and what has been; answers on a stick are taken over. Raise VisitEnds."""
    problem = ""
    while True:
        found = files_on(work.machine.sticks(), "answers*.toml")
        answer = await sitting.ask(welcome(work, problem, stick=bool(found)))
        if answer.action != "stick":
            return
        try:
            chosen = await sitting.choose(
                "answers",
                Step.PANEL,
                tell("setup.answers_title"),
                tuple(row(str(number), each.name, str(each.parent)) for number, each in enumerate(found)),
                sentence=tell("setup.answers_sentence"),
            )
            work.adopt(*load_answers(found[int(chosen)]))
            problem = tell("setup.answers_taken")
        except Backed:
            continue
        except (Mistake, OSError) as error:
            problem = str(error)


def welcome(work: Work, problem: str = "", *, stick: bool = False) -> Screen:
    """The steps, and how far they are."""
    begun = any(_DONE[step](work) for step in STEPS if step is not Step.TRIAL)
    rows = tuple(
        Check(
            label=tell(f"setup.step_{step.value}"),
            state=CheckState.OK if step is not Step.TRIAL and _DONE[step](work) else CheckState.WAITING,
            word=tell("setup.step_done" if step is not Step.TRIAL and _DONE[step](work) else "setup.step_open"),
        )
        for step in STEPS
    )
    actions = (Action(id="next", label=tell("setup.go_on" if begun else "setup.begin")),)
    return page(
        "welcome",
        title=tell("setup.welcome_title"),
        sentence=problem or tell("setup.welcome_again" if begun else "setup.welcome_sentence"),
        blocks=(Checks(rows=rows),),
        actions=(*actions, *((other("stick", tell("setup.answers_use")),) if stick else ())),
        back=False,
    )
