"""From fetching the document to the thanks."""

from __future__ import annotations

from kiosk.screens.parts import (
    Action,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Picture,
    Progress,
    Rating,
    Tile,
)
from kiosk.screens.screen import Screen
from kiosk.shell.samples.common import Stage, secondary


def fetch(stage: Stage) -> Screen:
    """While the platform is asked for the document."""
    say = stage.say
    return stage.screen(
        "fetch",
        "fetch",
        sentence=say("fetch.sentence", department=stage.value.department),
        step="consent",
        blocks=(Picture(drawing=Drawing.FETCHING, name=say("fetch.picture")),),
    )


def fetch_slow(stage: Stage) -> Screen:
    """It did not answer well."""
    say = stage.say
    return stage.composer.notice(
        say,
        "fetch_slow",
        title=say("fetch_failed.slow_title"),
        sentence=say("fetch_failed.slow_sentence"),
        step="consent",
        actions=(Action(id="again", label=say("fetch_failed.again")), secondary("other_way", say("unavailable.other"))),
    )


def printing(stage: Stage) -> Screen:
    """The paper is coming; nobody may leave now."""
    say = stage.say
    return stage.screen(
        "printing",
        "printing",
        sentence=say("printing.sentence", pages=2),
        spoken=say("printing.spoken", pages=2),
        step="print",
        blocks=(
            Picture(drawing=Drawing.PRINTING, name=say("printing.picture")),
            Progress(done=1, total=2, label=say("printing.page", page=2, pages=2)),
        ),
        back=False,
        leave=False,
    )


def print_failed(stage: Stage) -> Screen:
    """It is not sure whether all came out."""
    say = stage.say
    rows = (
        Fact(label=say("print_failed.reason"), value=stage.value.reason, icon=Icon.INFO),
        Fact(label=say("print_failed.serial"), value=stage.value.serial, icon=Icon.RECEIPT),
    )
    return stage.composer.notice(
        say,
        "print_failed",
        title=say("print_failed.doubtful_title"),
        sentence=say("print_failed.doubtful_sentence"),
        spoken=say("print_failed.spoken"),
        step="print",
        blocks=(Facts(rows=rows),),
        actions=(
            Action(id="again", label=say("print_failed.again")),
            secondary("slip", say("print_failed.slip")),
            secondary("done", say("print_failed.done")),
        ),
        back=False,
    )


def take_paper(stage: Stage) -> Screen:
    """Take the paper, and the card that still lies there."""
    say = stage.say
    return stage.screen(
        "take_paper",
        "take",
        sentence=say("take.sentence", pages=1, until=stage.value.until),
        step="print",
        blocks=(
            Picture(drawing=Drawing.TAKE_PAPER, name=say("take.picture")),
            Note(text=say("take.both_note"), kind=NoteKind.ATTENTION),
        ),
        actions=(Action(id="taken", label=say("take.taken")),),
        back=False,
        leave=False,
    )


def slip_question(stage: Stage) -> Screen:
    """Whether a slip is wanted."""
    say = stage.say
    rows = (
        Fact(label=say("take.serial"), value=stage.value.serial, icon=Icon.RECEIPT),
        Fact(label=say("review.valid"), value=stage.value.until, icon=Icon.CLOCK),
    )
    return stage.screen(
        "slip_question",
        "take",
        title=say("take.slip_question"),
        sentence=say("take.slip_sentence"),
        spoken=say("take.slip_spoken"),
        step="print",
        blocks=(Facts(rows=rows),),
        actions=(Action(id="slip", label=say("take.slip")), secondary("none", say("take.no_slip"))),
        back=False,
    )


def take_card(stage: Stage) -> Screen:
    """The card comes first."""
    say = stage.say
    return stage.screen(
        "take_card",
        "take",
        title=say("take.card_title"),
        sentence=say("take.card_sentence"),
        spoken=say("take.card_spoken"),
        blocks=(Picture(drawing=Drawing.TAKE_CARD, name=say("take.card_picture")),),
        back=False,
        leave=False,
    )


def rate(stage: Stage) -> Screen:
    """Five faces, in elder mode three; skipping is as easy."""
    say = stage.say
    tiles = tuple(
        Tile(id=f"level_{level}", title=say(f"rate.level_{level}"), icon=Icon(f"smile_{level}"))
        for level in ((4, 3, 2) if stage.elder else (5, 4, 3, 2, 1))
    )
    return stage.screen(
        "rate",
        "rate",
        blocks=(Rating(tiles=tiles),),
        actions=(secondary("skip", say("rate.skip")),),
        back=False,
    )


def thanks(stage: Stage) -> Screen:
    """The last screen; nothing personal is on it."""
    say = stage.say
    return stage.screen(
        "thanks",
        "thanks",
        blocks=(Picture(drawing=Drawing.DONE, name=say("thanks.picture")),),
        actions=(Action(id="done", label=say("thanks.done")),),
        back=False,
    )
