"""A stopped run goes on where it was judged, with the same visits; and a finding anywhere rejects the run."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.soak import report
from tests.soak.guest import Card
from tests.soak.log import Begun, Checked, Ended, Leg, Log, Walked, unfinished
from tests.soak.plan import BY_KEEPER, HOST_FALLS_AT, Ending, plan
from tests.soak.test_growth import look
from tests.soak.walking import unasked

SEED = 4


def walked(number: int, leg: int = 1, findings: tuple[str, ...] = ()) -> Walked:
    return Walked(
        leg=leg,
        plan=plan(SEED, number),
        seconds=7.0,
        spent=10.0,
        path=["idle"],
        cards=[Card("p1", "printed", "face")],
        killed=["shell"],
        restarts={"shell": 1},
        touches_repeated=0,
        load=1.0,
        findings=list(findings),
        remarks=[],
        sample=look(),
    )


def begun(folder: Path) -> Log:
    folder.mkdir(parents=True)
    log = Log(folder)
    log.add(Begun(seed=SEED, minutes=1.0, at="2026-01-01T00:00:00+00:00"))
    log.add(Leg(number=1, at="2026-01-01T00:00:01+00:00"))
    return log


def test_a_run_that_was_cut_off_goes_on_after_what_was_judged(tmp_path: Path) -> None:
    log = begun(tmp_path / "run-1")
    for number in range(1, 6):
        log.add(walked(number))
        if number == 3:
            log.add(Checked(leg=1, upto=3, papers=2, seconds=1.0, findings=[]))
    with log.file.open("ab") as file:
        file.write(b'{"type":"visit","leg":1,"pl')  # the power went while it was written
    again = unfinished(tmp_path)
    assert again is not None
    assert [each.plan.number for each in again.judged()] == [1, 2, 3]
    again.add(Leg(number=2, at="2026-01-01T00:01:00+00:00"))
    again.add(walked(4, leg=2))
    assert [(each.leg, each.plan.number) for each in Log(again.folder).walked()] == [(1, 1), (1, 2), (1, 3), (2, 4)]
    again.add(Ended(at="2026-01-01T00:02:00+00:00"))
    assert unfinished(tmp_path) is None


def test_the_same_seed_brings_the_same_visits_and_all_endings_come() -> None:
    first = [plan(SEED, number) for number in range(1, 400)]
    assert first[200] == plan(SEED, 201)
    assert first[:20] != [plan(SEED + 1, number) for number in range(1, 21)]
    assert {each.ending for each in first} == set(Ending)
    assert {each.at for each in first if each.ending is Ending.HOST_KILLED} == set(HOST_FALLS_AT)
    assert {each.person for each in first if each.ending is Ending.WHOLE} >= {"p1", "p2", *BY_KEEPER}


def test_a_finding_anywhere_rejects_the_run_and_stands_in_the_report(tmp_path: Path) -> None:
    log = begun(tmp_path / "run-1")
    log.add(walked(1))
    assert report.judge(log).findings == ["leg 1 was not judged by the checker"]
    log.add(Checked(leg=1, upto=1, papers=1, seconds=1.0, findings=[]))
    assert report.judge(log).findings == []
    assert "None." in report.write(tmp_path, log, report.judge(log)).read_text("utf-8")
    log.add(walked(2, findings=("Stuck: review stays",)))
    log.add(Checked(leg=1, upto=2, papers=2, seconds=1.0, findings=["printed_twice: KX-1: page 1 came out 2 times"]))
    found = report.judge(log).findings
    assert found == ["visit 2: Stuck: review stays", "checker, leg 1: printed_twice: KX-1: page 1 came out 2 times"]
    text = report.write(tmp_path, log, report.judge(log)).read_text("utf-8")
    assert all(each in text for each in found)


def test_a_run_without_a_visit_is_no_good_run(tmp_path: Path) -> None:
    log = begun(tmp_path / "run-1")
    assert report.judge(log).findings == ["not one visit was walked"]


def test_a_row_is_read_as_it_was_written(tmp_path: Path) -> None:
    log = begun(tmp_path / "run-1")
    log.add(walked(1))
    assert msgspec.json.encode(Log(log.folder).rows) == msgspec.json.encode(log.rows)


@pytest.mark.parametrize(
    ("restarts", "killed", "found"), [({"shell": 1}, ["shell"], 0), ({"shell": 2}, ["shell"], 1), ({"face": 1}, [], 1)]
)
def test_a_restart_that_nobody_asked_for_is_told(restarts: dict[str, int], killed: list[str], found: int) -> None:
    assert len(unasked(restarts, killed, load=0.5)) == found
