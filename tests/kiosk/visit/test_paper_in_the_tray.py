"""Somebody's paper lies in the exit tray: the next visitor's must not fall onto it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from kiosk.journal.states import PrintState
from kiosk.screens.parts import Checks
from tests.support.bench import on_stage
from tests.support.scripts import base_script


def test_paper_left_behind_stops_the_next_print_before_the_card(tmp_path: Path) -> None:
    async def go() -> None:
        short = {"take = {": "take = { standard = 1.0, elder = 1.0 }"}
        async with on_stage(tmp_path, {}, policy=short) as run:
            run.window.script |= base_script(run) | {"take_paper": "taken"}
            assert await run.visit() == "done"
            assert run.kiosk.printing is not None
            await run.kiosk.printing.idle()
            (left,) = run.kiosk.journal.operations()
            assert left.state is PrintState.DOUBTFUL

            async def hand_it_over(_: Any) -> str:
                await run.bench.do("visitor", "take_paper", {})
                await asyncio.sleep(2.5)  # the printer's status is looked at every two seconds
                return "again"

            run.window.script |= base_script(run, "p2") | {"idle": ["standard", None], "cannot": hand_it_over}
            assert await run.visit() == "done"
            rows = [
                row for block in run.window.last("cannot").blocks if isinstance(block, Checks) for row in block.rows
            ]
            assert [row.word for row in rows] == ["出纸口有纸"]
            assert run.sheets_out() == 1 + 2

    asyncio.run(go())
