"""Two consents, each asked apart: comparing the face (PIPL art. 29, 人脸识别技术应用安全管理办法), and fetching each licence.

Saying no is as large as saying yes, and leads to another way, never to a reproach.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial

import msgspec

from drivers.contract.faults import FaultCode
from kiosk.catalogue.item import Item
from kiosk.journey.desk import Desk
from kiosk.journey.identify import ADULT_FOR_FACE, Holder
from kiosk.journey.precheck import Possible
from kiosk.journey.questions import ask_form
from kiosk.journey.step import Outcome, Step
from kiosk.licences.types import LicenceType, licence_types
from kiosk.screens.parts import Action, ActionKind, Fact, Facts, Icon
from kiosk.screens.questions import Allow, Form
from kiosk.screens.screen import Screen
from kiosk.visit import Visit


@dataclass(frozen=True)
class FaceConsent:
    """The visitor agreed to the comparison, for this visit."""


class LicenceConsent(msgspec.Struct, frozen=True):
    """The visitor agreed that these licence types be fetched once; `key` names this consent at the platform."""

    key: str
    licences: tuple[LicenceType, ...]


# --- the face


def face_screen(visit: Visit) -> Screen:
    """Ask whether the face may be compared."""
    say = visit.say
    facts = [("what", Icon.FACE), ("where", Icon.PLACE), ("keep", Icon.CLOCK)]
    if not visit.elder:
        facts.insert(1, ("why", Icon.ID_CARD))
    rows = tuple(
        Fact(label=say(f"face_consent.facts_{key}"), value=say(f"face_consent.facts_{key}_text"), icon=icon)
        for key, icon in facts
    )
    return visit.composer.screen(
        say,
        "face_consent",
        title=say("face_consent.title"),
        sentence=say("face_consent.sentence"),
        spoken=say("face_consent.spoken"),
        step="face",
        blocks=(Facts(rows=rows),),
        actions=(
            Action(id="agree", label=say("face_consent.agree")),
            Action(id="other_way", label=say("face_consent.other"), kind=ActionKind.SECONDARY),
        ),
    )


async def run_face(visit: Visit, desk: Desk) -> Outcome:
    """Ask, unless the face cannot be the way: no camera, no photo on the card, or a child."""
    holder = visit.take(Holder)
    if holder.card.photo is None:
        visit.record("photo", visit=visit.token, outcome=FaultCode.PHOTO_UNDECODABLE.value)
    if not visit.take(Possible).face or holder.card.photo is None or holder.age < ADULT_FOR_FACE:
        return Outcome.OTHER_WAY
    answer = await visit.ask(partial(face_screen, visit))
    agreed = answer.action == "agree"
    visit.record("consent", visit=visit.token, about="face", agreed=agreed)
    if not agreed:
        return Outcome.OTHER_WAY
    visit.give(FaceConsent())
    return Outcome.DONE


FACE_STEP = Step(
    name="face_consent",
    run=run_face,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.OTHER_WAY}),
    needs=(Holder, Possible),
    gives=(FaceConsent,),
)


# --- the licences


def licence_form(visit: Visit, item: Item, licences: tuple[LicenceType, ...]) -> Form:
    """Ask for these licences: what will be seen, what for, who uses it, once."""
    say = visit.say
    names = say("language.list_mark").join(say.local(each, "name") for each in licences)
    return Form(
        name="licence_consent",
        title=say("licence_consent.title"),
        sentence=say(
            "licence_consent.sentence", purpose=say.local(item, "purpose"), department=say.local(licences[0], "issuer")
        ),
        spoken=say("licence_consent.spoken", item=say.local(item, "name"), licence=names),
        step="consent",
        questions=tuple(_allow(visit, item, licence) for licence in licences),
        yes=Action(id="agree", label=say("licence_consent.agree")),
        no=Action(id="other_way", label=say("licence_consent.other"), kind=ActionKind.SECONDARY),
        incomplete=say("licence_consent.none_ticked"),
    )


def _allow(visit: Visit, item: Item, licence: LicenceType) -> Allow:
    say = visit.say
    fields, why = say.local(licence, "consent_fields"), say.local(item, "purpose")
    return Allow(
        id=licence.id,
        title=say.local(licence, "name"),
        asks=say("licence_consent.title"),
        spoken=say("licence_consent.spoken", item=say.local(item, "name"), licence=say.local(licence, "name")),
        lines=(
            say("licence_consent.fields", fields=fields),
            say("licence_consent.why", why=why),
            say("licence_consent.once"),
        ),
        facts=(
            Fact(label=say("licence_consent.facts_fields"), value=fields, icon=Icon.DOCUMENT),
            Fact(label=say("licence_consent.facts_why"), value=why, icon=Icon.INFO),
            Fact(
                label=say("licence_consent.facts_once"), value=say("licence_consent.facts_once_text"), icon=Icon.CLOCK
            ),
        ),
    )


async def run_licences(visit: Visit, desk: Desk) -> Outcome:
    """Ask for each licence that the item uses; in elder mode one question a screen."""
    item = visit.take(Item)
    wanted = tuple(licence_types()[name] for name in item.licences_used)
    answer = await ask_form(visit, partial(licence_form, visit, item, wanted))
    agreed = tuple(each for each in wanted if each.id in answer.ticked)
    if answer.action != "agree" or len(agreed) < len(wanted):
        visit.record("consent", visit=visit.token, about="licences", agreed=False)
        return Outcome.REFUSED
    visit.record("consent", visit=visit.token, about=",".join(each.id for each in agreed), agreed=True)
    visit.give(LicenceConsent(key=secrets.token_hex(16), licences=agreed))
    return Outcome.DONE


LICENCE_STEP = Step(
    name="licence_consent",
    run=run_licences,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.REFUSED}),
    needs=(Holder,),
    gives=(LicenceConsent,),
)
