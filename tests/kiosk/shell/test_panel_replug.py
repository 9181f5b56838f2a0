"""Touches of real XInput 2 devices, and panels that are unplugged and come back: the window takes them again by itself."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.screens.protocol import Touched
from kiosk.screens.screen import Look
from kiosk.shell.bench import DEMO_PANEL, Bench
from kiosk.shell.fingers import LOST_AFTER
from tests.kiosk.shell.test_pages_by_hand import PAGED, names, newest
from tests.kiosk.shell.touching import TWO, find, middle, quiet
from tests.support.panels import TouchPanel, missing, server_with_panels

pytestmark = [pytest.mark.screen, pytest.mark.skipif(bool(missing()), reason=missing())]

_REPLUGS = 20
_PATIENCE = 10.0


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[TouchPanel]]]:
    with (
        tempfile.TemporaryDirectory(prefix="x-") as folder,
        server_with_panels(Path(folder), DEMO_PANEL.px, ("panel", "another panel")) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def display(server: tuple[str, list[TouchPanel]]) -> str:
    return server[0]


@pytest.fixture
def panel(server: tuple[str, list[TouchPanel]]) -> Iterator[TouchPanel]:
    first = server[1][0]
    first.plug()
    yield first
    first.unplug()


async def places(at: Bench) -> tuple[tuple[int, int], tuple[int, int]]:
    """Show two buttons; where they are."""
    tree = (await at.show(TWO, Look())).tree
    return middle(find(tree, "同意")), middle(find(tree, "换个办法"))


async def answer(at: Bench) -> str:
    async with asyncio.timeout(_PATIENCE):
        return (await at.hear_of(Touched)).answer.action


def test_a_touch_answers_once_and_a_second_finger_does_nothing(at: Bench, run: Any, panel: TouchPanel) -> None:
    async def play() -> None:
        yes, no = await places(at)
        panel.tap(*no)
        assert await answer(at) == "no"
        assert not [each for each in await quiet(at, 0.5) if isinstance(each, Touched)]
        yes, no = await places(at)
        first = panel.down(*yes)
        await quiet(at, 0.1)
        panel.tap(*no)
        panel.up(first, *yes)
        assert await answer(at) == "yes"

    run(play())


def test_after_each_of_twenty_replugs_the_first_touch_counts(at: Bench, run: Any, panel: TouchPanel) -> None:
    async def play() -> None:
        for _ in range(_REPLUGS):
            _, no = await places(at)
            panel.unplug()
            panel.plug()
            panel.tap(*no)
            assert await answer(at) == "no"

    run(play())


def test_a_panel_that_goes_under_a_finger_locks_nobody_out(at: Bench, run: Any, panel: TouchPanel) -> None:
    async def play() -> None:
        await places(at)
        panel.down(540, 900)  # on nothing
        await quiet(at, 0.2)
        panel.unplug()
        panel.plug()
        _, no = await places(at)
        answered: list[str] = []
        async with asyncio.timeout(_PATIENCE + LOST_AFTER):  # the end of that touch may be lost; then it is given up
            while not answered:
                panel.tap(*no)
                answered = [each.answer.action for each in await quiet(at, 1.0) if isinstance(each, Touched)]
        assert answered == ["no"]

    run(play())


def test_another_panel_takes_over(at: Bench, run: Any, server: tuple[str, list[TouchPanel]]) -> None:
    async def play() -> None:
        another = server[1][1]
        another.plug()
        try:
            _, no = await places(at)
            another.tap(*no)
            assert await answer(at) == "no"
        finally:
            another.unplug()

    run(play())


def test_a_finger_on_a_panel_pulls_a_page(at: Bench, run: Any, panel: TouchPanel) -> None:
    async def play() -> None:
        first = names((await at.show(PAGED, Look())).tree)
        finger = panel.down(540, 1200)
        for y in range(1200, 700, -40):
            panel.move(finger, 540, y)
            await quiet(at, 0.02)
        panel.up(finger, 540, 700)
        async with asyncio.timeout(_PATIENCE):
            while not set(names(newest(at))) - set(first):
                await at.hear()
        assert not set(names(newest(at))) & set(first)

    run(play())
