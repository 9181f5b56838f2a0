"""A build with its most important guards removed must be found out by the independent checker, and a good one passed.

Each mutant is made by replacing one function of the running kiosk; the evidence is what the far ends captured, judged by
`tests/checker` as its own program. Half of the bites wait for `make test-all`: they try the
checker, not the kiosk.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.contract.secret import counts
from kiosk.demo.stage import set_stage
from kiosk.identity.face.limits import Outcome
from kiosk.identity.face.search import Decision, FaceSearch
from kiosk.journey import fetch
from kiosk.sandbox.fault_desk import Verb
from kiosk.visit import Visit
from tests.chaos.lives import cores
from tests.support.bench import Run, on_stage
from tests.support.scripted import doing
from tests.support.scripts import base_script

CHECKER = Path(__file__).parent.parent / "checker"


def judged(stage: Path) -> tuple[int, set[str]]:
    """Run the checker; return its exit status and the codes of its findings."""
    verdict = stage / "verdict.json"
    done = subprocess.run(
        [sys.executable, str(CHECKER), str(stage), "--json", str(verdict)], capture_output=True, text=True, timeout=60
    )
    findings = json.loads(verdict.read_text("utf-8"))["findings"]
    assert (done.returncode == 0) == (not findings), done.stdout + done.stderr
    return done.returncode, {finding["code"] for finding in findings}


def face_script(run: Run, *, face: str) -> dict[str, Any]:
    """A visit of p1 by face; `face` is the portrait before the camera."""
    script = base_script(run, "p1")
    script |= {
        "face_consent": "agree",
        "face": doing(lambda: run.bench.do("visitor", "face", {"who": face})),
        "face_not_matched": "other_way",
        "other_way": "referral",
        "referral": "done",
    }
    return script


async def whole(folder: Path, *, face: str, expected: str, before: Callable[[Run], None] | None = None) -> None:
    """One visit by face, with everything that the checker wants to see."""
    async with on_stage(folder, {}, seed=11) as run:
        run.window.script |= face_script(run, face=face)
        if before is not None:
            before(run)
        await asyncio.sleep(0)
        idle = [_idle(run)]
        await run.visit(90)
        idle.append(_idle(run))
        await run.delivered()
        lines = "".join(json.dumps(each) + "\n" for each in idle)
        (folder / "idle.jsonl").write_text(lines, "utf-8")
        (folder / "expect.json").write_text(json.dumps([{"person": "p1", "outcome": expected}]), "utf-8")


def _idle(run: Run) -> dict[str, Any]:
    return {"at": time.time(), "secrets": counts(), "visits": run.kiosk.lobby.visits_ended}


def test_a_good_build_passes(tmp_path: Path) -> None:
    asyncio.run(whole(tmp_path, face="astronaut", expected="printed"))
    assert judged(tmp_path) == (0, set())


@pytest.mark.slow
def test_a_good_build_prints_nothing_for_a_strangers_face(tmp_path: Path) -> None:
    asyncio.run(whole(tmp_path, face="hopper", expected="nothing"))
    assert judged(tmp_path) == (0, set())


@pytest.mark.slow
def test_a_good_build_prints_nothing_of_another_persons_file(tmp_path: Path) -> None:
    def another(run: Run) -> None:
        run.bench.sandbox.break_(Verb.ANOTHER_PERSON)

    asyncio.run(whole(tmp_path, face="astronaut", expected="nothing", before=another))
    assert judged(tmp_path) == (0, set())


def test_without_the_owner_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def another(run: Run) -> None:
        run.bench.sandbox.break_(Verb.ANOTHER_PERSON)
        run.window.script["review"] = "print"

    monkeypatch.setattr(fetch, "require_owner", lambda *_: None)
    asyncio.run(whole(tmp_path, face="astronaut", expected="nothing", before=another))
    code, findings = judged(tmp_path)
    assert code != 0
    assert "wrong_person" in findings, findings


def test_a_matcher_that_always_says_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = FaceSearch.saw

    def yes(self: FaceSearch, outcome: Outcome, now: float) -> Decision | None:
        return honest(self, Outcome.MATCH, now)

    monkeypatch.setattr(FaceSearch, "saw", yes)
    asyncio.run(whole(tmp_path, face="hopper", expected="nothing"))
    code, findings = judged(tmp_path)
    assert code != 0
    assert "no_identity" in findings, findings


@pytest.mark.slow
def test_a_matcher_that_always_says_no(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = FaceSearch.saw

    def no(self: FaceSearch, outcome: Outcome, now: float) -> Decision | None:
        return honest(self, Outcome.NO_MATCH if outcome is Outcome.MATCH else outcome, now)

    monkeypatch.setattr(FaceSearch, "saw", no)
    asyncio.run(whole(tmp_path, face="astronaut", expected="printed"))
    code, findings = judged(tmp_path)
    assert code != 0
    assert "expectation" in findings, findings


@pytest.mark.slow
def test_with_the_wipe_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Visit, "wipe", lambda self: self.known.clear())
    asyncio.run(whole(tmp_path, face="astronaut", expected="printed"))
    code, findings = judged(tmp_path)
    assert code != 0
    assert "not_wiped" in findings, findings


@pytest.mark.slow
@pytest.mark.parametrize("mutation", ["", "journal_after_effect"])
def test_with_the_journal_written_after_the_effect(tmp_path: Path, mutation: str) -> None:
    """The core dies between two sheets. A good build accounts for the sheet that came out; a late journal knows of none."""

    async def go() -> None:
        slow = {"id_reader": {"radio_seconds": 0.0}, "a4_printer": {"seconds_per_page": 2.0}}
        async with (
            set_stage(tmp_path / "stage", seed=11, options=slow) as stage,
            cores(stage, tmp_path / "report.json") as core,
        ):
            life = asyncio.create_task(core.live(person="p3", mutation=mutation))
            while not (stage.folder / "wire" / "a4_printer" / "paper.jsonl").exists():
                await asyncio.sleep(0.02)
            await stage.bench.do("visitor", "lift", {})
            core.kill()
            assert (await life).code == -9
            assert (await core.live(only_settle=True, mutation=mutation)).code == 0

    asyncio.run(go())
    code, findings = judged(tmp_path / "stage")
    assert (code != 0) == bool(mutation), findings
    assert not mutation or findings & {"unaccounted", "incomplete"}, findings
