"""A technician's hand and eye at a real window whose core runs in this process: reads the tree, touches by X events, types."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

from kiosk.demo.glass import Node, NotOnScreen, centre, controls, nodes
from kiosk.window import ShellWindow

_PATIENCE = 20.0
_LEAFS = 12
"""Pages of guesses that are looked through for a character."""
_ENGINE_SECONDS = 0.5
"""Until the guesses are those of the last letter, on a busy machine."""


class Hand:
    """`touches` counts every finger that came down; `seen` is each screen in the order in which it came."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display}
        self.window: ShellWindow | None = None
        self.touches = 0
        self.seen: list[str] = []

    def take(self, window: ShellWindow) -> None:
        """Another window was opened."""
        self.window = window

    # --- the eye

    def name(self) -> str:
        """The screen that is drawn now; empty while none is."""
        window = self.window
        if window is None or window.showing is None or window.tree is None:
            return ""
        return window.showing.screen.name if window.drawn_number >= window.showing.number else ""

    def tree(self) -> dict[str, Any]:
        assert self.window is not None
        return {"tree": self.window.tree.tree if self.window.tree is not None else []}

    async def until(self, holds: Callable[[], Any], what: str, seconds: float = _PATIENCE) -> None:
        give_up = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > give_up:
                there = "、".join(each["name"] for each in nodes(self.tree()) if each["name"])
                raise NotOnScreen(f"not within {seconds:.0f} s: {what}; on {self.name()} there is {there}")
            await asyncio.sleep(0.02)

    async def on(self, *names: str, seconds: float = _PATIENCE) -> str:
        """Wait until one of these screens is drawn; return which."""
        await self.until(lambda: self.name() in names, " or ".join(names), seconds)
        self.seen.append(self.name())
        return self.name()

    def control(self, label: str) -> Node | None:
        """What can be touched and is called so; a tile that begins so."""
        there = list(controls(self.tree()))
        exact = (each for each in there if each["name"] == label)
        return next(exact, next((each for each in there if each["name"].startswith(label)), None))

    # --- the hand

    async def touch(self, label: str) -> None:
        """Touch what is called so, turning pages until it is there. Raise NotOnScreen."""
        while self.control(label) is None and (on := self.control("下一页")) is not None and on["enabled"]:
            before = self.window.tree if self.window is not None else None
            await self._at(on)
            await self.until(lambda before=before: self.window.tree is not before, "another page")  # type: ignore[misc]
        await self.until(lambda: self.control(label), f"「{label}」")
        node = self.control(label)
        assert node is not None
        await self._at(node)

    async def go(self, label: str, *names: str, seconds: float = _PATIENCE) -> str:
        """Touch, and wait for one of these screens."""
        assert self.window is not None
        before = self.window.showing.number if self.window.showing else 0
        await self.touch(label)
        await self.until(
            lambda: self.window.showing.number > before and self.name() in names,  # type: ignore[union-attr]
            f"{' or '.join(names)} after 「{label}」",
            seconds,
        )
        self.seen.append(self.name())
        return self.name()

    async def _at(self, node: Node) -> None:
        self.touches += 1
        x, y = centre(node)
        process = await asyncio.create_subprocess_exec(
            "xdotool", "mousemove", str(x), str(y), "mousedown", "1", "sleep", "0.05", "mouseup", "1",
            env=self._environment,
        )  # fmt: skip
        assert await process.wait() == 0

    async def digits(self, text: str) -> None:
        """Type on the pad of digits."""
        for digit in text:
            before = self._fields()
            await self.touch(digit)
            await self.until(lambda before=before: self._fields() != before, f"the digit {digit}")  # type: ignore[misc]

    def _fields(self) -> list[str]:
        return [str(each["value"]) for each in nodes(self.tree()) if each["role"] == "textbox"]

    # --- the keyboards

    def text(self) -> str:
        """What stands in the field."""
        return str(next(each for each in nodes(self.tree()) if each["role"] == "textbox")["value"])

    async def write(self, text: str) -> None:
        """Type a text into the field as a person does: pinyin for characters, the other keyboards for the rest."""
        written = ""
        for character in text:
            if character.isascii() and character.isalpha():
                await self._way("字母")
                await self.touch(character)
            elif character.isdigit():
                await self._way("数字")
                await self.touch(character)
            elif character == " ":
                await self._way("字母")
                await self.touch("空格")
            elif character.isascii() or character in "（）、，–":
                await self._way("符号")
                await self.touch(character)
            else:
                await self._way("拼音")
                await self._character(character)
            written += character
            await self.until(lambda wanted=written: self.text() == wanted, f"「{written}」 in the field")  # type: ignore[misc]

    async def _way(self, name: str) -> None:
        node = self.control(name)
        assert node is not None, name
        if not node["value"]:
            await self._at(node)
            await self.until(lambda: (self.control(name) or {}).get("value"), f"the keyboard {name}")

    async def _character(self, character: str) -> None:
        for letter in lazy_pinyin(character)[0].replace("ü", "v"):
            await self.touch(letter)
        await asyncio.sleep(_ENGINE_SECONDS)
        for _ in range(_LEAFS):
            if self.control(character) is not None:
                break
            before = self._guesses()
            await self.touch("后面的字")
            await self.until(lambda before=before: self._guesses() != before, "other guesses")  # type: ignore[misc]
        await self.touch(character)

    def _guesses(self) -> list[str]:
        return [each["name"] for each in controls(self.tree()) if not each["name"].isascii()]

    async def picture(self, path: Path) -> None:
        process = await asyncio.create_subprocess_exec("import", "-window", "root", str(path), env=self._environment)
        assert await process.wait() == 0
