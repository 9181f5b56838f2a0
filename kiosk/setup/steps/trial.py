"""Does it work, and then: serve. The check of files, platform and devices, a visit with a test card on the very files, an export,
and the way into service."""

from __future__ import annotations

from drivers.link.within import within
from kiosk.app import NeedsStaff, running
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.maintenance.tasks.trial import well
from kiosk.maintenance.toolbox import Trialed
from kiosk.screens.parts import Action, Check, Checks, CheckState, Drawing, Fact, Facts, Picture, Progress, Tick, Ticks
from kiosk.screens.screen import Screen
from kiosk.settings.profile import load_profile
from kiosk.settings.reading import Mistake
from kiosk.settings.site import load_site
from kiosk.setup import checking
from kiosk.setup.checking import About, Outcome
from kiosk.setup.export import export
from kiosk.setup.frame import Step, page
from kiosk.setup.limits import limits
from kiosk.setup.sitting import Sitting, next_action, other, row
from kiosk.setup.steps.devices import class_words
from kiosk.setup.work import Work
from kiosk.visit import Backed


async def run(sitting: Sitting, work: Work) -> bool:
    """Check until it is well, or is taken as it is; walk a visit; then the last screen. Return whether to serve now.

    Raise Backed, VisitEnds.
    """
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
            await _visits(sitting, work)
            break
        if answer.action == "skip":
            break
    return await _done(sitting, work)


async def _visits(sitting: Sitting, work: Work) -> None:
    """As a visitor would, until it is well, or is left as it is. Raise Backed, VisitEnds."""
    while True:
        sitting.window.show(starting(), sitting.look)
        try:
            trialed = await _visit(sitting, work)
        except CANNOT as error:
            await sitting.told("trial_failed", Step.TRIAL, tell("trial.not_well"), str(error), next_action())
            return
        answer = await sitting.ask(visited(trialed))
        if answer.action == "next":
            return


CANNOT = (Mistake, OSError, ValueError, JournalError, NeedsStaff)
"""Why a kiosk does not start with these files, or not now."""


async def _visit(sitting: Sitting, work: Work) -> Trialed:
    """Start the kiosk on this window with the files as they are, and walk a visit with a test card. Raise one of CANNOT."""
    site, profile = load_site(work.folder.site), load_profile(work.folder.profile)
    async with running(site, profile, window=sitting.window, sources=work.machine.sources) as kiosk:
        await kiosk.devices.settled(limits().seconds.devices)
        try:
            return await within(limits().seconds.visit, kiosk.lobby.trial())
        except TimeoutError:
            return Trialed("timed_out")


def starting() -> Screen:
    """The kiosk begins."""
    title = tell("setup.visit_starting")
    return page(
        "visit_starting",
        step=Step.TRIAL,
        title=title,
        sentence=tell("trial.how"),
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name=title), Progress(done=0, total=0, label=tell("setup.wait"))),
        back=False,
        leave=False,
    )


def visited(trialed: Trialed) -> Screen:
    """How far it came."""
    good = well(trialed)
    if trialed.refused:
        title, sentence = tell("trial.refused"), tell("trial.refused_how")
    else:
        title = tell("trial.well") if good else tell("trial.not_well")
        sentence = tell("trial.well_how") if good else tell("setup.visit_not_well")
    again = Action(id="again", label=tell("setup.visit_again"))
    return page(
        "visited",
        step=Step.TRIAL,
        title=title,
        sentence=sentence,
        blocks=(Picture(drawing=Drawing.DONE if good else Drawing.ATTENTION, name=title),),
        actions=(next_action(), other("again", again.label)) if good else (again, other("next", tell("setup.next"))),
    )


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
    actions: tuple[Action, ...] = (
        other("again", tell("setup.check_again")),
        other("skip", tell("setup.visit_skip")),
        next_action(tell("setup.visit_begin")),
    )
    if not good:
        again = Action(id="again", label=tell("setup.check_again"))
        actions = (again, other("skip", tell("setup.check_anyway")))
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
            other("export", tell("setup.done_export")),
            other("finish", tell("setup.done_finish")),
            next_action(tell("setup.done_run")),
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
    except (Mistake, OSError, ValueError) as error:
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
