"""What a step asks, declared once: a form of questions. In standard mode they stand on one screen, in elder mode each has a
screen of its own, asked as a person would ask it. What comes out is the same `Answer` (decision 020).

    sheet(form, Filling(), one_at_a_time=False)            what is on the screen
    take(form, Filling(), answer, one_at_a_time=False)     the next filling, or the answer to the whole form
"""

from __future__ import annotations

import msgspec

from drivers.contract.secret import SecretText
from kiosk.screens.parts import Action, Block, Fact, Facts, Note, NoteKind, Pad, PadField, Pages, Tick, Ticks
from kiosk.screens.screen import Answer


class Allow(msgspec.Struct, frozen=True, kw_only=True):
    """Something to allow: a box in standard mode, a yes or no in elder mode. Without a `needed` one the form cannot be done, and
    saying no to it is saying no to the form. `lines` stand in the box, `facts` on the screen of its own: the same, laid out."""

    id: str
    title: str
    asks: str
    spoken: str
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    needed: bool = True


class Confirm(msgspec.Struct, frozen=True, kw_only=True):
    """Facts that are right or not; what is not right is no to the form. `details` stand on the whole form only. `yes` and `no`
    are the words on the screen of its own; empty: the form's."""

    asks: str
    spoken: str
    facts: tuple[Fact, ...]
    details: tuple[Fact, ...] = ()
    pages: Pages | None = None
    yes: str = ""
    no: str = ""


class Enter(msgspec.Struct, frozen=True, kw_only=True):
    """Digits to type: a field of the pad they share, or a pad of its own. `yes` leads to the next one."""

    field: PadField
    asks: str
    spoken: str
    yes: str = ""


Question = Allow | Confirm | Enter


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `title`, `sentence` and `spoken` belong to the whole; `incomplete` is said when a needed box was cleared."""

    name: str
    title: str
    spoken: str
    questions: tuple[Question, ...]
    yes: Action
    no: Action | None = None
    sentence: str = ""
    step: str = ""
    note: str = ""
    incomplete: str = ""


class Filling(msgspec.Struct, frozen=True):
    """How far a form is filled: the question that stands alone now, what was allowed and typed. `cleared`: boxes that the
    visitor cleared although they are needed; they stay cleared, nobody's yes is put back in their mouth."""

    at: int = 0
    allowed: tuple[str, ...] = ()
    typed: dict[str, SecretText] = {}
    cleared: tuple[str, ...] = ()


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What a screen of the form shows."""

    title: str
    sentence: str
    spoken: str
    blocks: tuple[Block, ...]
    actions: tuple[Action, ...]


def sheet(form: Form, filling: Filling, *, one_at_a_time: bool) -> Sheet:
    """The form's screen, or that of the question at which the filling stands."""
    return _single(form, form.questions[filling.at]) if one_at_a_time else _whole(form, filling)


def take(form: Form, filling: Filling, answer: Answer, *, one_at_a_time: bool) -> Filling | Answer:
    """Take an answer in: the next filling, or the answer to the whole form (`yes` with everything, or `no` with nothing)."""
    if form.no is not None and answer.action == form.no.id:
        asked = form.questions[filling.at]
        if not (one_at_a_time and isinstance(asked, Allow) and not asked.needed):
            return Answer(action=form.no.id)
        return _next(form, filling)
    if one_at_a_time:
        return _next(form, _with(form.questions[filling.at], filling, answer))
    boxes = [each for each in form.questions if isinstance(each, Allow)]
    cleared = tuple(each.id for each in boxes if each.id not in answer.ticked)
    if any(each.needed and each.id in cleared for each in boxes):
        return Filling(cleared=cleared)
    ticked = tuple(each.id for each in boxes if each.id not in cleared)
    return Answer(action=form.yes.id, ticked=ticked, typed=answer.typed)


def back(form: Form, filling: Filling) -> Filling | None:
    """One question back, forgetting what was said to it; None from the first one: back to the step before."""
    if filling.at == 0:
        return None
    asked = form.questions[filling.at - 1]
    allowed = tuple(each for each in filling.allowed if not (isinstance(asked, Allow) and each == asked.id))
    typed = {
        key: value for key, value in filling.typed.items() if not (isinstance(asked, Enter) and key == asked.field.id)
    }
    return Filling(at=filling.at - 1, allowed=allowed, typed=typed)


def _with(asked: Question, filling: Filling, answer: Answer) -> Filling:
    match asked:
        case Allow():
            return msgspec.structs.replace(filling, allowed=(*filling.allowed, asked.id))
        case Enter():
            return msgspec.structs.replace(filling, typed={**filling.typed, **answer.typed})
        case Confirm():
            return filling


def _next(form: Form, filling: Filling) -> Filling | Answer:
    if filling.at + 1 < len(form.questions):
        return msgspec.structs.replace(filling, at=filling.at + 1)
    return Answer(action=form.yes.id, ticked=filling.allowed, typed=filling.typed)


# --- all on one screen


def _whole(form: Form, filling: Filling) -> Sheet:
    pages = tuple(each.pages for each in form.questions if isinstance(each, Confirm) and each.pages is not None)
    note = form.incomplete if filling.cleared else form.note
    # Beside a pad there is no room for a note: what has to be said stands in the sentence's place.
    entering = any(isinstance(each, Enter) for each in form.questions)
    notes = (Note(text=note, kind=NoteKind.ATTENTION),) if note and not entering else ()
    return Sheet(
        title=form.title,
        sentence=note if note and entering else form.sentence,
        spoken=note if note and entering else form.spoken,
        blocks=(*pages, *_cards(form, filling), *notes),
        actions=(form.yes, *((form.no,) if form.no is not None else ())),
    )


def _cards(form: Form, filling: Filling) -> tuple[Block, ...]:
    facts = [fact for each in form.questions if isinstance(each, Confirm) for fact in (*each.facts, *each.details)]
    ticks = [
        Tick(id=each.id, title=each.title, lines=each.lines, ticked=each.id not in filling.cleared)
        for each in form.questions
        if isinstance(each, Allow)
    ]
    fields = [each.field for each in form.questions if isinstance(each, Enter)]
    return (
        *((Facts(rows=tuple(facts)),) if facts else ()),
        *((Ticks(rows=tuple(ticks)),) if ticks else ()),
        *((Pad(fields=tuple(fields)),) if fields else ()),
    )


# --- one a screen


def _single(form: Form, asked: Question) -> Sheet:
    yes, no = form.yes, form.no
    blocks: list[Block] = []
    match asked:
        case Allow():
            blocks += [Facts(rows=asked.facts, heading=asked.title)] if asked.facts else []
        case Confirm():
            blocks += [Facts(rows=asked.facts), *([asked.pages] if asked.pages is not None else [])]
            yes = _worded(yes, asked.yes)
            no = _worded(no, asked.no) if no is not None else None
        case Enter():
            blocks.append(Pad(fields=(asked.field,)))
            yes = _worded(yes, asked.yes)
    sentence, spoken = "", asked.spoken
    if form.note and isinstance(asked, Enter):
        sentence, spoken = form.note, form.note
    elif form.note:
        blocks.append(Note(text=form.note, kind=NoteKind.ATTENTION))
    return Sheet(
        title=asked.asks,
        sentence=sentence,
        spoken=spoken,
        blocks=tuple(blocks),
        actions=(yes, *((no,) if no is not None else ())),
    )


def _worded(action: Action, label: str) -> Action:
    return msgspec.structs.replace(action, label=label) if label else action
