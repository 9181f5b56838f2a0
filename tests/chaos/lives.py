"""Lives of a core process on a stage, whose bench this process touches for it.

    async with cores(stage, report) as core:
        killed = await core.live(fatal=12)
        after = await core.live(only_settle=True)

Each life is a process of its own, forked from one that has imported the runtime: a kill costs half of what a fresh start does.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from drivers.link.child import Child
from drivers.link.nursery import Nursery, nursery_for
from kiosk.demo.stage import Stage


@dataclass
class Life:
    """One life of the core: its exit code (-9: it was killed), and its report."""

    code: int
    report: dict[str, Any]


class Cores:
    """Starts one core after another. `report` is the file into which each writes how far it came."""

    def __init__(self, stage: Stage, report: Path, nursery: Nursery) -> None:
        self._stage = stage
        self._report = report
        self._nursery = nursery
        self._child: Child | None = None

    async def live(self, fatal: int = 0, *, only_settle: bool = False, person: str = "p1", mutation: str = "") -> Life:
        """Let a core live through a visit of `person` (or only through its settlement); return how it ended.

        `fatal` is the boundary at which it kills itself, counted from 1; 0: at none (tests/chaos/killer.py).
        """
        self._report.unlink(missing_ok=True)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            self._child = await self._nursery.start("core", output=nowhere)
        finally:
            os.close(nowhere)
        self._child.channel.send(json.dumps(self._asked(fatal, only_settle, mutation)).encode())
        await self._serve(self._child, person)
        code = await self._child.process.wait()
        await self._child.end()
        return Life(code, json.loads(self._report.read_text("utf-8")) if self._report.exists() else {})

    def kill(self) -> None:
        """Kill the core that lives now (SIGKILL), from outside."""
        assert self._child is not None
        self._child.process.kill()

    def _asked(self, fatal: int, only_settle: bool, mutation: str) -> dict[str, Any]:
        keeper = self._stage.bench.sandbox.keepers()[0]
        return {
            "fatal": fatal,
            "report": str(self._report),
            "site": str(self._stage.site_file),
            "profile": str(files("device_profiles").joinpath("demo.toml")),
            "overrides": self._stage.overrides,
            "keeper": keeper.code,
            "pin": keeper.pin,
            "only_settle": only_settle,
            "mutation": mutation,
        }

    async def _serve(self, child: Child, person: str) -> None:
        """Touch the bench as the core asks, until it has ended."""
        bench = self._stage.bench
        while True:
            try:
                wanted, _ = await child.channel.receive()
            except (EOFError, OSError):
                return
            match wanted:
                case b"place":
                    await bench.place(person)
                case b"take":
                    await bench.do("visitor", "take_paper", {})
                case b"lift":
                    await bench.do("visitor", "lift", {})
            if child.exit_code is None:
                child.channel.send(b"done")


@asynccontextmanager
async def cores(stage: Stage, report: Path) -> AsyncIterator[Cores]:
    """Cores on this stage, one after another."""
    nursery = nursery_for("tests.chaos.killer")
    try:
        yield Cores(stage, report, nursery)
    finally:
        await nursery.leave()
