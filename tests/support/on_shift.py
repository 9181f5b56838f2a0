"""A member of staff at the real window: comes in by the hidden gesture, works by what is written on the screen, leaves again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from kiosk.demo.glass import NotOnScreen, controls, nodes
from kiosk.locales.staff import tell
from kiosk.shell.gesture import rule
from tests.support.house import House


class OnShift:
    """For a `house(..., staff=ROLE)`: there the door opens without being asked."""

    def __init__(self, kept: House) -> None:
        self.house, self.glass = kept, kept.glass

    async def comes_in(self) -> dict[str, Any]:
        """Make the gesture on whatever stands there between two visits; see the tasks."""
        screen = await self.glass.wait_for("idle", "out_of_service")
        top = next(node for node in nodes(screen) if node["role"] == "text")
        x, y, width, height = top["bounds_px"]
        await self.glass.touch_at(round(x + width / 2), round(y + height / 2), hold=rule().hold + 0.2)
        left, upper, field_width, _ = next(each for each in nodes(screen) if each["role"] == "group")["bounds_px"]
        for across in (0.05, 0.95):
            await self.glass.touch_at(round(left + across * field_width), round(upper + 20))
        return await self.glass.wait_for("staff_home")

    async def touch(self, words: str, expected: str, *, seconds: float = 20.0) -> dict[str, Any]:
        """Touch what is called so; turn the page until it is there."""
        await self.turned_to(words)
        number = (await self.glass.screen())["number"]
        await self.glass.touch(words)
        await self.house.until_another(number)
        return await self.glass.wait_for(expected, seconds=seconds)

    async def turned_to(self, words: str) -> None:
        """Turn pages until this can be touched."""
        for _ in range(8):
            there = {node["name"] for node in controls(await self.glass.until_there(tell("frame.leave")))}
            if words in there or "下一页" not in there:
                return
            await self.glass.touch("下一页")
            await asyncio.sleep(0.3)

    async def back(self, expected: str) -> dict[str, Any]:
        """返回."""
        await self.glass.until_there(tell("frame.back"))
        await self.glass.touch(tell("frame.back"))
        return await self.glass.wait_for(expected)

    async def leaves(self, expected: str = "idle") -> None:
        """退出维护, whatever is still open."""
        await self.glass.until_there(tell("frame.leave"))
        await self.glass.touch(tell("frame.leave"))
        for _ in range(4):
            screen = await self.glass.wait_for("staff_leaving", expected)
            if screen["screen"] == expected:
                return
            with suppress(NotOnScreen):  # what was open was closed meanwhile: it goes by itself
                await self.glass.until_there(tell("leaving.go"), seconds=2.0)
                await self.glass.touch(tell("leaving.go"))
            await asyncio.sleep(0.2)
