"""Cleaning: a screen that takes no touches while it is wiped, then glass, window and lens one after the other; written down with
the date, so that everybody sees when it was last done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from datetime import datetime
from functools import partial

from drivers.contract.common import DeviceClass
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Check, Checks, CheckState, Countdown, Drawing, Picture
from kiosk.screens.screen import Screen

_log = logging.getLogger("kiosk.maintenance")

PLACES: tuple[tuple[str, Drawing, DeviceClass | None], ...] = (
    ("screen", Drawing.WIPE_SCREEN, None),
    ("reader", Drawing.WIPE_READER, DeviceClass.ID_CARD_READER),
    ("scanner", Drawing.WIPE_SCANNER, DeviceClass.CODE_SCANNER),
    ("lens", Drawing.WIPE_LENS, DeviceClass.CAMERA),
)
"""What is wiped, and the device that a model must have for it."""


async def run(shift: Shift, tools: Toolbox) -> None:
    """Each place of this model once; what was left out is written down as left out."""
    answer = await shift.ask(partial(begin_screen, shift, places(tools)))
    if answer.action != "begin":
        return
    done: dict[str, bool] = {}
    for place, drawing, needs in PLACES:
        if needs is not None and tools.devices.of(needs) is None:
            continue
        if place == "screen":
            done[place] = await _wipe_screen(shift)
        else:
            answered = await shift.ask(partial(wipe_screen, shift, place, drawing))
            done[place] = answered.action == "wiped"
    _write(shift, tools, done)
    await shift.ask(partial(finished_screen, shift, done))


async def _wipe_screen(shift: Shift) -> bool:
    answer = await shift.ask(partial(before_screen, shift))
    if answer.action != "wipe":
        return False
    await shift.ask_while(partial(locked, shift), _seconds(limits().cleaning.wipe))
    return True


def _seconds(seconds: float) -> Awaitable[None]:
    """A time of its own: touches of the cloth neither answer nor prolong it."""
    return asyncio.sleep(seconds)


def _write(shift: Shift, tools: Toolbox, done: dict[str, bool]) -> None:
    wiped = [place for place, was in done.items() if was]
    left = [place for place, was in done.items() if not was]
    shift.act("cleaned", wiped=wiped, left_out=left)
    try:
        tools.logbook.write("cleaning", "", by=shift.who.code, wiped=wiped, left_out=left)
    except LogbookError as error:
        _log.error("the cleaning is not in the logbook: %s", error)


def last_cleaned(tools: Toolbox, place: str) -> float | None:
    """When this place was last wiped, Unix seconds; None: never, as far as the logbook knows."""
    try:
        found = tools.logbook.entries("cleaning")
    except LogbookError:
        return None
    return next((entry.at for entry in reversed(found) if place in entry.body.get("wiped", ())), None)


def places(tools: Toolbox) -> list[tuple[str, str | None, bool]]:
    """What this model has to be cleaned: each place, the date when it last was, and whether it is due."""
    now, found = tools.now().timestamp(), []
    for place, _, needs in PLACES:
        if needs is not None and tools.devices.of(needs) is None:
            continue
        last = last_cleaned(tools, place)
        due = last is None or now - last > limits().cleaning.due_days * 86_400
        day = None if last is None else f"{datetime.fromtimestamp(last, tools.site.zone):%Y-%m-%d}"
        found.append((place, day, due))
    return found


def begin_screen(shift: Shift, found: list[tuple[str, str | None, bool]]) -> Screen:
    """The check-list, with the dates."""
    rows = tuple(
        Check(
            label=tell(f"cleaning.place_{place}"),
            state=CheckState.WAITING if due else CheckState.OK,
            word=tell("cleaning.never") if day is None else day,
        )
        for place, day, due in found
    )
    return shift.composer.screen(
        shift.say,
        "cleaning",
        title=tell("cleaning.title"),
        sentence=tell("cleaning.how"),
        blocks=(Checks(rows=rows),),
        actions=(Action(id="begin", label=tell("cleaning.begin")),),
    )


def before_screen(shift: Shift) -> Screen:
    """Before the screen is locked."""
    return shift.composer.screen(
        shift.say,
        "wipe_screen",
        title=tell("cleaning.place_screen"),
        sentence=tell("cleaning.screen_how", seconds=limits().cleaning.wipe),
        blocks=(Picture(drawing=Drawing.WIPE_SCREEN, name=tell("cleaning.place_screen")),),
        actions=(
            Action(id="wipe", label=tell("cleaning.lock")),
            Action(id="skip", label=tell("cleaning.skip"), kind=ActionKind.SECONDARY),
        ),
    )


def locked(shift: Shift) -> Screen:
    """Nothing on it can be touched; the seconds are seen from afar."""
    seconds = limits().cleaning.wipe
    return shift.composer.screen(
        shift.say,
        "locked",
        title=tell("cleaning.locked"),
        sentence=tell("cleaning.locked_how"),
        blocks=(Countdown(seconds=seconds, label=tell("cleaning.seconds")),),
        back=False,
        leave=False,
    )


def wipe_screen(shift: Shift, place: str, drawing: Drawing) -> Screen:
    """One place and how to wipe it."""
    title = tell(f"cleaning.place_{place}")
    return shift.composer.screen(
        shift.say,
        "wipe",
        title=title,
        sentence=tell(f"cleaning.{place}_how"),
        blocks=(Picture(drawing=drawing, name=title),),
        actions=(
            Action(id="wiped", label=tell("cleaning.wiped")),
            Action(id="skip", label=tell("cleaning.skip"), kind=ActionKind.SECONDARY),
        ),
        back=False,
    )


def finished_screen(shift: Shift, done: dict[str, bool]) -> Screen:
    """What was wiped and what was left out."""
    rows = tuple(
        Check(
            label=tell(f"cleaning.place_{place}"),
            state=CheckState.OK if was else CheckState.WAITING,
            word=tell("cleaning.today") if was else tell("cleaning.left_out"),
        )
        for place, was in done.items()
    )
    return shift.composer.screen(
        shift.say,
        "cleaned",
        title=tell("cleaning.finished"),
        sentence=tell("cleaning.finished_how"),
        blocks=(Checks(rows=rows),),
        actions=(Action(id="done", label=tell("cleaning.to_tasks")),),
        back=False,
    )
