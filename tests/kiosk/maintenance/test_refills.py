"""A keeper's refill: each step as the printer senses it, a test with nothing of anybody on it, and what is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.a4_printer import Status
from drivers.contract.common import Cover, Presence, Supply
from kiosk.journal.states import PrintState
from kiosk.locales.staff import tell
from kiosk.maintenance.rights import Role
from kiosk.maintenance.tasks import a4_paper
from kiosk.screens.screen import Screen
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script
from tests.support.shift import shift
from tests.support.standing import StandingKiosk
from tests.support.waiting import until

Hands = dict[str, Callable[[], Awaitable[Any]] | str]


def by_title(hands: Hands, *, unsure: tuple[str, ...] = ()) -> Callable[[Screen], Awaitable[str | None]]:
    """Do with the hands what this step's title asks for, once; or touch what it says. `unsure`: steps of which a sensor notices
    that they were done, and not that they were not."""
    done: set[str] = set()

    async def act(screen: Screen) -> str | None:
        what = hands[screen.title]
        if isinstance(what, str):
            return what
        if screen.title in done and screen.actions:
            return "done"
        if screen.title not in done:
            done.add(screen.title)
            await asyncio.sleep(0.15)  # long enough to see that it does not go on by itself
            await what()
        assert screen.actions == () or screen.title in unsure, (
            f"{screen.title}: a sensor can tell, and the person is asked"
        )
        return None

    return act


def on(run: Run, device: str, verb: str, **arguments: Any) -> Callable[[], Awaitable[Any]]:
    return lambda: run.bench.do(device, verb, arguments)


def slips(run: Run) -> set[Path]:
    return set((run.stage.folder / "wire" / "receipt_printer").glob("slip-*.json"))


ROLL = {
    "staff_amount": "50",
    "staff_strip": None,
    "staff_leaving": "go",
    "staff_clear": "clear",
    "staff_refilled": "done",
}


def test_an_empty_roll_is_changed_as_the_printer_senses_it(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        before = slips(run)
        await run.bench.do("receipt_printer", "paper", {"level": "out"})
        await until(lambda: run.status("receipt_printer").paper == "out")
        run.window.script |= {
            **ROLL,
            "staff_home": ["receipt_roll", "leave"],
            "staff_roll_step": by_title(
                {
                    tell("paper.roll_open"): on(run, "receipt_printer", "cover", open=True),
                    tell("paper.roll_lay"): on(run, "receipt_printer", "paper", level="ok"),
                    tell("paper.roll_close"): on(run, "receipt_printer", "cover", open=False),
                }
            ),
        }
        acts = await shift(run, Role.KEEPER)
        (refilled,) = [act for act in acts if act["act"] == "paper.refilled"]
        assert refilled["sensed"] == ["open", "lay", "close"]
        assert refilled["said"] == []
        assert (refilled["by"], refilled["metres"], refilled["device"]) == ("K-0001", 50, "receipt_printer")
        (kept,) = run.kiosk.logbook.entries("refill")
        assert (kept.subject, kept.body["sort"], kept.body["metres"]) == ("receipt_printer", "roll", 50)
        (strip,) = slips(run) - before
        assert "打印测试" in strip.read_text("utf-8")
        assert run.window.last("staff_refilled").title == tell("paper.finished")

    at_work(test)


@pytest.mark.slow
def test_a_roll_that_was_not_empty_gives_no_sign_and_is_written_down_as_said(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script |= {
            **ROLL,
            "staff_home": ["receipt_roll", "leave"],
            "staff_roll_step": by_title(
                {
                    tell("paper.roll_open"): on(run, "receipt_printer", "cover", open=True),
                    tell("paper.roll_lay"): "done",
                    tell("paper.roll_close"): on(run, "receipt_printer", "cover", open=False),
                }
            ),
        }
        acts = await shift(run, Role.KEEPER)
        (refilled,) = [act for act in acts if act["act"] == "paper.refilled"]
        assert (refilled["sensed"], refilled["said"]) == (["open", "close"], ["lay"])

    at_work(test)


@pytest.mark.slow
def test_a_strip_that_does_not_come_out_is_told_with_its_cure_and_tried_again_when_wanted(
    at_work: StandingKiosk,
) -> None:
    async def test(run: Run) -> None:
        before = slips(run)

        async def jammed(_: Screen) -> str:
            await run.bench.do("receipt_printer", "fault", {"kind": "jam"})
            return "50"

        async def cured(_: Screen) -> str:
            await run.bench.do("receipt_printer", "clear", {})
            return "again"

        run.window.script |= {
            **ROLL,
            "staff_home": ["receipt_roll", "leave"],
            "staff_amount": jammed,
            "staff_strip_failed": cured,
            "staff_roll_step": by_title(
                {
                    tell("paper.roll_open"): on(run, "receipt_printer", "cover", open=True),
                    tell("paper.roll_lay"): "done",
                    tell("paper.roll_close"): on(run, "receipt_printer", "cover", open=False),
                }
            ),
        }
        acts = [(act["act"], act.get("code")) for act in await shift(run, Role.KEEPER)]
        assert ("strip.failed", "cutter_failed") in acts
        assert ("strip.printed", None) in acts
        assert slips(run) - before

    at_work(test)


A4 = {
    "staff_amount": "100",
    "staff_page": None,
    "staff_leaving": "go",
    "staff_clear": "clear",
    "staff_refilled": "done",
}


def hands_on_a4(run: Run, **more: Any) -> dict[str, Any]:
    hands: Hands = {
        tell("paper.a4_exit"): on(run, "a4_printer", "take_paper"),
        tell("paper.a4_jam"): on(run, "a4_printer", "clear_jam"),
        tell("paper.a4_open"): "done",
        tell("paper.a4_load"): on(run, "a4_printer", "load", sheets=200),
        tell("paper.a4_close"): on(run, "a4_printer", "cover", open=False),
        tell("paper.page_take"): on(run, "a4_printer", "take_paper"),
    }
    return {
        **A4,
        "staff_home": ["a4_paper", "leave"],
        "staff_a4_step": by_title({**hands, **more}, unsure=(tell("paper.a4_load"),)),
    }


def test_an_empty_tray_is_filled_and_one_test_page_comes_out_counted(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        await run.bench.do("a4_printer", "empty", {})
        await until(lambda: run.status("a4_printer").paper == "out")
        before = run.sheets_out()
        run.window.script |= hands_on_a4(run)
        acts = await shift(run, Role.KEEPER)
        (refilled,) = [act for act in acts if act["act"] == "paper.refilled"]
        assert refilled["sheets"] == 200, "counted by the printer, nobody is asked"
        assert set(refilled["sensed"]) >= {"load", "close", "amount"}  # type: ignore[call-overload]
        assert refilled["said"] == ["open"]
        assert "staff_amount" not in run.window.names
        assert run.sheets_out() - before == 1
        (printed,) = [act for act in acts if act["act"] == "page.printed"]
        assert (printed["counted"], printed["clear"]) == (1, True)
        (operation,) = run.prints()
        assert operation.state is PrintState.REPORTED
        assert operation.serial == printed["print"]
        assert (await run.bench.device_state("a4_printer"))["in_exit"] == 0, "the next visitor's falls onto nothing"
        assert run.kiosk.journal.waiting() == 0, "no serial, no suspension"

    at_work(test)


@pytest.mark.parametrize(
    ("paper", "tray", "first"),
    [
        (Supply.JAMMED, Presence.PRESENT, ["exit", "jam"]),
        (Supply.JAMMED, Presence.ABSENT, ["jam"]),
        (Supply.OUT, Presence.PRESENT, ["exit"]),
        (Supply.OUT, Presence.ABSENT, []),
    ],
)
def test_what_is_in_the_way_comes_out_in_its_order(paper: Supply, tray: Presence, first: list[str]) -> None:
    status = Status(paper=paper, cover=Cover.CLOSED, tray=tray, sheets=0)
    printer = cast(DeviceClient, SimpleNamespace(snapshot=SimpleNamespace(link=Link.HERE, status=status)))
    steps = a4_paper.steps(printer)
    assert [step.id for step in steps] == [*first, "open", "load", "close"]
    assert [step.sensed() for step in steps[: len(first)]] == [False] * len(first), "it does not go on before it is out"


def test_a_jam_and_forgotten_paper_come_out_first(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        run.window.script |= hands_on_a4(run)
        run.window.script["staff_home"] = ["a4_paper", "a4_paper", "leave"]
        run.window.script["staff_clear"] = "not_clear"
        run.window.script["staff_page_failed"] = "later"
        await run.bench.do("a4_printer", "jam", {})
        acts = await shift(run, Role.KEEPER)
        failed = next(act for act in acts if act["act"] == "page.failed")
        assert failed["code"] == "paper_jam"
        jam = [screen.title for screen in run.window.shown if screen.name == "staff_a4_step"]
        assert tell("paper.a4_jam") in jam, "the second time the jam comes first"
        assert acts[-1]["act"] == "left"
        assert run.window.last("staff_refilled").title == tell("paper.finished_unclear")

    at_work(test)


@pytest.mark.slow
def test_a_doubtful_test_page_is_nobodys_task_and_never_repeated(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, options={"a4_printer": {"counter": False}}) as run:
            run.window.script |= hands_on_a4(run, **{tell("paper.a4_load"): "done"})
            run.window.script["staff_page_failed"] = "later"
            await run.bench.do("a4_printer", "fault", {"kind": "die_mid_command"})
            before = run.sheets_out()
            acts = await shift(run, Role.KEEPER)
            states = [act["state"] for act in acts if act["act"] == "page.failed"]
            assert states == ["doubtful"]
            assert run.sheets_out() - before <= 1
            assert run.tasks() == []
            assert run.kiosk.journal.waiting() == 0
            assert [each.state for each in run.prints()] == [PrintState.DOUBTFUL]

    asyncio.run(go())


def test_what_was_under_way_when_the_printer_stopped_is_not_repeated_by_a_refill(at_work: StandingKiosk) -> None:
    """The visitor's page that jammed is settled as it was; after the refill one test page comes out and nothing else."""

    async def test(run: Run) -> None:
        await run.bench.do("a4_printer", "jam", {})
        run.window.script |= {**base_script(run), "print_failed": "done", "take_paper": None}
        await run.visit()
        (visitors,) = run.prints()
        assert visitors.state in (PrintState.VOID, PrintState.DOUBTFUL)
        before = run.sheets_out()
        run.window.begin_anew(hands_on_a4(run))
        await until(lambda: run.status("a4_printer").paper == "jammed")
        acts = await shift(run, Role.KEEPER)
        assert "jam" in next(act for act in acts if act["act"] == "paper.refilled")["sensed"]  # type: ignore[operator]
        assert run.sheets_out() - before == 1, "the test page alone"
        first, second = run.prints()
        assert first == visitors
        assert second.evidence["item"] == "proof_page"

    at_work(test)
