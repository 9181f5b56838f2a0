"""The staff's hidden gesture, without a window: what makes it, and that nothing else does."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.screens.screen import LANGUAGE, SIGNS, Layout, Look, Mode, Tool
from kiosk.shell import gesture, tokens
from kiosk.shell.gesture import Gesture, Spots, Touch
from kiosk.shell.marks import Box
from kiosk.shell.samples import samples
from kiosk.shell.studio import lay, letters
from kiosk.shell.template import Laid

SCALE = 4.0
SPOTS = Spots(Box(200, 40, 240, 60), Box(0, 150, 120, 120), Box(960, 150, 120, 120))
RULE = gesture.rule()
LETTERS = letters()


def touch(box: Box, at: float, seconds: float, *, strayed: float = 0.0) -> Touch:
    return Touch(at, at + seconds, box.x + box.w / 2, box.y + box.h / 2, strayed)


def right() -> list[Touch]:
    return [touch(SPOTS.name, 0.0, 1.2), touch(SPOTS.left, 2.0, 0.1), touch(SPOTS.right, 3.0, 0.1)]


def made(touches: list[Touch]) -> list[bool]:
    follows = Gesture(SCALE)
    return [follows.touched(each, SPOTS) for each in touches]


def test_name_held_then_left_then_right() -> None:
    assert made(right()) == [False, False, True]
    assert made([*right(), *[Touch(t.down + 9, t.up + 9, t.x, t.y, 0.0) for t in right()]])[-1], "and once more"


@pytest.mark.parametrize(
    "wrong",
    [
        [touch(SPOTS.name, 0.0, RULE.hold - 0.1), *right()[1:]],
        [touch(SPOTS.name, -9.0, RULE.hold_most + 0.1), *right()[1:]],
        [touch(SPOTS.name, 0.0, 1.2, strayed=RULE.slip * SCALE + 1), *right()[1:]],
        [right()[0], touch(SPOTS.right, 2.0, 0.1), touch(SPOTS.left, 3.0, 0.1)],
        [right()[0], right()[1], touch(SPOTS.right, 3.0, RULE.tap_most + 0.1)],
        [right()[0], right()[1], touch(SPOTS.right, 2.1 + RULE.within + 0.1, 0.1)],
        [right()[0], touch(SPOTS.left, 1.2 + RULE.within + 0.1, 0.1), touch(SPOTS.right, 6.0, 0.1)],
        [right()[0], right()[1], touch(Box(500, 500, 10, 10), 2.5, 0.1), right()[2]],
        [right()[0], right()[1], right()[1], right()[2]],
        right()[1:],
    ],
)
def test_anything_else_is_nothing(wrong: list[Touch]) -> None:
    assert not any(made(wrong))


def test_a_hold_that_comes_late_begins_it_anew() -> None:
    touches = [right()[0], touch(SPOTS.name, 2.0, 1.2), touch(SPOTS.left, 4.0, 0.1), touch(SPOTS.right, 5.0, 0.1)]
    assert made(touches)[-1]


def test_a_second_finger_and_a_new_screen_spoil_it() -> None:
    follows = Gesture(SCALE)
    for each in right()[:2]:
        follows.touched(each, SPOTS)
    follows.forget()
    assert not follows.touched(right()[2], SPOTS)
    follows = Gesture(SCALE)
    follows.press("one", 210, 50, 0.0, free=True)
    follows.press("two", 900, 900, 0.5, free=True)
    assert not follows.lift("one", 1.2, [])
    assert not any(follows.touched(each, SPOTS) for each in right()[1:])


def test_without_its_places_there_is_none() -> None:
    follows = Gesture(SCALE)
    assert not any(follows.touched(each, None) for each in right())


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_nobody_comes_upon_it_by_tapping(seed: int) -> None:
    """Hours of two children: one taps and holds all over the glass, one taps nowhere but at the places of the gesture."""
    draw = random.Random(seed)
    kinds = [(Box(0, 0, 1080, 1920), 3.0)] if seed % 2 else [(spot, 0.9) for spot in SPOTS]
    follows, now, found = Gesture(SCALE), 0.0, 0
    for _ in range(20_000):
        box, longest = draw.choice(kinds)
        seconds = draw.uniform(0.05, longest)
        at = draw.randrange(box.x, box.right), draw.randrange(box.y, box.bottom)
        found += follows.touched(Touch(now, now + seconds, *at, strayed=draw.random() * 20), SPOTS)
        now += seconds + draw.random()
    assert found == 0


def laid_out(look: Look, panel: str) -> Laid:
    """The idle screen with the tools that stand in its upper corner."""
    idle = next(each for each in samples(look.mode) if each.name == "idle")
    idle = msgspec.structs.replace(idle, tools=(Tool(id=LANGUAGE, label="English"), Tool(id=SIGNS, label="手语")))
    return lay(idle, look, tokens.panels()[panel], LETTERS)[0]


@pytest.mark.parametrize("panel", sorted(tokens.panels()))
@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("mode", list(Mode))
def test_its_places_are_on_the_idle_screen_where_nothing_can_be_touched(panel: str, layout: Layout, mode: Mode) -> None:
    laid = laid_out(Look(mode=mode, layout=layout), panel)
    scale = tokens.pixels_per_mm(tokens.panels()[panel])
    places = gesture.spots(laid.all(), scale)
    assert places is not None
    for place in places:
        # A fingertip in the middle of it: what can be touched may only graze the place.
        x, y = place.x + place.w // 2, place.y + place.h // 2
        assert not [part.key for part in laid.all() if part.target and part.target.box.has(x, y)]
        assert min(place.w, place.h) >= 5 * scale, "a fingertip finds it"
    assert not (places.left.right > places.right.x and places.left.bottom > places.right.y), "two corners"
