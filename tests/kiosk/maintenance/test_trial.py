"""A trial: the whole item with a test card, marked and suspended; a real person's card is refused unseen."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

import pytest

from kiosk.journal.states import PrintState
from kiosk.journey import trial as journey_trial
from kiosk.locales.staff import tell
from kiosk.maintenance.rights import Role
from tests.support.bench import Run
from tests.support.scripts import base_script
from tests.support.shift import shift
from tests.support.standing import StandingKiosk
from tests.support.waiting import until


def script(run: Run) -> dict[str, Any]:
    return {
        **base_script(run),
        "staff_home": ["trial", "leave"],
        "staff_trial": "begin",
        "staff_trialed": "done",
        "staff_leaving": "go",
    }


def kept(run: Run) -> list[bool]:
    """Whether each trial in the logbook went well, the oldest first."""
    return [entry.body["well"] for entry in run.kiosk.logbook.entries("trial")]


def serials(run: Run) -> list[tuple[str, str]]:
    """What the platform holds: state and reason of each serial, oldest first."""
    platform = sqlite3.connect(run.bench.sandbox.folder.database)
    found = [
        (str(state), str(reason))
        for state, reason in platform.execute("SELECT state, reason FROM serials ORDER BY rowid")
    ]
    platform.close()
    return found


def test_a_test_card_walks_the_whole_item_and_the_paper_never_counts(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        sheets, given = run.sheets_out(), len(serials(run))
        run.window.script |= script(run)
        acts = await shift(run, Role.TECHNICIAN)
        (done,) = [act for act in acts if act["act"] == "trial"]
        assert (done["ending"], done["refused"]) == ("done", False)
        assert kept(run) == [True]
        (operation,) = run.prints()
        assert operation.state is PrintState.TAKEN
        assert done["serial"] == operation.serial
        assert run.sheets_out() - sheets == 1
        await run.delivered()
        assert serials(run)[given:] == [("suspended", "trial")]
        assert run.window.last("staff_trialed").title == tell("trial.well")
        marked = [screen for screen in run.window.shown if screen.name in ("guide", "review", "printing")]
        assert marked
        assert all(screen.staff and screen.header == tell("trial.header") for screen in marked)
        assert "rate" not in run.window.names, "nobody's rating"
        assert run.kiosk.lobby.visit is None

    at_work(test)


def test_a_card_that_may_be_a_real_persons_is_refused_before_anything_of_it_is_shown(
    at_work: StandingKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test(run: Run) -> None:
        monkeypatch.setattr(journey_trial, "NOBODYS", "888888")  # then everybody on the bench is somebody
        run.window.script |= script(run)
        acts = await shift(run, Role.TECHNICIAN)
        (done,) = [act for act in acts if act["act"] == "trial"]
        assert (done["refused"], done["serial"]) == (True, "")
        assert kept(run) == [False]
        after = run.window.names[run.window.names.index("card") :]
        assert set(after) <= {"card", "card_reading", "take_card", "staff_trialed", "staff_home", "staff_leaving"}
        assert run.window.last("staff_trialed").title == tell("trial.refused")
        assert run.prints() == []

    at_work(test)


def test_a_trial_ends_with_its_shift_and_leaves_nothing_of_it(at_work: StandingKiosk) -> None:
    """The service key is turned back while a test card's visit stands on the screen."""

    async def test(run: Run) -> None:
        before = run.audited()
        run.window.script |= {**script(run), "guide": None}
        service = run.kiosk.lobby.service

        async def turn_back() -> None:
            await until(lambda: "guide" in run.window.names)
            service.call_away()

        turning = asyncio.create_task(turn_back())
        acts = await asyncio.wait_for(shift(run, Role.TECHNICIAN), 20)
        await turning
        assert acts[-1]["why"] == "key_turned_back"
        assert run.kiosk.lobby.visit is None
        assert [row.payload["ending"] for row in run.audit_since(before, "wiped")] == ["crashed"]

    at_work(test)
