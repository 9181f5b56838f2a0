"""One life of a core process on a stage, whose bench this process touches for it."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from kiosk.demo.stage import Stage


@dataclass
class Core:
    """One life of the core: its report, and whether it was killed."""

    code: int
    report: dict[str, Any]


async def live(
    stage: Stage, fatal: int, report: Path, *, only_settle: bool = False, person: str = "p1", mutation: str = ""
) -> Core:
    """Let one core live through a visit of `person` (or only through its settlement); return how it ended."""
    keeper = stage.bench.sandbox.keepers()[0]
    asked = {
        "fatal": fatal,
        "report": str(report),
        "site": str(stage.site_file),
        "profile": str(files("device_profiles").joinpath("demo.toml")),
        "overrides": stage.overrides,
        "keeper": keeper.code,
        "pin": keeper.pin,
        "only_settle": only_settle,
        "mutation": mutation,
    }
    report.unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.chaos.killer",
        json.dumps(asked),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    while line := await process.stdout.readline():
        match line.decode().strip():
            case "place":
                await stage.bench.place(person)
            case "take":
                await stage.bench.do("visitor", "take_paper", {})
            case "lift":
                await stage.bench.do("visitor", "lift", {})
        process.stdin.write(b"\n")
    code = await process.wait()
    return Core(code, json.loads(report.read_text("utf-8")) if report.exists() else {})


async def kill_now(report: Path) -> None:
    """Kill the core that writes this report (SIGKILL), from outside."""
    killer = await asyncio.create_subprocess_exec("pkill", "-KILL", "-f", f"tests.chaos.killer.*{report}")
    await killer.wait()
