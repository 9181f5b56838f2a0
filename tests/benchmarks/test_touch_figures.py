"""How soon the glass answers a finger, in every mode and theme, seen from outside (from_outside.py). `make bench`."""

from __future__ import annotations

import asyncio
import os
import time
from itertools import pairwise

import numpy as np
import pytest

from kiosk.screens.parts import Tiles
from kiosk.screens.protocol import Touched
from kiosk.screens.screen import Look, Mode, Screen, Theme
from kiosk.shell.bench import DEMO_PANEL, Bench, bench
from kiosk.shell.samples import samples
from kiosk.shell.tokens import pixels_per_mm
from tests.benchmarks.from_outside import Picture, Region, Watched, watched_display
from tests.benchmarks.test_figures import NEXT_SCREEN_P95_MS, PRESSED_P95_MS, told
from tests.kiosk.shell.test_pages_by_hand import PAGED
from tests.kiosk.shell.touching import find, middle, quiet

pytestmark = pytest.mark.bench

_TOUCHES = 20
_BODY = (slice(130, 1700, 3), slice(20, 1060, 3))
_HOLD_SECONDS = 0.12


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


def _inside(box: list[int]) -> Region:
    """The right edge of a tile, where no letters are."""
    x, y, w, h = box
    return slice(y + h // 2 - 10, y + h // 2 + 10), slice(x + w - 30, x + w - 14)


async def _one_touch(on: Watched, at: Bench, look: Look, home: Screen, following: Screen) -> tuple[float, float]:
    """Milliseconds from touch to pressed pixels, and from lifting to the next screen, whole."""
    await at.show(following, look)
    wanted: Picture = await asyncio.to_thread(on.settled, _BODY, 0.15)
    tiles = next(block for block in home.blocks if isinstance(block, Tiles))
    tile = find((await at.show(home, look)).tree, tiles.tiles[-1].title)
    ground = _inside(tile["bounds_px"])
    plain = await asyncio.to_thread(on.settled, ground, 0.15)

    def press() -> float:
        on.move(*middle(tile))
        down = on.button(True)
        return on.until_other(ground, plain) - down

    pressed = await asyncio.to_thread(press)
    await asyncio.sleep(_HOLD_SECONDS)
    up = on.button(False)
    seen = asyncio.create_task(asyncio.to_thread(on.until_like, _BODY, wanted))
    await at.hear_of(Touched)
    await at.show(following, look)
    return 1000 * pressed, 1000 * (await seen - up)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("mode", Mode)
def test_touch_to_pressed_pixels_and_to_the_next_screen(mode: Mode, theme: Theme) -> None:
    screens = {screen.name: screen for screen in samples(mode)}
    look = Look(mode=mode, theme=theme)

    async def play() -> list[tuple[float, float]]:
        with watched_display(DEMO_PANEL.px) as on:
            async with bench(on.name) as at:
                return [
                    await _one_touch(on, at, look, screens["choose"], screens["guide_listed"]) for _ in range(_TOUCHES)
                ]

    began = time.monotonic()
    touches = asyncio.run(play())
    where = f"{mode} {theme}"
    print(f"\n  {_TOUCHES} touches in {time.monotonic() - began:.0f} s, load average {os.getloadavg()[0]:.1f}", end="")
    told(f"{where}: touch to pressed pixels, P95", _p95([pressed for pressed, _ in touches]), PRESSED_P95_MS, "ms")
    told(
        f"{where}: finger up to next screen, P95",
        _p95([following for _, following in touches]),
        NEXT_SCREEN_P95_MS,
        "ms",
    )


FRAMES_PER_SECOND = 30.0
_PULL_SECONDS = 2.0
_PULL_MM = 120.0
_REPORTS_A_SECOND = 125
"""Of a touch panel on USB."""
_ONE_FRAME_SECONDS = 0.010
"""Changes that are closer belong to one frame that was seen while it was written."""


@pytest.mark.parametrize("mode", Mode)
def test_frames_while_a_page_follows_the_finger(mode: Mode) -> None:
    """A finger goes up at an even pace; how often the page is at another place on the glass, and the longest time it is not."""

    def pull(on: Watched) -> list[float]:
        column = (slice(400, 1300), slice(200, 260, 5))
        (x, y), way = (540, 1300), _PULL_MM * pixels_per_mm(DEMO_PANEL)
        on.move(x, y)
        began = on.button(True)
        seen, last, reports = [], on.look(column), 0
        while (now := time.perf_counter() - began) < _PULL_SECONDS:
            if now > reports / _REPORTS_A_SECOND:
                reports += 1
                on.move(x, y - round(way * now / _PULL_SECONDS))
            time.sleep(0.002)
            if not np.array_equal(on.glass[column], last):
                last = on.look(column)
                at = time.perf_counter()
                if not seen or at - seen[-1] > _ONE_FRAME_SECONDS:
                    seen.append(at)
        on.button(False)
        return seen

    async def play() -> list[float]:
        with watched_display(DEMO_PANEL.px) as on:
            async with bench(on.name) as at:
                await at.show(PAGED, Look(mode=mode))
                await quiet(at, 0.5)  # SDL leaves out a press that comes within 10 ms of the window's first focus
                seen = asyncio.create_task(asyncio.to_thread(pull, on))
                while not seen.done():
                    await at.hear()
                return await seen

    seen = asyncio.run(play())
    pulled = seen[len(seen) // 8 :]  # without the touch itself, and the way until it is a pull
    longest = max(after - before for before, after in pairwise(pulled))
    rate = (len(pulled) - 1) / (pulled[-1] - pulled[0])
    where = f"{mode}: a page that follows the finger"
    print(
        f"\n{where}, longest time without a frame: {1000 * longest:.0f} ms, load average {os.getloadavg()[0]:.1f}",
        end="",
    )
    print(f"\n{where:<46}{rate:10.2f} a second (at least {FRAMES_PER_SECOND:g})")
    assert rate >= FRAMES_PER_SECOND
