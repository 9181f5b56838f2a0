"""The door of a kiosk on its stage: real readers, real roster, real journal; the window is scripted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.maintenance.door import time_codes
from kiosk.maintenance.door.enter import Door, door_of
from kiosk.maintenance.door.memory import DoorMemory
from kiosk.maintenance.door.private import read_key
from kiosk.maintenance.door.roster import load_roster, save_roster
from kiosk.maintenance.door.rules import rules
from kiosk.maintenance.rights import Role
from kiosk.maintenance.service import How
from kiosk.screens.parts import Countdown, Note
from kiosk.screens.screen import Screen
from tests.support.bench import Run, on_stage
from tests.support.scripted import doing, typing

HOME = {"staff_home": "leave", "staff_leaving": "go"}
Acts = list[dict[str, Any]]


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


def at_the_door(tmp_path: Path, test: Callable[[Run], Awaitable[None]], **how: Any) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, **how) as run:
            await test(run)
            kept = (run.stage.folder / "state" / "journal.sqlite").read_bytes()
            for each in run.stage.staff.people:
                assert each.pin.encode() not in kept, "no PIN in the journal"
            assert run.stage.staff.keeper_card.number.encode() not in kept, "no number either"

    asyncio.run(go())


def pin_of(run: Run, code: str) -> str:
    return next(each.pin for each in run.stage.staff.people if each.code == code)


def wrong_pin(run: Run, code: str) -> str:
    return f"{(int(pin_of(run, code)) + 1) % 10**6:06d}"


def typed(run: Run, code: str, pin: str = "") -> dict[str, Any]:
    return {"staff_door": "code", "staff_door_code": typing("enter", code=code[2:], pin=pin or pin_of(run, code))}


def said(acts: Acts, act: str) -> Acts:
    return [each for each in acts if each["act"] == act]


def test_code_and_pin_let_in_by_role(tmp_path: Path) -> None:
    async def test(run: Run) -> None:
        for each in run.stage.staff.people:
            acts = await come(run, **typed(run, each.code))
            assert said(acts, "door.opened") == [{"act": "door.opened", "way": "code", "code": each.code}]
            assert (said(acts, "entered")[0]["by"], said(acts, "entered")[0]["role"]) == (each.code, each.role.value)
            assert [screen.staff for screen in run.window.shown] == [True] * len(run.window.shown)

    at_the_door(tmp_path, test)


def test_a_card_pulled_at_each_step_loses_nothing(tmp_path: Path) -> None:
    """While it is read: asked for again, in a plain sentence. Once it was read it may go: the PIN is still asked for, and opens."""

    async def test(run: Run) -> None:
        async def pulled(_: Screen) -> None:
            await run.bench.do("id_reader", "fault", {"kind": "lift_early"})
            await run.bench.place("s1")

        async def again(screen: Screen) -> None:
            assert any(isinstance(block, Note) for block in screen.blocks)
            await run.bench.do("id_reader", "clear_faults", {})
            await run.bench.place("s1")

        async def gone(screen: Screen) -> Any:
            await run.bench.do("visitor", "lift", {})
            return await typing("enter", pin=pin_of(run, "K-0001"))(screen)

        acts = await come(run, staff_door=[pulled, again, None], staff_door_pin=gone)
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

    at_the_door(tmp_path, test)


def test_somebody_else_s_card_is_not_told_from_a_wrong_pin(tmp_path: Path) -> None:
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

    at_the_door(tmp_path, test)


def test_five_wrong_tries_shut_the_door_over_a_restart_and_ten_tell_the_back_office(tmp_path: Path) -> None:
    async def test(run: Run) -> None:
        door = run.kiosk.lobby.service.door
        assert isinstance(door, Door)
        wrong = typed(run, "T-0002", wrong_pin(run, "T-0002"))
        acts = await come(run, **wrong, staff_door_wrong=["ok", "ok", "ok", "ok"], staff_door_shut="leave")
        assert [act["wrong"] for act in said(acts, "door.refused")] == [1, 2, 3, 4, 5]
        countdown = next(block for block in run.window.last("staff_door_shut").blocks if isinstance(block, Countdown))
        assert 13 <= countdown.seconds <= 15
        assert [screen.name for screen in run.window.shown].count("staff_door_wrong") == 4

        acts = await come(run, staff_door_shut="leave")
        assert [act["act"] for act in acts] == ["door.shut", "left"], "nobody is asked anything"

        again = door_of(run.kiosk.site)
        assert again is not None
        assert 0 < again.memory.left() <= 15, "a restart forgets nothing"
        door.memory._kept = again.memory._kept

        _let_time_pass(door, 15)
        acts = await come(run, **wrong, staff_door_wrong="ok", staff_door_shut="leave")
        assert [act["wrong"] for act in said(acts, "door.refused")] == [6, 7, 8, 9, 10]
        assert len(said(acts, "door.alarm")) == 1
        assert 28 <= door.memory.left() <= 30
        await run.delivered()
        assert run.tasks() == ["staff_locked_out"]

        _let_time_pass(door, 30)
        acts = await come(run, **typed(run, "T-0002"))
        assert said(acts, "door.opened")
        assert door.memory.tries_left == 5, "who came in is forgiven"

    at_the_door(tmp_path, test)


def test_who_has_left_cannot_forgive_the_wrong_tries(tmp_path: Path) -> None:
    """An expired code with its own PIN is no wrong try, and makes none undone: else four guesses, it, four guesses would go on for
    ever."""

    async def test(run: Run) -> None:
        kept = load_roster(run.stage.staff.roster)
        gone = next(each for each in kept.member if each.code == "K-0001")
        yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
        save_roster(run.stage.staff.roster, kept.put(gone.model_copy(update={"valid_until": yesterday})))
        door = run.kiosk.lobby.service.door
        assert isinstance(door, Door)
        wrong = typed(run, "A-0003", wrong_pin(run, "A-0003"))
        await come(run, **wrong, staff_door_wrong=["ok", "ok", "ok", "leave"])
        acts = await come(run, **typed(run, "K-0001"), staff_door_expired="leave")
        assert said(acts, "door.not_opened") == [{"act": "door.not_opened", "why": "expired", "code": "K-0001"}]
        assert (door.memory.wrong, door.memory.left()) == (4, 0)
        again = door_of(run.kiosk.site)
        assert again is not None
        assert again.memory.wrong == 4, "on disk too"

    at_the_door(tmp_path, test)


@pytest.mark.parametrize("damage", [b"{", b"\xff", b'{"lock":{"boot":"\xff"}}', b'{"used":' + b"[" * 100_000])
def test_a_memory_that_cannot_be_read_begins_with_a_shut_door(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "door.json").write_bytes(damage)
    assert 0 < DoorMemory(tmp_path / "door.json", rules()).left() <= 15


def _let_time_pass(door: Door, seconds: float) -> None:
    """As if the machine had run for so long."""
    import msgspec

    kept = door.memory._kept
    lock = msgspec.structs.replace(kept.lock, since=kept.lock.since - seconds)
    door.memory._keep(msgspec.structs.replace(kept, lock=lock))


def test_what_was_not_typed_to_its_end_is_no_try(tmp_path: Path) -> None:
    async def test(run: Run) -> None:
        short = [typing("enter", code="0001", pin="12"), typing("enter", code="0001", pin=pin_of(run, "K-0001"))]
        acts = await come(run, staff_door="code", staff_door_code=short)
        assert said(acts, "door.opened")
        assert not said(acts, "door.refused")

    at_the_door(tmp_path, test)


class Clock:
    """The machine's clock, which somebody may set."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


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


def test_a_code_by_telephone_counts_once_and_here(tmp_path: Path) -> None:
    clock = Clock()

    async def test(run: Run) -> None:
        code = by_telephone(run, clock())
        acts = await come(run, **code)
        assert said(acts, "door.opened") == [{"act": "door.opened", "way": "time_code", "code": "P-0731"}]
        assert said(acts, "entered")[0]["role"] == "technician"
        acts = await come(run, **by_telephone(run, clock()), staff_door_wrong="leave")
        assert said(acts, "door.refused")[0]["way"] == "time_code", "twice is once too often"
        acts = await come(run, **by_telephone(run, clock(), kiosk="XJ-0002"), staff_door_wrong="leave")
        assert said(acts, "door.refused"), "another machine's"
        acts = await come(run, **by_telephone(run, clock() - timedelta(hours=1)), staff_door_wrong="leave")
        assert said(acts, "door.refused"), "an old one"
        again = door_of(run.kiosk.site)
        assert again is not None
        assert not again.memory.use("technician", "0731", int(clock().timestamp()) // rules().time_code.step_seconds)

    at_the_door(tmp_path, test, now=clock)


def test_by_a_clock_that_was_set_back_no_code_counts_until_somebody_of_the_roster_has_come(tmp_path: Path) -> None:
    clock = Clock()

    async def test(run: Run) -> None:
        await come(run, **typed(run, "K-0001"))
        old = clock() - timedelta(days=1)
        clock.ahead = timedelta(days=-1)
        acts = await come(run, **by_telephone(run, old), staff_door_clock="leave")
        assert said(acts, "door.not_opened")[0]["why"] == "clock_set_back"
        assert "staff_door_time" not in run.window.names
        assert "校对时钟" in run.window.last("staff_door_clock").sentence, "what to do is said"
        await come(run, **typed(run, "K-0001"))
        assert said(await come(run, **by_telephone(run, clock())), "door.opened"), "the hour of somebody known counts"

    at_the_door(tmp_path, test, now=clock)


def test_who_says_nothing_at_the_door_gives_the_machine_back(tmp_path: Path) -> None:
    async def test(run: Run) -> None:
        import msgspec

        stay = run.kiosk.lobby.service.tools.policy.stay
        msgspec.structs.force_setattr(stay, "warn_after", 0.3)
        msgspec.structs.force_setattr(stay, "countdown", 0.2)
        acts = await come(run, staff_door=None)
        assert acts[-1]["why"] == "silent"

    at_the_door(tmp_path, test)


def test_a_roster_that_cannot_be_read_keeps_everybody_out_but_says_why(tmp_path: Path) -> None:
    async def test(run: Run) -> None:
        run.stage.staff.roster.write_text("[[member]]\ncode = 'somebody'\n", "utf-8")
        acts = await come(run, staff_door="leave")
        assert not said(acts, "entered")
        (note,) = [block for block in run.window.last("staff_door").blocks if isinstance(block, Note)]
        assert "kiosk check" in note.text

    at_the_door(tmp_path, test)


def test_a_key_turned_in_the_case_leads_to_the_door_and_back(tmp_path: Path) -> None:
    """The door is asked for by the key; turned back in the middle of a PIN, the machine serves visitors again."""
    from drivers.client import Link, Snapshot
    from drivers.contract.common import DeviceClass, Readiness
    from drivers.contract.inputs_outputs import Input, InputIs, Level, Status
    from kiosk.maintenance.door.key import ServiceKey

    def key(level: Level) -> tuple[Snapshot, ...]:
        status = Status(readiness=Readiness.READY, inputs=(InputIs(Input.SERVICE_KEY, level),))
        return (Snapshot("hall", DeviceClass.INPUTS_OUTPUTS, "modbus_io", link=Link.HERE, status=status),)

    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service
        run.window.script = {**HOME, "idle": None, "staff_door": "code", "staff_door_code": None}
        watch = ServiceKey(service)
        serving = asyncio.create_task(run.kiosk.lobby.serve())
        watch.look(key(Level.OFF))
        await _shown(run, "idle")
        watch.look(key(Level.ON))
        watch.look(key(Level.UNKNOWN))
        await _shown(run, "staff_door_code")
        watch.look(key(Level.ON))
        watch.look(key(Level.OFF))
        await _shown(run, "idle")
        assert service.shifts_ended == 1
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)

    at_the_door(tmp_path, test)


async def _shown(run: Run, name: str) -> None:
    for _ in range(500):
        if run.window.shown and run.window.shown[-1].name == name:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(run.window.names)
