"""An honest way out: where, when, by which phone. On the screen always, on paper where a slip can be printed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from drivers.contract.common import DeviceClass
from kiosk.catalogue.item import Item
from kiosk.journey import slips
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.locales import Phrasebook
from kiosk.screens.parts import Action, ActionKind, Block, Fact, Facts, Icon, Note
from kiosk.screens.screen import Screen
from kiosk.visit import Visit


@dataclass(frozen=True)
class Trouble:
    """Why the visit cannot go on here: the keys of the sentences that say so."""

    title: str
    sentence: str


def screen(visit: Visit, desk: Desk, trouble: Trouble, *, note: str, slip: bool) -> Screen:
    """Where else, when, and whom to call."""
    say, there = visit.say, desk.site.elsewhere
    rows = (
        Fact(label=say("referral.place"), value=say.local(there, "place"), icon=Icon.HOUSE),
        Fact(label=say("referral.address"), value=say.local(there, "address"), icon=Icon.PLACE),
        Fact(label=say("referral.hours"), value=say.local(there, "hours"), icon=Icon.CLOCK),
        Fact(label=say("referral.phone"), value=there.phone, icon=Icon.PHONE),
    )
    blocks: list[Block] = [Facts(rows=rows)]
    if note:
        blocks.append(Note(text=say(note)))
    title, sentence = trouble.title, trouble.sentence
    done = Action(id="done", label=say("referral.done"), kind=ActionKind.SECONDARY if slip else ActionKind.PRIMARY)
    return visit.composer.screen(
        say,
        "referral",
        title=say(title),
        sentence=say(sentence),
        spoken=say("referral.told", why=say(sentence), spoken=say("referral.spoken")),
        blocks=tuple(blocks),
        actions=((Action(id="slip", label=say("referral.print")),) if slip else ()) + (done,),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Tell where else; print the slip when it is wanted."""
    trouble = visit.known.get(Trouble) or Trouble(title="referral.title", sentence="referral.sentence")
    visit.discard(Trouble)  # told now; the next item of this visit may have another, or none
    note, slip = "", desk.devices.ready(DeviceClass.RECEIPT_PRINTER) is not None
    while True:
        answer = await visit.ask(partial(screen, visit, desk, trouble, note=note, slip=slip))
        if answer.action != "slip":
            return Outcome.DONE
        # On paper in Chinese, whatever the screen's language: it is shown at a counter.
        why = Phrasebook(mode=visit.look.mode)(trouble.sentence)
        make = partial(slips.referral, visit, desk, visit.take(Item), why)
        printed = await slips.print_slip(visit, desk, "referral", make)
        note, slip = "referral.printed" if printed else "referral.no_paper", not printed


STEP = Step(
    name="referral",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK}),
)
