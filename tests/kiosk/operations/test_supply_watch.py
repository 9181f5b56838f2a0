"""An hour's sample, one more after a refill, slips counted from the journal, and one task a filling when paper runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kiosk.journal.store import Journal
from kiosk.logbook.forecast import DayKind
from kiosk.logbook.store import Logbook
from kiosk.operations.outbox import Outbox
from kiosk.operations.supply_watch import SAMPLE_SECONDS, SupplyWatch, calendar_of
from kiosk.policies import visit_policy
from kiosk.settings.hours import Hours
from tests.kiosk.logbook.test_supplies import printer, roll
from tests.support.hall import BEGIN, ZONE

START = BEGIN.timestamp()


class Bench:
    def __init__(self, folder: Path) -> None:
        self.logbook = Logbook(folder / "logbook.sqlite")
        self.journal = Journal(folder / "journal.sqlite")
        outbox = Outbox(self.journal, None, visit_policy().outbox)  # type: ignore[arg-type]  # nothing is delivered here
        self.watch = SupplyWatch(self.logbook, self.journal, outbox, kiosk="DEMO-0001", zone=ZONE, hours=Hours())

    def tasks(self) -> list[dict[str, str]]:
        return [item.body["evidence"] for item in self.journal.due(1e12) if item.kind == "task"]

    def hours(self, count: int, *, sheets: int, a_hour: int, begin: int = 0) -> None:
        """So many hours pass, each with so many sheets."""
        for hour in range(begin, begin + count):
            left = sheets - a_hour * (hour - begin)
            self.watch.look(
                [printer(sheets=left, impressions=1000 + a_hour * hour)], hour * 3600.0, START + hour * 3600
            )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.logbook.close()
    made.journal.close()


def test_a_sample_an_hour_and_one_after_a_refill(bench: Bench):
    there = [printer(sheets=100, impressions=5)]
    for minute in range(0, 61, 10):
        bench.watch.look(there, minute * 60.0, START + minute * 60)
    assert len(bench.logbook.entries("supply")) == 2
    bench.logbook.write("refill", "a4", sheets=250)
    bench.watch.look(there, SAMPLE_SECONDS + 60.0, START + SAMPLE_SECONDS + 60)
    assert [each.body for each in bench.logbook.entries("supply")] == [{"sheets": 100, "impressions": 5}] * 3


def test_slips_are_counted_once_from_the_journal_over_restarts(bench: Bench, tmp_path: Path):
    for number in range(3):
        bench.journal.record("slip", visit="v", about="receipt", printed=True, mm=100 + number)
        bench.journal.record("slip", visit="v", about="receipt", printed=False, why="paper_out")
        bench.watch.look([roll()], number * SAMPLE_SECONDS, START + number * SAMPLE_SECONDS)
    bench.watch.look([roll()], 9 * SAMPLE_SECONDS, START + 9 * SAMPLE_SECONDS)
    assert [each.body["mm"] for each in bench.logbook.entries("supply")] == [100, 201, 303, 303]


def test_what_runs_out_within_two_days_is_one_task_a_filling(bench: Bench):
    bench.hours(24 * 11, sheets=1200, a_hour=4)
    assert len(bench.tasks()) == 1
    assert bench.tasks()[0]["supply"] == "sheets"
    assert 30 <= int(bench.tasks()[0]["hours"]) <= 48
    bench.hours(24 * 9, sheets=1200, a_hour=4, begin=24 * 11)  # filled again
    assert len(bench.tasks()) == 1
    bench.hours(24 * 2, sheets=1200 - 4 * 24 * 9, a_hour=4, begin=24 * 20)
    assert len(bench.tasks()) == 2


def test_nothing_is_written_before_a_device_has_told_anything(bench: Bench):
    bench.watch.look([], 0.0, START)
    assert bench.logbook.entries("supply") == []


def test_the_sites_calendar_knows_holidays_and_days_worked_in_their_stead():
    hours = Hours.model_validate(
        {
            "days": [
                {"name": "国庆节", "first": date(2026, 10, 1), "last": date(2026, 10, 7), "closed": True},
                {"name": "调休", "first": date(2026, 10, 10), "like": "friday"},
            ]
        }
    )
    kind = calendar_of(hours)
    assert kind(date(2026, 10, 1)) is DayKind.HOLIDAY
    assert kind(date(2026, 10, 10)) is DayKind.FRIDAY
    assert kind(date(2026, 10, 12)) is DayKind.MONDAY
