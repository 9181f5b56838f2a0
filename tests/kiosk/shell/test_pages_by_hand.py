"""A finger that pulls a page, as everybody does who has a telephone: real touches (X events) on the real window."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.screens.parts import Tile, Tiles
from kiosk.screens.protocol import Stirred, Touched, TreeIs
from kiosk.screens.screen import Bar, BarButton, Look, Screen
from kiosk.shell import studio
from kiosk.shell.bench import DEMO_PANEL, Bench
from kiosk.shell.marks import Box, Part
from kiosk.shell.pager import Pager, feel
from kiosk.shell.template import Laid
from kiosk.shell.tokens import pixels_per_mm
from tests.kiosk.shell.touching import Node, find, glass, middle, quiet

PAGED = Screen(
    name="list",
    title="按部门找",
    header="某某中心",
    blocks=(Tiles(tiles=tuple(Tile(id=f"d{number}", title=f"{number} 号窗口") for number in range(1, 16)), columns=1),),
    bar=Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开")),
)
MM = pixels_per_mm(DEMO_PANEL)
_PATIENCE = 10.0
"""Seconds; a loaded machine is no defect."""


# ---- on the window


def names(tree: list[Node]) -> list[str]:
    """What can be pressed in the content, the turners left out."""
    content = next(region for region in tree if region["role"] == "main")
    return [node["name"] for node in content["children"] if node["role"] == "button" and "页" not in node["name"]]


async def pull(at: Bench, start: tuple[int, int], way: tuple[int, int], *, steps: int = 12) -> list[Any]:
    """A finger comes down, goes this way, rests, is lifted. Return what the shell says until everything stands again."""
    before, (x, y) = len(at.heard), start
    await at.pointer("mousemove", str(x), str(y), "mousedown", "1")
    for step in range(1, steps + 1):
        await at.pointer("mousemove", str(x + way[0] * step // steps), str(y + way[1] * step // steps))
    await quiet(at, 1.5 * feel().flick_seconds)  # it rests: no flick
    await at.pointer("mouseup", "1")
    async with asyncio.timeout(_PATIENCE):
        while not isinstance(await at.hear(), Stirred | Touched):  # the page is there, or the touch has answered
            pass
    await quiet(at, 0.1)
    return at.heard[before:]


async def until_glass(at: Bench, path: Path, box: tuple[int, int, int, int], wanted: Image.Image) -> None:
    """Look at a part of the glass until it looks like this. Raise TimeoutError."""
    async with asyncio.timeout(_PATIENCE):
        while (await glass(at, path)).crop(box).tobytes() != wanted.tobytes():
            await quiet(at, 0.05)


def newest(at: Bench) -> list[Node]:
    return [message for message in at.heard if isinstance(message, TreeIs)][-1].tree


@pytest.mark.screen
def test_a_page_follows_the_finger_and_turns_and_nothing_on_it_is_pressed(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        shown = await at.show(PAGED, Look())
        first = names(shown.tree)
        start = middle(find(shown.tree, first[4]))
        said = await pull(at, start, (0, -round(90 * MM)))
        second = names(newest(at))
        assert second
        assert not set(first) & set(second)
        assert not [each for each in said if isinstance(each, Touched) or (isinstance(each, Stirred) and each.missed)]
        turned = await glass(at, tmp_path / "turned.png")

        await at.show(PAGED, Look())
        await at.touch(*middle(find(newest(at), "下一页")))
        await at.hear_of(Stirred)
        body = (0, 120, 1080, 1920)
        await until_glass(at, tmp_path / "pressed.png", body, turned.crop(body))  # as if the button had been pressed
        await quiet(at, 0.1)
        assert names(newest(at)) == second

        await pull(at, (540, 900), (round(90 * MM), 0))
        assert names(newest(at)) == first, "to the right is back"
        await pull(at, (540, 900), (0, round(90 * MM)))
        assert names(newest(at)) == first, "before the first there is none"

    run(play())


@pytest.mark.screen
def test_the_page_is_where_the_finger_is(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        tree = (await at.show(PAGED, Look())).tree
        x, y, w, h = find(tree, names(tree)[4])["bounds_px"]
        still = (await glass(at, tmp_path / "still.png")).crop((x, y, x + w, y + h))
        await at.pointer("mousemove", str(x + 9), str(y + 9), "mousedown", "1")
        for up in range(20, 141, 20):
            await at.pointer("mousemove", str(x + 9), str(y + 9 - up))
        await until_glass(at, tmp_path / "moved.png", (x, y - 140, x + w, y - 140 + h), still)
        await at.pointer("mouseup", "1")
        await quiet(at, 2 * feel().settle_seconds)

    run(play())


@pytest.mark.screen
def test_a_finger_that_trembles_presses_and_one_that_changes_its_mind_does_nothing(at: Bench, run: Any) -> None:
    async def play() -> None:
        shown = await at.show(PAGED, Look())
        first = names(shown.tree)
        x, y, w, h = find(shown.tree, first[1])["bounds_px"]
        start = x + w // 2, y + h - 10
        said = await pull(at, start, (0, -round(15 * MM)))  # it is lifted on the tile that it came down on
        assert names(newest(at)) == first
        assert not [each for each in said if isinstance(each, Touched)]
        said = await pull(at, start, (round(3 * MM), -round(3 * MM)), steps=3)
        assert [each.answer.action for each in said if isinstance(each, Touched)]

    run(play())


# ---- without a window


class Recorded:
    """A glass that only remembers."""

    def __init__(self) -> None:
        self.window = Box(0, 0, 0, 0)
        self.going: list[str] = []
        self.coming: list[str] = []
        self.at = ((0, 0), (0, 0))

    def slide(self, going: Sequence[str], coming: Sequence[Part], window: Box) -> None:
        self.going, self.coming, self.window = list(going), [part.key for part in coming], window

    def shift(self, going: tuple[int, int], coming: tuple[int, int]) -> None:
        self.at = (going, coming)

    def rest(self) -> None:
        self.at = ((0, 0), (0, 0))


LETTERS = studio.letters()


def laid(page: int, screen: Screen = PAGED) -> Laid:
    return studio.lay(screen, Look(), DEMO_PANEL, LETTERS, page=page)[0]


def pulled(mm: float, *, page: int = 0, across: bool = False, leftwards: bool = False, seconds: float = 1.0) -> int:
    """Pull so far at an even pace, lift at once; return by how many pages it turned."""
    pager, way, steps = Pager(Recorded(), MM), mm * MM, 20
    for step in range(steps + 1):
        so_far = way * step / steps
        place = (so_far, 0.0) if across else (0.0, so_far)
        if not pager.pulled and pager.begins(*place):
            pager.begin(*place, page, laid, leftwards=leftwards)
        pager.follow(*place, seconds * step / steps)
    pager.lift(seconds)
    found = pager.turn(seconds + 1.01 * feel().settle_seconds)
    return 0 if found is None else found


def test_how_far_and_how_fast_a_page_must_be_pulled() -> None:
    whole = laid(0)
    assert whole.pages == 2
    assert pulled(-5) == 0, "that is a touch"
    assert pulled(-30, seconds=3.0) == 0
    assert pulled(-120, seconds=6.0) == 1
    assert pulled(-15, seconds=0.12) == 1, "a flick"
    assert pulled(120, seconds=6.0) == 0
    assert pulled(120, page=1, seconds=6.0) == -1
    assert pulled(-120, page=1) == 0


def test_across_goes_with_the_direction_of_reading() -> None:
    assert pulled(-120, across=True) == 1
    assert pulled(120, across=True) == 0
    assert pulled(120, across=True, leftwards=True) == 1
    assert pulled(-120, across=True, page=1, leftwards=True) == -1
    assert pulled(120, across=True, page=1, leftwards=True) == 0


def test_title_and_turners_stay_and_nobody_pulls_past_the_neighbour() -> None:
    seen, way = Recorded(), -3000.0
    pager = Pager(seen, MM)
    pager.begin(0.0, way, 0, laid, leftwards=False)
    pager.follow(0.0, way, 0.1)
    assert seen.going
    assert seen.coming
    assert not [key for key in (*seen.going, *seen.coming) if key.startswith(("turn.", "title"))]
    (_, gone), (_, come) = seen.at
    assert come == 0
    assert gone < -seen.window.h
