"""The hours at the door: codes by telephone, which count for some minutes and once, and how long somebody may stand there."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.memory import Use
from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from tests.support.bench import Run
from tests.support.door import (
    At,
    come,
    door_at,
    let_time_pass,
    said,
    started_again,
    typed,
)
from tests.support.scripted import doing, typing
from tests.support.shift import shorter
from tests.support.standing import StandingKiosk, standing

Script = Callable[[Run], dict[str, Any]]

_PATIENCE = 10.0
"""Seconds until a test gives up: far less than whoever is inside may be silent."""


class Clock:
    """The machine's clock, which somebody may set."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


CLOCK = Clock()


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingKiosk]:
    with standing(tmp_path_factory.mktemp("stage"), now=CLOCK) as kept:
        yield kept


@pytest.fixture(autouse=True)
def by_the_right_clock() -> None:
    CLOCK.ahead = timedelta()


def by_telephone(run: Run, now: datetime, *, kiosk: str = "", role: Role = Role.TECHNICIAN) -> dict[str, Any]:
    """What somebody types to whom the operator has read out a code at this hour."""
    code = time_codes.make(
        read_key(run.stage.staff.time_codes),
        kiosk=kiosk or run.kiosk.site.kiosk_id,
        role=role,
        number="0731",
        at=now.timestamp(),
        rule=rules().time_code,
    )
    return {"staff_door": ["time", "leave"], "staff_door_time": typing("enter", number="0731", code=code)}


def test_a_code_by_telephone_counts_once_and_here(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        code = by_telephone(run, CLOCK())
        acts = await come(run, **code)
        assert said(acts, "door.opened") == [{"act": "door.opened", "way": "time_code", "code": "P-0731"}]
        assert said(acts, "entered")[0]["role"] == "technician"
        acts = await come(run, **by_telephone(run, CLOCK()), staff_door_wrong="leave")
        assert said(acts, "door.refused")[0]["way"] == "time_code", "twice is once too often"
        acts = await come(run, **by_telephone(run, CLOCK(), kiosk="XJ-0002"), staff_door_wrong="leave")
        assert said(acts, "door.refused"), "another machine's"
        acts = await come(run, **by_telephone(run, CLOCK() - timedelta(hours=1)), staff_door_wrong="leave")
        assert said(acts, "door.refused"), "an old one"
        step = int(CLOCK().timestamp()) // rules().time_code.step_seconds
        assert started_again(run).memory.use("technician", "0731", step) is Use.BEFORE
        assert door_at(run).memory.tries_left("time") == 2, (
            "who comes in otherwise does not forgive guesses at these codes"
        )
        await come(run, **typed(run, "K-0001"))
        assert door_at(run).memory.tries_left("time") == 2

    at_the_door(test)


def test_a_code_by_telephone_that_cannot_be_used_up_does_not_count(
    at_the_door: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk its use would be forgotten by the next restart, and it would count again. Who is on the roster comes in."""

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def test(run: Run) -> None:
        with monkeypatch.context() as broken:
            broken.setattr("kiosk.maintenance.door.memory.write_private", full)
            acts = await come(run, **by_telephone(run, CLOCK()), staff_door_unwritten="leave")
            assert not said(acts, "door.opened")
            assert said(acts, "door.not_opened") == [{"act": "door.not_opened", "why": "unwritten"}]
            assert door_at(run).memory.left() == 0, "it was no wrong try"
            acts = await come(run, **by_telephone(run, CLOCK()), staff_door_shut="leave")
            assert said(acts, "door.refused"), "and it does not count afterwards either"
            let_time_pass(door_at(run), 60)
            assert said(await come(run, **typed(run, "T-0002")), "door.opened")

    at_the_door(test)


def test_by_a_clock_that_was_set_back_no_code_counts_until_somebody_of_the_roster_has_come(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        await come(run, **typed(run, "K-0001"))
        old = CLOCK() - timedelta(days=1)
        CLOCK.ahead = timedelta(days=-1)
        acts = await come(run, **by_telephone(run, old), staff_door_clock="leave")
        assert said(acts, "door.not_opened")[0]["why"] == "clock_set_back"
        assert "staff_door_time" not in run.window.names
        assert "校对时钟" in run.window.last("staff_door_clock").sentence, "what to do is said"
        await come(run, **typed(run, "K-0001"))
        assert said(await come(run, **by_telephone(run, CLOCK())), "door.opened"), "the hour of somebody known counts"

    at_the_door(test)


# --- how long somebody may stand there

ON_THE_WAY: dict[str, Script] = {
    "staff_door": lambda run: {"staff_door": None},
    "staff_door_code": lambda run: {"staff_door": "code", "staff_door_code": None},
    "staff_door_pin": lambda run: {"staff_door": doing(lambda: run.bench.place("s1")), "staff_door_pin": None},
    "staff_door_time": lambda run: {"staff_door": "time", "staff_door_time": None},
}
"""How one comes as far as a screen of the door, and does nothing there."""


@pytest.mark.parametrize("screen", ON_THE_WAY)
def test_who_is_silent_at_the_door_gives_the_machine_back_by_the_door_s_own_clock(at_the_door: At, screen: str) -> None:
    """However long whoever is inside may be silent."""

    async def test(run: Run) -> None:
        shorter(run, "door", warn_after=0.3, countdown=0.2)
        acts = await come(run, **ON_THE_WAY[screen](run), staff_still_there=None, seconds=_PATIENCE)
        assert run.window.names[-1] == ("staff_door" if screen == "staff_door" else "staff_still_there")
        assert screen in run.window.names
        assert acts[-1]["why"] == "silent"

    at_the_door(test)


@pytest.mark.parametrize("screen", ["staff_door", "staff_door_code"])
def test_who_does_not_come_in_gives_the_machine_back_whatever_is_touched(at_the_door: At, screen: str) -> None:
    async def test(run: Run) -> None:
        shorter(run, "door", longest=0.4)
        acts = await come(run, **ON_THE_WAY[screen](run), seconds=_PATIENCE)
        assert run.window.names[-1] == screen
        assert acts[-1]["why"] == "too_long"

    at_the_door(test)
