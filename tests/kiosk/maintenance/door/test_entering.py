"""The door of a kiosk on its stage: real readers, real roster, real journal; the window is scripted. One kiosk for all of them, as
it is one in the field; before each test the door has forgotten everything and the roster is whole."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.inputs_outputs import Input, InputIs, Level, Status
from kiosk.journal.store import JournalError
from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.enter import Door, door_of
from kiosk.maintenance.door.key import ServiceKey
from kiosk.maintenance.door.lockout import Lock
from kiosk.maintenance.door.memory import DoorMemory, Kept, Use
from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.roster import load_roster, save_roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from kiosk.maintenance.service import Handshake, How
from kiosk.screens.parts import Countdown, Note
from kiosk.screens.screen import Screen
from tests.support.bench import Run
from tests.support.scripted import doing, typing
from tests.support.standing import standing

HOME = {"staff_home": "leave", "staff_leaving": "go"}
Acts = list[dict[str, Any]]
Test = Callable[[Run], Awaitable[None]]
At = Callable[[Test], None]


class Clock:
    """The machine's clock, which somebody may set."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


CLOCK = Clock()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Run]]:
    """A kiosk that was started with an alarm in its memory of which nobody had been told."""
    folder = tmp_path_factory.mktemp("stage")
    (folder / "state").mkdir(mode=0o700)
    (folder / "state" / "door.json").write_text('{"alarm":"0f0f0f0f"}', "ascii")
    with standing(folder, now=CLOCK) as (runner, run):
        assert door_at(run).memory.alarm == "", "told at the start, before anybody has come"
        yield runner, run


@pytest.fixture
def at_the_door(kept: tuple[asyncio.Runner, Run]) -> Iterator[At]:
    """Run a test at the door; afterwards no PIN and no number stands in anything that was written."""
    runner, run = kept
    roster = run.stage.staff.roster
    whole, state = roster.read_bytes(), run.stage.folder / "state"

    def go(test: Test) -> None:
        async def through() -> None:
            await run.bench.do("visitor", "lift", {})
            await test(run)
            await run.bench.do("visitor", "lift", {})

        runner.run(through())
        for name in ("journal.sqlite", "journal.sqlite-wal", "door.json", "logbook.sqlite"):
            written = (state / name).read_bytes() if (state / name).exists() else b""
            for each in run.stage.staff.people:
                assert each.pin.encode() not in written, f"no PIN in {name}"
            assert run.stage.staff.keeper_card.number.encode() not in written, f"no number in {name}"

    door_at(run).memory._keep(Kept(alarm=door_at(run).memory.alarm))
    CLOCK.ahead = timedelta()
    yield go
    roster.write_bytes(whole)


def door_at(run: Run) -> Door:
    door = run.kiosk.lobby.service.door
    assert isinstance(door, Door)
    return door


def started_again(run: Run) -> Door:
    door = door_of(run.kiosk.site)
    assert door is not None
    return door


async def come(run: Run, **script: Any) -> Acts:
    """One stay at the door (and inside, if it opens); return what was written down."""
    run.window.script = {**HOME, **script}
    run.window.shown.clear()
    run.window.looks.clear()
    run.window._number = 0
    before = sum(1 for _ in run.kiosk.journal.audit_rows())
    run.kiosk.lobby.service.request(How.GESTURE)
    await asyncio.wait_for(run.kiosk.lobby.service.serve(), 60)
    assert not run.window.problem, run.window.problem
    rows = list(run.kiosk.journal.audit_rows())[before:]
    return [dict(row.payload) for row in rows if row.event == "staff"]


def pin_of(run: Run, code: str) -> str:
    return next(each.pin for each in run.stage.staff.people if each.code == code)


def wrong_pin(run: Run, code: str) -> str:
    return f"{(int(pin_of(run, code)) + 1) % 10**6:06d}"


def typed(run: Run, code: str, pin: str = "") -> dict[str, Any]:
    return {"staff_door": "code", "staff_door_code": typing("enter", code=code[2:], pin=pin or pin_of(run, code))}


def said(acts: Acts, act: str) -> Acts:
    return [each for each in acts if each["act"] == act]


def test_code_and_pin_let_in_by_role(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        for each in run.stage.staff.people:
            acts = await come(run, **typed(run, each.code))
            assert said(acts, "door.opened") == [{"act": "door.opened", "way": "code", "code": each.code}]
            assert (said(acts, "entered")[0]["by"], said(acts, "entered")[0]["role"]) == (each.code, each.role.value)
            assert [screen.staff for screen in run.window.shown] == [True] * len(run.window.shown)

    at_the_door(test)


def test_a_card_pulled_at_each_step_loses_nothing(at_the_door: At) -> None:
    """While it is read: asked for again, in a plain sentence. Once it was read it may go at any step: the PIN is still asked for,
    and opens; what was typed wrong is a wrong PIN, and the card is asked for again."""

    async def test(run: Run) -> None:
        async def pulled(_: Screen) -> None:
            await run.bench.do("id_reader", "fault", {"kind": "lift_early"})
            await run.bench.place("s1")

        async def again(screen: Screen) -> None:
            assert any(isinstance(block, Note) for block in screen.blocks)
            await run.bench.do("id_reader", "clear_faults", {})
            await run.bench.place("s1")

        def lifts(then: Any) -> Any:
            async def act(screen: Screen) -> Any:
                await run.bench.do("visitor", "lift", {})
                return await then(screen) if callable(then) else then

            return act

        right, wrong = typing("enter", pin=pin_of(run, "K-0001")), typing("enter", pin=wrong_pin(run, "K-0001"))
        lays = doing(lambda: run.bench.place("s1"))

        acts = await come(run, staff_door=[pulled, again, None], staff_door_pin=lifts(right))
        assert said(acts, "door.opened") == [{"act": "door.opened", "way": "card", "code": "K-0001"}]
        notes = [
            block.text
            for screen in run.window.shown
            for block in screen.blocks
            if screen.name == "staff_door" and isinstance(block, Note)
        ]
        assert notes, "it was said what happened"
        assert "拿" in notes[0] or "取" in notes[0] or "放" in notes[0]
        assert not said(acts, "door.refused"), "a card that was pulled is no wrong try"

        # At the PIN that is not whole yet, at the wrong one, at what is said of it, and at the first screen inside.
        for step in ("short", "wrong", "told", "home"):
            pins = [lifts(typing("enter", pin="12")) if step == "short" else right, right]
            if step in ("wrong", "told"):
                pins = [lifts(wrong) if step == "wrong" else wrong, right]
            acts = await come(
                run,
                staff_door=[lays, lays, lays],
                staff_door_pin=pins,
                staff_door_wrong=lifts("ok") if step == "told" else "ok",
                staff_home=lifts("leave") if step == "home" else "leave",
                staff_leaving="go",
            )
            assert [act["act"] for act in acts if act["act"] in ("door.refused", "door.opened", "entered", "left")] == [
                *(["door.refused"] if step in ("wrong", "told") else []),
                "door.opened",
                "entered",
                "left",
            ], step
            await run.bench.do("visitor", "lift", {})

    at_the_door(test)


def test_a_card_that_staff_forgot_is_taken_before_anybody_is_served(at_the_door: At) -> None:
    """Else the next visitor finds it, and a reader that has just been started anew reads it as theirs. Staff may still come in: the
    reader that says so may be what they come to mend."""

    async def test(run: Run) -> None:
        lobby = run.kiosk.lobby
        leaves = {"staff_door": doing(lambda: run.bench.place("s1")), "staff_door_pin": ["leave", "back"]}
        run.window.script = {**HOME, "idle": None, **leaves, "take_card": None}
        async with serving(run):
            await _shown(run, "idle")
            lobby.service.request(How.GESTURE)
            await _shown(run, "take_card")
            assert "staff_door_pin" in run.window.names
            assert run.window.names.count("idle") == 1
            run.window.script = {**HOME, "idle": None, "staff_door": None, "staff_door_pin": None, "take_card": None}
            lobby.service.request(How.KEY)
            await _shown(run, "staff_door")
            lobby.service.call_away()
            await _shown(run, "take_card")
            await run.bench.do("visitor", "lift", {})
            await _shown(run, "idle")

    at_the_door(test)


def test_two_at_the_door_are_one_after_the_other(at_the_door: At) -> None:
    """Who is at a step is who began it: another card that is laid meanwhile is nobody's, and another request asks for nothing."""

    async def test(run: Run) -> None:
        service, ended = run.kiosk.lobby.service, run.kiosk.lobby.service.shifts_ended

        async def another(_: Screen) -> Any:
            await run.bench.do("visitor", "lift", {})
            await run.bench.place("p1")
            service.request(How.KEY)
            assert service.state is Handshake.ENTERING
            return await typing("enter", pin=pin_of(run, "K-0001"))(_)

        async def asked_again(_: Screen) -> str:
            service.request(How.GESTURE)
            assert service.state is Handshake.ACTIVE
            return "leave"

        acts = await come(
            run, staff_door=doing(lambda: run.bench.place("s1")), staff_door_pin=another, staff_home=asked_again
        )
        assert [act["code"] for act in said(acts, "door.opened")] == ["K-0001"]
        await run.bench.do("visitor", "lift", {})

        async def card_meanwhile(screen: Screen) -> Any:
            await run.bench.place("s1")
            return await typing("enter", code="0002", pin=pin_of(run, "T-0002"))(screen)

        acts = await come(run, staff_door="code", staff_door_code=card_meanwhile)
        assert [(act["code"], act["way"]) for act in said(acts, "door.opened")] == [("T-0002", "code")]
        assert service.shifts_ended == ended + 2
        assert not service.wanted.is_set(), "nobody was called a second time"

    at_the_door(test)


def test_somebody_else_s_card_is_not_told_from_a_wrong_pin(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        lays = {"staff_door": [doing(lambda: run.bench.place("p1")), "leave"], "staff_door_wrong": "leave"}
        strange = await come(run, **lays, staff_door_pin=typing("enter", pin="902715"))
        shown = run.window.last("staff_door_wrong")
        await run.bench.do("visitor", "lift", {})
        own = {"staff_door": [doing(lambda: run.bench.place("s1")), "leave"], "staff_door_wrong": "leave"}
        wrong = await come(run, **own, staff_door_pin=typing("enter", pin=wrong_pin(run, "K-0001")))
        assert run.window.last("staff_door_wrong").title == shown.title
        assert said(strange, "door.refused")[0]["way"] == said(wrong, "door.refused")[0]["way"] == "card"
        assert "code" not in said(strange, "door.refused")[0]
        assert said(wrong, "door.refused")[0]["code"] == "K-0001", (
            "whose card it was is for the audit, not for the screen"
        )

    at_the_door(test)


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

        _let_time_pass(door, 15)
        acts = await come(run, **wrong, staff_door_wrong="ok", staff_door_shut="leave")
        assert [act["wrong"] for act in said(acts, "door.refused")] == [6, 7, 8, 9, 10]
        assert len(said(acts, "door.alarm")) == 1
        assert 28 <= door.memory.left() <= 30
        await run.delivered()
        assert len(alarms(run)) == told + 1
        assert door.memory.alarm == "", "it is told once"

        _let_time_pass(door, 30)
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

        _let_time_pass(door, 15)
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


def _let_time_pass(door: Door, seconds: float) -> None:
    """As if the machine had run for so long."""
    door.memory._keep(passed(door.memory._kept, seconds))


def passed(kept: Kept, seconds: float) -> Kept:
    def earlier(lock: Lock) -> Lock:
        return msgspec.structs.replace(lock, since=lock.since - seconds)

    aims = {aim: earlier(lock) for aim, lock in kept.aims.items()}
    return msgspec.structs.replace(kept, lock=earlier(kept.lock), aims=aims)


def test_what_was_not_typed_to_its_end_is_no_try(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        short = [typing("enter", code="0001", pin="12"), typing("enter", code="0001", pin=pin_of(run, "K-0001"))]
        acts = await come(run, staff_door="code", staff_door_code=short)
        assert said(acts, "door.opened")
        assert not said(acts, "door.refused")

    at_the_door(test)


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
            _let_time_pass(door_at(run), 60)
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


@pytest.mark.parametrize(
    ("limits", "why"), [({"warn_after": 0.3, "countdown": 0.2}, "silent"), ({"longest": 0.4}, "too_long")]
)
def test_who_stands_at_the_door_and_does_not_come_in_gives_the_machine_back(
    at_the_door: At, limits: dict[str, float], why: str
) -> None:
    async def test(run: Run) -> None:
        door = run.kiosk.lobby.service.tools.policy.door
        before = {each: getattr(door, each) for each in limits}
        for each, value in limits.items():
            msgspec.structs.force_setattr(door, each, value)
        try:
            acts = await come(run, staff_door=None)
        finally:
            for each, value in before.items():
                msgspec.structs.force_setattr(door, each, value)
        assert acts[-1]["why"] == why

    at_the_door(test)


def test_a_roster_that_cannot_be_read_keeps_everybody_out_but_says_why(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        run.stage.staff.roster.write_text("[[member]]\ncode = 'somebody'\n", "utf-8")
        acts = await come(run, staff_door="leave")
        assert not said(acts, "entered")
        (note,) = [block for block in run.window.last("staff_door").blocks if isinstance(block, Note)]
        assert "kiosk check" in note.text

    at_the_door(test)


def key(level: Level) -> tuple[Snapshot, ...]:
    """What the module says whose input is the key."""
    status = Status(readiness=Readiness.READY, inputs=(InputIs(Input.SERVICE_KEY, level),))
    return (Snapshot("hall", DeviceClass.INPUTS_OUTPUTS, "modbus_io", link=Link.HERE, status=status),)


def test_a_key_turned_in_the_case_leads_to_the_door_and_back(at_the_door: At) -> None:
    """The door is asked for by the key; turned back in the middle of a PIN, the machine serves visitors again."""

    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service
        before = service.shifts_ended
        run.window.script = {**HOME, "idle": None, "staff_door": "code", "staff_door_code": None}
        watch = ServiceKey(service)
        async with serving(run):
            watch.look(key(Level.OFF))
            await _shown(run, "idle")
            watch.look(key(Level.ON))
            watch.look(key(Level.UNKNOWN))
            await _shown(run, "staff_door_code")
            watch.look(key(Level.ON))
            watch.look(key(Level.OFF))
            await _shown(run, "idle")
            assert service.shifts_ended == before + 1

    at_the_door(test)


def test_a_key_that_sticks_or_is_played_with_serves_visitors_all_the_same(at_the_door: At) -> None:
    """Left turned: one request, and after the shift visitors are served until it is turned back and again. Turned and back while
    somebody is served: forgotten. A module that is gone in between says nothing."""

    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service
        run.window.script = {**HOME, "idle": None, "staff_door": "leave"}
        watch, before = ServiceKey(service), service.shifts_ended
        watch.look(key(Level.ON))
        assert service.state is Handshake.WANTED, "found turned: it was turned before a power cut"
        watch.look(key(Level.OFF))
        assert (service.state, service.wanted.is_set()) == (Handshake.AWAY, False), (
            "turned back while somebody was served"
        )
        async with serving(run):
            watch.look(key(Level.ON))
            await _until(lambda: service.shifts_ended == before + 1)
            for stuck in (Level.ON, Level.UNKNOWN, Level.ON):
                watch.look(key(stuck))
            watch.look(())
            watch.look(key(Level.ON))
            await _shown(run, "idle")
            assert service.state is Handshake.AWAY
            watch.look(key(Level.OFF))
            assert service.shifts_ended == before + 1, "turned back when nobody is inside: nothing happens"
            watch.look(key(Level.ON))
            await _until(lambda: service.shifts_ended == before + 2)

    at_the_door(test)


@contextlib.asynccontextmanager
async def serving(run: Run) -> AsyncIterator[None]:
    """The lobby serves meanwhile, and does no longer afterwards."""
    run.window.shown.clear()
    run.window._number = 0
    task = asyncio.create_task(run.kiosk.lobby.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _until(holds: Callable[[], bool]) -> None:
    for _ in range(500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen within 5 s")


async def _shown(run: Run, name: str) -> None:
    for _ in range(500):
        if run.window.shown and run.window.shown[-1].name == name:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(run.window.names)
