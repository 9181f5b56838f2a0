"""The board on every panel, in both modes: keys as large and as far apart as fingers need, everything in sight, nothing cut."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest

from kiosk.input.id_number import Slip
from kiosk.screens.parts import Typing, Way
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Layout, Look, Mode, Screen, typing_of
from kiosk.shell import studio
from kiosk.shell.input.state import State, at_first
from kiosk.shell.input.words import key_words
from kiosk.shell.kit import equip
from kiosk.shell.letters import Letters
from kiosk.shell.marks import Box, Part
from kiosk.shell.opening import draft_at_first
from kiosk.shell.samples.common import stage
from kiosk.shell.samples.typing_screens import TYPING
from kiosk.shell.template import lay_out
from kiosk.shell.tokens import panels

KEY = {Mode.STANDARD: 16.0, Mode.ELDER: 20.0}
TEXT = {Mode.STANDARD: 5.0, Mode.ELDER: 10.0}
GAP = 5.0
ROUNDING = 0.3
"""Millimetres: a pixel of the finest panel is 0.18 mm, and a gap has two edges."""
GUESSES = ("欧阳娜娜", "王秀英", *"网往忘望汪亡旺妄枉")
LOOKS = [
    Look(mode=mode, layout=layout, language=language)
    for mode in Mode
    for layout in Layout
    for language in ("zh-Hans", "en")
]


@cache
def letters() -> Letters:
    return studio.letters()


def laid(screen: Screen, look: Look, panel: Panel, state: State | None) -> list[Part]:
    draft = msgspec.structs.replace(draft_at_first(screen), typing=state)
    return lay_out(screen, equip(panel, look, letters(), studio.NOON, draft)).all()


def states(field: Typing, mode: Mode) -> Iterator[State]:
    for way in field.ways:
        yield State(field=field.id, way=way)
        yield State(
            field=field.id,
            way=way,
            text="张" * (field.most - 1),
            rest="wang xiu ying",
            guesses=GUESSES,
            strokes=3,
            capitals=True,
        )
        yield State(field=field.id, way=way, trouble=True, full=True, slip=Slip.MONTH)
    yield at_first(field, mode)


def mm(box: Box, panel: Panel) -> tuple[float, float, float, float]:
    across, down = panel.mm[0] / panel.px[0], panel.mm[1] / panel.px[1]
    return box.x * across, box.y * down, box.w * across, box.h * down


def inside(inner: Box, outer: Box) -> bool:
    across = outer.x <= inner.x and inner.right <= outer.right
    return across and outer.y <= inner.y and inner.bottom <= outer.bottom


def check(parts: list[Part], look: Look, panel: Panel, where: Any) -> None:
    parts = [part for part in parts if not part.key.startswith(("bar", "tool", "header"))]
    targets = [part for part in parts if part.target or "press" in part.node.actions]
    for part in targets:
        size = mm(part.node.box, panel)
        assert min(size[2:]) >= KEY[look.mode] - ROUNDING, (where, part.key, size)
        assert part.node.name, (where, part.key)
    for number, one in enumerate(targets):
        a = mm(one.node.box, panel)
        for other in targets[number + 1 :]:
            b = mm(other.node.box, panel)
            apart = max(b[0] - a[0] - a[2], a[0] - b[0] - b[2], b[1] - a[1] - a[3], a[1] - b[1] - b[3])
            assert apart >= GAP - ROUNDING, (where, one.key, other.key, apart)
    for part in parts:
        assert inside(part.node.box, Box(0, 0, *panel.px)), (where, part.key, part.node.box)
        for child in part.node.children:
            assert inside(child.box, part.node.box), (where, part.key, child.name, child.box, part.node.box)
        if part.node.ink is not None and part.key.split(".")[0] == "0":
            high = part.node.ink * panel.mm[1] / panel.px[1]
            assert high >= TEXT[look.mode] - ROUNDING, (where, part.key, high)


@pytest.mark.parametrize("name", panels())
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.mode}-{look.layout}-{look.language}")
def test_keys_are_large_and_apart_and_nothing_is_cut(name: str, look: Look) -> None:
    panel = panels()[name]
    for make in TYPING:
        screen = make(stage(look.mode, look.language))
        field = typing_of(screen)
        assert field is not None
        for state in states(field, look.mode):
            parts = laid(screen, look, panel, state)
            check(parts, look, panel, (screen.name, state.way, state.trouble, len(state.guesses)))
            names = {part.node.name for part in parts}
            assert field.label in names, "the field is always in sight"
            assert key_words(look.language).erase in names or key_words(look.language).undo in names


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("name", panels())
def test_every_letter_has_a_key_and_a_narrow_panel_goes_by_the_alphabet(name: str, mode: Mode) -> None:
    panel = panels()[name]
    screen = TYPING[1](stage(mode, "zh-Hans"))
    parts = laid(screen, Look(mode=mode), panel, State(field="name", way=Way.PINYIN))
    keys = {part.node.name: part.node.box for part in parts if len(part.node.name) == 1 and part.node.name.isascii()}
    assert set(keys) == set("abcdefghijklmnopqrstuvwxyz")
    ordered = "".join(sorted(keys, key=lambda letter: (keys[letter].y, keys[letter].x)))
    assert ordered == ("abcdefghijklmnopqrstuvwxyz" if min(panel.mm) < 205 else "qwertyuiopasdfghjklzxcvbnm")


def test_handwriting_comes_first_and_larger_in_elder_mode() -> None:
    panel = panels()["portrait_21"]
    squares = {}
    for mode in Mode:
        screen = TYPING[1](stage(mode, "zh-Hans"))
        field = typing_of(screen)
        assert field is not None
        assert at_first(field, mode).way is (Way.HANDWRITING if mode is Mode.ELDER else Way.PINYIN)
        parts = laid(screen, Look(mode=mode), panel, State(field=field.id, way=Way.HANDWRITING))
        squares[mode] = next(part.node.box.w for part in parts if part.key.endswith("hand.square"))
    assert squares[Mode.ELDER] > squares[Mode.STANDARD] > 0


def test_opening_another_way_moves_nothing_but_the_keys() -> None:
    panel, look = panels()["portrait_21"], Look()
    screen = TYPING[1](stage(look.mode, "zh-Hans"))
    places = [
        {
            part.key: part.node.box
            for part in laid(screen, look, panel, State(field="name", way=way))
            if ".way." in part.key
        }
        for way in (Way.PINYIN, Way.HANDWRITING)
    ]
    assert places[0] == places[1] != {}


def test_a_field_without_a_way_or_with_an_odd_one_is_refused() -> None:
    for ways in ((), (Way.ID_NUMBER, Way.PINYIN)):
        with pytest.raises(ValueError, match="name"):
            at_first(Typing(id="name", label="姓名", ways=ways), Mode.STANDARD)
