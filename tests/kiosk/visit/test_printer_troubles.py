"""A printer gone before and during the job: no page for nobody, never two valid copies, and a free replacement."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from kiosk.journal.states import PrintState
from kiosk.screens.parts import Facts
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script


def serials(run: Run) -> dict[str, int]:
    states: dict[str, int] = run.bench.sandbox.state()["serials"]
    return states


def test_empty_between_check_and_print_prints_nothing_and_voids(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run) | {"print_failed": "done"}

            async def take_the_paper_out(_: Any) -> str:
                await run.bench.do("a4_printer", "empty", {})
                return "print"

            run.window.script["review"] = take_the_paper_out
            assert await run.visit() == "done"
            (operation,) = run.kiosk.journal.operations()
            assert operation.state is PrintState.VOID
            assert run.sheets_out() == 0
            await run.delivered()
            assert serials(run) == {"suspended": 1}
            assert run.window.last("print_failed").title == "没有打印出来"

    asyncio.run(go())


def test_a_jam_at_page_two_makes_the_whole_paper_doubtful_and_the_replacement_voids_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run, "p3")

            async def failed(screen: Any) -> str | None:
                if any(action.id == "slip" for action in screen.actions):
                    return "slip"
                if any(action.id == "again" for action in screen.actions):
                    return "again"
                await run.bench.do("visitor", "take_paper", {})
                await run.bench.do("a4_printer", "clear_jam", {})
                return None  # 「再打一次」 comes by itself once the printer is well

            await run.bench.do("a4_printer", "jam", {"at_page": 2})
            run.window.script["print_failed"] = failed
            assert await run.visit(90) == "done"
            first, second = run.kiosk.journal.operations()
            assert first.state is PrintState.DOUBTFUL
            assert second.state is PrintState.TAKEN
            assert run.sheets_out() == 1 + 3
            await run.delivered()
            assert serials(run) == {"replaced": 1, "active": 1}
            facts = [
                row.value
                for block in run.window.last("print_failed").blocks
                if isinstance(block, Facts)
                for row in block.rows
            ]
            assert first.serial in facts, "the serial is told even without a slip"
            assert run.tasks() == ["doubtful_print"]

    asyncio.run(go())


def test_a_printer_that_dies_in_the_middle_leaves_a_doubtful_print_a_suspended_serial_and_a_task(
    tmp_path: Path,
) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, options={"a4_printer": {"seconds_per_page": 1.0}}) as run:
            run.window.script |= base_script(run, "p2") | {"print_failed": ["slip", "done"]}

            async def die_later(_: Any) -> str:
                await run.bench.do("a4_printer", "die_mid_job", {})
                return "print"

            run.window.script["review"] = die_later
            assert await run.visit(90) == "done"
            (operation,) = run.kiosk.journal.operations()
            assert operation.state is PrintState.DOUBTFUL
            await run.delivered()
            assert serials(run) == {"suspended": 1}
            assert run.tasks() == ["doubtful_print"]
            assert run.window.last("print_failed").title == "这一份没有打好"
            assert len(list((run.stage.folder / "wire" / "receipt_printer").glob("slip-*.json"))) == 1

    asyncio.run(go())


def test_paper_left_in_the_tray_does_not_count_and_is_reported(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, policy={"take = {": "take = { standard = 1.0, elder = 1.5 }"}) as run:
            run.window.script |= base_script(run) | {"take_paper": "taken"}
            assert await run.visit() == "done"
            assert run.kiosk.printing is not None
            await run.kiosk.printing.idle()
            (operation,) = run.kiosk.journal.operations()
            assert operation.state is PrintState.DOUBTFUL
            await run.delivered()
            assert serials(run) == {"suspended": 1}

    asyncio.run(go())
