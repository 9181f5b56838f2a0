"""Why am I here: what is wrong and what runs out, the worst first, in plain words; each leads by pictures to the task that mends
it. And what waits at the back office for this machine: by kind only, for whose it is is nobody's business here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import msgspec

from drivers.client import Link
from drivers.contract.common import DeviceClass
from drivers.contract.faults import Fault, catalogue
from kiosk.gateways.fault import GatewayFault
from kiosk.locales.staff import tell
from kiosk.maintenance.devices import page
from kiosk.maintenance.pausing import why_reduced
from kiosk.maintenance.replacing.standing import Standing, standing_now
from kiosk.maintenance.rights import Right, right
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import a4_paper, camera, cleaning, receipt_roll, why_bindings
from kiosk.maintenance.tasks.troubles import fault_facts
from kiosk.maintenance.tasks.ways import Way, way_for
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.start import Start
from kiosk.opening.start import Way as Started
from kiosk.operations.device_watch import needing_somebody
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen, StepMark
from kiosk.visit import Backed

Run = Callable[[Shift, Toolbox], Awaitable[None]]

_RUN: dict[str, Run] = {
    "receipt_roll": receipt_roll.run,
    "a4_paper": a4_paper.run,
    "camera": camera.run,
    "cleaning": cleaning.run,
}
"""Tasks that a fault leads right into; "devices" leads to the page of the very device."""

_ICONS = {
    DeviceClass.A4_PRINTER: Icon.PRINTER,
    DeviceClass.RECEIPT_PRINTER: Icon.ROLL,
    DeviceClass.CAMERA: Icon.CAMERA,
    DeviceClass.DOCUMENT_CAMERA: Icon.CAMERA,
    DeviceClass.ID_CARD_READER: Icon.ID_CARD,
}


@dataclass(frozen=True)
class Problem:
    """One thing that needs somebody."""

    device: str
    device_class: DeviceClass
    fault: Fault
    way: Way

    @property
    def id(self) -> str:
        """For the tile."""
        return f"{self.device}:{self.fault.code.value}"


async def run(shift: Shift, tools: Toolbox) -> None:
    """Show what is wrong until nobody asks any more."""
    waits = await _back_office(shift, tools)
    while True:
        bound = await standing_now(tools)
        answer = await shift.ask(partial(_listed, shift, tools, waits, bound), browsing=True)
        problem = next((each for each in problems(tools) if each.id == answer.action), None)
        doubt = next((each for each in bound if each.id == answer.action), None)
        if answer.action == "done":
            return
        try:
            if problem is not None:  # else it was mended while somebody looked at the list
                await _mend(shift, tools, problem)
            elif doubt is not None:
                await why_bindings.mend(shift, tools, doubt)
        except Backed:
            continue


def _listed(shift: Shift, tools: Toolbox, waits: Counter[str] | None, bound: tuple[Standing, ...]) -> Screen:
    return list_screen(shift, problems(tools), waits, tools.serving.start, bound)


def problems(tools: Toolbox) -> list[Problem]:
    """Everything that a person must mend, the worst first, and of equals the oldest.

    A device that is gone is told as gone, and not by what it said before.
    """
    snapshots = {each.name: each for each in tools.devices.expected()}
    found = []
    for (name, code), fault in needing_somebody(snapshots.values()).items():
        snapshot = snapshots[name]
        if snapshot.link is Link.GONE and snapshot.fault is not None and snapshot.fault.code.value != code:
            continue  # what a device said before it went away
        found.append(Problem(name, snapshot.device_class, fault, way_for(snapshot.device_class, fault.code)))
    return sorted(found, key=lambda each: (-each.way.grave, each.fault.since))


async def _back_office(shift: Shift, tools: Toolbox) -> Counter[str] | None:
    """How many tasks of each kind are open for this machine; None where the platform cannot be asked now."""
    try:
        answer = await shift.ask_while(partial(asking_screen, shift), tools.platform.tasks())
    except GatewayFault:
        return None
    assert isinstance(answer, tuple), "this screen has no answers"
    return Counter(state.task.kind.value for state in answer)


async def _mend(shift: Shift, tools: Toolbox, problem: Problem) -> None:
    """What is wrong and what to do, then into the task."""
    way, number = problem.way, 0
    while number < len(way.pictures):
        try:
            answer = await shift.ask(partial(picture_screen, shift, problem, number))
        except Backed:
            if number == 0:
                raise
            number -= 1
            continue
        if answer.action == "leave_it":
            return
        number += 1
    if right(way.task, shift.who.role) is Right.USE:
        shift.act("task.began", task=way.task, because=problem.id)
        shift.doing(way.task)
        try:
            await (page.run(shift, tools, problem.device) if way.task == "devices" else _RUN[way.task](shift, tools))
        finally:
            shift.doing("why")


def list_screen(
    shift: Shift, found: list[Problem], waits: Counter[str] | None, start: Start, bound: tuple[Standing, ...] = ()
) -> Screen:
    """What is wrong, the worst first, then what must be known of replaced devices, and what waits at the back office (None: nobody
    could be asked).

    A start that left something out is said before: what it left out is in no list of faults.
    """
    reduced = start.way is not Started.FULL
    tiles = tuple(
        Tile(
            id=each.id,
            title=tell("why.of", device=tell(f"kinds.{each.device_class.value}"), what=tell(f"why.{each.way.id}")),
            note=catalogue()[each.fault.code].cause,
            icon=_ICONS.get(each.device_class, Icon.WRENCH),
            emphasis=False,
        )
        for each in found
    ) + tuple(why_bindings.tile(each) for each in bound)
    blocks: list[Block] = []
    if reduced:
        text = f"{why_reduced(start)}{tell('why.start_how')}"
        blocks.append(Note(title=tell(f"why.start_{start.way.value}"), text=text, kind=NoteKind.ATTENTION))
    if tiles:
        blocks.append(Tiles(tiles=tiles))
    elif not reduced:
        blocks.append(Picture(drawing=Drawing.DONE, name=tell("why.well")))
    blocks.append(Facts(rows=_waiting(waits), heading=tell("why.back_office")))
    return shift.composer.screen(
        shift.say,
        "why",
        title=tell("why.title") if tiles or reduced else tell("why.well"),
        sentence=tell("why.count", count=len(tiles))
        if tiles
        else tell("why.reduced_how" if reduced else "why.well_how"),
        blocks=tuple(blocks),
        actions=() if tiles else (Action(id="done", label=tell("why.to_tasks")),),
        home=True,
    )


def _waiting(waits: Counter[str] | None) -> tuple[Fact, ...]:
    if waits is None:
        return (Fact(label=tell("why.unasked"), value=tell("why.unasked_how"), icon=Icon.INFO),)
    if not waits:
        return (Fact(label=tell("why.nothing"), value=tell("why.zero"), icon=Icon.CHECK),)
    return tuple(
        Fact(label=tell(f"why.kind_{kind}"), value=tell("why.times", count=count), icon=Icon.LIST)
        for kind, count in waits.most_common()
    )


def picture_screen(shift: Shift, problem: Problem, number: int) -> Screen:
    """One picture of what to do; the last one leads into the task."""
    way = problem.way
    last = number == len(way.pictures) - 1
    mine = right(way.task, shift.who.role) is Right.USE
    go = Action(id="go", label=tell("why.next"))
    if last and mine:
        go = Action(id="go", label=tell(f"why.to_{way.task}"), icon=Icon.WRENCH)
    elif last:
        go = Action(id="go", label=tell("why.seen"))
    sentence = tell(f"why.{way.id}_{number + 1}") if way.id != "other" else catalogue()[problem.fault.code].cure
    if last and not mine:
        sentence = f"{sentence}{tell('why.not_yours')}"
    screen = shift.composer.screen(
        shift.say,
        "why_step",
        title=tell(f"why.{way.id}"),
        sentence=sentence,
        blocks=(
            Picture(drawing=way.pictures[number], name=sentence),
            *((fault_facts(problem.fault),) if last and way.task == "devices" else ()),
        ),
        actions=(go, Action(id="leave_it", label=tell("why.leave_it"), kind=ActionKind.SECONDARY)),
    )
    total = len(way.pictures)
    if total == 1:
        return screen
    label = tell("why.step")
    return msgspec.structs.replace(screen, step=StepMark(index=number + 1, total=total, label=label))


def asking_screen(shift: Shift) -> Screen:
    """While the back office is asked."""
    return shift.composer.screen(
        shift.say,
        "why_asking",
        title=tell("why.asking"),
        blocks=(Picture(drawing=Drawing.WAITING, name=tell("why.asking")),),
    )
