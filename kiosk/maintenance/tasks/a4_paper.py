"""A4 paper: what lies in the exit and what is jammed comes out first, then paper goes in, as far as the printer senses it; then one
test page of the kiosk's own through the real printer path, counted. A stopped queue goes on by its driver; no print of a visitor is
repeated: what was under way when the paper ended was called off then, and settled as void or doubtful."""

from __future__ import annotations

import time
from functools import partial

from drivers.client import DeviceClient
from drivers.contract.a4_printer import Evidence, Status, WaitTaken
from drivers.contract.common import Cover, DeviceClass, Presence, Supply
from drivers.contract.faults import DeviceFault
from kiosk.documents.proof_page import proof_page
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import refill
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.tasks.steps import Known, Step, how_known, picture_step, sensed, walk
from kiosk.maintenance.tasks.troubles import tries_again
from kiosk.maintenance.toolbox import Toolbox
from kiosk.operations.proof_print import ProofPrint
from kiosk.screens.parts import Drawing
from kiosk.screens.screen import Screen, StepMark
from kiosk.visit import Backed

_TRAY_OUT = "input-tray-missing"
"""The state reason (RFC 8011 5.4.12) of printers that sense their tray."""


async def run(shift: Shift, tools: Toolbox) -> None:
    """Lay in paper, print a page, write both down."""
    printer = tools.devices.of(DeviceClass.A4_PRINTER)
    if printer is None or tools.prove is None:
        await refill.none_here(shift, tell("paper.a4_none"))
        return
    began = time.monotonic()
    before = sensed(printer, Status)
    known = await walk(shift, "a4_step", tell("paper.a4_label"), steps(printer))
    counted = _counted(before, sensed(printer, Status))
    known["amount"] = Known.SENSED if counted else Known.SAID
    sheets = counted or await refill.amount(
        shift,
        tell("paper.a4_amount_title"),
        {each: tell("paper.sheets", sheets=each) for each in limits().paper.sheets},
    )
    took = time.monotonic() - began
    refill.write(shift, tools, printer.name, sort="a4", amount={"sheets": sheets}, took=took, **how_known(known))
    clear = await page(shift, tools, printer)
    after = sensed(printer, Status)
    left = after.sheets if after is not None else None
    await refill.finished(shift, tell("paper.a4_done", sheets=sheets), clear=clear, sheets_left=left)


def steps(printer: DeviceClient) -> tuple[Step, ...]:
    """What to do with one's hands: what is in the way first, as the printer says at the beginning."""
    status = partial(sensed, printer, Status)
    first = status()
    was_out = first is not None and first.paper is Supply.OUT
    sheets_before = first.sheets if first is not None else None

    def exit_empty() -> bool | None:
        now = status()
        return None if now is None else now.tray is not Presence.PRESENT

    def jam_out() -> bool | None:
        now = status()
        return None if now is None else now.paper is not Supply.JAMMED

    def tray_out() -> bool | None:
        """A printer that senses its tray says that it is out; one that says nothing may have no such sensor."""
        now = status()
        return True if now is not None and _TRAY_OUT in now.reasons else None

    def paper_in() -> bool | None:
        now = status()
        if now is None:
            return None
        if _TRAY_OUT in now.reasons:
            return None  # with the tray out nothing can be sensed of what lies in it
        if sheets_before is not None and now.sheets is not None and now.sheets > sheets_before:
            return True
        if was_out and now.paper is not Supply.UNKNOWN:
            return now.paper in (Supply.OK, Supply.LOW)
        return None

    def closed() -> bool | None:
        now = status()
        if now is None or now.cover in (Cover.UNKNOWN, Cover.NOT_SUPPORTED):
            return None
        return now.cover is Cover.CLOSED and _TRAY_OUT not in now.reasons and now.paper is not Supply.OUT

    done = tell("paper.done")
    found = []
    if first is not None and first.tray is Presence.PRESENT:
        found.append(
            Step("exit", Drawing.TAKE_PAPER, tell("paper.a4_exit"), tell("paper.a4_exit_how"), exit_empty,
                 tell("paper.sensor_exit"), done)
        )  # fmt: skip
    if first is not None and first.paper is Supply.JAMMED:
        found.append(
            Step("jam", Drawing.CLEAR_JAM, tell("paper.a4_jam"), tell("paper.a4_jam_how"), jam_out,
                 tell("paper.sensor_jam"), done)
        )  # fmt: skip
    return (
        *found,
        Step("open", Drawing.PULL_TRAY, tell("paper.a4_open"), tell("paper.a4_open_how"), tray_out, "", done),
        Step("load", Drawing.LOAD_TRAY, tell("paper.a4_load"), tell("paper.a4_load_how"), paper_in,
             tell("paper.sensor_no_paper"), done),
        Step("close", Drawing.PUSH_TRAY, tell("paper.a4_close"), tell("paper.a4_close_how"), closed,
             tell("paper.sensor_tray"), done),
    )  # fmt: skip


async def page(shift: Shift, tools: Toolbox, printer: DeviceClient) -> bool | None:
    """Print a test page until one came out and somebody has looked at it; see `receipt_roll.strip`."""
    assert tools.prove is not None

    def draw(name: str) -> bytes:
        return proof_page(
            place=tools.site.place,
            kiosk=tools.site.kiosk_id,
            device=printer.name,
            serial=name,
            printed_at=tools.now().timestamp(),
            timezone=tools.site.timezone,
        )

    while True:
        printed = await shift.ask_while(partial(printing_screen, shift), tools.prove(draw))
        assert isinstance(printed, ProofPrint), "this screen has no answers"
        facts = {"print": printed.serial, "state": printed.state.value, "counted": printed.counted}
        if printed.came_out:
            clear = await refill.is_clear(shift, tell("paper.page_title"), tell("paper.page_how"), Drawing.TAKE_PAPER)
            shift.act("page.printed", device=printer.name, clear=clear, **facts)
            await _page_taken(shift, printer)
            return clear
        shift.act("page.failed", device=printer.name, code=printed.fault.code.value if printed.fault else "", **facts)
        sentence = tell(f"paper.page_{printed.state.value}_how")
        if not await tries_again(shift, "page_failed", tell("paper.page_failed"), sentence, printed.fault):
            return None


async def _page_taken(shift: Shift, printer: DeviceClient) -> None:
    """See the test page taken away where the printer senses it: the next visitor's paper must not fall onto it."""
    if Evidence.TAKE_SENSOR not in printer.snapshot.capabilities.evidence:
        return
    try:
        await shift.ask_while(
            partial(picture_step, shift, "a4_step", page_step(), StepMark(index=1, total=1, label=tell("paper.test"))),
            printer.call(WaitTaken(), seconds=limits().step.longest),
        )
    except (DeviceFault, Backed):
        pass  # it lies there still, as far as anybody knows; the precheck says so to whoever comes


def page_step() -> Step:
    """The test page lies in the exit."""
    title, how = tell("paper.page_take"), tell("paper.page_take_how")
    return Step("take", Drawing.TAKE_PAPER, title, how, lambda: False, tell("paper.sensor_exit"), "")


def _counted(before: Status | None, after: Status | None) -> int:
    """How many sheets the printer itself counted as added; 0 where it does not count."""
    if before is None or after is None or before.sheets is None or after.sheets is None:
        return 0
    return max(0, after.sheets - before.sheets)


def printing_screen(shift: Shift) -> Screen:
    """The test page is on its way."""
    return refill.printing_screen(shift, "page", tell("paper.page_printing"), Drawing.PRINTING)
