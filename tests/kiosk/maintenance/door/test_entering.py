"""The ways in, on a kiosk on its stage: real readers, real roster, real journal; the window is scripted."""

from __future__ import annotations

from typing import Any

from drivers.client import Link, Snapshot
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.inputs_outputs import Input, InputIs, Level, Status
from kiosk.maintenance.door.key import ServiceKey
from kiosk.maintenance.service import Handshake, How
from kiosk.screens.parts import Note
from kiosk.screens.screen import Screen
from tests.support.bench import Run
from tests.support.door import (
    HOME,
    At,
    come,
    said,
    shown,
    typed,
    wrong_pin,
)
from tests.support.scripted import doing, typing
from tests.support.shift import pin_of, serving
from tests.support.waiting import until


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
            await shown(run, "idle")
            lobby.service.request(How.GESTURE)
            await shown(run, "take_card")
            assert "staff_door_pin" in run.window.names
            assert run.window.names.count("idle") == 1
            run.window.script = {**HOME, "idle": None, "staff_door": None, "staff_door_pin": None, "take_card": None}
            lobby.service.request(How.KEY)
            await shown(run, "staff_door")
            lobby.service.call_away()
            await shown(run, "take_card")
            await run.bench.do("visitor", "lift", {})
            await shown(run, "idle")

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


def test_what_was_not_typed_to_its_end_is_no_try(at_the_door: At) -> None:
    async def test(run: Run) -> None:
        short = [typing("enter", code="0001", pin="12"), typing("enter", code="0001", pin=pin_of(run, "K-0001"))]
        acts = await come(run, staff_door="code", staff_door_code=short)
        assert said(acts, "door.opened")
        assert not said(acts, "door.refused")

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
            await shown(run, "idle")
            watch.look(key(Level.ON))
            watch.look(key(Level.UNKNOWN))
            await shown(run, "staff_door_code")
            watch.look(key(Level.ON))
            watch.look(key(Level.OFF))
            await shown(run, "idle")
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
            await until(lambda: service.shifts_ended == before + 1)
            for stuck in (Level.ON, Level.UNKNOWN, Level.ON):
                watch.look(key(stuck))
            watch.look(())
            watch.look(key(Level.ON))
            await shown(run, "idle")
            assert service.state is Handshake.AWAY
            watch.look(key(Level.OFF))
            assert service.shifts_ended == before + 1, "turned back when nobody is inside: nothing happens"
            watch.look(key(Level.ON))
            await until(lambda: service.shifts_ended == before + 2)

    at_the_door(test)
