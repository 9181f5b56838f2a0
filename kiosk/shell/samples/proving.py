"""From the card to the consent."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    Drawing,
    Fact,
    Facts,
    Icon,
    Live,
    Pad,
    PadField,
    Picture,
    Tick,
    Ticks,
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


def card_reading(stage: Stage) -> Screen:
    """The card must stay."""
    say = stage.say
    return stage.screen(
        "card_reading",
        "card",
        title=say("card.reading_title"),
        sentence=say("card.reading_sentence"),
        spoken=say("card.reading_sentence"),
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


def keeper(stage: Stage) -> Screen:
    """Where the keeper types code and PIN."""
    say = stage.say
    fields = (
        PadField(id="keeper", label=say("keeper.code"), digits=4),
        PadField(id="pin", label=say("keeper.pin"), digits=6, hidden=True),
    )
    return stage.screen(
        "keeper",
        "keeper",
        step="face",
        blocks=(Pad(fields=fields),),
        actions=(Action(id="confirm", label=say("keeper.confirm")),),
    )


def keeper_asking(stage: Stage) -> Screen:
    """While the platform is asked."""
    say = stage.say
    return stage.composer.screen(say, "keeper_asking", title=say("keeper.asking"), step="face", back=False, leave=False)


def licence_consent(stage: Stage) -> Screen:
    """Which licence, which fields, what for, once; in elder mode one question a screen."""
    say, value = stage.say, stage.value
    lines: tuple[str, ...] = (say("licence_consent.why", why=value.item), say("licence_consent.once"))
    if not stage.elder:
        lines = (say("licence_consent.fields", fields=value.fields), *lines)
    ticks = (
        Tick(id="record", title=value.licence, lines=lines),
        Tick(id="id_card", title=value.card, lines=lines, ticked=False),
    )
    return stage.screen(
        "licence_consent",
        "licence_consent",
        sentence=say("licence_consent.sentence", purpose=value.item, department=value.department),
        spoken=say("licence_consent.spoken", item=value.item, licence=value.licence),
        step="consent",
        blocks=(Ticks(rows=ticks[:1] if stage.elder else ticks),),
        actions=(
            Action(id="agree", label=say("licence_consent.agree")),
            secondary("other_way", say("licence_consent.other")),
        ),
    )
