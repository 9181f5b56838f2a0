"""Nothing is said by colour alone, and there is time: states differ in word or shape, time-outs keep to the floors."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from kiosk.policies import visit_policy
from kiosk.screens.parts import Check, Checks, CheckState, Note, NoteKind, Pad, PadField, Tick, Ticks, Tile, Tiles
from kiosk.screens.screen import Bar, BarButton, Look, Mode, Screen, StepMark, Theme
from kiosk.shell import tokens
from kiosk.shell.kit import Draft, equip
from kiosk.shell.studio import NOON, letters
from kiosk.shell.template import lay_out
from tests.kiosk.shell.gates import floors

PANEL = tokens.panels()["portrait_21"]
LETTERS = letters()


def without_colour(screen: Screen, draft: Draft, mode: Mode) -> tuple[str, str]:
    """What is on the glass and what is in the tree, when all colours look the same."""
    laid = lay_out(screen, equip(PANEL, Look(mode=mode, theme=Theme.LIGHT), LETTERS, NOON, draft))
    marks = [part.marks for part in laid.all()]
    nodes = [part.node for part in laid.all()]
    return re.sub(r"#[0-9a-fA-F]{6,8}", "#", repr(marks)), repr(nodes)


def ticks() -> Screen:
    return Screen(name="s", title="可以吗", blocks=(Ticks(rows=(Tick(id="a", title="证照"),)),))


def checks(state: CheckState, word: str) -> Screen:
    return Screen(name="s", title="看看", blocks=(Checks(rows=(Check(label="打印机", state=state, word=word),)),))


def note(kind: NoteKind) -> Screen:
    return Screen(name="s", title="看看", blocks=(Note(text="请注意", kind=kind),))


def tile(*, enabled: bool, note: str) -> Screen:
    return Screen(
        name="s", title="选", blocks=(Tiles(tiles=(Tile(id="a", title="社保", note=note, enabled=enabled),)),)
    )


def bar(*, enabled: bool) -> Screen:
    return Screen(
        name="s", title="看", bar=Bar(back=BarButton(label="返回", enabled=enabled), help=BarButton(label="帮忙"))
    )


def pad() -> Screen:
    fields = (PadField(id="a", label="编号", digits=4), PadField(id="b", label="密码", digits=4, hidden=True))
    return Screen(name="s", title="输入", blocks=(Pad(fields=fields),))


def step(index: int) -> Screen:
    return Screen(name="s", title="输入", step=StepMark(index=index, total=4, label="放卡"))


NONE = Draft()
STATES: dict[str, tuple[tuple[Screen, Draft], ...]] = {
    "ticked or not": ((ticks(), Draft(ticked=("a",))), (ticks(), NONE)),
    "how a check went": tuple((checks(state, str(state)), NONE) for state in CheckState),
    "what a note is about": tuple((note(kind), NONE) for kind in NoteKind),
    "to be chosen or not": ((tile(enabled=True, note=""), NONE), (tile(enabled=False, note="今天暂停"), NONE)),
    "a place of the bar that leads nowhere now": ((bar(enabled=True), NONE), (bar(enabled=False), NONE)),
    "which field is typed into": ((pad(), Draft(field="a")), (pad(), Draft(field="b"))),
    "which step": ((step(1), NONE), (step(2), NONE)),
}
ON_THE_GLASS_ONLY = {"what a note is about", "which field is typed into"}
IN_THE_TREE_ONLY = {"which step"}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("state", STATES)
def test_no_state_is_told_by_colour_alone(state: str, mode: Mode) -> None:
    seen = [without_colour(screen, draft, mode) for screen, draft in STATES[state]]
    if state not in IN_THE_TREE_ONLY:
        assert len({marks for marks, _ in seen}) == len(seen), "only their colours differ"
    if state not in ON_THE_GLASS_ONLY:
        assert len({nodes for _, nodes in seen}) == len(seen), "the tree does not tell them apart"


def test_there_is_time() -> None:
    """WCAG 2.2.1: whoever is warned has time to answer, and may ask for more as often as is reasonable; elder mode waits longer."""
    idle: Any = visit_policy().idle
    assert all(idle.countdown.of(mode) >= floors()["warn_at_least"] for mode in Mode)
    assert idle.extensions >= floors()["extend_at_least"]
    policy = visit_policy()
    waits = [idle.warn_after, idle.countdown, policy.card.wait, policy.print.take, policy.done.shown]
    assert all(wait.of(Mode.ELDER) >= 1.5 * wait.of(Mode.STANDARD) for wait in waits)
    assert all(wait.of(Mode.STANDARD) >= floors()["warn_at_least"] for wait in waits)


def test_the_floors_of_the_template_are_those_of_the_gates() -> None:
    for mode in Mode:
        sizes, floor = tokens.millimetres(mode, PANEL), floors()[mode]
        assert sizes.most_choices <= floor["choices"]
        assert min(msgspec.structs.astuple(sizes.ink)) >= floor["text"]
        assert sizes.length.target >= floor["target"]
