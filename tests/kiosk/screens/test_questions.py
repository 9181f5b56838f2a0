"""A form says the same whichever way it is asked: all on one screen, or one question a screen."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Action, ActionKind, Fact, Facts, Pad, PadField, Pages, Ticks
from kiosk.screens.questions import Allow, Confirm, Enter, Filling, Form, Question, back, sheet, take
from kiosk.screens.screen import Answer

YES, NO = Action(id="yes", label="是"), Action(id="no", label="否", kind=ActionKind.SECONDARY)


def question(kind: str, number: int) -> Question:
    name = f"q{number}"
    fact = Fact(label=name, value=name)
    match kind:
        case "needed" | "optional":
            return Allow(id=name, title=name, asks=name, spoken=name, facts=(fact,), needed=kind == "needed")
        case "confirm":
            return Confirm(asks=name, spoken=name, facts=(fact,), details=(Fact(label="more", value=name),))
        case "pages":
            return Confirm(asks=name, spoken=name, facts=(fact,), pages=Pages(sizes=((1, 1),), name=name))
        case _:
            return Enter(field=PadField(id=name, label=name, digits=4), asks=name, spoken=name)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    kinds = draw(st.lists(st.sampled_from(["needed", "optional", "confirm", "pages", "enter"]), min_size=1, max_size=6))
    questions = tuple(question(kind, number) for number, kind in enumerate(kinds))
    # Digits cannot be denied: a form that only asks for them may have no 否.
    no = NO if any(not isinstance(each, Enter) for each in questions) or draw(st.booleans()) else None
    return Form(name="form", title="全部", spoken="全部", questions=questions, yes=YES, no=no)


Mind = Mapping[str, bool]
"""What somebody thinks of each question, by its place in the form; what is typed is always the same."""


def typed(form: Form) -> dict[str, SecretText]:
    return {each.field.id: SecretText("1234") for each in form.questions if isinstance(each, Enter)}


def told(answer: Answer) -> tuple[str, tuple[str, ...], dict[str, str]]:
    return answer.action, answer.ticked, {key: secret.reveal() for key, secret in answer.typed.items()}


def all_on_one_screen(form: Form, mind: Mind) -> Answer:
    """Tick what one allows and touch 是, unless something is not so; whoever is told that a box is needed says 否."""
    wrong = any(isinstance(each, Confirm) and not mind[f"{n}"] for n, each in enumerate(form.questions))
    ticked = tuple(e.id for n, e in enumerate(form.questions) if isinstance(e, Allow) and mind[f"{n}"])
    if wrong:
        taken = take(form, Filling(), Answer(action=NO.id), one_at_a_time=False)
    else:
        taken = take(form, Filling(), Answer(action=YES.id, ticked=ticked, typed=typed(form)), one_at_a_time=False)
        if isinstance(taken, Filling):
            assert set(taken.cleared).isdisjoint(ticked)
            taken = take(form, taken, Answer(action=NO.id), one_at_a_time=False)
    assert isinstance(taken, Answer)
    return taken


def one_a_screen(form: Form, mind: Mind, wavering: list[bool]) -> Answer:
    """Answer each question as it comes; now and then go one back first, and answer that one again."""
    filling, everything = Filling(), typed(form)
    while True:
        asked = form.questions[filling.at]
        before = back(form, filling) if wavering and wavering.pop() else None
        if before is not None:
            filling = before
            continue
        mine = {asked.field.id: everything[asked.field.id]} if isinstance(asked, Enter) else {}
        yes = isinstance(asked, Enter) or mind[f"{filling.at}"]
        taken = take(form, filling, Answer(action=YES.id if yes else NO.id, typed=mine), one_at_a_time=True)
        if isinstance(taken, Answer):
            return taken
        filling = taken


@given(forms(), st.data())
def test_what_is_given_does_not_tell_the_mode(form: Form, data: st.DataObject) -> None:
    mind = {f"{number}": data.draw(st.booleans()) for number in range(len(form.questions))}
    wavering = data.draw(st.lists(st.booleans(), max_size=8))
    assert told(all_on_one_screen(form, mind)) == told(one_a_screen(form, mind, wavering))


@given(forms())
def test_nothing_that_is_asked_is_left_out_of_either(form: Form) -> None:
    whole = sheet(form, Filling(), one_at_a_time=False)
    rows = [row.value for block in whole.blocks if isinstance(block, Facts) for row in block.rows]
    boxes = [row.id for block in whole.blocks if isinstance(block, Ticks) for row in block.rows]
    fields = [field.id for block in whole.blocks if isinstance(block, Pad) for field in block.fields]
    assert set(rows) | set(boxes) | set(fields) == {f"q{number}" for number in range(len(form.questions))}
    for number, asked in enumerate(form.questions):
        single = sheet(form, Filling(at=number), one_at_a_time=True)
        assert single.title == asked.asks
        assert single.spoken == asked.spoken
        assert not any(isinstance(block, Ticks) for block in single.blocks), "a plain yes or no, no box"
        assert len(single.actions) == (1 if form.no is None else 2)
        (card,) = [block for block in single.blocks if isinstance(block, Facts | Pad)]
        assert len(card.fields if isinstance(card, Pad) else card.rows) == 1
    pages = [block for block in whole.blocks if isinstance(block, Pages)]
    assert len(pages) == sum(isinstance(each, Confirm) and each.pages is not None for each in form.questions)


def test_a_needed_box_that_was_cleared_stays_cleared_and_is_asked_for_again() -> None:
    form = Form(
        name="form",
        title="全部",
        spoken="全部",
        questions=(question("needed", 0), question("needed", 1)),
        yes=YES,
        no=NO,
        incomplete="还差一样",
    )
    again = take(form, Filling(), Answer(action="yes", ticked=("q1",)), one_at_a_time=False)
    assert isinstance(again, Filling)
    shown = sheet(form, again, one_at_a_time=False)
    (ticks,) = [block for block in shown.blocks if isinstance(block, Ticks)]
    assert [row.ticked for row in ticks.rows] == [False, True]
    assert "还差一样" in str(shown.blocks)
