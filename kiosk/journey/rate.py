"""好差评: five levels, none chosen beforehand, skipped as easily as given. One rating a visit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kiosk.catalogue.item import Item
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.journey.trial import Trial
from kiosk.screens.parts import Action, ActionKind, Icon, Rating, Tile
from kiosk.screens.screen import Answer, Screen
from kiosk.visit import Visit

_LEVELS = (5, 4, 3, 2, 1)

_FINER: Mapping[int, tuple[int, ...]] = {4: (5, 4), 3: (3,), 2: (2, 1)}
"""Elder mode asks for one of three first, and then, of whoever was not in the middle, which of two: every level can be reached,
no screen has five faces. Who stops after the first touch has given the level that its words say."""


def screen(visit: Visit, levels: tuple[int, ...], *, finer: bool = False) -> Screen:
    """Faces and 「不评价」; `finer`: a second question about what was already said."""
    say = visit.say
    tiles = tuple(
        Tile(id=f"level_{level}", title=say(f"rate.level_{level}"), icon=Icon(f"smile_{level}")) for level in levels
    )
    return visit.composer.screen(
        say,
        "rate",
        title=say("rate.finer_title" if finer else "rate.title"),
        sentence=say("rate.finer_sentence" if finer else "rate.sentence"),
        spoken=say("rate.finer_spoken" if finer else "rate.spoken"),
        blocks=(Rating(tiles=tiles),),
        actions=(Action(id="skip", label=say("rate.enough" if finer else "rate.skip"), kind=ActionKind.SECONDARY),),
        back=False,
    )


def _first(visit: Visit) -> Screen:
    return screen(visit, tuple(_FINER) if visit.elder else _LEVELS)


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Ask once; silence is a skip, not a time-out: the paper is already in the visitor's hand. A trial is nobody's rating."""
    if Trial in visit.known:
        return Outcome.DONE
    level = _level(await visit.ask(partial(_first, visit), seconds=visit.policy.done.shown.of(visit.look.mode)))
    try:
        if level is not None and visit.elder and len(_FINER[level]) > 1:
            finer = partial(screen, visit, _FINER[level], finer=True)
            level = _level(await visit.ask(finer, seconds=visit.policy.done.shown.of(visit.look.mode))) or level
    finally:  # who leaves now has said the first word
        if level is not None:
            desk.outbox.post_rating(visit.token, visit.take(Item).code, level)
        visit.record("rating", visit=visit.token, given=level is not None)
    return Outcome.DONE


def _level(answer: Answer) -> int | None:
    return int(answer.action.removeprefix("level_")) if answer.action.startswith("level_") else None


STEP = Step(name="rate", run=run, outcomes=frozenset({Outcome.DONE}))
