"""A window without glass for scenarios: what is touched by its label answers the screen, as a finger would."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import httpx

from kiosk.demo.glass import NotOnScreen
from kiosk.screens.parts import Rating, Ticks, Tiles
from kiosk.screens.screen import BACK, HELP, LEAVE, Answer, Look, Screen, Written
from tests.support.writing import WrittenOn


class PlayedWindow(WrittenOn):
    """A window for `running`, and a hand for `PlayedStage`. `dock` is the address of the dock page, once there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[tuple[Screen, Look]] = []
        self.stirred_at = time.monotonic()
        self.ticked: tuple[str, ...] | None = None
        self.dock = ""
        self._touched = asyncio.Event()
        self._answers: dict[int, str] = {}

    @property
    def names(self) -> list[str]:
        """The screens in the order in which they came, repetitions folded."""
        names = [screen.name for screen, _ in self.shown]
        return [name for at, name in enumerate(names) if at == 0 or names[at - 1] != name]

    # --- the window

    def show(self, screen: Screen, look: Look, fds: Sequence[int] = (), *, written: Written | None = None) -> int:
        self.begin(written)
        self.shown.append((screen, look))
        return len(self.shown)

    async def answer(self, number: int) -> Answer:
        while number not in self._answers:
            self._touched.clear()
            await self._touched.wait()
        screen = self.shown[number - 1][0]
        ticked = tuple(
            row.id for block in screen.blocks if isinstance(block, Ticks) for row in block.rows if row.ticked
        )
        return Answer(action=self._answers.pop(number), ticked=ticked)

    async def missed(self, number: int) -> None:
        await asyncio.get_running_loop().create_future()

    def live_frame(self, width: int, height: int, fd: int) -> None:
        return None

    def live_hint(self, text: str) -> None:
        return None

    def moved(self, done: int, total: int, label: str = "") -> None:
        return None

    # --- the hand

    async def screen(self) -> dict[str, Any]:
        screen, look = self.shown[-1] if self.shown else (None, None)
        return {"screen": screen and screen.name, "drawn": screen is not None, "mode": look and look.mode.value}

    async def state(self) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.dock, trust_env=False) as client:
            found: dict[str, Any] = (await client.get("/state")).json()
            return found

    async def touch(self, label: str) -> None:
        controls = _controls(self.shown[-1][0])
        if label not in controls:
            raise NotOnScreen(f"no 「{label}」 on {self.shown[-1][0].name}; there is {'、'.join(controls)}")
        self._answers[len(self.shown)] = controls[label]
        self.stirred_at = time.monotonic()
        self._touched.set()


def _controls(screen: Screen) -> dict[str, str]:
    """What can be touched, by its label."""
    found = {each.label: each.id for each in screen.actions}
    for block in screen.blocks:
        if isinstance(block, Tiles):
            found |= {tile.title: tile.id for tile in block.tiles if tile.enabled}
        if isinstance(block, Rating):
            found |= {tile.title: tile.id for tile in block.tiles}
    places = {BACK: screen.bar.back, HELP: screen.bar.help, LEAVE: screen.bar.leave}
    return found | {button.label: name for name, button in places.items() if button is not None and button.enabled}
