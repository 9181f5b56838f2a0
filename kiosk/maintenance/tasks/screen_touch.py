"""The screen and its touch: colours to find dead points on, crosses in the corners and the middle that show in millimetres how far
off touches land; where they are off, the X server's matrix is corrected, tried, and kept only when the crosses are met with it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from kiosk.locales.staff import tell
from kiosk.maintenance import pointing
from kiosk.maintenance.pointing import CannotPoint, Matrix, Point, TouchDevice
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Check,
    Checks,
    CheckState,
    Drawing,
    Note,
    NoteKind,
    Picture,
    Whole,
)
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Bar, Screen
from kiosk.visit import Backed

PLACES = ("upper_left", "upper_right", "lower_right", "lower_left", "middle")
_TRIED_SECONDS = 30.0
"""After a correction: whoever cannot hit anything any more has the old matrix back by then."""


@dataclass(frozen=True)
class Aimed:
    """The crosses and where the touches landed, in shares of the panel."""

    crosses: tuple[Point, ...]
    touched: tuple[Point, ...]

    def off_mm(self, panel: Panel) -> tuple[float, ...]:
        """How far off each is, millimetres."""
        return off_mm(self.crosses, self.touched, panel)

    def passes(self, panel: Panel, most: float) -> bool:
        """Whether all are near enough."""
        return max(self.off_mm(panel)) <= most


async def run(shift: Shift, tools: Toolbox) -> None:
    """Colours, then crosses, then what is to be done about them."""
    panel = tools.profile.panel.value()
    answer = await shift.ask(partial(begin_screen, shift))
    if answer.action == "colours":
        await _colours(shift)
    aimed = await _aim(shift, panel)
    assert aimed is not None
    _write(shift, "touch.checked", aimed, panel)
    if aimed.passes(panel, limits().touch.passes_mm):
        await shift.ask(partial(result_screen, shift, aimed.off_mm(panel), correct=False))
        return
    await _correct(shift, tools, aimed, panel)


async def _colours(shift: Shift) -> None:
    for colour in limits().touch.colours:
        await shift.ask(partial(colour_screen, shift, colour))
    answer = await shift.ask(partial(spots_screen, shift))
    shift.act("screen.checked", spots=answer.action == "spots")


async def _aim(shift: Shift, panel: Panel, seconds: float | None = None) -> Aimed | None:
    """Have each cross touched; None when nobody touched in time."""
    crosses = crosses_on(panel)
    touched: list[Point] = []
    while len(touched) < len(crosses):
        try:
            answer = await shift.ask(partial(cross_screen, shift, crosses[len(touched)], len(touched)), seconds=seconds)
        except Backed:
            touched = touched[:-1]
            continue
        if not answer.action:
            return None
        if answer.at is not None:  # a key pad presses without a place
            touched.append((answer.at[0] / panel.px[0], answer.at[1] / panel.px[1]))
    return Aimed(crosses, tuple(touched))


def crosses_on(panel: Panel) -> tuple[Point, ...]:
    """The corners and the middle, in shares of the panel."""
    x, y = limits().touch.margin_mm / panel.mm[0], limits().touch.margin_mm / panel.mm[1]
    return ((x, y), (1 - x, y), (1 - x, 1 - y), (x, 1 - y), (0.5, 0.5))


def off_mm(crosses: Sequence[Point], touched: Sequence[Point], panel: Panel) -> tuple[float, ...]:
    """Distances between both, millimetres on the glass."""
    return tuple(
        math.hypot((a[0] - b[0]) * panel.mm[0], (a[1] - b[1]) * panel.mm[1])
        for a, b in zip(crosses, touched, strict=True)
    )


# --- correcting


async def _correct(shift: Shift, tools: Toolbox, aimed: Aimed, panel: Panel) -> None:
    """Offer a correction where there can be one; otherwise say what is in its way."""
    try:
        device = (await pointing.touch_devices())[0]
        matrix = pointing.correction(aimed.crosses, aimed.touched, device.matrix)
    except (CannotPoint, ValueError) as error:
        why = str(error) if isinstance(error, CannotPoint) else "crooked"
        shift.act("touch.not_corrected", why=why)
        await shift.ask(partial(result_screen, shift, aimed.off_mm(panel), correct=False, why=why))
        return
    left = off_mm(aimed.crosses, pointing.moved(aimed.touched, matrix, device.matrix), panel)
    if max(left) > limits().touch.straight_mm:
        shift.act("touch.not_corrected", why="crooked", left_mm=round(max(left), 1))
        await shift.ask(partial(result_screen, shift, aimed.off_mm(panel), correct=False, why="crooked"))
        return
    answer = await shift.ask(partial(result_screen, shift, aimed.off_mm(panel), correct=True))
    if answer.action == "correct":
        await _try(shift, tools, device, matrix, panel)


async def _try(shift: Shift, tools: Toolbox, device: TouchDevice, matrix: Matrix, panel: Panel) -> None:
    """Set it, have the crosses touched again, keep it only when they are met; on any other way out the old one is back."""
    met = False
    try:
        await pointing.set_matrix(device, matrix)
        aimed = await _aim(shift, panel, _TRIED_SECONDS)
        met = aimed is not None and aimed.passes(panel, limits().touch.passes_mm)
        if aimed is not None:
            _write(shift, "touch.tried", aimed, panel)
        if met:
            pointing.keep(tools.site.state_folder, device, matrix)
    finally:
        if not met:
            await pointing.set_matrix(device, device.matrix)
    shift.act("touch.corrected" if met else "touch.put_back", device=device.name, matrix=[round(n, 5) for n in matrix])
    await shift.ask(partial(tried_screen, shift, met=met))


def _write(shift: Shift, act: str, aimed: Aimed, panel: Panel) -> None:
    far = aimed.off_mm(panel)
    shift.act(act, off_mm=[round(each, 1) for each in far], passes=max(far) <= limits().touch.passes_mm)


# --- the screens


def begin_screen(shift: Shift) -> Screen:
    """What will come."""
    return shift.composer.screen(
        shift.say,
        "screen_touch",
        title=tell("screen.title"),
        sentence=tell("screen.how"),
        blocks=(Picture(drawing=Drawing.WIPE_SCREEN, name=tell("screen.title")),),
        actions=(
            Action(id="colours", label=tell("screen.begin")),
            Action(id="touch", label=tell("screen.touch_only"), kind=ActionKind.SECONDARY),
        ),
    )


def colour_screen(shift: Shift, colour: tuple[int, int, int]) -> Screen:
    """One colour to the last pixel; a touch anywhere goes on."""
    block = Whole(id="next", name=tell("screen.colour"), colour=colour)
    return _bare(shift.composer.screen(shift.say, "colour", title="", blocks=(block,)))


def _bare(screen: Screen) -> Screen:
    """Nothing but its block: it takes the whole panel. Whoever goes away is asked after a while, as on every screen."""
    return msgspec.structs.replace(screen, header="", bar=Bar())


def spots_screen(shift: Shift) -> Screen:
    """What was seen on the colours."""
    return shift.composer.screen(
        shift.say,
        "spots",
        title=tell("screen.spots_title"),
        sentence=tell("screen.spots_how"),
        actions=(
            Action(id="none", label=tell("screen.no_spots")),
            Action(id="spots", label=tell("screen.spots"), kind=ActionKind.SECONDARY),
        ),
    )


def cross_screen(shift: Shift, cross: Point, number: int) -> Screen:
    """One cross."""
    name = tell("screen.cross", number=number + 1, total=len(PLACES))
    block = Whole(id="touched", name=name, cross=cross)
    return _bare(shift.composer.screen(shift.say, "cross", title="", blocks=(block,)))


def result_screen(shift: Shift, far: Sequence[float], *, correct: bool, why: str = "") -> Screen:
    """How far off each cross was. `correct`: it can be set right; `why`: what is in the way of that."""
    most = limits().touch.passes_mm
    rows = tuple(
        Check(
            label=tell(f"screen.{place}"),
            state=CheckState.OK if each <= most else CheckState.MISSING,
            word=tell("screen.mm", mm=f"{each:.1f}"),
        )
        for place, each in zip(PLACES, far, strict=True)
    )
    well = max(far) <= most
    blocks: list[Block] = [Checks(rows=rows)]
    if why:
        blocks.append(Note(text=tell(f"screen.{why}"), kind=NoteKind.ATTENTION))
    done = Action(id="done", label=tell("screen.done"), kind=ActionKind.SECONDARY if correct else ActionKind.PRIMARY)
    return shift.composer.screen(
        shift.say,
        "touch_result",
        title=tell("screen.passes") if well else tell("screen.off"),
        sentence=tell("screen.limit", mm=f"{most:g}"),
        blocks=tuple(blocks),
        actions=((Action(id="correct", label=tell("screen.correct")),) if correct else ()) + (done,),
        back=False,
    )


def tried_screen(shift: Shift, *, met: bool) -> Screen:
    """Kept, or put back."""
    title = tell("screen.kept") if met else tell("screen.put_back")
    return shift.composer.screen(
        shift.say,
        "touch_tried",
        title=title,
        sentence=tell("screen.kept_how") if met else tell("screen.put_back_how"),
        blocks=(Picture(drawing=Drawing.DONE if met else Drawing.ATTENTION, name=title),),
        actions=(Action(id="done", label=tell("screen.done")),),
        back=False,
    )
