"""Without the face: co-confirmation by the keeper where one is there, and always an honest referral."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from drivers.contract.faults import FaultCode
from kiosk.catalogue.item import Item
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.keeper import KeeperRequest
from kiosk.journey.desk import Desk
from kiosk.journey.identify import ADULT_FOR_FACE, Holder
from kiosk.journey.questions import ask_form
from kiosk.journey.referral import Trouble
from kiosk.journey.step import Outcome, Step
from kiosk.screens.parts import Action, Drawing, Icon, Note, NoteKind, PadField, Picture, Tile, Tiles
from kiosk.screens.questions import Enter, Form
from kiosk.screens.screen import Screen
from kiosk.visit import Visit

KEEPER_DIGITS = 4
PIN_DIGITS = 6
"""Lengths of a keeper's code and PIN, as the platform gives them out."""


@dataclass(frozen=True)
class Confirmed:
    """Who stands here is the card's holder. `means` says how it was confirmed, `reference` names the platform's record."""

    means: str
    reference: str = ""


def choice(visit: Visit, *, note: str = "") -> Screen:
    """Show the ways that remain."""
    say = visit.say
    tiles = (
        Tile(id="keeper", title=say("other_way.keeper"), note=say("other_way.keeper_note"), icon=Icon.PEOPLE),
        Tile(id="referral", title=say("other_way.referral"), note=say("other_way.referral_note"), icon=Icon.DOCUMENT),
    )
    notes = (Note(text=say(note), kind=NoteKind.ATTENTION),) if note else ()
    return visit.composer.screen(
        say,
        "other_way",
        title=say("other_way.title"),
        sentence=say("other_way.sentence"),
        spoken=say("other_way.spoken"),
        step="face",
        blocks=(*notes, Tiles(tiles=tiles)),
    )


async def run_choice(visit: Visit, desk: Desk) -> Outcome:
    """Offer the keeper only where one may be there and the card was read; otherwise the referral is the way."""
    note = _why(visit)
    if not desk.site.keeper_on_site:
        if note:
            visit.give(Trouble(title="referral.title", sentence=note))
        return Outcome.REFUSED
    answer = await visit.ask(partial(choice, visit, note=note))
    return Outcome.DONE if answer.action == "keeper" else Outcome.REFUSED


def _why(visit: Visit) -> str:
    """Why the face was not even asked for, a key; empty when the visitor chose so, or the precheck has said it."""
    holder = visit.take(Holder)
    if holder.age < ADULT_FOR_FACE:
        return "other_way.under_14"
    if holder.card.photo is None:
        return f"device.{FaultCode.PHOTO_UNDECODABLE.value}"
    return ""


CHOICE_STEP = Step(
    name="other_way",
    run=run_choice,
    outcomes=frozenset({Outcome.DONE, Outcome.REFUSED, Outcome.BACK}),
    needs=(Holder,),
)


def form(visit: Visit, *, wrong: bool = False) -> Form:
    """What the keeper types: code and PIN. `wrong`: they were typed once and did not fit."""
    say = visit.say
    return Form(
        name="keeper",
        title=say("keeper.title"),
        sentence=say("keeper.sentence"),
        spoken=say("keeper.spoken"),
        step="face",
        questions=(
            Enter(
                field=PadField(id="keeper", label=say("keeper.code"), digits=KEEPER_DIGITS),
                asks=say("keeper.code_asks"),
                spoken=say("keeper.code_spoken"),
                yes=say("keeper.next"),
            ),
            Enter(
                field=PadField(id="pin", label=say("keeper.pin"), digits=PIN_DIGITS, hidden=True),
                asks=say("keeper.pin_asks"),
                spoken=say("keeper.pin_spoken"),
            ),
        ),
        yes=Action(id="confirm", label=say("keeper.confirm")),
        note=say("keeper.wrong") if wrong else "",
    )


async def run_keeper(visit: Visit, desk: Desk) -> Outcome:
    """Ask for code and PIN until the platform confirms, refuses for good, or cannot be reached."""
    wrong = False
    while True:
        answer = await ask_form(visit, partial(form, visit, wrong=wrong))
        request = KeeperRequest(
            keeper=answer.typed["keeper"].reveal(),
            pin=answer.typed["pin"],
            visit=visit.token,
            item=visit.take(Item).code,
        )
        try:
            confirmation = await visit.ask_while(partial(_asking, visit), desk.platform.confirm(request))
        except GatewayFault as error:
            visit.record("keeper", visit=visit.token, outcome=error.code.value)
            if error.code is GatewayCode.WRONG_PIN:
                wrong = True
                continue
            key = "keeper.locked" if error.code is GatewayCode.KEEPER_LOCKED else "keeper.offline"
            visit.give(Trouble(title="unavailable.title", sentence=key))
            return Outcome.FAILED
        finally:
            for typed in answer.typed.values():
                typed.wipe()
        reference = getattr(confirmation, "confirmation", "")
        visit.record("keeper", visit=visit.token, outcome="confirmed", reference=reference)
        visit.give(Confirmed(means="keeper", reference=reference))
        return Outcome.DONE


def _asking(visit: Visit) -> Screen:
    say = visit.say
    return visit.composer.screen(
        say,
        "keeper_asking",
        title=say("keeper.asking"),
        blocks=(Picture(drawing=Drawing.WAITING, name=say("keeper.asking")),),
        step="face",
        back=False,
        leave=False,
    )


KEEPER_STEP = Step(
    name="keeper",
    run=run_keeper,
    outcomes=frozenset({Outcome.DONE, Outcome.FAILED, Outcome.BACK}),
    needs=(Holder,),
    gives=(Confirmed,),
)
