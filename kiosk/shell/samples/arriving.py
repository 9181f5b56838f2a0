"""Before the card: choosing, looking, waiting, help."""

from __future__ import annotations

import msgspec

from kiosk.screens import closed
from kiosk.screens.parts import (
    Action,
    Check,
    Checks,
    CheckState,
    Drawing,
    Fact,
    Facts,
    Hero,
    Icon,
    Note,
    NoteKind,
    Picture,
    Tile,
    Tiles,
)
from kiosk.screens.screen import Bar, BarButton, Mode, Screen
from kiosk.shell.samples.common import Stage, secondary


def idle(stage: Stage) -> Screen:
    """The two modes are the first and only choice."""
    say = stage.say
    chips = ((Icon.ID_CARD, "card"), (Icon.FACE, "face"), (Icon.DOCUMENT, "print"))
    hero = Hero(
        lines=(say("idle.hero_1"), say("idle.hero_2")),
        sentence=say("idle.hero_sentence", hours=say("idle.hours_always")),
        chips=tuple((icon, say(f"idle.chip_{key}")) for icon, key in chips),
    )
    tiles = tuple(
        Tile(
            id=mode.value,
            title=say(f"idle.{mode.value}"),
            note=say(f"idle.{mode.value}_note"),
            icon=Icon.SPEAKER if mode is Mode.ELDER else Icon.HOME,
            emphasis=mode is Mode.ELDER,
        )
        for mode in (Mode.ELDER, Mode.STANDARD)
    )
    return Screen(
        name="idle",
        title=say("idle.title"),
        spoken=say("idle.spoken"),
        header=stage.value.place,
        blocks=(hero, Tiles(tiles=tiles)),
        bar=Bar(help=BarButton(label=say("bar.help"))),
    )


def guide(stage: Stage) -> Screen:
    """What an item needs, before it begins."""
    say, value = stage.say, stage.value
    rows = [
        Fact(label=say("guide.needs"), value=value.needs, icon=Icon.ID_CARD),
        Fact(label=say("guide.gets"), value=value.gets, icon=Icon.DOCUMENT),
        Fact(label=say("guide.minutes_label"), value=say("guide.minutes", minutes=2), icon=Icon.CLOCK),
        Fact(label=say("guide.fee"), value=value.fee, icon=Icon.MONEY),
    ]
    if not stage.elder:
        rows.append(Fact(label=say("guide.valid"), value=say("guide.valid_days", days=30), icon=Icon.INFO))
        rows.append(Fact(label=say("guide.department"), value=value.department, icon=Icon.SHOP))
    return stage.screen(
        "guide",
        "guide",
        title=say("guide.title", item=value.item_elder if stage.elder else value.item),
        spoken=say("guide.spoken", needs=value.needs, minutes=2, fee=value.fee),
        blocks=(Facts(rows=tuple(rows)),),
        actions=(Action(id="start", label=say("guide.start")),),
    )


def precheck(stage: Stage) -> Screen:
    """While the machine looks whether it can."""
    picture = Picture(drawing=Drawing.WAITING, name=stage.say("precheck.title"))
    return stage.screen("precheck", "precheck", blocks=(picture,))


def cannot(stage: Stage) -> Screen:
    """It cannot, and where and when else."""
    say = stage.say
    checks = (
        Check(label=say("precheck.a4_printer"), state=CheckState.MISSING, word=say("precheck.word_paper_out")),
        Check(
            label=say("precheck.platform"),
            state=CheckState.MISSING,
            word=say("precheck.missing"),
            note=stage.value.busy,
        ),
    )
    return stage.screen(
        "cannot",
        "precheck",
        title=say("precheck.cannot_title"),
        sentence=say("precheck.cannot_sentence"),
        spoken=say("precheck.cannot_spoken"),
        blocks=(Checks(rows=checks), Facts(heading=say("precheck.elsewhere"), rows=elsewhere(stage))),
        actions=(
            Action(id="again", label=say("precheck.again")),
            secondary("other_item", say("precheck.other_item")),
        ),
    )


def elsewhere(stage: Stage) -> tuple[Fact, ...]:
    """Where else, when, and whom to call."""
    say, value = stage.say, stage.value
    return (
        Fact(label=say("referral.place"), value=value.there, icon=Icon.HOUSE),
        Fact(label=say("referral.address"), value=value.address, icon=Icon.PLACE),
        Fact(label=say("referral.hours"), value=value.hours, icon=Icon.CLOCK),
        Fact(label=say("referral.phone"), value=value.phone, icon=Icon.PHONE),
    )


def limited(stage: Stage) -> Screen:
    """It can, but not in every way."""
    say = stage.say
    checks = (
        Check(label=say("precheck.camera"), state=CheckState.MISSING, word=say("precheck.word_down")),
        Check(label=say("precheck.receipt_printer"), state=CheckState.MISSING, word=say("precheck.word_paper_out")),
    )
    notes = (
        Note(text=say("precheck.no_camera"), kind=NoteKind.ATTENTION),
        Note(text=say("precheck.no_receipt"), kind=NoteKind.INFO),
    )
    return stage.screen(
        "precheck_limited",
        "precheck",
        title=say("precheck.limited_title"),
        sentence=say("precheck.limited_sentence"),
        spoken=say("precheck.limited_spoken"),
        blocks=(Checks(rows=checks), *notes),
        actions=(Action(id="go_on", label=say("precheck.go_on")),),
    )


def referral(stage: Stage) -> Screen:
    """Where else, to take along on a slip."""
    say = stage.say
    return stage.screen(
        "referral",
        "referral",
        blocks=(Facts(rows=elsewhere(stage)),),
        actions=(Action(id="slip", label=say("referral.print")), secondary("done", say("referral.done"))),
    )


def help_(stage: Stage) -> Screen:
    """Somebody can be called, and whom to phone."""
    return stage.composer.help(stage.say, called=False)


def help_called(stage: Stage) -> Screen:
    """Somebody was called; in elder mode the last thing that helps."""
    screen = stage.composer.help(stage.say, called=True, topic=2 if stage.elder else 0)
    return msgspec.structs.replace(screen, name="help_called")


def elder_offer(stage: Stage) -> Screen:
    """要换成大字版吗?"""
    return stage.composer.elder_offer(stage.say)


def languages(stage: Stage) -> Screen:
    """The languages, each by its own name."""
    return stage.composer.choose_language(stage.say)


def idle_warning(stage: Stage) -> Screen:
    """您还在吗?"""
    return stage.composer.idle_warning(stage.say, 30)


def out_of_service(stage: Stage) -> Screen:
    """Paused by staff, until a time."""
    say = stage.say
    ends = say("when.tomorrow", opens="08:30")
    return closed.out_of_service(say, stage.composer, reason=say("paused.why_repair"), ends=ends)


def recovering(stage: Stage) -> Screen:
    """After a restart."""
    return stage.composer.recovering(stage.say)
