"""From the card to the consent."""

from __future__ import annotations

import msgspec

from kiosk.screens.parts import (
    Action,
    Drawing,
    Fact,
    Facts,
    Icon,
    Live,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Screen
from kiosk.shell.samples.common import Stage, secondary


def card(stage: Stage) -> Screen:
    """Where the card goes."""
    say = stage.say
    return stage.screen(
        "card",
        "card",
        step="card",
        blocks=(Picture(drawing=Drawing.PLACE_CARD, name=say("card.picture")),),
        actions=(secondary("no_card", say("card.no_card")),),
    )


def card_signed(stage: Stage) -> Screen:
    """The same, with sign language beside it."""
    return msgspec.structs.replace(card(stage), name="card_signed", signs=True)


def card_reading(stage: Stage) -> Screen:
    """The card must stay."""
    say = stage.say
    return stage.screen(
        "card_reading",
        "card",
        title=say("card.reading_title"),
        sentence=say("card.reading_sentence"),
        spoken=say("card.reading_spoken"),
        step="card",
        blocks=(Picture(drawing=Drawing.READING_CARD, name=say("card.reading_title")),),
    )


def card_trouble(stage: Stage) -> Screen:
    """The card did not do."""
    say = stage.say
    return stage.composer.notice(
        say,
        "card_trouble",
        title=say("card.expired_title"),
        sentence=say("card.expired_sentence"),
        step="card",
        actions=(Action(id="retry", label=say("card.retry")), secondary("other_way", say("card.other_way"))),
    )


def face_consent(stage: Stage) -> Screen:
    """Whether the face may be compared; no is as large as yes."""
    say = stage.say
    facts = [("what", Icon.FACE), ("where", Icon.PLACE), ("keep", Icon.CLOCK)]
    if not stage.elder:
        facts.insert(1, ("why", Icon.ID_CARD))
    rows = tuple(
        Fact(label=say(f"face_consent.facts_{key}"), value=say(f"face_consent.facts_{key}_text"), icon=icon)
        for key, icon in facts
    )
    return stage.screen(
        "face_consent",
        "face_consent",
        step="face",
        blocks=(Facts(rows=rows),),
        actions=(
            Action(id="agree", label=say("face_consent.agree")),
            secondary("other_way", say("face_consent.other")),
        ),
    )


def face(stage: Stage) -> Screen:
    """The camera's picture."""
    say = stage.say
    return stage.screen(
        "face",
        "face",
        step="face",
        blocks=(Live(hint=say("face.hint_too_far")),),
        actions=(secondary("other_way", say("face.other")),),
    )


def face_not_matched(stage: Stage) -> Screen:
    """It did not work this time."""
    say = stage.say
    return stage.composer.notice(
        say,
        "face_not_matched",
        title=say("face.again_title"),
        sentence=say("face.again_sentence"),
        step="face",
        actions=(Action(id="retry", label=say("face.retry")), secondary("other_way", say("face.other"))),
    )


def other_way(stage: Stage) -> Screen:
    """The ways that remain."""
    say = stage.say
    tiles = tuple(
        Tile(id=key, title=say(f"other_way.{key}"), note=say(f"other_way.{key}_note"), icon=icon)
        for key, icon in (("keeper", Icon.PEOPLE), ("referral", Icon.DOCUMENT))
    )
    return stage.screen("other_way", "other_way", step="face", blocks=(Tiles(tiles=tiles),))


def keeper_asking(stage: Stage) -> Screen:
    """While the platform is asked."""
    say = stage.say
    return stage.composer.screen(
        say,
        "keeper_asking",
        title=say("keeper.asking"),
        blocks=(Picture(drawing=Drawing.WAITING, name=say("keeper.asking")),),
        step="face",
        back=False,
        leave=False,
    )
