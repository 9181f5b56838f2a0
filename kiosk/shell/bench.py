"""A bench for the shell: the real shell process on a display, and somebody who acts as the core.

Used by the gallery and by the tests of the shell; it starts the same program that the core starts.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from drivers.link import child, wire
from drivers.link.channel import close_all
from drivers.link.memory import FORGETFUL
from drivers.link.within import within
from kiosk.screens.protocol import Drawn, FromShell, Panel, Setup, Show, Started, Tick, ToShell, TreeIs
from kiosk.screens.screen import Look, Screen

DEMO_PANEL = Panel(px=(1080, 1920), mm=(268.0, 476.0))
"""21.5 inches, upright."""

_PATIENCE = 10.0
"""Seconds to wait for any message of the shell."""
_PATIENCE_FOR_ONE = 40.0
"""Seconds to wait for a certain one: a shell that lives says something all the time."""

Message = TypeVar("Message")


class Bench:
    """The core's end of a shell, by hand. Every message is kept in `heard`, except ticks, which are counted."""

    def __init__(self, shell: child.Child, display: str) -> None:
        self.shell, self.display = shell, display
        self.heard: list[FromShell] = []
        self.ticks = 0
        self._number = 0

    def send(self, message: ToShell, fds: Sequence[int] = ()) -> None:
        """Send one message to the shell; the descriptors stay the caller's."""
        self.shell.channel.send(wire.encode(message), fds)

    async def hear(self) -> FromShell:
        """The next message. Raise TimeoutError, or EOFError when the shell is gone."""
        raw, fds = await within(_PATIENCE, self.shell.channel.receive())
        close_all(fds)
        message: FromShell = wire.decode(raw, FromShell)
        if isinstance(message, Tick):
            self.ticks += 1
        else:
            self.heard.append(message)
        return message

    async def hear_of(self, kind: type[Message]) -> Message:
        """The next message of this kind. Raise TimeoutError when only others come."""
        async with asyncio.timeout(_PATIENCE_FOR_ONE):
            while True:
                message = await self.hear()
                if isinstance(message, kind):
                    return message

    async def show(
        self, screen: Screen, look: Look, fds: Sequence[int] = (), *, draft: tuple[str, ...] | None = None
    ) -> TreeIs:
        """Show a screen and wait until it is on the glass; return its tree."""
        self._number += 1
        self.send(Show(number=self._number, screen=screen, look=look, draft=draft), fds)
        tree: TreeIs | None = None
        while True:
            message = await self.hear()
            if isinstance(message, TreeIs):
                tree = message
            if isinstance(message, Drawn) and message.number == self._number:
                assert tree is not None
                return tree

    async def picture(self, path: Path) -> None:
        """Write what is on the glass as PNG (ImageMagick's import)."""
        await self._run("import", "-window", "root", str(path))

    async def touch(self, x: int, y: int) -> None:
        """A real touch: the pointer goes there, down, up (xdotool)."""
        await self._run("xdotool", "mousemove", str(x), str(y), "click", "1")

    async def pointer(self, *arguments: str) -> None:
        """Any other movement, in xdotool's words."""
        await self._run("xdotool", *arguments)

    async def _run(self, *command: str) -> None:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, "DISPLAY": self.display})
        if await process.wait():
            raise RuntimeError(f"{command[0]} failed with {process.returncode}")


@contextlib.asynccontextmanager
async def bench(display: str, panel: Panel = DEMO_PANEL) -> AsyncIterator[Bench]:
    """Start a shell on this display (empty: none, drawing off screen), wait for its window, end it afterwards."""
    environment = {**FORGETFUL, **({"DISPLAY": display} if display else {})}
    shell = await child.start("kiosk.shell", environment=environment)
    try:
        found = Bench(shell, display)
        found.send(Setup(panel=panel))
        await found.hear_of(Started)
        yield found
    finally:
        await shell.end(grace=0.5)


def as_json(tree: TreeIs) -> bytes:
    """A tree for reading."""
    return msgspec.json.format(msgspec.json.encode(tree.tree), indent=1)
