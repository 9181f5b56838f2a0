"""Does it work, and then: serve. The check of files, platform and devices, an export, and the way into service."""

from __future__ import annotations

from kiosk.locales.staff import tell
from kiosk.screens.parts import Action, Check, Checks, CheckState, Drawing, Fact, Facts, Picture, Tick, Ticks
from kiosk.screens.screen import Screen
from kiosk.setup import checking
from kiosk.setup.checking import About, Outcome
from kiosk.setup.export import export
from kiosk.setup.frame import Step, page
from kiosk.setup.sitting import Sitting, next_action, other, row
from kiosk.setup.steps.devices import class_words
from kiosk.setup.work import Work
from kiosk.visit import Backed


async def run(sitting: Sitting, work: Work) -> bool:
    """Check until it is well, or is taken as it is; then the last screen. Return whether to serve now. Raise Backed, VisitEnds."""
    while True:
        outcomes = await sitting.while_done(
            "checking",
            Step.TRIAL,
            tell("setup.checking"),
            checking.check_machine(work.folder, work.machine.sources),
            sentence=tell("setup.checking_sentence"),
        )
        answer = await sitting.ask(checked(outcomes, work))
        if answer.action == "next":
            break
    return await _done(sitting, work)


def checked(outcomes: tuple[Outcome, ...], work: Work) -> Screen:
    """What was found, and what to do about it."""
    devices = work.answers.devices or {}
    good = checking.good(outcomes, {name: each.required for name, each in devices.items()})
    rows = tuple(
        Check(
            label=_label(each, work),
            state=CheckState.OK if each.ok else CheckState.MISSING,
            word=tell("setup.good") if each.ok else tell("setup.bad"),
            note=each.words,
        )
        for each in outcomes
    )
    actions = (next_action(), other("again", tell("setup.check_again")))
    if not good:
        again = Action(id="again", label=tell("setup.check_again"))
        actions = (again, other("next", tell("setup.check_anyway")))
    return page(
        "checked",
        step=Step.TRIAL,
        title=tell("setup.checked_good" if good else "setup.checked_bad"),
        blocks=(Checks(rows=rows),),
        actions=actions,
    )


def _label(outcome: Outcome, work: Work) -> str:
    if outcome.about is not About.DEVICE:
        return tell(f"setup.about_{outcome.about.value}")
    device = (work.answers.devices or {}).get(outcome.name)
    return class_words(device.device_class) if device is not None else outcome.name


async def _done(sitting: Sitting, work: Work) -> bool:
    told = ""
    while True:
        answer = await sitting.ask(done(work, told))
        if answer.action in ("next", "finish"):
            return answer.action == "next"
        try:
            told = await _exported(sitting, work)
        except Backed:
            told = ""


def done(work: Work, told: str) -> Screen:
    """The machine is set up."""
    rows = (
        Fact(label=tell("setup.enrolled_kiosk"), value=work.enrolled.kiosk_id if work.enrolled else ""),
        Fact(label=tell("setup.done_folder"), value=str(work.folder.root)),
    )
    return page(
        "done",
        title=tell("setup.done_title"),
        sentence=told or tell("setup.done_sentence"),
        blocks=(Picture(drawing=Drawing.DONE, name=tell("setup.done_title")), Facts(rows=rows)),
        actions=(
            next_action(tell("setup.done_run")),
            other("export", tell("setup.done_export")),
            other("finish", tell("setup.done_finish")),
        ),
        back=False,
    )


async def _exported(sitting: Sitting, work: Work) -> str:
    """Write the archive where it is wanted; return what to tell. Raise Backed, VisitEnds."""
    folders = (*work.machine.sticks(), work.folder.root)
    rows = tuple(
        row(str(number), str(each), tell("setup.export_here" if each == work.folder.root else "setup.export_stick"))
        for number, each in enumerate(folders)
    )
    chosen = await sitting.choose(
        "export", Step.TRIAL, tell("setup.export_title"), rows, sentence=tell("setup.export_sentence")
    )
    answer = await sitting.ask(private())
    try:
        path = export(work.folder, folders[int(chosen)], work.machine.now(), private="private" in answer.ticked)
    except (OSError, ValueError) as error:
        return tell("setup.export_failed", words=error)
    return tell("setup.exported", name=path.name)


def private() -> Screen:
    """Whether the keys go along: off beforehand."""
    tick = Tick(
        id="private", title=tell("setup.export_private"), lines=(tell("setup.export_private_line"),), ticked=False
    )
    return page(
        "export_private",
        step=Step.TRIAL,
        title=tell("setup.export_private_title"),
        blocks=(Ticks(rows=(tick,)),),
        actions=(next_action(tell("setup.export_write")),),
    )
