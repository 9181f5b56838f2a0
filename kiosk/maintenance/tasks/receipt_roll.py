"""A new roll: cover open, roll in, cover closed, as the printer senses it; then a strip with nothing of anybody on it."""

from __future__ import annotations

import time
from functools import partial

from drivers.client import DeviceClient
from drivers.contract.common import Cover, DeviceClass, Supply
from drivers.contract.faults import DeviceFault
from drivers.contract.receipt_printer import PrintSlip, Status
from kiosk.documents import slip
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import refill
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.tasks.steps import Step, how_known, sensed, walk
from kiosk.maintenance.tasks.troubles import tries_again
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Drawing
from kiosk.screens.screen import Screen


async def run(shift: Shift, tools: Toolbox) -> None:
    """Lay in a roll, print a strip, write both down."""
    printer = tools.devices.of(DeviceClass.RECEIPT_PRINTER)
    if printer is None:
        await refill.none_here(shift, tell("paper.roll_none"))
        return
    began = time.monotonic()
    known = await walk(shift, "roll_step", tell("paper.roll_label"), steps(printer))
    metres = await refill.amount(
        shift,
        tell("paper.roll_amount_title"),
        {each: tell("paper.metres", metres=each) for each in limits().paper.metres},
    )
    refill.write(
        shift,
        tools,
        printer.name,
        sort="roll",
        amount={"metres": metres},
        took=time.monotonic() - began,
        **how_known(known),
    )
    clear = await strip(shift, tools, printer)
    await refill.finished(shift, tell("paper.roll_done", metres=metres), clear=clear, sheets_left=None)


def steps(printer: DeviceClient) -> tuple[Step, ...]:
    """What to do with one's hands. A roll that was not empty gives no sign of having been changed: that is said."""
    status = partial(sensed, printer, Status)
    first = status()
    was_out = first is not None and first.paper is Supply.OUT
    opened = False

    def cover_open() -> bool | None:
        nonlocal opened
        now = status()
        if now is None or now.cover not in (Cover.OPEN, Cover.CLOSED):
            return None
        opened = opened or now.cover is Cover.OPEN
        return opened

    def roll_in() -> bool | None:
        now = status()
        if now is None or not was_out or now.paper in (Supply.UNKNOWN, Supply.NOT_SUPPORTED):
            return None
        return now.paper in (Supply.OK, Supply.LOW)

    def cover_closed() -> bool | None:
        now = status()
        if now is None or now.cover not in (Cover.OPEN, Cover.CLOSED):
            return None
        return now.cover is Cover.CLOSED and now.paper is not Supply.OUT

    done = tell("paper.done")
    return (
        Step("open", Drawing.OPEN_COVER, tell("paper.roll_open"), tell("paper.roll_open_how"), cover_open,
             tell("paper.sensor_cover_closed"), done),
        Step("lay", Drawing.LAY_ROLL, tell("paper.roll_lay"), tell("paper.roll_lay_how"), roll_in,
             tell("paper.sensor_no_paper"), done),
        Step("close", Drawing.CLOSE_COVER, tell("paper.roll_close"), tell("paper.roll_close_how"), cover_closed,
             tell("paper.sensor_cover_open"), done),
    )  # fmt: skip


async def strip(shift: Shift, tools: Toolbox, printer: DeviceClient) -> bool | None:
    """Print the strip until it came out and somebody has looked at it; True: clear, False: not, None: none came out."""
    at = slip.At(
        place=tools.site.place,
        kiosk=tools.site.kiosk_id,
        printed_at=tools.now().timestamp(),
        timezone=tools.site.timezone,
    )
    parts = slip.proof_strip(at, device=printer.name)
    while True:
        try:
            await shift.ask_while(
                partial(printing_screen, shift),
                printer.call(PrintSlip(parts=parts), seconds=limits().paper.strip_seconds),
            )
        except DeviceFault as error:
            shift.act("strip.failed", device=printer.name, code=error.fault.code.value)
            title, sentence = tell("paper.strip_failed"), tell("paper.strip_failed_how")
            if await tries_again(shift, "strip_failed", title, sentence, error.fault):
                continue
            return None
        clear = await refill.is_clear(shift, tell("paper.strip_title"), tell("paper.strip_how"), Drawing.TEST_STRIP)
        shift.act("strip.printed", device=printer.name, clear=clear)
        return clear


def printing_screen(shift: Shift) -> Screen:
    """The strip is on its way."""
    return refill.printing_screen(shift, "strip", tell("paper.strip_printing"), Drawing.TEST_STRIP)
