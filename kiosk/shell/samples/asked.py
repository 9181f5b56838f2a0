"""Forms: all their questions on one screen in standard mode, one of them in elder mode."""

from __future__ import annotations

from kiosk.screens.parts import Action, Fact, Icon, PadField, Pages
from kiosk.screens.questions import Allow, Confirm, Enter, Filling, Form, sheet
from kiosk.screens.screen import Screen
from kiosk.shell.samples.common import PAGE, Stage, secondary


def _ask(stage: Stage, form: Form, *, at: int, name: str = "") -> Screen:
    shown = sheet(form, Filling(at=at), one_at_a_time=stage.elder)
    return stage.composer.screen(
        stage.say,
        name or form.name,
        title=shown.title,
        sentence=shown.sentence,
        spoken=shown.spoken,
        step=form.step,
        blocks=shown.blocks,
        actions=shown.actions,
    )


def _keeper(stage: Stage, *, wrong: bool) -> Form:
    say = stage.say
    return Form(
        name="keeper",
        title=say("keeper.title"),
        sentence=say("keeper.sentence"),
        spoken=say("keeper.spoken"),
        step="face",
        questions=(
            Enter(
                field=PadField(id="keeper", label=say("keeper.code"), digits=4),
                asks=say("keeper.code_asks"),
                spoken=say("keeper.code_spoken"),
                yes=say("keeper.next"),
            ),
            Enter(
                field=PadField(id="pin", label=say("keeper.pin"), digits=6, hidden=True),
                asks=say("keeper.pin_asks"),
                spoken=say("keeper.pin_spoken"),
            ),
        ),
        yes=Action(id="confirm", label=say("keeper.confirm")),
        note=say("keeper.wrong") if wrong else "",
    )


def keeper(stage: Stage) -> Screen:
    """Where the keeper types code and PIN; in elder mode the PIN."""
    return _ask(stage, _keeper(stage, wrong=False), at=1)


def keeper_wrong(stage: Stage) -> Screen:
    """They did not fit; in elder mode the code is asked for again first."""
    return _ask(stage, _keeper(stage, wrong=True), at=0, name="keeper_wrong")


def licence_consent(stage: Stage) -> Screen:
    """Which licence, which fields, what for, once."""
    say, value = stage.say, stage.value
    questions = tuple(
        Allow(
            id=name,
            title=name,
            asks=say("licence_consent.title"),
            spoken=say("licence_consent.spoken", item=value.item, licence=name),
            lines=(
                say("licence_consent.fields", fields=value.fields),
                say("licence_consent.why", why=value.item),
                say("licence_consent.once"),
            ),
            facts=(
                Fact(label=say("licence_consent.facts_fields"), value=value.fields, icon=Icon.DOCUMENT),
                Fact(label=say("licence_consent.facts_why"), value=value.item, icon=Icon.INFO),
                Fact(
                    label=say("licence_consent.facts_once"),
                    value=say("licence_consent.facts_once_text"),
                    icon=Icon.CLOCK,
                ),
            ),
        )
        for name in (value.licence, value.card)
    )
    form = Form(
        name="licence_consent",
        title=say("licence_consent.title"),
        sentence=say("licence_consent.sentence", purpose=value.item, department=value.department),
        spoken=say("licence_consent.spoken", item=value.item, licence=value.licence),
        step="consent",
        questions=questions,
        yes=Action(id="agree", label=say("licence_consent.agree")),
        no=secondary("other_way", say("licence_consent.other")),
    )
    return _ask(stage, form, at=0)


def _review(stage: Stage, *, picture: bool) -> Form:
    say, value = stage.say, stage.value
    whose = Confirm(
        asks=say("review.name_asks"),
        spoken=say("review.name_spoken"),
        facts=(Fact(label=say("review.name"), value=value.name, icon=Icon.ID_CARD),),
        details=(Fact(label=say("review.number"), value=value.number, icon=Icon.KEY),),
        yes=say("review.right"),
        no=say("review.not_right"),
    )
    what = Confirm(
        asks=say("review.document_asks"),
        spoken=say("review.document_spoken", document=value.licence, pages=1),
        facts=(
            Fact(label=say("review.document"), value=value.licence, icon=Icon.DOCUMENT),
            Fact(label=say("review.pages"), value=say("review.pages_value", pages=1), icon=Icon.LIST),
        ),
        details=(Fact(label=say("review.valid"), value=value.until, icon=Icon.CLOCK),),
        pages=Pages(sizes=(PAGE,), name=say("review.pages_picture")) if picture else None,
    )
    return Form(
        name="review",
        title=say("review.title"),
        sentence=say("review.sentence"),
        spoken=say("review.spoken", name=value.name, document=value.licence, pages=1),
        step="print",
        questions=(whose, what),
        yes=Action(id="print", label=say("review.print")),
        no=secondary("wrong", say("review.wrong")),
    )


def review(stage: Stage) -> Screen:
    """The document before it is printed; in elder mode what is printed."""
    return _ask(stage, _review(stage, picture=True), at=1)


def review_facts(stage: Stage) -> Screen:
    """Without a picture, for what cannot be covered on it; in elder mode whose it is."""
    return _ask(stage, _review(stage, picture=False), at=0, name="review_facts")
