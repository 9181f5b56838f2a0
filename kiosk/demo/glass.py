"""A hand and an eye on the real window: reads the accessibility tree from the dock, touches by X events, takes pictures."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

Node = dict[str, Any]


class NotOnScreen(Exception):
    """What should be on the screen is not; says what was expected and what is there."""


class Glass:
    """One window on one X display. `picture()` and `touch()` need xdotool and ImageMagick (apt-packages.txt)."""

    def __init__(self, dock: str, display: str) -> None:
        self._client = httpx.AsyncClient(base_url=dock, trust_env=False, timeout=10)
        self._environment = {**os.environ, "DISPLAY": display}

    async def aclose(self) -> None:
        """Close the connection to the dock."""
        await self._client.aclose()

    async def screen(self) -> dict[str, Any]:
        """Return what is on the glass now."""
        reply: dict[str, Any] = (await self._client.get("/screen")).json()
        return reply

    async def state(self) -> dict[str, Any]:
        """Return the dock's view of devices and bench."""
        reply: dict[str, Any] = (await self._client.get("/state")).json()
        return reply

    async def do(self, device: str, verb: str, /, **arguments: Any) -> Any:
        """Touch something on the bench. Raise ValueError with its words."""
        reply = (await self._client.post(f"/do/{device}/{verb}", json=arguments)).json()
        if "error" in reply:
            raise ValueError(reply["error"])
        return reply["ok"]

    async def wait_for(self, *names: str, seconds: float = 20.0) -> dict[str, Any]:
        """Wait until one of these screens is drawn. Raise NotOnScreen naming what came instead, in order."""
        give_up = time.monotonic() + seconds
        came: list[str] = []
        while True:
            screen = await self.screen()
            if screen["screen"] in names and screen["drawn"]:
                return screen
            if screen["screen"] not in came[-1:]:
                came.append(screen["screen"])
            if time.monotonic() > give_up:
                raise NotOnScreen(f"expected {' or '.join(names)} within {seconds:.0f} s, there came {', '.join(came)}")
            await asyncio.sleep(0.03)

    async def until_there(self, label: str, *, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until something with this label can be touched on a drawn screen. Raise NotOnScreen."""
        give_up = time.monotonic() + seconds
        while True:
            screen = await self.screen()
            if screen["drawn"] and any(label == each["name"] for each in controls(screen)):
                return screen
            if time.monotonic() > give_up:
                raise NotOnScreen(f"no 「{label}」 on {screen['screen']} within {seconds:.0f} s")
            await asyncio.sleep(0.03)

    async def touch(self, label: str, *, hold: float = 0.06, seconds: float = 0.0) -> None:
        """Touch the control with this label, which may take `seconds` to be drawn. Raise NotOnScreen when there is none, or it
        is disabled."""
        give_up = time.monotonic() + seconds
        while True:
            screen = await self.screen()
            node = next((each for each in controls(screen) if label in (each["name"], each.get("value"))), None)
            if (node is not None and screen["drawn"]) or time.monotonic() >= give_up:
                break
            await asyncio.sleep(0.03)
        if node is None:
            there = "、".join(each["name"] for each in controls(screen))
            raise NotOnScreen(f"no 「{label}」 on {screen['screen']}; there is {there}")
        if not node["enabled"]:
            raise NotOnScreen(f"「{label}」 on {screen['screen']} is disabled")
        await self.touch_at(*centre(node), hold=hold)

    async def touch_at(self, x: int, y: int, *, hold: float = 0.06) -> None:
        """Press and release at a pixel, as a finger does."""
        await self._run("xdotool", "mousemove", str(x), str(y), "mousedown", "1")
        await asyncio.sleep(hold)
        await self._run("xdotool", "mouseup", "1")

    async def picture(self, path: Path) -> None:
        """Save what the display shows as a PNG."""
        await self._run("import", "-window", "root", str(path))

    async def _run(self, *command: str) -> None:
        process = await asyncio.create_subprocess_exec(*command, env=self._environment)
        if await process.wait() != 0:
            raise RuntimeError(f"{command[0]} failed; is it installed, and is the display there?")


def nodes(screen: dict[str, Any]) -> Iterator[Node]:
    """Yield every node of a screen's tree, parents first."""
    waiting = list(screen["tree"])
    while waiting:
        node = waiting.pop(0)
        yield node
        waiting[:0] = node.get("children", [])


def controls(screen: dict[str, Any]) -> Iterator[Node]:
    """Yield what can be touched."""
    return (node for node in nodes(screen) if node.get("actions"))


def centre(node: Node) -> tuple[int, int]:
    """Return the middle of a node in pixels."""
    x, y, width, height = node["bounds_px"]
    return round(x + width / 2), round(y + height / 2)
