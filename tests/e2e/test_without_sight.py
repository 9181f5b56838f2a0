"""A whole visit without a look and without a touch: by an accessibility key pad, and by a screen reader on the real bus."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.demo.glass import Glass, NotOnScreen, nodes
from kiosk.demo.visitor import Visitor
from kiosk.journal.states import PrintState
from kiosk.screens.screen import Mode
from tests.support.atspi import NotThere, Reader, accessibility_bus
from tests.support.house import House, house

pytestmark = [pytest.mark.anyio, pytest.mark.screen, pytest.mark.slow]

_MOST_STEPS = 80
"""Keys until something is found, on any screen."""


class ByKeys(Visitor):
    """Finds everything by the key pad: down until the focus is on it, then OK."""

    def begin(self) -> ByKeys:
        self.glass.touch = self._key  # type: ignore[method-assign]
        return self

    async def _key(self, label: str, *, hold: float = 0.06) -> None:
        seen: list[str] = []
        for _ in range(_MOST_STEPS):
            focus = next((node for node in nodes(await self.glass.screen()) if node["focused"]), None)
            if focus is not None and label in (focus["name"], focus["value"]) and focus["actions"]:
                await self.glass._run("xdotool", "key", "Return")
                return
            seen.append(focus["name"] if focus else "")
            await self._step()
        raise NotOnScreen(f"no 「{label}」 by keys; there were {'、'.join(seen)}")

    async def _step(self) -> None:
        """One key down, and wait until the focus has moved, or the screen has changed under it."""
        before = await self._where()
        await self.glass._run("xdotool", "key", "Down")
        for _ in range(100):
            if await self._where() != before:
                return
            await asyncio.sleep(0.02)

    async def _where(self) -> Any:
        screen = await self.glass.screen()
        return screen["number"], [node["bounds_px"] for node in nodes(screen) if node["focused"]]


class ByReader(Visitor):
    """Finds everything by its name on the accessibility bus, and presses it there."""

    def begin(self, reader: Reader) -> ByReader:
        async def press(label: str, *, hold: float = 0.06) -> None:
            for _ in range(20):
                try:
                    await asyncio.to_thread(lambda: _pressable(reader, label).press())
                    return
                except NotThere:  # the screen changed while it was read
                    await asyncio.sleep(0.1)
            raise NotOnScreen(f"the screen reader finds no 「{label}」")

        self.glass.touch = press  # type: ignore[method-assign]
        return self


def _pressable(reader: Reader, label: str) -> Any:
    found = [thing for thing in reader.window().everything() if label in (thing.name, thing.description)]
    for thing in found:
        if thing.actions:
            return thing
    raise NotThere(label)


@pytest.mark.parametrize("mode", Mode)
async def test_a_visit_by_keys_alone(kiosk: House, mode: Mode) -> None:
    glass = Glass(str(kiosk.glass._client.base_url), kiosk.display)
    try:
        before = len(kiosk.operations())
        await ByKeys(glass, mode, "p1", kiosk.person("p1").portrait).begin().whole_visit()
        assert [each.state for each in kiosk.operations()[before:]] == [PrintState.TAKEN]
    finally:
        await glass.aclose()


@pytest.fixture
async def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[House, Reader]]:
    """A kiosk on an accessibility bus, and a screen reader that was there first."""
    with tempfile.TemporaryDirectory(prefix="bus-") as folder, accessibility_bus(Path(folder)) as bus:
        for name, value in bus.environment.items():
            monkeypatch.setenv(name, value)
        bus.listen(True)
        async with house(tmp_path / "kiosk", seed=20261124) as standing:
            reader = Reader(bus)
            try:
                yield standing, reader
            finally:
                reader.close()


async def test_a_visit_by_a_screen_reader_alone(heard: tuple[House, Reader]) -> None:
    kiosk, reader = heard
    for mode in Mode:
        glass = Glass(str(kiosk.glass._client.base_url), kiosk.display)
        try:
            before = len(kiosk.operations())
            await ByReader(glass, mode, "p1", kiosk.person("p1").portrait).begin(reader).whole_visit()
            assert [each.state for each in kiosk.operations()[before:]] == [PrintState.TAKEN]
        finally:
            await glass.aclose()
