"""A whole kiosk for the tests that touch glass: its process, its display, its bench, and everything that it leaves behind.

root/stage   the stage: the bench's captures (wire, platform), site file, the kiosk's own state folder
root/tmp     TMPDIR of every process of the run        root/home   their HOME
root/log     what core and children wrote to stderr
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from kiosk.demo.glass import Glass, NotOnScreen, controls, nodes
from kiosk.journal.store import AuditRow, Journal, Operation
from kiosk.sandbox.people import Person
from kiosk.sandbox.provision import read_people
from kiosk.shell.display import virtual_display
from tests.support.mending import mending

PANEL_PX = (1080, 1920)
_REPOSITORY = Path(__file__).parents[2]
_QUICK = {"id_reader": {"radio_seconds": 0.3}, "a4_printer": {"seconds_per_page": 0.2}}
"""The bench's own times, shorter than real ones; the kiosk cannot tell."""


class WatchedGlass(Glass):
    """Remembers every screen that was seen, each state of it once."""

    def __init__(self, dock: str, display: str) -> None:
        super().__init__(dock, display)
        self.seen: dict[str, dict[str, Any]] = {}

    async def screen(self) -> dict[str, Any]:
        reply = await super().screen()
        if reply["tree"]:
            self.seen[json.dumps({**reply, "number": 0}, ensure_ascii=False)] = reply
        return reply

    async def touch(self, label: str, *, hold: float = 0.06, seconds: float = 10.0) -> None:
        """As a person does: not before it is there."""
        await super().touch(label, hold=hold, seconds=seconds)

    async def asked_for(self, name: str, seconds: float = 20.0) -> None:
        """Wait until the core wants this screen, for one that may be gone before a busy machine has drawn it."""
        give_up = time.monotonic() + seconds
        while (screen := await self.screen())["screen"] != name:
            if time.monotonic() > give_up:
                raise NotOnScreen(f"expected {name} within {seconds:.0f} s, there is {screen['screen']}")
            await asyncio.sleep(0.02)

    async def says(self, *sentences: str, seconds: float = 15.0) -> dict[str, Any]:
        """Wait until all of these sentences stand on the glass at once; return that screen."""
        give_up = time.monotonic() + seconds
        while True:
            screen = await self.screen()
            there = [text for node in nodes(screen) for text in (node["name"], node["value"])]
            if screen["drawn"] and all(any(sentence in text for text in there) for sentence in sentences):
                return screen
            if time.monotonic() > give_up:
                shown = "、".join(text for text in there if text)
                raise NotOnScreen(f"no 「{'」「'.join(sentences)}」 on {screen['screen']}: {shown}")
            await asyncio.sleep(0.03)


class House:
    """One standing kiosk. `glass` is its window, the rest is the bench around it."""

    def __init__(self, root: Path, display: str, glass: WatchedGlass, process: asyncio.subprocess.Process) -> None:
        self.root = root
        self.display = display
        self.glass = glass
        self.process = process
        self.stage = root / "stage"
        self.wire = self.stage / "wire"
        self.alive_between_visits = 0

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is seeded at the platform."""
        return read_people(self.stage / "platform" / "people.json")

    def person(self, name: str) -> Person:
        """Return a seeded person: p1 and p2 have the portraits astronaut and hopper."""
        return next(each for each in self.people if each.id == name)

    @property
    def own_places(self) -> tuple[Path, ...]:
        """Where the kiosk's own processes may write. The bench's captures are no part of it: they are the far ends' memory."""
        return (self.stage / "state", self.root / "tmp", self.root / "home", self.root / "log")

    # --- what came out

    def sheets_out(self) -> int:
        """How many sheets have left the A4 printer, counted at the far end."""
        paper = self.wire / "a4_printer" / "paper.jsonl"
        lines = paper.read_text("utf-8").splitlines() if paper.exists() else []
        return sum('"page"' in line for line in lines)

    def slips(self) -> list[str]:
        """The words on every slip that was cut, oldest first."""
        found = sorted((self.wire / "receipt_printer").glob("slip-*.json"), key=lambda path: int(path.stem[5:]))
        return ["\n".join(json.loads(path.read_text("utf-8"))["text"]) for path in found]

    def operations(self) -> list[Operation]:
        """The prints in the kiosk's journal."""
        return self._journal(lambda journal: journal.operations())

    def audit(self, event: str) -> list[AuditRow]:
        """The rows of the journal's chain with this event."""
        return self._journal(lambda journal: [row for row in journal.audit_rows() if row.event == event])

    def _journal(self, read: Callable[[Journal], list[Any]]) -> list[Any]:
        journal = Journal(self.stage / "state" / "journal.sqlite")
        try:
            return read(journal)
        finally:
            journal.close()

    async def platform(self) -> dict[str, Any]:
        """What the platform holds: counts, serials by state."""
        found: dict[str, Any] = (await self.glass.state())["bench"]["platform"]
        return found

    async def delivered(self, seconds: float = 15.0) -> dict[str, Any]:
        """Wait until everything has reached the platform; return what it holds."""
        await self.until(lambda state: state["outbox"] == 0, seconds)
        return await self.platform()

    async def until(self, holds: Callable[[dict[str, Any]], bool], seconds: float = 15.0) -> dict[str, Any]:
        """Wait until this holds of `GET /state`; return it."""
        give_up = time.monotonic() + seconds
        while True:
            state = await self.glass.state()
            if holds(state):
                return state
            assert time.monotonic() < give_up, state
            await asyncio.sleep(0.05)

    async def until_another(self, number: int, seconds: float = 15.0) -> None:
        """Wait until the core shows another screen than the one of this number."""
        give_up = time.monotonic() + seconds
        while (screen := await self.glass.screen())["number"] == number:
            assert time.monotonic() < give_up, f"still {screen['screen']}"
            await asyncio.sleep(0.03)

    async def device(self, name: str, seconds: float = 15.0, **wanted: str) -> dict[str, Any]:
        """Wait until a device's row says this (`link`, `readiness`, or one of its details)."""

        def row(state: dict[str, Any]) -> dict[str, Any]:
            found: dict[str, Any] = next(each for each in state["devices"] if each["name"] == name)
            return {**found["details"], **found}

        return row(
            await self.until(lambda state: all(row(state)[key] == value for key, value in wanted.items()), seconds)
        )

    async def alive(self) -> int:
        """How many secrets the core holds now."""
        counts = (await self.glass.state())["secrets"]
        return int(counts["made"] - counts["wiped"] - counts["dropped"])

    # --- between two tests

    async def tidy(self) -> None:
        """Mend everything on the bench, and lead whoever is left at the screen out."""
        bench = (await self.glass.state())["bench"]
        for device, verb, arguments in mending(bench):
            await self.glass.do(device, verb, **arguments)
        await self._lead_out()
        await self.until(lambda state: all(each["readiness"] == "ready" for each in state["devices"]))

    async def _lead_out(self) -> None:
        give_up = time.monotonic() + 20
        while (screen := await self.glass.screen())["screen"] != "idle":
            assert time.monotonic() < give_up, f"the kiosk is stuck on {screen['screen']}"
            ways = {each["name"] for each in controls(screen)}
            way = next(
                (
                    each
                    for each in ("完成", "不评价", "不要凭条", "知道了", "不办了", "仍然退出", "退出维护", "离开")
                    if each in ways
                ),
                None,
            )
            if way is not None:
                with suppress(NotOnScreen):  # the screen went on by itself
                    await self.glass.touch(way, seconds=0.0)
            await asyncio.sleep(0.1)


@asynccontextmanager
async def house(
    root: Path,
    *,
    seed: int,
    site: dict[str, Any] | None = None,
    profile: dict[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    staff: str = "",
    spares: Mapping[str, str] | None = None,
) -> AsyncIterator[House]:
    """Start a display and a kiosk on it in `root`; end both. `site` and `profile` replace values of those files, by dotted key;
    `environment` is added to that of the kiosk's processes. `staff`: a role whose gesture opens the door without being asked.
    `spares`: see `kiosk.demo.stage.set_stage`."""
    for name in ("tmp", "home"):
        (root / name).mkdir(parents=True)
    how = {"seed": seed, "site": site, "profile": profile, "options": _QUICK, "spares": spares}
    asked = {"folder": str(root / "stage"), "how": how, **({"staff": staff} if staff else {})}
    with virtual_display(PANEL_PX) as display:
        whole = {
            **os.environ,
            **(environment or {}),
            "DISPLAY": display,
            "TMPDIR": str(root / "tmp"),
            "HOME": str(root / "home"),
            "PYTHONPATH": str(_REPOSITORY / "tests" / "support" / "blockable"),
        }
        with (root / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.support.kiosk_process",
                json.dumps(asked),
                cwd=_REPOSITORY,
                env=whole,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = await asyncio.wait_for(process.stdout.readline(), 40)
            assert line, (root / "log").read_text("utf-8", "replace")
            glass = WatchedGlass(json.loads(line)["dock"], display)
            try:
                await glass.wait_for("idle", seconds=20)
                standing = House(root, display, glass, process)
                await standing.tidy()
                standing.alive_between_visits = await standing.alive()
                yield standing
            finally:
                await glass.aclose()
        finally:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()
