"""The handshake: staff come in between two visits only, every screen of theirs is marked, and it ends by itself."""

from __future__ import annotations

import asyncio
from typing import Any

from kiosk.maintenance import home
from kiosk.maintenance import service as service_module
from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.service import Handshake, How
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.table import Group, Task
from kiosk.screens.parts import Icon
from kiosk.visit import Ending
from tests.support.bench import Run
from tests.support.scripted import doing
from tests.support.scripts import base_script
from tests.support.shift import admitting, serving, shift, shorter
from tests.support.standing import StandingKiosk
from tests.support.waiting import until


def test_whoever_is_served_is_served_to_the_end(at_work: StandingKiosk) -> None:
    """The key is turned while a card is read, back and again at the consent, and once more while the paper is printed."""

    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service
        service.door = admitting(Role.KEEPER)

        async def turn_the_key() -> None:
            service.request(How.KEY)
            assert service.state is Handshake.WANTED

        async def back_and_again() -> None:
            service.call_away()
            assert (service.state, service.wanted.is_set()) == (Handshake.AWAY, False)
            await turn_the_key()

        script = base_script(run)
        run.window.script |= {
            **script,
            "card": doing(lambda: _both(turn_the_key(), run.bench.place("p1"))),
            "licence_consent": doing(back_and_again, "agree"),
            "printing": doing(back_and_again),
            "staff_home": "leave",
        }
        assert await run.visit() == Ending.DONE, "the visit went on to its end"
        assert service.state is Handshake.WANTED
        assert {"licence_consent", "printing", "take_paper"} <= set(run.window.names)
        assert not any(screen.staff for screen in run.window.shown)
        ended = service.shifts_ended
        async with serving(run):
            await until(lambda: service.shifts_ended == ended + 1)
        thanks = next(number for number, each in enumerate(run.window.shown) if each.name == "thanks")
        home = next(number for number, each in enumerate(run.window.shown) if each.name == "staff_home")
        assert home > thanks
        assert "idle" not in [each.name for each in run.window.shown[thanks:home]]

    at_work(test)


async def _both(*works: Any) -> None:
    for work in works:
        await work


def test_every_screen_is_marked_and_every_shift_is_written_down(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"staff_home": "leave"}
        acts = await shift(run, Role.KEEPER)
        assert [screen.staff for screen in run.window.shown] == [True]
        assert "K-0001" in run.window.shown[0].header
        assert [(act["act"], act.get("by")) for act in acts] == [("entered", "K-0001"), ("left", "K-0001")]
        assert run.kiosk.lobby.service.state is Handshake.AWAY

    at_work(test)


def test_a_key_that_is_turned_back_ends_the_shift(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"staff_home": None}
        service = run.kiosk.lobby.service
        asyncio.get_running_loop().call_later(0.2, service.call_away)
        acts = await asyncio.wait_for(shift(run), 5)
        assert acts[-1]["act"] == "left"
        assert acts[-1]["why"] == "key_turned_back"

    at_work(test)


def test_a_task_that_breaks_on_its_way_out_does_not_stay(at_work: StandingKiosk, monkeypatch: Any) -> None:
    """What it puts back cannot be put back: its exception takes the place of the cancellation, and the shift must end all the
    same."""

    async def test(run: Run) -> None:
        run.window.script = {"staff_home": "why", "staff_broken": None}
        service = run.kiosk.lobby.service

        async def stuck(shift: Shift, tools: Any) -> None:
            try:
                await asyncio.sleep(60)
            finally:
                raise OSError("cannot be put back")

        monkeypatch.setattr(home, "TASKS", (Task("why", Group.FIRST, Icon.ATTENTION, stuck),))
        monkeypatch.setattr(service_module, "_LETS_GO_SECONDS", 0.2)
        asyncio.get_running_loop().call_later(0.2, service.call_away)
        asyncio.get_running_loop().call_later(0.3, service.call_away)  # the key is played with: told once is enough
        acts = await asyncio.wait_for(shift(run), 5)
        assert [act["act"] for act in acts[-2:]] == ["task.broke", "left"]
        assert acts[-1]["why"] == "key_turned_back"
        assert service.state is Handshake.AWAY

    at_work(test)


def test_silence_ends_the_shift(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"staff_home": None, "staff_still_there": "leave"}
        shorter(run, "stay", warn_after=0.2)
        acts = await asyncio.wait_for(shift(run), 5)
        assert run.window.names == ["staff_home", "staff_still_there"]
        assert acts[-1]["act"] == "left"

    at_work(test)


def test_nobody_stays_longer_than_the_policy_allows(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"staff_home": None}
        shorter(run, "stay", longest=0.3)
        acts = await asyncio.wait_for(shift(run), 5)
        assert acts[-1]["why"] == "too_long"

    at_work(test)


def test_who_is_not_let_in_reaches_nothing(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service

        async def closed(*_: Any) -> Staff | None:
            return None

        service.door = closed
        service.request(How.GESTURE)
        before = run.audited()
        await service.serve()
        assert run.window.shown == []
        assert [row.payload["why"] for row in run.audit_since(before, "staff")] == ["not_admitted"]

    at_work(test)


def test_a_site_without_staff_has_no_door(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"idle": ["service", None]}
        service = run.kiosk.lobby.service
        service.door = None
        async with serving(run):
            await until(lambda: len(run.window.shown) == 2)
            assert [each.name for each in run.window.shown] == ["idle", "idle"]
            assert service.state is Handshake.AWAY

    at_work(test)


def test_a_shift_that_crashes_gives_the_machine_back(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        service = run.kiosk.lobby.service

        async def broken(shift: Shift, *_: Any) -> Staff | None:
            raise RuntimeError("110101999999999999")

        service.door = broken
        service.request(How.GESTURE)
        before = run.audited()
        await service.serve()
        assert run.audit_since(before, "staff")[0].payload["why"] == "crashed:RuntimeError"
        assert service.state is Handshake.AWAY

    at_work(test)


def test_who_leaves_a_cover_open_is_told_once_and_may_go(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script = {"staff_home": "leave", "staff_leaving": ["stay", "go"]}
        await run.bench.do("receipt_printer", "fault", {"kind": "cover"})
        await until(lambda: run.status("receipt_printer").cover == "open")
        acts = await shift(run)
        assert run.window.names == ["staff_home", "staff_leaving", "staff_home", "staff_leaving"]
        left_open = next(act for act in acts if act["act"] == "left_open")
        assert left_open["found"] == ["receipt_printer:cover_open"]

    at_work(test)
