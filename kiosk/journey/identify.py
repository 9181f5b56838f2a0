"""The ID card: laid on the lit place, read, and judged for what the rest of the visit needs of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.contract.id_card import Card, CardKind, CardSeen, IdCard, TryAgain, WaitCard
from drivers.contract.secret import wipe_all
from drivers.link.channel import close_all
from kiosk import fonts
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.journey.trial import Trial, may_be_tried
from kiosk.screens.parts import Action, ActionKind, Drawing, Note, NoteKind, Picture
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Ending, Visit, VisitEnds

_KINDS = frozenset({CardKind.CITIZEN})
"""Documents that this journey takes; permits follow with their own items."""


ADULT_FOR_FACE = 14
"""Below this age a guardian must agree (PIPL art. 31); this journey has no guardian, so the face is not asked for."""


@dataclass(frozen=True)
class Holder:
    """Whose card lies here. Given by this step; wiped with the visit."""

    card: IdCard
    age: int

    def wipe(self) -> None:
        """Wipe name, number, address and photo."""
        wipe_all(self.card)


class _Wrong(Exception):
    """The card was read but cannot be used here; the key names the sentences."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def place_card(visit: Visit, *, note: str = "") -> Screen:
    """Ask for the card. `note` is the key of what went wrong before."""
    say = visit.say
    blocks: list[Any] = [Picture(drawing=Drawing.PLACE_CARD, name=say("card.picture"))]
    if note:
        blocks.append(Note(text=say(note), kind=NoteKind.ATTENTION))
    return visit.composer.screen(
        say,
        "card",
        title=say("card.again_title") if note else say("card.title"),
        sentence=say("card.sentence"),
        spoken=say(note or "card.spoken"),
        step="card",
        blocks=tuple(blocks),
        actions=(Action(id="no_card", label=say("card.no_card"), kind=ActionKind.SECONDARY),),
    )


def reading_card(visit: Visit) -> Screen:
    """The card was seen; it must stay."""
    say = visit.say
    return visit.composer.screen(
        say,
        "card_reading",
        title=say("card.reading_title"),
        sentence=say("card.reading_sentence"),
        spoken=say("card.reading_spoken"),
        step="card",
        blocks=(Picture(drawing=Drawing.READING_CARD, name=say("card.reading_title")),),
    )


def trouble(visit: Visit, title: str, sentence: str) -> Screen:
    """The card did not do; both ways on are of equal size. `title` and `sentence` are keys."""
    say = visit.say
    return visit.composer.notice(
        say,
        "card_trouble",
        title=say(title),
        sentence=say(sentence),
        step="card",
        actions=(
            Action(id="retry", label=say("card.retry")),
            Action(id="other_way", label=say("card.other_way"), kind=ActionKind.SECONDARY),
        ),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Ask for the card until one is read that can be used."""
    while True:
        try:
            answer = await _read(visit, desk)
            if isinstance(answer, Answer):
                return Outcome.OTHER_WAY
            _refuse_real(visit, answer.card)
            holder = _judge(answer.card, desk.now().astimezone(desk.site.zone).date())
        except DeviceFault as error:
            title, sentence = _told(error)
        except _Wrong as wrong:
            title, sentence = f"{wrong.key}_title", f"{wrong.key}_sentence"
        else:
            visit.give(holder)
            return Outcome.DONE
        asked = await visit.ask(partial(trouble, visit, title, sentence))
        if asked.action == "other_way":
            return Outcome.OTHER_WAY


async def _read(visit: Visit, desk: Desk) -> Answer | Card:
    reader = desk.devices.of(DeviceClass.ID_CARD_READER)
    assert reader is not None, "the item requires a reader, so the precheck found one"

    tries = _Tries(visit.policy.card.tries)

    def happened(event: Any, fds: list[int]) -> None:
        close_all(fds)
        match event:
            case CardSeen():
                visit.card_was_read = True
                visit.show(partial(reading_card, visit))
            case TryAgain(code=code):
                tries.failed(FaultCode(code))
                visit.show(partial(place_card, visit, note=f"device.{FaultCode(code).value}"))

    work = reader.call(WaitCard(), seconds=visit.policy.card.wait.of(visit.look.mode), on_event=happened)
    result: Answer | Card = await visit.ask_while(partial(place_card, visit), tries.bound(work))
    return result


class _Tries:
    """Ends the wait for a card that lies there and cannot be read: the reader would go on until its deadline."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._spent: asyncio.Future[FaultCode] = asyncio.get_running_loop().create_future()

    def failed(self, code: FaultCode) -> None:
        """Count a reading that failed; a card that was only not lifted was not read again."""
        self._left -= code is not FaultCode.CARD_NOT_LIFTED
        if self._left <= 0 and not self._spent.done():
            self._spent.set_result(code)

    async def bound(self, work: Awaitable[Card]) -> Card:
        """Return what `work` reads. Raise DeviceFault with the last failure when the tries are spent first."""
        reading = asyncio.ensure_future(work)
        try:
            either: set[asyncio.Future[Any]] = {reading, self._spent}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            raise failing(self._spent.result())
        finally:
            if not reading.done():
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)


def _refuse_real(visit: Visit, card: IdCard) -> None:
    """In a trial: end it before anything of a card is shown that is not surely a test card."""
    trial = visit.known.get(Trial)
    if trial is not None and not may_be_tried(card):
        wipe_all(card)
        trial.refused = True
        raise VisitEnds(Ending.LEFT)


def _judge(card: IdCard, today: date) -> Holder:
    """Take the card in. Raise _Wrong when it cannot be used for this visit; nothing of it is kept then."""
    try:
        return _holder(card, today)
    except _Wrong:
        wipe_all(card)
        raise


def _holder(card: IdCard, today: date) -> Holder:
    if card.kind not in _KINDS:
        raise _Wrong("card.kind")
    if card.valid_to and date.fromisoformat(card.valid_to) < today:
        raise _Wrong("card.expired")
    if fonts.missing(card.name.reveal(), fonts.paper()):
        raise _Wrong("card.glyph")
    age = _age(date.fromisoformat(card.birth.reveal()), today)
    return Holder(card=card, age=age)


def _age(birth: date, today: date) -> int:
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _told(error: DeviceFault) -> tuple[str, str]:
    """The keys of what is said: title, sentence."""
    if error.fault.code is FaultCode.DEADLINE:
        return "card.silent_title", f"device.{FaultCode.CARD_ABSENT.value}"
    return "card.again_title", f"device.{error.fault.code.value}"


STEP = Step(
    name="identify",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.OTHER_WAY}),
    gives=(Holder,),
)
