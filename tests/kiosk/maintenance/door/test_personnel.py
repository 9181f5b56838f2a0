"""The administrator's task on a kiosk of a stage: somebody new, their card and their PIN, and that they are gone again."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import date
from typing import Any

import pytest

from kiosk.maintenance.door.private import alone_in
from kiosk.maintenance.door.roster import Roster, load_roster, save_roster
from kiosk.maintenance.rights import Role
from kiosk.screens.screen import Screen
from tests.support.bench import Run
from tests.support.scripted import doing, typing
from tests.support.shift import shift
from tests.support.standing import StandingKiosk

LEAVE = {"staff_leaving": "go"}


def roster(run: Run) -> Roster:
    return load_roster(run.stage.staff.roster)


async def work(run: Run, **script: Any) -> list[dict[str, object]]:
    """One shift of an administrator; return the acts of the task."""
    run.window.begin_anew({**LEAVE, "staff_home": ["personnel", "leave"], **script})
    acts = await asyncio.wait_for(shift(run, Role.ADMINISTRATOR), 60)
    return [act for act in acts if str(act["act"]).startswith("personnel.")]


def test_somebody_new_from_pin_to_card_to_gone(at_work: StandingKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(run: Run) -> None:
        pins = [
            typing("save", new="902715", again="902716"),
            typing("save", new="123456", again="123456"),
            typing("save", new="9027", again="9027"),
            typing("save", new="902715", again="902715"),
        ]
        acts = await work(
            run,
            staff_personnel=["add", "leave"],
            staff_personnel_role="keeper",
            staff_personnel_term="quarter",
            staff_personnel_pin=pins,
            staff_personnel_told="ok",
        )
        assert [(act["act"], act["about"], act["role"]) for act in acts] == [
            ("personnel.added", "K-0004", "administrator")
        ]
        said = [screen.sentence for screen in run.window.shown if screen.name == "staff_personnel_pin"]
        assert len(set(said)) == 4, "each mistake has its own sentence"
        assert len(roster(run).member) == 4

        # Their card: pulled too early once, then read; and once more, when it is somebody's already.
        async def early(_: Screen) -> None:
            await run.bench.do("id_reader", "fault", {"kind": "lift_early"})
            await run.bench.place("p2")

        async def again(_: Screen) -> None:
            await run.bench.do("id_reader", "clear_faults", {})
            await run.bench.place("p2")

        acts = await work(
            run,
            staff_personnel=["K-0004", "leave"],
            staff_personnel_member=["card", "back"],
            staff_personnel_card=[early, again, None],
            staff_personnel_told="ok",
        )
        assert [act["act"] for act in acts] == ["personnel.card_added"]
        await run.bench.do("visitor", "lift", {})
        acts = await work(
            run,
            staff_personnel=["T-0002", "leave"],
            staff_personnel_member=["card", "back"],
            staff_personnel_card=doing(lambda: run.bench.place("p2")),
            staff_personnel_told="ok",
        )
        assert [(act["act"], act["why"]) for act in acts] == [("personnel.card_refused", "taken")]
        await run.bench.do("visitor", "lift", {})
        (member,) = [each for each in roster(run).member if each.code == "K-0004"]
        assert len(member.cards) == 1
        person = next(each for each in run.bench.sandbox.people() if each.id == "p2")
        assert person.number not in run.stage.staff.roster.read_text("utf-8")

        # A disk that takes nothing: it is said, and the roster is what it was.
        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as broken:
            broken.setattr("kiosk.maintenance.door.roster.save_roster", full)
            acts = await work(
                run,
                staff_personnel=["K-0004", "leave"],
                staff_personnel_member=["withdraw", "leave"],
                staff_personnel_told="ok",
            )
        assert [act["act"] for act in acts] == ["personnel.unsaved"]
        assert len(roster(run).by_code("K-0004").cards) == 1  # type: ignore[union-attr]

        acts = await work(
            run,
            staff_personnel=["K-0004", "A-0003", "leave"],
            staff_personnel_member=["remove", "remove", "leave"],
            staff_personnel_remove="remove",
            staff_personnel_told="ok",
        )
        assert [(act["act"], act["about"]) for act in acts] == [("personnel.removed", "K-0004")]
        assert "最后一位管理员" in run.window.last("staff_personnel_told").sentence
        assert [each.code for each in roster(run).member] == ["K-0001", "T-0002", "A-0003"]

    at_work(test)


def test_what_somebody_else_wrote_meanwhile_stays_written(at_work: StandingKiosk) -> None:
    """Who was taken off by `kiosk staff` while the administrator typed does not come back with the next save, and who is being
    written at this very moment is waited for."""

    async def test(run: Run) -> None:

        async def taken_off(_: Screen) -> str:
            save_roster(run.stage.staff.roster, roster(run).without("T-0002"))
            writing = contextlib.ExitStack()
            writing.enter_context(alone_in(run.stage.staff.roster.parent))
            asyncio.get_running_loop().call_later(0.12, writing.close)
            return "quarter"

        acts = await work(
            run,
            staff_personnel=["K-0001", "T-0002", "leave"],
            staff_personnel_member=["term", "back", "leave"],
            staff_personnel_term=taken_off,
            staff_personnel_told="ok",
        )
        assert [(act["act"], act["about"]) for act in acts] == [("personnel.term_set", "K-0001")]
        assert [each.code for each in roster(run).member] == ["K-0001", "A-0003"]
        assert roster(run).member[0].valid_until is not None

    at_work(test)


def test_an_administrator_whose_time_is_over_is_not_counted_on(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        (one,) = roster(run).administrators()
        gone = one.model_copy(update={"code": "A-0009", "cards": (), "valid_until": date(2020, 1, 1)})
        save_roster(run.stage.staff.roster, roster(run).put(gone))
        acts = await work(
            run,
            staff_personnel=["A-0003", "leave"],
            staff_personnel_member=["remove", "leave"],
            staff_personnel_remove="remove",
            staff_personnel_told="ok",
        )
        assert acts == []
        assert "最后一位管理员" in run.window.last("staff_personnel_told").sentence

    at_work(test)


def test_a_roster_that_cannot_be_read_is_not_written_over(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.stage.staff.roster.write_text("broken", "utf-8")
        assert await work(run, staff_personnel=["leave"]) == []
        assert run.window.last("staff_personnel").actions == ()
        assert run.stage.staff.roster.read_text("utf-8") == "broken"

    at_work(test)
