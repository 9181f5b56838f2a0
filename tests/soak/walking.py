"""One visit after the other on a standing kiosk: what was planned, what befell, what is there when the screen is idle again."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import time
from typing import Any

import httpx

from kiosk.demo.glass import NotOnScreen
from kiosk.demo.stage import Stage
from tests.soak import figures, mishaps
from tests.soak.figures import Sample
from tests.soak.guest import Card, Guest, Stuck
from tests.soak.log import Walked
from tests.soak.plan import Plan
from tests.support import contract, traces
from tests.support.house import House

VISIT_S = 240.0
"""No visit lasts longer: the longest of them waits out a print's 90 s."""

SETTLE_S = 1.0
"""After the screen is idle: what the visit let go of is let go of."""

LOOKS, BETWEEN_LOOKS_S = 4, 0.25

OVERLOAD = 2.0
"""Programs that want each processor at once (load average of a minute). The kiosk alone, drawn by software, wants about one; beyond
this a window that is given no time cannot be told from one that hangs, and is rightly started again."""

_COMPLAINTS = ("Traceback", "never retrieved", "never awaited", "ResourceWarning")
"""Words in the core's log that no visit may leave there."""


class Walking:
    """Walks on one house. `cards` is what the checker must find at the far ends, in order, each with its visit's number."""

    def __init__(self, house: House, stage: Stage, leg: int) -> None:
        self.cards: list[tuple[int, Card]] = []
        self._house = house
        self._leg = leg
        self._needles = traces.needles(house.people)
        keeper = stage.bench.sandbox.keepers()[0]
        self._keeper = (keeper.code, keeper.pin)
        self._lives: dict[str, int] = {}
        self._crashes = 0
        self._log_read = 0
        self._alive = 0

    async def begin(self) -> None:
        """Take stock before the first visit."""
        await self._house.tidy()
        state = await self._house.until(lambda found: found["face_pid"] is not None)
        self._lives = _lives(state)
        self._alive = await self._house.alive()
        self._note_idle(state)

    async def visit(self, plan: Plan) -> Walked:
        """Walk one visit and take stock. Raise AssertionError when the kiosk cannot be led back to idle."""
        began = time.monotonic()
        killed: list[str] = []
        guest = Guest(self._house, plan, self._keeper, mishaps.tricks(plan, killed))
        findings: list[str] = []
        try:
            await asyncio.wait_for(guest.visit(), VISIT_S)
        except (Stuck, NotOnScreen, AssertionError, ValueError, TimeoutError, httpx.HTTPError) as error:
            findings.append(f"{type(error).__name__}: {str(error)[:300]}, after {' > '.join(guest.path[-5:])}")
        seconds = time.monotonic() - began
        guest.settle_accounts()
        self.cards += [(plan.number, card) for card in guest.cards]
        await self._house.tidy()
        state = await self._house.until(lambda found: found["outbox"] == 0, 30)
        self._note_idle(state)
        restarts = self._restarts(state)
        findings += self._judge(state)
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        restarted = unasked(restarts, killed, load)
        return Walked(
            leg=self._leg,
            plan=plan,
            seconds=round(seconds, 2),
            path=guest.path,
            cards=guest.cards,
            killed=killed,
            restarts=restarts,
            touches_repeated=guest.touches_repeated,
            load=round(load, 2),
            findings=findings + (restarted if load <= OVERLOAD else []),
            remarks=restarted if load > OVERLOAD else [],
            sample=await self._sample(),
            spent=round(time.monotonic() - began, 2),
        )

    def _judge(self, state: dict[str, Any]) -> list[str]:
        """What can be said at once; the far ends are the checker's."""
        shown = list(self._house.glass.seen.values())
        self._house.glass.seen.clear()
        found = [fault for screen in shown for fault in contract.faults(screen)]
        found += [f"whole on the screen: {what}" for what in traces.in_screens(shown, self._needles)]
        alive = int(state["secrets"]["made"] - state["secrets"]["wiped"] - state["secrets"]["dropped"])
        if alive > self._alive:
            found.append(f"{alive} secrets are alive, {self._alive} were before the first visit")
        crashes = self._count_crashes()
        if crashes > self._crashes:
            found.append(f"{crashes - self._crashes} crashes in the journal")
        self._crashes = crashes
        return found + self._complaints()

    def _complaints(self) -> list[str]:
        with (self._house.root / "log").open("rb") as file:
            file.seek(self._log_read)
            raw = file.read()
        self._log_read += len(raw)
        text = raw.decode("utf-8", "replace")
        return [f"「{word}」 in the core's log" for word in _COMPLAINTS if word in text]

    def _count_crashes(self) -> int:
        database = sqlite3.connect(f"file:{self._house.stage / 'state' / 'journal.sqlite'}?mode=ro", uri=True)
        try:
            count: int = database.execute("SELECT count(*) FROM audit WHERE event = 'crash'").fetchone()[0]
            return count
        finally:
            database.close()

    def _restarts(self, state: dict[str, Any]) -> dict[str, int]:
        """Which processes were started again since the last visit, and how often."""
        now, before = _lives(state), self._lives
        self._lives = now
        # The face worker has no counter: a new pid is one restart at least.
        changed = {name: now[name] - before[name] for name in now if name != "face"}
        changed["face"] = int(now["face"] != before["face"])
        return {name: times for name, times in changed.items() if times}

    def _note_idle(self, state: dict[str, Any]) -> None:
        """A row of idle.jsonl, for the checker."""
        row = {"at": time.time(), "secrets": state["secrets"], "visits": state["visits"]}
        with (self._house.stage / "idle.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    async def _sample(self) -> Sample:
        await asyncio.sleep(SETTLE_S)
        looks = []
        for _ in range(LOOKS):
            state = await self._house.glass.state()
            looks.append(
                figures.sample(self._house.process.pid, state, self._house.stage / "state", self._house.root / "tmp")
            )
            await asyncio.sleep(BETWEEN_LOOKS_S)
        return figures.least(looks)


def unasked(restarts: dict[str, int], killed: list[str], load: float) -> list[str]:
    """What was started again although nobody had killed it."""
    return [
        f"{name} was started {times} times, killed {killed.count(name)} times (load {load:.1f} for each processor)"
        for name, times in restarts.items()
        if times > killed.count(name)
    ]


def _lives(state: dict[str, Any]) -> dict[str, int]:
    counters = {each["name"]: each["restarts"] for each in state["devices"]}
    return {**counters, "shell": state["shell"]["restarts"], "face": state["face_pid"] or 0}
