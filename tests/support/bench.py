"""A stage with a kiosk on it for the tests: real emulators, real sandbox, real device hosts; the window may be scripted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from drivers.contract.common import DeviceClass
from kiosk.app import running
from kiosk.demo.roster import demo_profile
from kiosk.demo.stage import Stage, StageBench, set_stage
from kiosk.journal.store import AuditRow, Operation
from kiosk.kiosk import Kiosk
from kiosk.maintenance.replacing.conformity import Conformity
from kiosk.settings.profile import Profile, load_profile
from kiosk.settings.site import load_site
from tests.support.face_later import face_later
from tests.support.scripted import Act, ScriptedWindow

FAST = {"id_reader": {"radio_seconds": 0.0}, "a4_printer": {"seconds_per_page": 0.1}}


@dataclass
class Run:
    """A kiosk on its stage with a scripted window."""

    stage: Stage
    kiosk: Kiosk
    window: ScriptedWindow
    _printed_before: int = 0

    def status(self, name: str) -> Any:
        """What a device of this name says of itself."""
        return next(each.status for each in self.kiosk.devices.table() if each.name == name)

    def begin_anew(self) -> None:
        """From now on `prints` begins anew, and the window has seen nothing."""
        self._printed_before = len(self.kiosk.journal.operations())
        self.window.begin_anew()

    def prints(self) -> list[Operation]:
        """What the journal says of each print of this test, oldest first."""
        return self.kiosk.journal.operations()[self._printed_before :]

    @property
    def bench(self) -> StageBench:
        return self.stage.bench

    async def devices_ready(self, seconds: float = 10.0) -> None:
        """Wait until every device has told its status."""
        for _ in range(int(seconds / 0.02)):
            if all(snapshot.status is not None for snapshot in self.kiosk.devices.table()):
                return
            await asyncio.sleep(0.02)
        raise AssertionError([(each.name, each.fault) for each in self.kiosk.devices.table()])

    async def visit(self, seconds: float = 150.0) -> str:
        """Serve one visit; return its ending. A crash fails the test with what the journal says of it."""
        before = self.audited()
        ending = await asyncio.wait_for(self.kiosk.lobby.one_visit(), seconds)
        crashes = [row.payload for row in self.audit_since(before) if row.event == "crash"]
        assert not crashes, (self.window.problem, crashes)
        return str(ending)

    def audited(self) -> int:
        """How many rows the journal's chain has now, for `audit_since`."""
        return sum(1 for _ in self.kiosk.journal.audit_rows())

    def audit_since(self, before: int, event: str = "") -> list[AuditRow]:
        """The rows that were written since there were so many; with `event` these only."""
        rows = list(self.kiosk.journal.audit_rows())[before:]
        return [row for row in rows if not event or row.event == event]

    async def delivered(self, seconds: float = 10.0) -> None:
        """Wait until the outbox is empty."""
        for _ in range(int(seconds / 0.05)):
            if self.kiosk.journal.waiting() == 0:
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the outbox is not empty")

    def tasks(self) -> list[str]:
        """The kinds of the back office's tasks, device faults left out (a broken device is told of whenever it lasts)."""
        platform = sqlite3.connect(self.bench.sandbox.folder.database)
        bodies = [json.loads(row[0]) for row in platform.execute("SELECT body FROM tasks").fetchall()]
        platform.close()
        return [body["kind"] for body in bodies if body["kind"] != "device_fault"]

    def sheets_out(self) -> int:
        """How many sheets have left the A4 printer, counted at the far end."""
        paper = self.stage.folder / "wire" / "a4_printer" / "paper.jsonl"
        if not paper.exists():
            return 0
        return sum('"page"' in line for line in paper.read_text("utf-8").splitlines())


def _policy_file(folder: Path, lines: dict[str, str]) -> Path:
    """Write a site's own visit policy: the bundled one, with the lines that begin with these keys replaced."""
    text = files("kiosk.policies").joinpath("visit.toml").read_text("utf-8")
    for begin, line in lines.items():
        found = [each for each in text.splitlines() if each.startswith(begin)]
        assert len(found) == 1, (begin, found)
        text = text.replace(found[0], line)
    path = folder.resolve() / "visit-policy.toml"
    path.write_text(text, "utf-8")
    return path


def _emulated(model: str, demo: Profile) -> Profile:
    with as_file(files("device_profiles").joinpath(f"{model}.toml")) as path:
        real = load_profile(path)
    devices = {name: device for name, device in demo.devices.items() if name in real.devices}
    return real.model_copy(update={"devices": devices, "production": False})


@asynccontextmanager
async def on_stage(
    folder: Path,
    script: dict[str, Any],
    *,
    seed: int = 7,
    options: dict[str, dict[str, Any]] | None = None,
    site: dict[str, Any] | None = None,
    now: Callable[[], datetime] | None = None,
    policy: dict[str, str] | None = None,
    model: str = "demo",
    spares: dict[str, str] | None = None,
    conformity: Conformity | None = None,
    classes: tuple[DeviceClass, ...] = (),
) -> AsyncIterator[Run]:
    """Set the stage in `folder` and start a kiosk with a scripted window on it. `policy` replaces lines of the visit policy.

    `spares`: further devices beside the machine, see `set_stage`; `conformity`: what tests them;
    `classes`: devices that join the demo's.
    `model`: another of the bundled profiles; its devices are then the demo's emulated ones of the same names.
    """
    site = dict(site or {})
    if policy:
        site["policies.visit"] = _policy_file(folder, policy)
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(face_later())
        stage = await stack.enter_async_context(
            set_stage(
                folder,
                seed=seed,
                options={**FAST, **(options or {})},
                profile=demo_profile(classes=classes),
                spares=spares,
            )
        )
        profile = demo_profile(classes=classes, overrides=stage.overrides)
        if model != "demo":
            profile = _emulated(model, profile)
        window = ScriptedWindow(script)
        kiosk = await stack.enter_async_context(
            running(
                load_site(stage.site_file, site),
                profile,
                window=window,
                now=now,
                sources=stage.sources,
                conformity=conformity,
            )
        )
        run = Run(stage, kiosk, window)
        await run.devices_ready()
        yield run


__all__ = ["FAST", "Act", "Run", "on_stage"]
