"""Paper: printing, taking, and what is said when it went wrong. From here on the effect belongs to operations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec

from drivers.contract.common import DeviceClass, Presence, Supply
from drivers.contract.faults import FaultCode, fault
from kiosk.catalogue.item import Item
from kiosk.documents.issued import IssuedDocument
from kiosk.journal.states import PrintState
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.imprint import draft
from kiosk.journey.slips import print_slip, receipt, replacement
from kiosk.journey.step import Outcome, Step
from kiosk.journey.trial import Trial
from kiosk.licences.sealed import SealedLicence
from kiosk.operations.print_job import PrintJob, PrintRequest, PrintResult, Tray
from kiosk.screens.parts import Action, ActionKind, Block, Drawing, Fact, Facts, Icon, Note, NoteKind, Picture, Progress
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Ending, Visit, VisitEnds


class Printed:
    """The print of this visit: its job and its result. Left by the print step, kept until the visit ends.

    `doubt` is the doubtful print that no good one has replaced yet: the next print voids its serial, however many came to
    nothing in between.
    """

    def __init__(self, job: PrintJob, result: PrintResult, before: PrintResult | None = None) -> None:
        self.job = job
        self.result = result
        self.doubt = result if result.state is PrintState.DOUBTFUL and result.serial else before


# --- printing


def printing(visit: Visit, pages: int, job: PrintJob) -> Screen:
    """The paper is coming; nobody may leave now."""
    say = visit.say
    return visit.composer.screen(
        say,
        "printing",
        title=say("printing.title"),
        sentence=say("printing.sentence", pages=pages),
        spoken=say("printing.spoken", pages=pages),
        step="print",
        blocks=(
            Picture(drawing=Drawing.PRINTING, name=say("printing.picture")),
            Progress(
                done=job.pages_out,
                total=pages,
                label=say("printing.page", page=min(job.pages_out + 1, pages), pages=pages),
            ),
        ),
        back=False,
        leave=False,
    )


async def run_print(visit: Visit, desk: Desk) -> Outcome:
    """Hand the document to operations and wait for what the evidence proves."""
    assert desk.printing is not None, "the item requires an A4 printer, so the precheck found one"
    item, document = visit.take(Item), visit.take(IssuedDocument)
    before = visit.known.get(Printed)
    doubt = before.doubt if before is not None else None
    request = PrintRequest(
        document=document,
        subject=visit.token,
        item=item.code,
        imprint=draft(visit, desk, visit.take(SealedLicence).licence_type),
        voids=doubt.serial if doubt is not None else "",
        trial=Trial in visit.known,
    )
    job = desk.printing.print(request)

    def page_moved(page: int) -> None:
        label = visit.say("printing.page", page=page, pages=document.pages)
        visit.window.moved(job.pages_out, document.pages, label)

    job.on_page = page_moved
    result = await visit.ask_while(partial(printing, visit, document.pages, job), asyncio.shield(job.printed))
    assert isinstance(result, PrintResult), "this screen has no answers"
    visit.give(Printed(job, result, doubt))
    visit.record("print", visit=visit.token, operation=job.id, state=result.state.value)
    good = result.state in (PrintState.REPORTED, PrintState.EJECTED, PrintState.TAKEN)
    return Outcome.DONE if good else Outcome.FAILED


PRINT_STEP = Step(
    name="print",
    run=run_print,
    outcomes=frozenset({Outcome.DONE, Outcome.FAILED}),
    needs=(Holder, SealedLicence, IssuedDocument),
    leaves=(Printed,),
    point_of_no_return=True,
)


# --- it went wrong


_VOID_SENTENCES = {"document": "document", "gateway": "gateway"}
"""What stopped a print before anything was sent, by the first word of `PrintResult.refused`; otherwise it was the printer."""


def failed(
    visit: Visit, result: PrintResult, doubt: PrintResult | None, *, note: str = "", slip: bool, again: bool
) -> Screen:
    """Nothing came out, or it is not sure: what happened, and what it means for the visitor. `doubt` see `Printed`."""
    say = visit.say
    doubtful = result.state is PrintState.DOUBTFUL
    key = "doubtful" if doubtful else _VOID_SENTENCES.get(result.refused.partition(".")[0], "void")
    blocks: list[Block] = []
    rows = []
    if result.fault is not None:
        rows.append(
            Fact(label=say("print_failed.reason"), value=say(f"device.{result.fault.code.value}"), icon=Icon.INFO)
        )
    if doubt is not None:
        rows.append(Fact(label=say("print_failed.serial"), value=doubt.serial, icon=Icon.RECEIPT))
    if rows:
        blocks.append(Facts(rows=tuple(rows)))
    if note:
        blocks.append(Note(text=say(note)))
    actions = []
    if again:
        actions.append(Action(id="again", label=say("print_failed.again")))
    if slip:
        actions.append(Action(id="slip", label=say("print_failed.slip"), kind=ActionKind.SECONDARY))
    actions.append(
        Action(id="done", label=say("print_failed.done"), kind=ActionKind.SECONDARY if actions else ActionKind.PRIMARY)
    )
    return visit.composer.notice(
        say,
        "print_failed",
        title=say("print_failed.doubtful_title" if doubtful else "print_failed.void_title"),
        sentence=say(f"print_failed.{key}_sentence"),
        spoken=say("print_failed.spoken") if doubtful else say(f"print_failed.{key}_sentence"),
        step="print",
        blocks=tuple(blocks),
        actions=tuple(actions),
        back=False,
    )


async def run_failed(visit: Visit, desk: Desk) -> Outcome:
    """Tell it, give a slip for a free replacement, print again when the printer is well again and the visitor wants it."""
    item = visit.take(Item)
    result, doubt = visit.take(Printed).result, visit.take(Printed).doubt
    slip, note = doubt is not None, ""
    while True:
        build = partial(failed, visit, result, doubt, note=note, slip=slip)
        watching = asyncio.create_task(_follow_printer(visit, desk, build))
        try:
            answer = await visit.ask(partial(build, again=_printer_is_well(desk)))
        finally:
            watching.cancel()
        match answer.action:
            case "slip" if doubt is not None:
                done = await print_slip(visit, desk, "replacement", partial(replacement, visit, desk, item, doubt))
                note, slip = "print_failed.slip_done" if done else "print_failed.slip_failed", not done
            case "again":
                return Outcome.AGAIN
            case _:
                return Outcome.DONE


async def _follow_printer(visit: Visit, desk: Desk, build: Callable[..., Screen]) -> None:
    """Offer 「再打一次」 as soon as somebody has mended the printer, and take the offer back when it fails again."""
    offered = _printer_is_well(desk)
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if _printer_is_well(desk) is not offered:
            offered = not offered
            visit.show(partial(build, again=offered))


LOOK_AGAIN_SECONDS = 0.5


def _printer_is_well(desk: Desk) -> bool:
    client = desk.devices.ready(DeviceClass.A4_PRINTER)
    if client is None or client.snapshot.status.tray is Presence.PRESENT:
        return False
    return client.snapshot.status.paper not in (Supply.OUT, Supply.JAMMED)


FAILED_STEP = Step(
    name="print_failed",
    run=run_failed,
    outcomes=frozenset({Outcome.DONE, Outcome.AGAIN}),
    needs=(Holder, SealedLicence, IssuedDocument, Printed),
)


# --- it came out


def take_paper(visit: Visit, desk: Desk, result: PrintResult, *, card: bool) -> Screen:
    """Take the paper (and the card, if it still lies there)."""
    say = visit.say
    until = desk.local_date(result.expires)
    notes = (Note(text=say("take.both_note"), kind=NoteKind.ATTENTION),) if card else ()
    return visit.composer.screen(
        say,
        "take_paper",
        title=say("take.title"),
        sentence=say("take.sentence", pages=result.pages, until=until),
        spoken=say("take.spoken"),
        step="print",
        blocks=(Picture(drawing=Drawing.TAKE_PAPER, name=say("take.picture")), *notes),
        actions=(Action(id="taken", label=say("take.taken")),),
        back=False,
        leave=False,
    )


def slip_question(visit: Visit, desk: Desk, result: PrintResult) -> Screen:
    """Whether a slip is wanted; asked only where one can be printed. What it would say stands on the screen too."""
    say = visit.say
    rows = (
        Fact(label=say("take.serial"), value=result.serial, icon=Icon.RECEIPT),
        Fact(label=say("review.valid"), value=desk.local_date(result.expires), icon=Icon.CLOCK),
    )
    return visit.composer.screen(
        say,
        "slip_question",
        title=say("take.slip_question"),
        sentence=say("take.slip_sentence"),
        spoken=say("take.slip_spoken"),
        step="print",
        blocks=(Facts(rows=rows),),
        actions=(
            Action(id="slip", label=say("take.slip")),
            Action(id="none", label=say("take.no_slip"), kind=ActionKind.SECONDARY),
        ),
        back=False,
    )


async def run_take(visit: Visit, desk: Desk) -> Outcome:
    """Wait until the tray is empty, as the sensor or the visitor says; then offer the slip.

    Paper that nobody took does not count any more, and nobody stands here who could be told. Where the printer went away
    under it, somebody may: then the same is said as of any other print that is not sure.
    """
    printed = visit.take(Printed)
    tray = await _paper_taken(visit, desk, printed)
    if tray is Tray.LEFT:
        raise VisitEnds(Ending.TIMED_OUT)
    if tray is Tray.LOST:
        lost = msgspec.structs.replace(printed.result, state=PrintState.DOUBTFUL, fault=fault(FaultCode.JOB_LOST))
        visit.give(Printed(printed.job, lost))
        return Outcome.FAILED
    if desk.devices.ready(DeviceClass.RECEIPT_PRINTER) is not None:
        answer = await visit.ask(partial(slip_question, visit, desk, printed.result))
        if answer.action == "slip":
            await print_slip(visit, desk, "receipt", partial(receipt, visit, desk, visit.take(Item), printed.result))
    return Outcome.DONE


async def _paper_taken(visit: Visit, desk: Desk, printed: Printed) -> Answer | Tray:
    """Ask for the paper to be taken. Without a sensor in the tray only the visitor can say so."""
    screen = partial(take_paper, visit, desk, printed.result, card=visit.card_was_read)
    if printed.result.state is PrintState.REPORTED:
        return await visit.ask(screen, seconds=visit.policy.print.take.of(visit.look.mode))
    return await visit.ask_while(screen, asyncio.shield(printed.job.tray))


TAKE_STEP = Step(
    name="take",
    run=run_take,
    outcomes=frozenset({Outcome.DONE, Outcome.FAILED}),
    needs=(Holder, SealedLicence, IssuedDocument, Printed),
)
