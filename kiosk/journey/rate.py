"""好差评: five levels, none chosen beforehand, skipped as easily as given. One rating a visit."""

from __future__ import annotations

from kiosk.catalogue.item import Item
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.screens.parts import Action, ActionKind, Icon, Rating, Tile
from kiosk.screens.screen import Screen
from kiosk.visit import Visit

_LEVELS = (5, 4, 3, 2, 1)


def screen(visit: Visit) -> Screen:
    """Five faces and 「不评价」."""
    say = visit.say
    tiles = tuple(
        Tile(id=f"level_{level}", title=say(f"rate.level_{level}"), icon=Icon(f"smile_{level}")) for level in _LEVELS
    )
    return visit.composer.screen(
        say,
        "rate",
        title=say("rate.title"),
        sentence=say("rate.sentence"),
        spoken=say("rate.spoken"),
        blocks=(Rating(tiles=tiles),),
        actions=(Action(id="skip", label=say("rate.skip"), kind=ActionKind.SECONDARY),),
        back=False,
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Ask once; silence is a skip, not a time-out: the paper is already in the visitor's hand."""
    answer = await visit.ask(screen(visit), seconds=visit.policy.done.shown.of(visit.look.mode))
    if answer.action.startswith("level_"):
        desk.outbox.post_rating(visit.token, visit.take(Item).code, int(answer.action.removeprefix("level_")))
    visit.record("rating", visit=visit.token, given=answer.action.startswith("level_"))
    return Outcome.DONE


STEP = Step(name="rate", run=run, outcomes=frozenset({Outcome.DONE}))
