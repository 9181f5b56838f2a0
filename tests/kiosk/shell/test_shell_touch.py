"""Real touches (X events) on the real window: buttons answer once, and what a finger does is seen at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from kiosk.screens.protocol import Drawn, Stirred, Touched, TreeIs
from kiosk.screens.screen import Answer, Look
from kiosk.shell import marks
from kiosk.shell.bench import Bench
from kiosk.shell.fingers import Fingers
from tests.kiosk.shell.touching import LIGHT, TWO, find, glass, middle, quiet, rgb

pytestmark = pytest.mark.screen


def test_a_touched_button_answers_once_with_its_id(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        x, y = middle(find(tree.tree, "换个办法"))
        await at.pointer("mousemove", str(x), str(y), "click", "--repeat", "3", "--delay", "30", "1")
        said = await quiet(at, 0.7)
        assert [m.answer for m in said if isinstance(m, Touched)] == [Answer(action="no")]
        inert = [m for m in said if isinstance(m, TreeIs)][-1]
        assert not find(inert.tree, "同意")["enabled"]
        assert find(inert.tree, "同意")["actions"] == []

    run(play())


def test_the_next_screen_says_how_long_the_touch_took(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        await at.touch(*middle(find(tree.tree, "同意")))
        await at.hear_of(Touched)
        await at.show(TWO, Look())
        drawn = [m for m in at.heard if isinstance(m, Drawn)][-1]
        assert drawn.pressed_ms > 0
        assert 0 < drawn.since_show_ms < drawn.since_touch_ms, "how much is asked in tests/benchmarks"

    run(play())


def test_pressed_is_seen_before_the_finger_is_lifted_and_leaving_answers_nothing(
    at: Bench, run: Any, tmp_path: Path
) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        node = find(tree.tree, "换个办法")
        x, y, w, h = node["bounds_px"]
        spot = (x + w // 8, y + h // 2)
        before = (await glass(at, tmp_path / "a.png")).getpixel(spot)
        await at.pointer("mousemove", str(spot[0]), str(spot[1]), "mousedown", "1")
        await asyncio.sleep(0.1)
        pressed = (await glass(at, tmp_path / "b.png")).getpixel(spot)
        assert not [m for m in at.heard if isinstance(m, Touched) and m.number == tree.number]
        await at.pointer("mousemove", str(spot[0]), "300", "mouseup", "1")
        said = await quiet(at, 0.2)
        after = (await glass(at, tmp_path / "c.png")).getpixel(spot)
        assert before == after == rgb(LIGHT.card)
        assert pressed != before
        assert not [m for m in said if isinstance(m, Touched)]
        assert [m.missed for m in said if isinstance(m, Stirred)] == [False], "it was on something to touch"

    run(play())


def test_a_touch_that_comes_with_the_window_s_focus_counts(at: Bench, run: Any) -> None:
    """The first one after a start, for one. SDL swallows such a click unless it is told not to."""
    search = ["xdotool", "search", "--class", ".*"]
    windows = subprocess.check_output(search, env={**os.environ, "DISPLAY": at.display}, text=True).split()

    async def play() -> None:
        tree = await at.show(TWO, Look())
        x, y = middle(find(tree.tree, "换个办法"))
        await at.pointer("mousemove", str(x), str(y), "windowfocus", "1")  # 1: X's PointerRoot, no window of its own
        await quiet(at, 0.3)
        await at.pointer("windowfocus", windows[-1], "click", "1")
        assert (await at.hear_of(Touched)).answer.action == "no"

    run(play())


def test_waiting_is_seen_after_an_answer(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        node = find(tree.tree, "换个办法")
        await at.touch(*middle(node))
        await at.hear_of(Touched)
        x, y, w, h = node["bounds_px"]
        box = (x + w // 2 - 60, y + h - 34, x + w // 2 + 60, y + h - 8)
        early = (await glass(at, tmp_path / "a.png")).crop(box)
        await quiet(at, 0.8)
        assert (await glass(at, tmp_path / "b.png")).crop(box).tobytes() != early.tobytes()

    run(play())


def test_disabled_and_empty_places_answer_nothing_but_somebody_is_there(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        await at.touch(*middle(find(tree.tree, "离开")))
        await at.touch(540, 900)
        said = await quiet(at, 0.2)
        assert not [m for m in said if isinstance(m, Touched)]
        assert [m.missed for m in said if isinstance(m, Stirred)] == [True, True]

    run(play())


def test_a_finger_that_comes_up_elsewhere_or_is_the_second_one_touches_nothing() -> None:
    fingers = Fingers()
    node = marks.Node(marks.Role.BUTTON, "是", marks.Box(0, 0, 100, 100))
    target = marks.Target(node.box, marks.Answers("yes"), 0)
    parts = [marks.Part("a", node, (), target)]
    assert fingers.press(1, 50, 50, parts) is target
    assert fingers.press(2, 50, 50, parts) is None
    assert fingers.lift(2, 50, 50) is None
    assert fingers.lift(1, 50, 150) is None
    assert fingers.press(3, 50, 50, parts) is target
    assert fingers.moved(3, 150, 50)
    assert fingers.lift(3, 50, 50) is None
    assert fingers.press(4, 50, 50, parts) is target
    fingers.forget()  # the screen changed under the finger
    assert fingers.lift(4, 50, 50) is None
    assert not fingers.down
