"""Digits that were typed survive a screen that stands over the question, and nothing else."""

from __future__ import annotations

import msgspec

from kiosk.screens.parts import Pad, PadField
from kiosk.screens.screen import Screen
from kiosk.shell.typing_pad import Pads


def pad(label: str, *, digits: int = 4, name: str = "keeper") -> Screen:
    fields = (PadField(id="code", label=label, digits=digits), PadField(id="pin", label="x", digits=6, hidden=True))
    return Screen(name=name, title=label, blocks=(Pad(fields=fields),))


HELP = Screen(name="help", title="help", over=True)
LANGUAGES = Screen(name="languages", title="languages", over=True)


def typed(pads: Pads, screen: Screen) -> str:
    found = pads.begin(screen)
    for digit in "12":
        found.type(digit)
    return found.shown()["code"]


def test_the_question_comes_back_in_another_language_with_its_digits() -> None:
    pads = Pads()
    assert typed(pads, pad("编号")) == "12"
    pads.begin(LANGUAGES)
    pads.begin(HELP)
    back = pads.begin(pad("Staff number"))
    assert back.shown()["code"] == "12"
    assert back.secrets()["code"].reveal() == "12"


def test_the_same_question_asked_anew_is_empty() -> None:
    pads = Pads()
    typed(pads, pad("编号"))
    assert pads.begin(pad("编号")).shown()["code"] == ""


def test_any_other_screen_after_it_wipes_the_digits() -> None:
    for other in (Screen(name="idle", title="idle"), pad("编号", digits=5), pad("编号", name="other")):
        pads = Pads()
        question = pads.begin(pad("编号"))
        question.type("1")
        pads.begin(HELP)
        pads.begin(other)
        assert question.shown()["code"] == "", "overwritten"
        pads.begin(HELP)
        assert pads.begin(pad("编号")).shown()["code"] == ""


def test_digits_on_a_screen_over_the_question_are_its_own() -> None:
    pads = Pads()
    typed(pads, pad("编号"))
    over = pads.begin(msgspec.structs.replace(pad("编号"), over=True))
    assert over.shown()["code"] == ""
