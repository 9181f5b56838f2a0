"""`kiosk run` as an operator starts it, on a stage whose bench is in other processes, and the hand that touches both."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx

from kiosk.demo.stage import Stage, StageBench
from kiosk.shell.display import virtual_display
from tests.support.house import PANEL_PX, House, WatchedGlass

_KIOSK = Path(sys.executable).parent / "kiosk"

START_S = 40.0

VISIT_POLICY = {
    "warn_after = { standard = 45.0, elder = 90.0 }": "warn_after = { standard = 12.0, elder = 12.0 }",
    "countdown = { standard = 30.0, elder = 60.0 }": "countdown = { standard = 20.0, elder = 20.0 }",
    "printer = 20.0": "printer = 5.0",
}
"""Lines of kiosk/policies/visit.toml as a hasty site would have them: a visitor who walks away costs half a minute, not two."""

FACE_POLICY = {
    "seconds_per_try = 10.0": "seconds_per_try = 5.0",
    "search_seconds = 30.0": "search_seconds = 6.0",
    "search_seconds_elder = 60.0": "search_seconds_elder = 6.0",
}
"""Likewise of kiosk/policies/face.toml: nobody before the camera costs 6 s."""

DEVICES = {"devices.a4_printer.settings.stop_seconds": 1.0, "devices.a4_printer.settings.lost_seconds": 1.0}


class BenchGlass(WatchedGlass):
    """The dock of a plain `kiosk run` has no bench behind it: here the bench is touched from outside, as fate does."""

    def __init__(self, dock: str, display: str, bench: StageBench) -> None:
        super().__init__(dock, display)
        self._bench = bench

    async def do(self, device: str, verb: str, /, **arguments: Any) -> Any:
        return await self._bench.do(device, verb, arguments)

    async def state(self) -> dict[str, Any]:
        return {**await super().state(), "bench": await self._bench.state()}


def _leaves(overrides: dict[str, Any]) -> dict[str, Any]:
    """One value a key, as `--set` takes them: a table by its entries; what is None is as the file has it."""
    found: dict[str, Any] = {}
    for key, value in overrides.items():
        if isinstance(value, dict):
            found |= _leaves({f"{key}.{name}": each for name, each in value.items()})
        elif value is not None:
            found[key] = value
    return found


@asynccontextmanager
async def standing(root: Path, stage: Stage) -> AsyncIterator[House]:
    """Start a display and the core on it, with TMPDIR, HOME and log in `root`; end both."""
    for name in ("tmp", "home"):
        (root / name).mkdir(parents=True)
    port = _free_port()
    settings = {f"profile.{key}": value for key, value in {**_leaves(stage.overrides), **DEVICES}.items()}
    settings["site.policies.visit"] = str(_policy(root, "visit", VISIT_POLICY))
    settings["site.policies.face"] = str(_policy(root, "face", FACE_POLICY))
    with virtual_display(PANEL_PX) as display:
        environment = {**os.environ, "DISPLAY": display, "TMPDIR": str(root / "tmp"), "HOME": str(root / "home")}
        with (root / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                # setpriv(1): a run that is killed leaves no kiosk behind.
                "setpriv",
                "--pdeathsig=TERM",
                str(_KIOSK),
                "run",
                f"--site={stage.site_file}",
                f"--profile={files('device_profiles').joinpath('demo.toml')}",
                f"--dock-port={port}",
                *(f"--set={key}={json.dumps(value)}" for key, value in settings.items()),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        glass = BenchGlass(f"http://127.0.0.1:{port}/", display, stage.bench)
        try:
            await _first_screen(glass, process, root / "log")
            yield House(root, display, glass, process)
        finally:
            await glass.aclose()
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _first_screen(glass: WatchedGlass, process: asyncio.subprocess.Process, log: Path) -> None:
    async def look() -> None:
        while True:
            try:
                await glass.wait_for("idle", seconds=START_S)
                return
            except httpx.TransportError:
                assert process.returncode is None, log.read_text("utf-8", "replace")
                await asyncio.sleep(0.1)

    await asyncio.wait_for(look(), START_S)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _policy(folder: Path, name: str, changes: dict[str, str]) -> Path:
    """Write the shipped policy with these lines changed, as an operator would."""
    text = files("kiosk.policies").joinpath(f"{name}.toml").read_text("utf-8")
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    path = folder.resolve() / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path
