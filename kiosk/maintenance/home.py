"""The first screen of a shift: the tasks that this role may do, and what needs somebody. From task to task, until it leaves."""

from __future__ import annotations

import logging
import traceback
from functools import partial

from kiosk.locales.staff import tell
from kiosk.logbook.events import BROKE
from kiosk.maintenance.pausing import why_reduced
from kiosk.maintenance.replacing.standing import standing_now
from kiosk.maintenance.rights import Right, right
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.signature import DoorShut
from kiosk.maintenance.table import TASKS, Group, Task
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.start import Start, Way
from kiosk.operations.device_watch import needing_somebody
from kiosk.screens.parts import Action, Drawing, Picture, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Backed, VisitEnds

_log = logging.getLogger("kiosk.maintenance")


async def home(shift: Shift, tools: Toolbox) -> None:
    """Task after task; ends by VisitEnds, or by DoorShut where somebody could not sign."""
    tasks = {each.id: each for each in TASKS}
    while True:
        try:
            count = needing(tools) + len(await standing_now(tools))
            answer = await shift.ask(partial(home_screen, shift, count, tools.serving.start))
        except Backed:
            continue  # there is nothing before it; the place in the bar cannot be touched
        await _do(shift, tools, tasks[answer.action])


async def _do(shift: Shift, tools: Toolbox, task: Task) -> None:
    """One task. A defect in it costs this task, not the shift."""
    if right(task.id, shift.who.role) is Right.NONE:
        shift.act("task.refused", task=task.id)
        return
    shift.doing(task.id)
    shift.act("task.began", task=task.id)
    try:
        await task.run(shift, tools)
    except Backed:
        shift.act("task.backed", task=task.id)
    except (VisitEnds, DoorShut):
        shift.act("task.left", task=task.id)
        raise
    except Exception as error:
        # Its text could quote a value: types and places only.
        places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-4:]]
        shift.act("task.broke", task=task.id, error=type(error).__name__, places=places)
        kind, way = type(error).__name__, " > ".join(places)
        _log.error("the task %s broke: %s at %s", task.id, kind, way, extra={BROKE: error})
        await _tell_broken(shift)
    else:
        shift.act("task.done", task=task.id)
    finally:
        shift.doing("")


async def _tell_broken(shift: Shift) -> None:
    try:
        await shift.ask(partial(broken_screen, shift))
    except Backed:
        pass  # the other way back to the tasks


def needing(tools: Toolbox) -> int:
    """How many faults there are that a person must mend."""
    return len(needing_somebody(tools.devices.expected()))


def home_screen(shift: Shift, open_faults: int, start: Start) -> Screen:
    """The tasks of this role. A start that left something out is told before faults: they may be what it left out."""
    sentence = tell("home.faults", count=open_faults) if open_faults else tell("home.well")
    if start.way is not Way.FULL:
        sentence = tell(f"home.start_{start.way.value}", why=why_reduced(start))
    return shift.composer.screen(
        shift.say,
        "home",
        title=tell("home.title"),
        sentence=sentence,
        blocks=tuple(_groups(shift)),
        back=False,
    )


_COLUMNS = 3
_NOTED = 9
"""So many tasks have room for a line each on what they are for; whoever may do more knows them by name."""


def _groups(shift: Shift) -> list[Tiles]:
    """Everything that this role may do, on one screen: nobody turns pages to find a task."""
    mine = [each for each in TASKS if right(each.id, shift.who.role) is not Right.NONE]
    found = []
    for group in Group:
        heading = "" if group is Group.FIRST else tell(f"home.group_{group.value}")
        here = [each for each in mine if each.group is group]
        left = _COLUMNS - sum(not each.wide for each in here)
        tiles = tuple(_tile(shift, each, left if each.wide else 1, noted=len(mine) <= _NOTED) for each in here)
        if tiles:
            found.append(Tiles(tiles=tiles, columns=_COLUMNS, heading=heading))
    return found


def _tile(shift: Shift, task: Task, span: int, *, noted: bool) -> Tile:
    note = ""
    if noted or span == _COLUMNS:
        look_only = right(task.id, shift.who.role) is Right.LOOK
        note = tell("home.look_only") if look_only else tell(f"home.{task.id}_note")
    return Tile(id=task.id, title=tell(f"home.{task.id}"), note=note, icon=task.icon, span=span)


def broken_screen(shift: Shift) -> Screen:
    """A task ended by a defect of ours."""
    return shift.composer.screen(
        shift.say,
        "broken",
        title=tell("home.broken_title"),
        sentence=tell("home.broken_sentence"),
        blocks=(Picture(drawing=Drawing.ATTENTION, name=tell("home.broken_title")),),
        actions=(Action(id="ok", label=tell("home.broken_ok")),),
        home=True,
    )
