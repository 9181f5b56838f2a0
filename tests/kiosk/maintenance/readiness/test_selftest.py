"""Self-tests: what fails is told as failed, what cannot be tried as skipped; all is dated and kept, and a task comes once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass
from drivers.contract.faults import FaultCode, fault
from kiosk.journal.store import Journal
from kiosk.logbook import selftests
from kiosk.logbook.selftests import SelfTest, Verdict
from kiosk.maintenance.readiness import parts
from kiosk.maintenance.readiness.night import Night
from kiosk.maintenance.readiness.selftest import device, run_all
from tests.kiosk.maintenance.readiness.bench import Bench, bench, broken, well

__all__ = ["bench"]


def run(bench: Bench, by: str = "") -> dict[str, SelfTest]:
    return {each.subject: each for each in asyncio.run(run_all(bench.tools, by=by))}


def test_a_machine_that_is_well_passes_everything_dated_and_kept(bench: Bench):
    found = run(bench, by="T-0001")
    assert [each for each in found.values() if each.verdict is not Verdict.PASSED] == []
    assert {f"part:{name}" for name in parts.PARTS} | {each.name for each in bench.devices} == set(found)
    kept = selftests.latest(bench.logbook)
    assert kept == found
    assert {(each.at, each.by) for each in kept.values()} == {(bench.now.timestamp(), "T-0001")}
    assert bench.tasks() == []


def full_disk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.shutil, "disk_usage", lambda folder: type("", (), {"free": 3 * 2**20})())


def read_only(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: Path, *given: object, **named: object) -> object:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "open", refuses)


def broken_chain(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        bench.journal.record("start", number=number)
    with sqlite3.connect(bench.journal.path) as db:
        db.execute("UPDATE audit SET payload = '{\"number\":7}' WHERE seq = 2")


def certificate_over(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.now = datetime(2031, 1, 1, tzinfo=UTC)


def certificate_soon(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.now = datetime(2028, 12, 20, tzinfo=UTC)


def certificate_not_yet(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.now = datetime(2025, 12, 31, tzinfo=UTC)


def clock_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.journal.record("start")
    bench.now -= timedelta(days=3)


def clock_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.platform.off = 400.0


def platform_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.platform.off = None


def platform_down(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.platform.up = False


def old_backlog(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.journal.post("task:x", "task", {})
    bench.now += timedelta(hours=30)


def no_fonts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> object:
        raise FileNotFoundError

    monkeypatch.setattr(parts.fonts, "paper", missing)


def no_face(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.importlib.util, "find_spec", lambda name: None)


def no_voice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.pack, "folder", lambda: bench.machine.folder)


def no_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts.psutil, "virtual_memory", lambda: type("", (), {"available": 50 * 2**20})())


Harm = Callable[[Bench, pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    ("harm", "part", "verdict"),
    [
        (full_disk, "disk", Verdict.FAILED),
        (read_only, "disk", Verdict.FAILED),
        (broken_chain, "chain", Verdict.FAILED),
        (certificate_over, "certificate", Verdict.FAILED),
        (certificate_soon, "certificate", Verdict.FAILED),
        (certificate_not_yet, "certificate", Verdict.FAILED),
        (clock_back, "clock", Verdict.FAILED),
        (clock_off, "clock", Verdict.FAILED),
        (platform_away, "platform", Verdict.FAILED),
        (platform_away, "clock", Verdict.SKIPPED),
        (platform_down, "platform", Verdict.FAILED),
        (old_backlog, "backlog", Verdict.FAILED),
        (no_fonts, "fonts", Verdict.FAILED),
        (no_face, "face", Verdict.FAILED),
        (no_voice, "voice", Verdict.FAILED),
        (no_memory, "memory", Verdict.FAILED),
    ],
)
def test_each_part_notices_its_harm(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, harm: Harm, part: str, verdict: Verdict
):
    harm(bench, monkeypatch)
    found = asyncio.run(parts.PARTS[part](bench.tools))
    assert found.verdict is verdict, found.words
    assert found.words


def test_a_failure_is_one_task_until_it_passed_in_between(bench: Bench):
    bench.platform.off = 400.0
    for _ in range(3):
        run(bench)
        bench.now += timedelta(hours=1)
    assert bench.tasks() == [{"subject": "clock"}]
    bench.platform.off = 0.0
    run(bench)
    bench.platform.off = 400.0
    bench.now += timedelta(hours=1)
    run(bench)
    assert bench.tasks() == [{"subject": "clock"}] * 2


def test_a_device_that_the_device_watch_tells_of_is_not_told_twice(bench: Bench):
    bench.devices[1] = broken(bench.devices[1], FaultCode.PAPER_OUT)
    assert run(bench)["a4_printer"].verdict is Verdict.FAILED
    assert bench.tasks() == []


def test_what_a_device_does_not_say_is_never_a_pass():
    told, *_ = well()
    unknown = Snapshot("x", DeviceClass.CAMERA, "v4l2")
    silent = replace(told, status=type(told.status)())
    gone = replace(told, link=Link.GONE, status=None, fault=fault(FaultCode.PORT_ABSENT))
    verdicts = [device(each).verdict for each in (told, unknown, silent, gone)]
    assert verdicts == [Verdict.PASSED, Verdict.SKIPPED, Verdict.SKIPPED, Verdict.FAILED]


def test_a_test_that_breaks_is_no_pass_and_the_others_go_on(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    async def breaks(tools: object) -> parts.Found:
        raise RuntimeError("secret words")

    monkeypatch.setitem(parts.PARTS, "disk", breaks)
    found = run(bench)
    assert found["part:disk"].verdict is Verdict.SKIPPED
    assert "secret" not in found["part:disk"].words
    assert found["part:memory"].verdict is Verdict.PASSED


def test_a_logbook_that_cannot_be_written_costs_the_history_not_the_test(bench: Bench):
    bench.logbook.close()
    assert run(bench)["part:disk"].verdict is Verdict.PASSED


# --- at night


def at(bench: Bench, text: str) -> None:
    bench.now = datetime.fromisoformat(text).replace(tzinfo=bench.tools.site.zone)


def test_it_runs_once_a_night_at_its_time_and_only_while_nobody_is_there(bench: Bench):
    alone = True
    night = Night(bench.tools, lambda: alone)
    ran = []
    for text, there in [
        ("2026-11-22 03:00", False),
        ("2026-11-22 03:31", True),
        ("2026-11-22 03:40", True),
        ("2026-11-22 03:50", False),
        ("2026-11-22 04:10", False),
        ("2026-11-22 23:59", False),
        ("2026-11-23 00:10", False),
        ("2026-11-23 03:30", False),
    ]:
        at(bench, text)
        alone = not there
        ran.append(asyncio.run(night.look()))
    assert ran == [False, False, False, True, False, False, False, True]


def test_a_restart_does_not_repeat_the_nights_run(bench: Bench):
    at(bench, "2026-11-22 05:00")
    assert asyncio.run(Night(bench.tools, lambda: True).look())
    assert not asyncio.run(Night(bench.tools, lambda: True).look())


def test_a_night_without_power_is_made_up_for(bench: Bench):
    at(bench, "2026-11-22 03:35")
    asyncio.run(Night(bench.tools, lambda: True).look())
    at(bench, "2026-11-24 11:00")
    assert asyncio.run(Night(bench.tools, lambda: True).look())


def test_the_one_tap_tests_of_devices_count_as_tests(bench: Bench):
    bench.logbook.write("selftest", "camera", passed=True, checks=[], by="T-0001")
    bench.logbook.write("selftest", "id_reader", passed=False, checks=[], by="T-0001")
    bench.logbook.write("selftest", "x", something="else")
    found = {each.subject: each.verdict for each in selftests.latest(bench.logbook).values()}
    assert found == {"camera": Verdict.PASSED, "id_reader": Verdict.FAILED}


def test_the_journal_counts_by_state_only(bench: Bench):
    bench.journal.begin_print("op", subject="s", device="d", evidence={})
    assert bench.journal.counts() == {"intent": 1}
    assert isinstance(bench.journal, Journal)
