"""How large is this panel? Told by the monitor, or measured with a ruler: sizes on every later screen are millimetres."""

from __future__ import annotations

from kiosk.locales.staff import tell
from kiosk.screens.parts import Fact, Facts, Pad, PadField, Ruler
from kiosk.screens.screen import Screen
from kiosk.settings.profile import PanelSettings
from kiosk.setup.display import Display, measured, panel_of
from kiosk.setup.frame import Step, page
from kiosk.setup.limits import limits
from kiosk.setup.sitting import Sitting, next_action, other
from kiosk.setup.work import Work


class Remeasured(Exception):
    """The panel has another size than the window was opened for: it must be opened anew."""


async def run(sitting: Sitting, work: Work) -> None:
    """Look at what was told; measure where nothing was, or where it is doubted. Raise Remeasured, Backed, VisitEnds."""
    assert work.display is not None
    panel = work.answers.panel or panel_of(work.display)
    if work.measured or work.display.mm is not None:
        answer = await sitting.ask(told(work.display, panel, measured=work.measured))
        if answer.action == "next":
            work.measured = True
            work.answer(panel=panel)
            return
    while True:
        answer = await sitting.ask(ruler())
        if answer.action == "next":
            work.measured = True
            work.answer(panel=panel)
            return
        found = await _typed(sitting, work.display, panel)
        if found != panel:
            work.measured = True
            work.answer(panel=found)
            raise Remeasured


async def _typed(sitting: Sitting, display: Display, panel: PanelSettings) -> PanelSettings:
    problem = ""
    while True:
        answer = await sitting.ask(ruler_millimetres(problem))
        digits = answer.typed["mm"].reveal() if "mm" in answer.typed else ""
        try:
            return measured(display, panel, float(digits) / 10)
        except ValueError:
            problem = tell("setup.ruler_impossible")


def told(display: Display, panel: PanelSettings, *, measured: bool) -> Screen:
    """What is known of the panel."""
    rows = (
        Fact(label=tell("setup.panel_px"), value=f"{panel.px[0]} × {panel.px[1]}"),
        Fact(label=tell("setup.panel_mm"), value=tell("setup.millimetres", wide=panel.mm[0], high=panel.mm[1])),
        Fact(
            label=tell("setup.panel_from"),
            value=tell("setup.panel_measured") if measured else tell("setup.panel_told", name=display.name),
        ),
    )
    return page(
        "panel",
        step=Step.PANEL,
        title=tell("setup.panel_title"),
        sentence=tell("setup.panel_sentence"),
        blocks=(Facts(rows=rows), Ruler(mm=limits().ruler_mm, name=tell("setup.ruler_name"))),
        actions=(next_action(tell("setup.panel_right")), other("measure", tell("setup.panel_measure"))),
    )


def ruler() -> Screen:
    """A bar to be measured."""
    return page(
        "ruler",
        step=Step.PANEL,
        title=tell("setup.ruler_title"),
        sentence=tell("setup.ruler_sentence"),
        blocks=(Ruler(mm=limits().ruler_mm, name=tell("setup.ruler_name")),),
        actions=(
            next_action(tell("setup.ruler_exact", mm=round(limits().ruler_mm))),
            other("type", tell("setup.ruler_type")),
        ),
    )


def ruler_millimetres(problem: str = "") -> Screen:
    """How long the bar is on the ruler, in tenths of a millimetre."""
    field = PadField(id="mm", label=tell("setup.ruler_field"), digits=4)
    return page(
        "ruler_mm",
        step=Step.PANEL,
        title=tell("setup.ruler_mm_title"),
        sentence=problem or tell("setup.ruler_mm_sentence"),
        blocks=(Pad(fields=(field,)),),
        actions=(next_action(),),
    )
