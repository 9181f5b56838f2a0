"""The staff's hidden gesture with real touches (X events) on the real window."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from kiosk.screens.protocol import Touched
from kiosk.screens.screen import SERVICE, Answer, Look, Mode, Screen
from kiosk.shell import gesture
from kiosk.shell.bench import DEMO_PANEL, Bench
from kiosk.shell.marks import Box
from kiosk.shell.samples import samples
from kiosk.shell.studio import lay, letters
from kiosk.shell.tokens import pixels_per_mm
from tests.kiosk.shell.touching import quiet

pytestmark = pytest.mark.screen

IDLE = msgspec.structs.replace(next(each for each in samples(Mode.STANDARD) if each.name == "idle"), gesture=True)


async def hold(at: Bench, box: Box, seconds: float) -> None:
    await at.pointer("mousemove", str(box.x + box.w // 2), str(box.y + box.h // 2), "mousedown", "1")
    await asyncio.sleep(seconds)
    await at.pointer("mouseup", "1")


async def make(at: Bench, screen: Screen, held: float) -> list[Answer]:
    """Show the screen, make the gesture with the name held for so long; return what was answered."""
    await at.show(screen, Look())
    places = gesture.spots(lay(screen, Look(), DEMO_PANEL, letters())[0].all(), pixels_per_mm(DEMO_PANEL))
    assert places is not None
    await hold(at, places.name, held)
    await hold(at, places.left, 0.06)
    await hold(at, places.right, 0.06)
    return [each.answer for each in await quiet(at, 0.4) if isinstance(each, Touched)]


def test_the_gesture_asks_for_the_machine(at: Bench, run: Any) -> None:
    assert run(make(at, IDLE, gesture.rule().hold + 0.15)) == [Answer(action=SERVICE)]


def test_taps_alone_do_not(at: Bench, run: Any) -> None:
    assert run(make(at, IDLE, 0.3)) == []


def test_nor_the_gesture_on_another_screen(at: Bench, run: Any) -> None:
    assert run(make(at, msgspec.structs.replace(IDLE, gesture=False), gesture.rule().hold + 0.15)) == []


def test_nothing_on_the_screen_tells_of_it(at: Bench, run: Any) -> None:
    """Tree and layout are those of a screen without it: no control, no name, no mark."""

    async def trees() -> list[Any]:
        return [(await at.show(each, Look())).tree for each in (IDLE, msgspec.structs.replace(IDLE, gesture=False))]

    with_it, without = run(trees())
    assert with_it == without
