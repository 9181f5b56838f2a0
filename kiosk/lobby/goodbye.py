"""The end of a visit, after it was wiped: the card is taken, and somebody says thank you."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

from drivers.contract.common import DeviceClass, Done, Supported
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import WaitLift
from kiosk.gateways.back_office import TaskKind
from kiosk.journal.store import JournalError
from kiosk.journey.desk import Desk
from kiosk.screens.parts import Action, Drawing, Picture
from kiosk.screens.screen import Screen
from kiosk.visit import Backed, Visit, VisitEnds

_log = logging.getLogger("kiosk.lobby")


_LOOK_SECONDS = 1.0
"""By then a reader has missed a card that was lifted (three looks), and one that was not is there."""


async def card_lies_there(desk: Desk) -> bool:
    """Whether a card that was read was not taken. Asked of the reader itself: its status may be some moments old."""
    reader = desk.devices.ready(DeviceClass.ID_CARD_READER)
    if reader is None or reader.snapshot.capabilities.presence is not Supported.YES:
        return False
    try:
        await reader.call(WaitLift(), seconds=_LOOK_SECONDS)
    except DeviceFault as error:
        return error.fault.code is FaultCode.DEADLINE
    return False


async def see_card_off(visit: Visit, desk: Desk, tell: Callable[..., None]) -> None:
    """Ask until the card is taken; after a while tell the keeper too, and go on asking."""
    reader = desk.devices.ready(DeviceClass.ID_CARD_READER)
    if reader is None or reader.snapshot.capabilities.presence is not Supported.YES:
        return
    began, told = time.monotonic(), False
    while True:
        late = time.monotonic() - began > visit.policy.card.left_reminder
        work = reader.call(WaitLift(), seconds=visit.policy.card.left_reminder)
        try:
            if await visit.ask_while(partial(take_card, visit, late=late), work) == Done():
                return
        except DeviceFault as error:
            if error.fault.code is not FaultCode.DEADLINE:
                tell("card_watch", visit=visit.token, fault=error.fault.code.value)
                return
        except (VisitEnds, Backed):
            continue
        if not told and time.monotonic() - began > visit.policy.card.left_task:
            told = _call_keeper(visit, desk)


def _call_keeper(visit: Visit, desk: Desk) -> bool:
    try:
        desk.outbox.post_task(f"{visit.token}-card", TaskKind.CARD_LEFT)
    except JournalError as error:
        _log.error("the keeper cannot be told of a card yet: %s", error)
        return False
    return True


def take_card(visit: Visit, *, late: bool) -> Screen:
    """The card lies there still."""
    say = visit.say
    phone = visit.composer.place.phone
    return visit.composer.screen(
        say,
        "take_card",
        title=say("take.card_title"),
        sentence=say("left_card.sentence", phone=phone) if late else say("take.card_sentence"),
        spoken=say("take.card_spoken"),
        blocks=(Picture(drawing=Drawing.TAKE_CARD, name=say("take.card_picture")),),
        back=False,
        leave=False,
    )


def thanks(visit: Visit) -> Screen:
    """The last screen of a visit that was done."""
    say = visit.say
    return visit.composer.screen(
        say,
        "thanks",
        title=say("thanks.title"),
        sentence=say("thanks.sentence"),
        spoken=say("thanks.spoken"),
        blocks=(Picture(drawing=Drawing.DONE, name=say("thanks.picture")),),
        actions=(Action(id="done", label=say("thanks.done")),),
        back=False,
    )
