"""Typing on the real window, key by key, as a finger does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import psutil

from kiosk.screens.parts import Action, Typing, Way
from kiosk.screens.protocol import TreeIs, TypingIs
from kiosk.screens.screen import Look, Mode, Screen
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import Node, find, middle

PATIENCE = 12.0
"""Seconds: an engine that must be started on a busy machine."""


def question(*ways: Way, most: int = 30) -> Screen:
    field = Typing(id="name", label="姓名", ways=ways, most=most)
    return Screen(name="name", title="请写姓名", blocks=(field,), actions=(Action(id="next", label="写好了"),))


class Keyboard:
    """The keyboard of the screen that is shown; `tree` is the newest one that the shell has published."""

    def __init__(self, at: Bench) -> None:
        self.at = at
        self.tree: list[Node] = []

    async def show(self, screen: Screen, mode: Mode = Mode.STANDARD) -> None:
        self.tree = (await self.at.show(screen, Look(mode=mode))).tree

    async def tap(self, *names: str) -> None:
        for name in names:
            await self.at.touch(*middle(find(self.tree, name)))

    async def leaf(self) -> None:
        """On to the next guesses."""
        before = self.tree
        await self.tap("后面的字")
        await self.until(lambda keyboard: keyboard.tree is not before)

    async def until(self, wanted: Callable[[Keyboard], Any]) -> None:
        """Wait until the tree is as wanted."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._is(wanted):
                    message = await self.at.hear()
                    if isinstance(message, TreeIs):
                        self.tree = message.tree
        except TimeoutError:
            there = [each["name"] for each in _buttons(self.tree)]
            raise AssertionError(f"「{self.text()}」, the core was told {self.told()}, to press: {there}") from None

    def _is(self, wanted: Callable[[Keyboard], Any]) -> bool:
        try:
            return bool(wanted(self))
        except LookupError:
            return False

    def text(self) -> str:
        return str(find(self.tree, "姓名", "textbox")["value"])

    def has(self, name: str) -> bool:
        try:
            return bool(find(self.tree, name)["enabled"])
        except LookupError:
            return False

    def best(self) -> str:
        """The first guess of what was written by hand; empty without one. Its place changes with each stroke that is read."""
        names = [each["name"] for each in _buttons(self.tree)]
        return next((name for name in names if len(name) == 1 and not name.isascii()), "")

    def told(self) -> list[str]:
        """What the core was told of this screen, newest last."""
        return [message.written.reveal() for message in self.at.heard if isinstance(message, TypingIs)]

    def engines(self) -> list[psutil.Process]:
        """The shell's engines that live."""
        children = psutil.Process(self.at.shell.pid).children()
        return [each for each in children if each.status() != psutil.STATUS_ZOMBIE]

    async def stroke(self, *points: tuple[float, float], lift: bool = True) -> None:
        """Write on the square; points in shares of its side."""
        x, y, w, h = find(self.tree, "手写格，用手指写一个字", "image")["bounds_px"]
        moves: list[str] = []
        for number, (right, down) in enumerate(points):
            moves += ["mousemove", str(round(x + right * w)), str(round(y + down * h))]
            moves += ["mousedown", "1"] if number == 0 else ["sleep", "0.03"]
        await self.at.pointer(*moves, *(["mouseup", "1"] if lift else []))


def _buttons(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        if node["role"] == "button":
            yield node
        yield from _buttons([child for child in node["children"] if child])
