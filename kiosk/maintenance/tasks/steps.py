"""Picture steps: what to do with one's hands, one thing a screen.

A step goes on when the device senses that it was done; only where the device cannot tell does the person say so, and that is
written down as said, not sensed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

import msgspec

from drivers.client import DeviceClient, Link
from drivers.contract.common import DeviceStatus
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.screens.parts import Action, Block, Drawing, Note, NoteKind, Picture
from kiosk.screens.screen import Answer, Screen, StepMark
from kiosk.visit import Backed, Ending, VisitEnds

S = TypeVar("S", bound=DeviceStatus)


class Known(StrEnum):
    """How it is known that a step was done."""

    SENSED = "sensed"
    SAID = "said"


@dataclass(frozen=True)
class Step:
    """One thing to do. `sensed`: True it is done, False it is not, None: nobody but the person can tell. `waits` is what stands
    there while the device says that it is not done yet, `done` the button where it cannot tell."""

    id: str
    drawing: Drawing
    title: str
    sentence: str
    sensed: Callable[[], bool | None]
    waits: str
    done: str


async def walk(shift: Shift, name: str, label: str, steps: Sequence[Step]) -> dict[str, Known]:
    """Do the steps in their order; return how each is known. 返回 leads to the step before; from the first it raises Backed."""
    known: dict[str, Known] = {}
    number = 0
    while number < len(steps):
        try:
            known[steps[number].id] = await _do(
                shift, name, steps[number], StepMark(index=number + 1, total=len(steps), label=label)
            )
        except Backed:
            if number == 0:
                raise
            number -= 1
            continue
        number += 1
    return known


async def _do(shift: Shift, name: str, step: Step, mark: StepMark) -> Known:
    answer = await shift.ask_while(partial(picture_step, shift, name, step, mark), _sensing(shift, name, step, mark))
    return Known.SAID if isinstance(answer, Answer) else Known.SENSED


async def _sensing(shift: Shift, name: str, step: Step, mark: StepMark) -> None:
    """Return when the device senses it. What the screen says changes with what the device can tell."""
    give_up = time.monotonic() + limits().step.longest
    last = step.sensed()
    while (now := step.sensed()) is not True:
        if now is not last:
            shift.show(partial(picture_step, shift, name, step, mark))
            last = now
        if time.monotonic() > give_up:
            raise VisitEnds(Ending.TIMED_OUT)
        await asyncio.sleep(limits().step.look_every)


def picture_step(shift: Shift, name: str, step: Step, mark: StepMark) -> Screen:
    """One step as it is seen."""
    senses = step.sensed() is not None
    blocks: list[Block] = [Picture(drawing=step.drawing, name=step.title)]
    if senses:
        blocks.append(Note(text=step.waits, kind=NoteKind.INFO))
    screen = shift.composer.screen(
        shift.say,
        name,
        title=step.title,
        sentence=step.sentence,
        blocks=tuple(blocks),
        actions=() if senses else (Action(id="done", label=step.done),),
    )
    return msgspec.structs.replace(screen, step=mark)


def sensed(device: DeviceClient, kind: type[S]) -> S | None:
    """What it senses now, as its class's Status; None while it is away or has not said."""
    snapshot = device.snapshot
    return snapshot.status if snapshot.link is Link.HERE and isinstance(snapshot.status, kind) else None


def how_known(known: dict[str, Known]) -> dict[str, list[str]]:
    """For the record: which steps were sensed, which only said."""
    return {each.value: [step for step, way in known.items() if way is each] for each in Known}
