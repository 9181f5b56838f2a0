"""The core is killed at every boundary of the visit. Afterwards: nothing printed twice, nothing printed unaccounted for,
every serial is active with all its pages out, or suspended; a doubtful print has its task in the back office.

Every boundary is killed at in `make chaos`; here a seeded sample of at least 30, the print's own boundaries always among them.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from pathlib import Path

import pytest

from kiosk.demo.stage import Stage, set_stage
from kiosk.journal.states import OPEN_STATES, PrintState
from kiosk.journal.store import Journal
from tests.chaos.lives import Cores, cores

pytestmark = pytest.mark.kills

SEED = 20261122
SAMPLE = 30
OPTIONS = {
    "id_reader": {"radio_seconds": 0.0},
    "a4_printer": {"seconds_per_page": 0.15},
}


def sheets(stage: Stage) -> dict[str, int]:
    """Sheets that really came out, by serial, counted at the far end."""
    jobs = {}
    for path in (stage.folder / "wire" / "a4_printer").glob("job-*.json"):
        job = json.loads(path.read_text("utf-8"))
        jobs.setdefault(job["name"].partition("/")[0], 0)
        jobs[job["name"].partition("/")[0]] += job["sheets_out"]
    return jobs


def doubtful_tasks(stage: Stage) -> int:
    """How many doubtful prints the back office was told of."""
    platform = sqlite3.connect(stage.bench.sandbox.folder.database)
    bodies = platform.execute("SELECT body FROM tasks").fetchall()
    platform.close()
    return sum(json.loads(row[0])["kind"] == "doubtful_print" for row in bodies)


def judge(stage: Stage, killed_at: str) -> None:
    """What must hold after a crash and the restart that follows it."""
    journal = Journal(stage.folder / "state" / "journal.sqlite")
    try:
        operations = journal.operations()
        assert not [each for each in operations if each.state in OPEN_STATES], killed_at
        assert journal.verify_chain() is None
    finally:
        journal.close()
    out = sheets(stage)
    platform = sqlite3.connect(stage.bench.sandbox.folder.database)
    serials = dict(platform.execute("SELECT serial, state FROM serials").fetchall())
    tasks = platform.execute("SELECT body FROM tasks").fetchall()
    platform.close()
    by_serial = {each.serial: each for each in operations if each.serial}
    for serial, state in serials.items():
        operation = by_serial.get(serial)
        printed = out.get(serial, 0)
        assert printed <= 1, f"{killed_at}: {serial} came out {printed} times"
        if state == "active":
            assert operation is not None, f"{killed_at}: active serial {serial} that the kiosk does not know"
            assert operation.state in (PrintState.REPORTED, PrintState.EJECTED, PrintState.TAKEN), (
                killed_at,
                operation,
            )
            assert printed == 1, f"{killed_at}: active serial {serial} without its paper"
        else:
            assert state == "suspended", (killed_at, state)
            if operation is not None and operation.state is PrintState.DOUBTFUL:
                assert any(operation.id in str(row[0]) for row in tasks), f"{killed_at}: no task for a doubtful print"
    assert not set(out) - set(serials), f"{killed_at}: paper without a serial"


async def kill_and_judge(stage: Stage, core: Cores, fatal: int) -> str:
    """Kill one core at boundary `fatal`, let the next one settle, judge; return where it was killed."""
    killed = await core.live(fatal)
    assert killed.code == -9, killed
    where = str(killed.report["killed_at"])
    await stage.bench.do("visitor", "lift", {})
    after = await core.live(only_settle=True)
    assert after.code == 0, (where, after)
    judge(stage, where)
    await stage.bench.do("visitor", "take_paper", {})
    return where


def chosen(boundaries: list[str], sample: int) -> list[int]:
    """Boundaries to kill at, counted from 1: all that concern the print, and a seeded sample of the rest."""
    words = ("journal", "serials", "Print", "Trace", "Taken", "Fence")
    always = [number for number, name in enumerate(boundaries, 1) if any(word in name for word in words)]
    rest = [number for number in range(1, len(boundaries) + 1) if number not in always]
    random.Random(SEED).shuffle(rest)
    return sorted(always + rest[: max(0, sample - len(always))])


async def run_kills(folder: Path, sample: int) -> list[str]:
    async with (
        set_stage(folder / "stage", seed=SEED, options=OPTIONS) as stage,
        cores(stage, folder / "report.json") as core,
    ):
        whole = await core.live()
        assert whole.code == 0, whole
        assert whole.report["ending"] == "done", whole.report
        judge(stage, "nothing")
        assert sum(sheets(stage).values()) == 1
        return [await kill_and_judge(stage, core, number) for number in chosen(whole.report["boundaries"], sample)]


@pytest.mark.timeout(900)
def test_kills_at_the_boundaries_of_the_visit(tmp_path: Path) -> None:
    killed = asyncio.run(run_kills(tmp_path, SAMPLE))
    assert len(killed) >= 30
    assert any("device Print" in where for where in killed)


@pytest.mark.timeout(120)
def test_a_restart_in_the_middle_of_a_print_is_doubtful_and_suspended(tmp_path: Path) -> None:
    """The page is under way when the core dies: doubtful, serial suspended, a task for the back office; no second page."""

    async def go() -> None:
        slow = {**OPTIONS, "a4_printer": {"seconds_per_page": 3.0}}
        async with (
            set_stage(tmp_path / "stage", seed=SEED, options=slow) as stage,
            cores(stage, tmp_path / "report.json") as core,
        ):
            life = asyncio.create_task(core.live())
            while not list((stage.folder / "wire" / "a4_printer").glob("job-*.json")):
                await asyncio.sleep(0.02)
            await stage.bench.do("visitor", "lift", {})
            core.kill()
            assert (await life).code == -9
            after = await core.live(only_settle=True)
            assert after.report["settled"] == 1
            judge(stage, "in the middle")
            journal = Journal(stage.folder / "state" / "journal.sqlite")
            (operation,) = journal.operations()
            journal.close()
            assert operation.state is PrintState.DOUBTFUL
            assert doubtful_tasks(stage) == 1
            assert stage.bench.sandbox.state()["serials"] == {"suspended": 1}

    asyncio.run(go())
