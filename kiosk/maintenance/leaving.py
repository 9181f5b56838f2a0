"""Before somebody goes: is everything closed, is the paper in, does nothing lie there that a visitor would find?

What is seen is told once, and may be left so: whoever stays away for a spare part must be able to go. Some sensors tell late (a
card that was lifted is missed by three looks): for a while the screen follows them, and goes by itself when all is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import partial

import msgspec

from drivers.client import Snapshot
from drivers.contract.common import Cover, DeviceClass, Presence, Supply
from drivers.contract.inputs_outputs import Input, Level
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.live import LOOK_SECONDS
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Check, Checks, CheckState
from kiosk.screens.screen import Screen
from kiosk.visit import Backed, Ending, VisitEnds


class Left(StrEnum):
    """What may have been left as it should not be."""

    COVER_OPEN = "cover_open"
    PAPER_OUT = "paper_out"
    JAMMED = "jammed"
    PAPER_LIES_THERE = "paper_lies_there"
    CARD_LIES_THERE = "card_lies_there"
    CABINET_OPEN = "cabinet_open"


class Finding(msgspec.Struct, frozen=True):
    """One thing, at one device of the profile."""

    device: str
    device_class: DeviceClass
    what: Left


async def seen_off(shift: Shift, tools: Toolbox) -> bool:
    """Return whether the shift may end: nothing is left open, or its staff want to go all the same. Raise VisitEnds."""
    findings = _now(tools)
    if not findings:
        return True
    try:
        answer = await shift.ask_while(partial(leaving_screen, shift, findings), _closed(shift, tools))
        if answer is None:
            findings = _now(tools)
            if not findings:
                return True
            answer = await shift.ask(partial(leaving_screen, shift, findings))
    except Backed:
        return False
    except VisitEnds as ends:
        if ends.ending is Ending.LEFT:
            answer = None
        else:
            raise
    if answer is not None and answer.action == "stay":
        return False
    shift.act("left_open", found=[f"{each.device}:{each.what.value}" for each in findings])
    return True


def _now(tools: Toolbox) -> tuple[Finding, ...]:
    return tuple(left_behind(tools.devices.table()))


async def _closed(shift: Shift, tools: Toolbox) -> None:
    """Return when nothing is open any more, or after a while: from then on silence is guarded as on every screen."""
    with suppress(TimeoutError):
        async with asyncio.timeout(tools.policy.stay.countdown):
            while findings := _now(tools):
                shift.amend(leaving_screen(shift, findings))
                await asyncio.sleep(LOOK_SECONDS)


def left_behind(snapshots: Iterable[Snapshot]) -> Iterator[Finding]:
    """Yield what the devices sense that should not be so when visitors come again."""
    for snapshot in snapshots:
        status = snapshot.status
        sensed = (
            (Left.COVER_OPEN, getattr(status, "cover", None) is Cover.OPEN),
            (Left.PAPER_OUT, getattr(status, "paper", None) is Supply.OUT),
            (Left.JAMMED, getattr(status, "paper", None) is Supply.JAMMED),
            (Left.PAPER_LIES_THERE, getattr(status, "tray", None) is Presence.PRESENT),
            (Left.CARD_LIES_THERE, getattr(status, "card", None) is Presence.PRESENT),
            (Left.CABINET_OPEN, _open_case(status)),
        )
        yield from (Finding(snapshot.name, snapshot.device_class, what) for what, so in sensed if so)


def _open_case(status: object) -> bool:
    inputs = getattr(status, "inputs", ())
    return any(each.name is Input.CABINET and each.level is Level.ON for each in inputs)


def _label(finding: Finding) -> str:
    what = tell(f"leaving.{finding.what.value}")
    if finding.what is Left.CABINET_OPEN:  # the cabinet is no device; what senses its door is
        return what
    return tell("leaving.of", device=tell(f"kinds.{finding.device_class.value}"), what=what)


def _refill(device_class: DeviceClass) -> str:
    """The task that lays paper in, as its tile is called."""
    return tell("home.receipt_roll" if device_class is DeviceClass.RECEIPT_PRINTER else "home.a4_paper")


def leaving_screen(shift: Shift, findings: tuple[Finding, ...]) -> Screen:
    """What is still open, and both ways on."""
    return shift.composer.screen(
        shift.say,
        "leaving",
        title=tell("leaving.title"),
        sentence=tell("leaving.sentence"),
        blocks=(
            Checks(
                rows=tuple(
                    Check(
                        label=_label(each),
                        state=CheckState.MISSING,
                        word=tell("leaving.word"),
                        note=tell(f"leaving.{each.what.value}_cure", task=_refill(each.device_class)),
                    )
                    for each in findings
                )
            ),
        ),
        actions=(
            Action(id="stay", label=tell("leaving.stay")),
            Action(id="go", label=tell("leaving.go"), kind=ActionKind.SECONDARY),
        ),
        home=True,
    )
