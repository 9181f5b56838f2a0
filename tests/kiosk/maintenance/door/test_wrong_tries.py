"""Wrong tries at the door of a kiosk: what they shut, for whom, over a restart too, and who is told."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal.store import JournalError
from kiosk.maintenance.door.lockout import Lock
from kiosk.maintenance.door.memory import DoorMemory, Kept
from kiosk.maintenance.door.roster import load_roster, save_roster
from kiosk.maintenance.door.rules import rules
from kiosk.screens.parts import Countdown
from tests.support.bench import Run
from tests.support.door import (
    At,
    come,
    door_at,
    let_time_pass,
    passed,
    said,
    started_again,
    typed,
    wrong_pin,
)
from tests.support.scripted import typing
from tests.support.standing import StandingKiosk, standing


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingKiosk]:
    """A kiosk that was started with an alarm in its memory of which nobody had been told."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "state").mkdir(mode=0o700)
    (folder / "state" / "door.json").write_text('{"alarm":"0f0f0f0f"}', "ascii")
    with standing(folder) as kept:
        assert door_at(kept.run).memory.alarm == "", "told at the start, before anybody has come"
        yield kept


def test_five_wrong_tries_shut_the_door_over_a_restart_and_ten_tell_the_back_office(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        door = door_at(run)
        told = len(alarms(run))
        wrong = typed(run, "T-0002", wrong_pin(run, "T-0002"))
        acts = await come(run, **wrong, staff_door_wrong=["ok", "ok", "ok", "ok"], staff_door_shut="leave")
        assert [act["wrong"] for act in said(acts, "door.refused")] == [1, 2, 3, 4, 5]
        countdown = next(block for block in run.window.last("staff_door_shut").blocks if isinstance(block, Countdown))
        assert 13 <= countdown.seconds <= 15
        assert [screen.name for screen in run.window.shown].count("staff_door_wrong") == 4

        acts = await come(run, staff_door_shut="leave")
        assert [act["act"] for act in acts] == ["door.shut", "left"], "nobody is asked anything"

        again = started_again(run)
        assert 0 < again.memory.left() <= 15, "a restart forgets nothing"
        assert again.memory.wrong_at("code 0002") == 5
        door.memory._kept = again.memory._kept

        let_time_pass(door, 15)
        acts = await come(run, **wrong, staff_door_wrong="ok", staff_door_shut="leave")
        assert [act["wrong"] for act in said(acts, "door.refused")] == [6, 7, 8, 9, 10]
        assert len(said(acts, "door.alarm")) == 1
        assert 28 <= door.memory.left() <= 30
        await run.delivered()
        assert len(alarms(run)) == told + 1
        assert door.memory.alarm == "", "it is told once"

        let_time_pass(door, 30)
        acts = await come(run, **typed(run, "T-0002"))
        assert said(acts, "door.opened")[0]["tried"] == 10, "how often somebody has tried stands in the chain"
        assert door.memory.tries_left("code 0002") == 5, "who came in is forgiven"

    at_the_door(test)


def alarms(run: Run) -> list[str]:
    """The keys under which the back office was told of a lock-out."""
    with contextlib.closing(sqlite3.connect(run.bench.sandbox.folder.database)) as platform:
        bodies = [json.loads(row[0]) for row in platform.execute("SELECT body FROM tasks").fetchall()]
    return [body["key"] for body in bodies if body["kind"] == "staff_locked_out"]


def test_an_alarm_that_a_power_cut_took_is_told_when_the_kiosk_starts(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        await run.delivered()
        assert [key for key in alarms(run) if key.endswith("door-0f0f0f0f")] != []
        assert started_again(run).memory.alarm == ""

        # The tenth wrong try is on the disk, and the power goes before anybody was told; then the journal is full for a while.
        memory = started_again(run).memory
        for _ in range(2):
            for _ in range(5):
                memory.try_begins("code 0002")
            memory._keep(passed(memory._kept, 60))
        door, heard = started_again(run), list[str]()
        assert door.memory.alarm

        class Outbox:
            full = True

            def post_task(self, key: str, *_: Any, **evidence: str) -> None:
                if self.full:
                    raise JournalError("full")
                heard.append(key)

        outbox: Any = Outbox()
        door.tell_alarm(outbox, "XJ-0001")
        assert door.memory.alarm, "it is not lost"
        outbox.full = False
        again = started_again(run)
        again.tell_alarm(outbox, "XJ-0001")
        again.tell_alarm(outbox, "XJ-0001")
        assert heard == [f"XJ-0001-door-{door.memory.alarm}"]
        assert started_again(run).memory.alarm == ""

        # A tenth try that was the right one is no alarm.
        memory._keep(Kept(lock=Lock(wrong=9), aims={"code 0001": Lock(wrong=4)}))
        memory.try_begins("code 0001")
        memory.try_was_right("code 0001")
        assert started_again(run).memory.alarm == ""

    at_the_door(test)


def test_nobody_guesses_a_colleague_s_pin_between_own_visits(at_the_door: At) -> None:
    """Four guesses at the administrator's PIN, in by one's own, and again: the fifth guess shuts that code, and it alone, while its
    owner may come in by another thing of theirs, and everybody else by theirs."""

    async def test(run: Run) -> None:
        guess = typed(run, "T-0002", wrong_pin(run, "T-0002"))
        await come(run, **guess, staff_door_wrong=["ok", "ok", "ok", "leave"])
        acts = await come(run, **typed(run, "K-0001"))
        assert said(acts, "door.opened"), "four are not five"
        acts = await come(run, **guess, staff_door_shut_to="leave")
        assert said(acts, "door.refused")[0]["shut"] == 0, "the door is open"
        assert said(acts, "door.shut_to") == [{"act": "door.shut_to", "way": "code", "seconds": 15}]
        countdown = next(
            block for block in run.window.last("staff_door_shut_to").blocks if isinstance(block, Countdown)
        )
        assert countdown.seconds == 15

        # Not even the right PIN is judged now; nor is it after a restart of the program.
        for _ in range(2):
            acts = await come(run, **typed(run, "T-0002"), staff_door_shut_to="leave")
            assert not said(acts, "door.opened")
            assert "staff_door_wrong" not in run.window.names, "nothing is said of what was typed"
            run.kiosk.lobby.service.door = started_again(run)
        # Nobody else is kept out, nor the same person with another thing of theirs.
        assert said(await come(run, **typed(run, "K-0001")), "door.opened")
        assert said(await come(run, **typed(run, "A-0003")), "door.opened")
        door = door_at(run)
        assert door.memory.left("card T-0002") == 0
        assert (door.memory.wrong, door.memory.wrong_at("code 0002")) == (0, 5), "coming in forgives what is one's own"

        # A code that nobody has is shut in the same way: it does not tell which there are.
        nobody = {"staff_door": "code", "staff_door_code": typing("enter", code="7777", pin="902715")}
        await come(run, **nobody, staff_door_wrong=["ok", "ok", "ok", "leave"])
        await come(run, **typed(run, "K-0001"))
        acts = await come(run, **nobody, staff_door_shut_to="leave")
        assert said(acts, "door.shut_to") == [{"act": "door.shut_to", "way": "code", "seconds": 15}]

        let_time_pass(door, 15)
        acts = await come(run, **typed(run, "T-0002"))
        assert said(acts, "door.opened")[0]["tried"] == 5
        assert door.memory.wrong_at("code 0002") == 0

    at_the_door(test)


def test_who_has_left_cannot_forgive_the_wrong_tries(at_the_door: At) -> None:
    """An expired code with its own PIN is no wrong try, and makes none undone: else four guesses, it, four guesses would go on for
    ever."""

    async def test(run: Run) -> None:
        kept = load_roster(run.stage.staff.roster)
        gone = next(each for each in kept.member if each.code == "K-0001")
        yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
        save_roster(run.stage.staff.roster, kept.put(gone.model_copy(update={"valid_until": yesterday})))
        door = door_at(run)
        wrong = typed(run, "A-0003", wrong_pin(run, "A-0003"))
        await come(run, **wrong, staff_door_wrong=["ok", "ok", "ok", "leave"])
        acts = await come(run, **typed(run, "K-0001"), staff_door_expired="leave")
        assert said(acts, "door.not_opened") == [{"act": "door.not_opened", "why": "expired", "code": "K-0001"}]
        assert (door.memory.wrong, door.memory.left()) == (4, 0)
        assert started_again(run).memory.wrong == 4, "on disk too"

    at_the_door(test)


@pytest.mark.parametrize("damage", [b"{", b"\xff", b'{"lock":{"boot":"\xff"}}', b'{"used":' + b"[" * 100_000])
def test_a_memory_that_cannot_be_read_begins_with_a_shut_door(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "door.json").write_bytes(damage)
    assert 0 < DoorMemory(tmp_path / "door.json", rules()).left() <= 15
