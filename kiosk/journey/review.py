"""Look before printing: whose it is (masked), what it is, how many pages, until when; the page itself with names covered."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from functools import partial

from drivers.link import memfd
from kiosk.catalogue.item import Item
from kiosk.documents import masking
from kiosk.documents.issued import IssuedDocument
from kiosk.documents.preview import CannotMask, Hide, Preview, What, preview
from kiosk.journey.desk import Desk
from kiosk.journey.identify import Holder
from kiosk.journey.questions import ask_form
from kiosk.journey.referral import Trouble
from kiosk.journey.step import Outcome, Step
from kiosk.licences.sealed import SealedLicence
from kiosk.licences.types import licence_types
from kiosk.screens.parts import Action, ActionKind, Fact, Icon, Pages
from kiosk.screens.questions import Confirm, Form
from kiosk.visit import Visit

PREVIEW_WIDTH_PX = 640
"""Wide enough that the heading can be read on the demo panel; the facts beside it carry what must be read."""


def form(visit: Visit, desk: Desk, pictures: list[Preview]) -> Form:
    """Build the review: whose it is, and what is printed; without a picture the facts stand alone."""
    say, item = visit.say, visit.take(Item)
    card, document = visit.take(Holder).card, visit.take(IssuedDocument)
    licence_type = licence_types()[item.licence]
    until = (desk.now() + timedelta(days=licence_type.print.valid_days)).astimezone(desk.site.zone)
    pages = say("review.pages_value", pages=document.pages)
    called = say.local(licence_type, "name")
    name = masking.mask_name(card.name.reveal())
    sizes = tuple((each.width, each.height) for each in pictures)
    whose = Confirm(
        asks=say("review.name_asks"),
        spoken=say("review.name_spoken"),
        facts=(Fact(label=say("review.name"), value=name, icon=Icon.ID_CARD),),
        details=(Fact(label=say("review.number"), value=masking.mask_number(card.number.reveal()), icon=Icon.KEY),),
        yes=say("review.right"),
        no=say("review.not_right"),
    )
    what = Confirm(
        asks=say("review.document_asks"),
        spoken=say("review.document_spoken", document=called, pages=document.pages),
        facts=(
            Fact(label=say("review.document"), value=called, icon=Icon.DOCUMENT),
            Fact(label=say("review.pages"), value=pages, icon=Icon.LIST),
        ),
        details=(Fact(label=say("review.valid"), value=f"{until:%Y-%m-%d}", icon=Icon.CLOCK),),
        pages=Pages(sizes=sizes, name=say("review.pages_picture")) if pictures else None,
    )
    return Form(
        name="review",
        title=say("review.title"),
        sentence=say("review.sentence"),
        spoken=say("review.spoken", name=name, document=called, pages=document.pages),
        step="print",
        questions=(whose, what),
        yes=Action(id="print", label=say("review.print")),
        no=Action(id="wrong", label=say("review.wrong"), kind=ActionKind.SECONDARY),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Show it; print only when the visitor says so."""
    pictures = await asyncio.to_thread(_pictures, visit)
    fds = [memfd.seal(picture.rgb.reveal()) for picture in pictures]
    try:
        answer = await ask_form(visit, partial(form, visit, desk, pictures), fds)
    finally:
        for fd, picture in zip(fds, pictures, strict=True):
            os.close(fd)
            picture.rgb.wipe()
    if answer.action == "print":
        return Outcome.DONE
    visit.give(Trouble(title="review.wrong_title", sentence="review.wrong_sentence"))
    return Outcome.REFUSED


def _pictures(visit: Visit) -> list[Preview]:
    """Draw the first page with name, number and address covered; none when one of them cannot be found to be covered.

    One page is enough to recognise the paper; the facts below it carry what must be read, the number of pages too.
    """
    card = visit.take(Holder).card
    document = visit.take(IssuedDocument)
    hide = (
        Hide(what=What.NAME, text=card.name),
        Hide(what=What.NUMBER, text=card.number),
        Hide(what=What.ADDRESS, text=card.address, required=False),
    )
    try:
        return [preview(document, 1, width_px=PREVIEW_WIDTH_PX, hide=hide)]
    except CannotMask as error:
        visit.record("preview", visit=visit.token, outcome="cannot_mask", what=error.what.value)
        return []


STEP = Step(
    name="review",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.REFUSED}),
    needs=(Holder, SealedLicence, IssuedDocument),
)
