"""Out of the printer is not yet in the right hand: paper that nobody takes, a printer without a sensor, one that goes away."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal.states import PrintState
from kiosk.sandbox.fault_desk import Verb
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script

SHORT = {"take = {": "take = { standard = 1.0, elder = 1.5 }"}


def serials(run: Run) -> dict[str, int]:
    states: dict[str, int] = run.bench.sandbox.state()["serials"]
    return states


def test_paper_that_nobody_takes_ends_the_visit_and_nothing_of_it_is_offered_to_the_next(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, policy=SHORT) as run:
            run.window.script |= base_script(run) | {"take_paper": None}
            assert await run.visit() == "timed_out"
            assert run.window.names[-2:] == ["take_paper", "take_card"], run.window.names
            (operation,) = run.kiosk.journal.operations()
            assert operation.state is PrintState.DOUBTFUL
            await run.delivered()
            assert serials(run) == {"suspended": 1}
            assert run.tasks() == ["paper_left"]

    asyncio.run(go())


def test_a_printer_that_goes_away_over_the_paper_is_told_and_the_paper_replaced(tmp_path: Path) -> None:
    """The paper's serial is suspended: whoever holds it must hear of it, and go away with one that counts."""

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            client = next(each for each in run.kiosk.devices.table() if each.name == "a4_printer")
            printer = run.kiosk.devices.of(client.device_class)
            assert printer is not None

            async def kill_the_host(_: Any) -> None:
                run.window.script["take_paper"] = base_script(run)["take_paper"]
                assert printer.snapshot.pid is not None
                os.kill(printer.snapshot.pid, signal.SIGKILL)

            async def failed(screen: Any) -> str | None:
                await run.bench.do("visitor", "take_paper", {})
                actions = [action.id for action in screen.actions]
                return "again" if "again" in actions else None

            run.window.script |= base_script(run) | {"take_paper": kill_the_host, "print_failed": failed}
            assert await run.visit() == "done"
            first, second = run.kiosk.journal.operations()
            assert (first.state, second.state) == (PrintState.DOUBTFUL, PrintState.TAKEN)
            assert run.window.last("print_failed").title == "这一份没有打好"
            await run.delivered()
            assert serials(run) == {"replaced": 1, "active": 1}

    asyncio.run(go())


@pytest.mark.parametrize("touched", [pytest.param(True, marks=pytest.mark.slow), False])
def test_without_a_sensor_the_visitor_is_asked_to_take_the_paper_and_is_waited_for(
    tmp_path: Path, touched: bool
) -> None:
    async def go() -> None:
        options = {"a4_printer": {"tray_sensor": False}}
        async with on_stage(tmp_path, {}, options=options, policy=SHORT) as run:
            asked = 0.0

            async def hesitate(_: Any) -> str | None:
                nonlocal asked
                asked = time.monotonic()
                await asyncio.sleep(0.4)
                return "taken" if touched else None

            async def next_screen(_: Any) -> str:
                assert time.monotonic() - asked >= (0.4 if touched else 0.9)  # the kiosk began to wait a moment before
                return "none"

            run.window.script |= base_script(run) | {"take_paper": hesitate, "slip_question": next_screen}
            assert await run.visit() == "done"
            assert "take_paper" in run.window.names
            (operation,) = run.kiosk.journal.operations()
            assert operation.state is PrintState.REPORTED
            await run.delivered()
            assert serials(run) == {"active": 1}

    asyncio.run(go())


@pytest.mark.parametrize("verb", [pytest.param(Verb.HTTP500, marks=pytest.mark.slow), Verb.CUT_AFTER])
def test_a_replacement_names_the_doubtful_paper_also_after_a_try_that_came_to_nothing(
    tmp_path: Path, verb: Verb
) -> None:
    """The first try to replace ends at the platform, before or after it has given out a serial."""

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            tries = 0

            async def failed(screen: Any) -> str | None:
                nonlocal tries
                await run.bench.do("visitor", "take_paper", {})
                await run.bench.do("a4_printer", "clear_jam", {})
                if all(action.id != "again" for action in screen.actions):
                    return None
                tries += 1
                if tries == 1:
                    run.bench.sandbox.break_(verb, "/v1/serials/replace", count=None)
                else:
                    assert any(action.id == "slip" for action in screen.actions), "the right to a replacement stays"
                    run.bench.sandbox.mend()
                    await run.delivered()
                return "again"

            await run.bench.do("a4_printer", "jam", {"at_page": 2})
            run.window.script |= base_script(run, "p3") | {"print_failed": failed}
            assert await run.visit() == "done"
            states = [each.state for each in run.kiosk.journal.operations()]
            assert states == [PrintState.DOUBTFUL, PrintState.VOID, PrintState.TAKEN]
            await run.delivered()
            gone = 2 if verb is Verb.CUT_AFTER else 1
            assert serials(run) == {"replaced": gone, "active": 1}
            assert run.sheets_out() == 1 + 3

    asyncio.run(go())
