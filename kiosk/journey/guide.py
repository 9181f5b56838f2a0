"""办事指南: what is needed, what one gets, how long, what it costs. Before anything is asked."""

from __future__ import annotations

from functools import partial

from kiosk.catalogue.item import Item
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.screens.parts import Action, Fact, Facts, Icon
from kiosk.screens.screen import Screen
from kiosk.visit import Visit


def screen(visit: Visit, item: Item) -> Screen:
    """Build the guide's screen; elder mode shows the four facts that matter."""
    say, guide = visit.say, item.guide
    rows = [
        Fact(label=say("guide.needs"), value=say.local(guide, "needs"), icon=Icon.ID_CARD),
        Fact(label=say("guide.gets"), value=say.local(guide, "gets"), icon=Icon.DOCUMENT),
        Fact(label=say("guide.minutes_label"), value=say("guide.minutes", minutes=guide.minutes), icon=Icon.CLOCK),
        Fact(label=say("guide.fee"), value=say.local(guide, "fee"), icon=Icon.MONEY),
    ]
    if not visit.elder:
        rows.append(Fact(label=say("guide.department"), value=say.local(item, "department"), icon=Icon.PLACE))
        rows.append(
            Fact(label=say("guide.valid"), value=say("guide.valid_days", days=guide.valid_days), icon=Icon.INFO)
        )
    return visit.composer.screen(
        say,
        "guide",
        title=say("guide.title", item=say.local(item, "short_elder" if visit.elder else "name")),
        sentence=say("guide.sentence"),
        spoken=say("guide.spoken", needs=say.local(guide, "needs"), minutes=guide.minutes, fee=say.local(guide, "fee")),
        blocks=(Facts(rows=tuple(rows)),),
        actions=(Action(id="start", label=say("guide.start")),),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Show the guide until the visitor begins."""
    await visit.ask(partial(screen, visit, visit.take(Item)))
    return Outcome.DONE


STEP = Step(name="guide", run=run, outcomes=frozenset({Outcome.DONE, Outcome.BACK}))
