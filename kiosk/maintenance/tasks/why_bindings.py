"""What is wrong with a replaced device, on "why am I here": in plain words, and into the task that mends it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

from kiosk.bindings.in_force import Why
from kiosk.locales.staff import tell
from kiosk.maintenance.devices import page
from kiosk.maintenance.replacing import task as replace
from kiosk.maintenance.replacing.binding import files
from kiosk.maintenance.replacing.standing import Doubt, Standing
from kiosk.maintenance.rights import Right, right
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Drawing, Icon, Note, NoteKind, Picture, Tile
from kiosk.screens.screen import Screen

_log = logging.getLogger("kiosk.maintenance")


def tile(found: Standing) -> Tile:
    """In the list."""
    return Tile(
        id=found.id,
        title=tell("bindings.of", device=found.called, what=tell(f"bindings.{found.doubt.value}")),
        note=found.words,
        icon=Icon.WRENCH,
    )


async def mend(shift: Shift, tools: Toolbox, found: Standing) -> None:
    """What to do, and into the task. Raise Backed, VisitEnds."""
    failed = False
    while True:
        answer = await shift.ask(partial(doubt_screen, shift, found, failed=failed))
        match answer.action:
            case "go":
                await _into(shift, tools, found)
            case "aside" if _mine(shift):
                failed = not _put_aside(shift, tools, found)
                if failed:
                    continue
        return


async def _into(shift: Shift, tools: Toolbox, found: Standing) -> None:
    task = _task(found)
    if right(task, shift.who.role) is not Right.USE or found.why is Why.DEVICE:
        return  # "seen": a device that the profile has not cannot be replaced
    run: Callable[[Shift, Toolbox], Awaitable[None]] = replace.run
    if task == "devices":
        run = partial(page.run, name=found.name)
    shift.act("task.began", task=task, because=found.id)
    shift.doing(task)
    try:
        await run(shift, tools)
    finally:
        shift.doing("why")


def _put_aside(shift: Shift, tools: Toolbox, found: Standing) -> bool:
    """From now on the profile's device is in force, as it is already since the start."""
    try:
        files(tools).put_aside(found.name)
    except OSError as error:
        _log.error("the binding of %s cannot be put aside: %s", found.name, error)
        shift.act("binding.not_put_aside", device=found.name, error=type(error).__name__)
        return False
    shift.act("binding.put_aside", device=found.name, why=found.why.value if found.why else "")
    return True


def _task(found: Standing) -> str:
    return "devices" if found.doubt is Doubt.UNTRIED else "replace"


def _mine(shift: Shift) -> bool:
    return right("replace", shift.who.role) is Right.USE


def doubt_screen(shift: Shift, found: Standing, *, failed: bool = False) -> Screen:
    """What is wrong, and what to do. `failed`: the record could not be put aside."""
    task = _task(found)
    mine = right(task, shift.who.role) is Right.USE
    cure = tell(f"bindings.{found.doubt.value}_cure") if found.why is None else tell(f"bindings.cure_{found.why.value}")
    go = Action(id="go", label=tell("bindings.seen"))
    if mine and found.why is not Why.DEVICE:
        go = Action(id="go", label=tell(f"bindings.to_{task}"), icon=Icon.WRENCH)
    aside = Action(id="aside", label=tell("bindings.put_aside"), kind=ActionKind.SECONDARY)
    return shift.composer.screen(
        shift.say,
        "why_binding",
        title=tell("bindings.of", device=found.called, what=tell(f"bindings.{found.doubt.value}")),
        sentence=cure if mine else f"{cure}{tell('why.not_yours')}",
        blocks=(
            Picture(
                drawing=Drawing.CHECK_CABLE if found.doubt is Doubt.UNTRIED else Drawing.ATTENTION, name=found.words
            ),
            Note(
                text=tell("bindings.not_put_aside") if failed else found.words,
                kind=NoteKind.ATTENTION if failed else NoteKind.INFO,
            ),
        ),
        actions=(go, *((aside,) if found.why is not None and _mine(shift) else ())),
    )
