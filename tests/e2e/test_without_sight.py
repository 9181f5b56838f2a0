"""A whole visit without a look and without a touch: by an accessibility key pad, and by a screen reader on the real bus."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.demo.glass import NotOnScreen, nodes
from kiosk.demo.visitor import Visitor
from kiosk.journal.states import PrintState
from kiosk.screens.screen import Mode
from tests.support.atspi import Bus, NotThere, Reader, Thing
from tests.support.house import House, WatchedGlass

pytestmark = [pytest.mark.anyio, pytest.mark.screen]

_MOST_STEPS = 80
"""Keys until something is found, on any screen."""
_PATIENCE = 20.0
"""Seconds; a loaded machine is no defect."""


class ByKeys(Visitor):
    """Finds everything by the key pad: down until the focus is on it, then OK."""

    def begin(self) -> ByKeys:
        self.glass.touch = self._find_and_press  # type: ignore[method-assign]
        return self

    async def _find_and_press(self, label: str, *, hold: float = 0.06) -> None:
        passed: list[str] = []
        for _ in range(_MOST_STEPS):
            focus = _focused(await self.glass.screen())
            if focus is not None and label in (focus["name"], focus["value"]) and focus["actions"]:
                await self.glass._run("xdotool", "key", "Return")
                return
            passed.append(focus["name"] if focus else "")
            await self._step()
        raise NotOnScreen(f"no 「{label}」 by keys; there were {'、'.join(passed)}")

    async def _step(self) -> None:
        """One key down, and wait until the focus has moved, or the screen has changed under it."""
        before = await self._where()
        await self.glass._run("xdotool", "key", "Down")
        give_up = time.monotonic() + _PATIENCE
        while await self._where() == before:
            if time.monotonic() > give_up:
                raise NotOnScreen(f"a key moves nothing: {before}")
            await asyncio.sleep(0.02)

    async def _where(self) -> Any:
        screen = await self.glass.screen()
        focus = _focused(screen)
        return screen["number"], focus and (focus["name"], focus["bounds_px"])


class ByReader(Visitor):
    """Hears each screen begin with its title, finds everything by its name on the accessibility bus, and presses it there."""

    def begin(self, reader: Reader) -> ByReader:
        self._reader, self._heard = reader, -1
        self.glass.touch = self._find_and_press  # type: ignore[method-assign]
        return self

    async def _find_and_press(self, label: str, *, hold: float = 0.06) -> None:
        screen = await self.glass.screen()
        if screen["number"] != self._heard:
            self._heard = screen["number"]
            headings = [node["name"] for node in nodes(screen) if node["role"] == "heading"]
            await asyncio.to_thread(self._reader.announced, *headings)
        give_up = time.monotonic() + _PATIENCE
        while True:
            try:
                return await asyncio.to_thread(lambda: _pressable(self._reader, label).press())
            except NotThere as error:  # the screen changed while it was read
                if time.monotonic() > give_up:
                    raise NotOnScreen(f"the screen reader finds no 「{label}」") from error
                await asyncio.sleep(0.1)


def _focused(screen: dict[str, Any]) -> dict[str, Any] | None:
    return next((node for node in nodes(screen) if node["focused"]), None)


def _pressable(reader: Reader, label: str) -> Thing:
    for thing in reader.window().everything():
        if label in (thing.name, thing.description) and thing.actions:
            return thing
    raise NotThere(label)


@pytest.fixture
def glass(kiosk: House) -> Iterator[WatchedGlass]:
    """The glass, whose touch a visitor may take over for this test."""
    yield kiosk.glass
    vars(kiosk.glass).pop("touch", None)


@pytest.fixture
def reader(bus: Bus) -> Iterator[Reader]:
    """A screen reader that is switched on now, and off again."""
    found = Reader(bus)
    bus.listen(True)
    yield found
    bus.listen(False)
    found.close()


async def _printed(kiosk: House, visitor: Visitor) -> list[PrintState]:
    """Let the visitor visit; return what the journal says of the prints."""
    before = len(kiosk.operations())
    await visitor.whole_visit()
    return [each.state for each in kiosk.operations()[before:]]


@pytest.mark.parametrize("mode", [Mode.STANDARD, pytest.param(Mode.ELDER, marks=pytest.mark.slow)])
async def test_a_visit_by_keys_alone(kiosk: House, glass: WatchedGlass, mode: Mode) -> None:
    visitor = ByKeys(glass, mode, "p1", kiosk.person("p1").portrait).begin()
    assert await _printed(kiosk, visitor) == [PrintState.TAKEN]


@pytest.mark.parametrize("mode", [pytest.param(Mode.STANDARD, marks=pytest.mark.slow), Mode.ELDER])
async def test_a_visit_by_a_screen_reader_alone(kiosk: House, glass: WatchedGlass, reader: Reader, mode: Mode) -> None:
    visitor = ByReader(glass, mode, "p1", kiosk.person("p1").portrait).begin(reader)
    assert await _printed(kiosk, visitor) == [PrintState.TAKEN]
