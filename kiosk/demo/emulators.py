"""The caller's side of `python -m drivers.emulators`: one process for all emulated devices."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from pathlib import Path
from typing import Any


class EmulatorsGone(Exception):
    """The emulators' process has ended."""


class Emulators:
    """Starts emulators and calls their verbs. Requests are answered in order."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        """Start the process."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "drivers.emulators",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=16 * 1024 * 1024,
            process_group=0,  # Ctrl-C is for the demo, which closes their standard input
        )

    @property
    def pid(self) -> int | None:
        """The process id."""
        return self._process.pid if self._process else None

    async def stop(self) -> None:
        """End the process; the emulators close their ports."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            await self._process.wait()
            self._process = None

    async def create(self, name: str, kind: str, capture: Path | None, **options: Any) -> dict[str, Any]:
        """Start an emulator; return the driver settings that reach it."""
        wanted = {"name": name, "kind": kind, "options": options, "capture": str(capture) if capture else None}
        settings: dict[str, Any] = await self._ask({"start": wanted})
        return settings

    async def do(self, name: str, verb: str, **arguments: Any) -> Any:
        """Call a verb. Raise ValueError with the emulator's own words."""
        return await self._ask({"name": name, "verb": verb, "arguments": arguments})

    async def state(self, name: str) -> dict[str, Any]:
        """Return an emulator's state."""
        state: dict[str, Any] = await self._ask({"name": name, "state": True})
        return state

    async def describe(self, name: str) -> dict[str, Any]:
        """Return what can be done to an emulator (`drivers.emulators.describe.Description`, as JSON values)."""
        found: dict[str, Any] = await self._ask({"name": name, "verbs": True})
        return found

    async def _ask(self, request: dict[str, Any]) -> Any:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise EmulatorsGone
        async with self._one_at_a_time:
            process.stdin.write(json.dumps({"id": next(self._numbers), **request}).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        if not line:
            raise EmulatorsGone
        reply = json.loads(line)
        if "error" in reply:
            raise ValueError(reply["error"])
        return reply["ok"]
