"""Whether each record was asked for by the person whose card lay there, and whose face was seen or whom a keeper confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from judging import platform
from judging.findings import Code, Finding
from judging.stage import Person, Shown, Stage
from judging.visits import CLOCK, Consent, Placement, last_before

_NOBODY = frozenset({"nobody", "dark"})


def check(stage: Stage, consents: Sequence[Consent], placed: Sequence[Placement]) -> Iterator[Finding]:
    """Yield what is wrong with each consent."""
    for consent in consents:
        name = consent.exchange.name
        placement = last_before(placed, consent.at)
        if placement is None:
            yield Finding(Code.NO_CARD, name, "a record was asked for, and no card had been read")
        elif consent.person is None or consent.person != placement.person:
            there = placement.person.id if placement.person else "a stranger"
            asked = consent.person.id if consent.person else "an unknown number"
            yield Finding(Code.WRONG_CARD, name, f"the record of {asked} was asked for with the card of {there}")
        elif not keeper_confirmed(stage, placement.begins, consent.at):
            problem = _face_problem(stage.shown, consent.person, placement.begins, consent.at)
            if problem:
                yield Finding(Code.NO_IDENTITY, name, f"the record of {consent.person.id} was asked for: {problem}")


def keeper_confirmed(stage: Stage, begins: float, ends: float) -> bool:
    """Whether a keeper's code and PIN were accepted in this time."""
    asked = platform.at(stage.exchanges, platform.CONFIRM)
    return any(each.good and begins - CLOCK <= each.at <= ends + CLOCK for each in asked)


def _face_problem(shown: Sequence[Shown], person: Person, begins: float, ends: float) -> str:
    """Say why the face does not count. The last who stood there before the consent must be the card's holder, alone."""
    before = [each.who for each in shown if each.at <= begins][-1:]
    faces = [who for who in before + [each.who for each in shown if begins < each.at <= ends] if who not in _NOBODY]
    if not faces:
        return "nobody stood before the camera, and no keeper confirmed"
    if not person.portrait or faces[-1] != person.portrait:
        return f"{faces[-1]} stood before the camera, and no keeper confirmed"
    return ""
