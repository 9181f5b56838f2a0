"""Honest before it asks: whatever is missing is said before any personal data is taken."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kiosk.screens.parts import Checks
from tests.support.bench import Run, on_stage
from tests.support.scripts import base_script


def words(run: Run) -> list[str]:
    return [row.word for block in run.window.last("cannot").blocks if isinstance(block, Checks) for row in block.rows]


async def gone(run: Run, name: str) -> None:
    for _ in range(1000):
        snapshot = next(each for each in run.kiosk.devices.table() if each.name == name)
        if snapshot.link == "gone":
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{name} is still there")


async def status_is(run: Run, name: str, field: str, value: str) -> None:
    for _ in range(500):
        snapshot = next(each for each in run.kiosk.devices.table() if each.name == name)
        if snapshot.status is not None and str(getattr(snapshot.status, field)) == value:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(snapshot)


def test_what_is_missing_is_said_before_the_card_and_nothing_is_read(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script.update(base_script(run))
            run.window.script |= {"cannot": "other_item", "choose": ["KX-RS-001", "back"]}

            async def refused_with(word: str) -> None:
                run.window.shown.clear()
                run.window._number = 0
                run.window.script |= {"idle": ["standard", None], "choose": ["KX-RS-001", "back"]}
                assert await run.visit() == "left"
                assert word in words(run)
                assert "card" not in run.window.names

            await run.bench.do("a4_printer", "empty", {})
            await status_is(run, "a4_printer", "paper", "out")
            await refused_with("缺纸")
            await run.bench.do("a4_printer", "load", {"sheets": 2})
            await status_is(run, "a4_printer", "sheets", "2")
            await refused_with("纸不够")
            await run.bench.do("a4_printer", "load", {"sheets": 100})
            run.bench.stop_platform()
            await refused_with("连不上")
            run.bench.start_platform()
            await run.bench.do("id_reader", "unplug", {})
            await gone(run, "id_reader")
            await refused_with("暂时不行")
            assert run.stage.folder.joinpath("wire/id_reader/tx.bin").exists()
            assert run.sheets_out() == 0

    asyncio.run(go())


def test_a_closed_place_says_its_hours(tmp_path: Path) -> None:
    async def go() -> None:
        opens, closes = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=later) for later in (3, 5))
        hours = {"hours.opens": f"{opens:%H:00}", "hours.closes": f"{closes:%H:00}"}
        async with on_stage(tmp_path, {}, site=hours) as run:
            run.window.script.update(base_script(run))
            run.window.script |= {"cannot": "other_item", "choose": ["KX-RS-001", "back"]}
            assert await run.visit() == "left"
            assert words(run) == ["已关门"]
            notes = [
                row.note
                for block in run.window.last("cannot").blocks
                if isinstance(block, Checks)
                for row in block.rows
            ]
            (note,) = notes
            assert note.startswith(f"{opens:%H:00}–{closes:%H:00} 开放,下次开放:")
            assert note.endswith(f"天 {opens:%H:00}"), "today, or tomorrow where midnight lies between"

    asyncio.run(go())


@pytest.mark.parametrize(
    ("device", "screens"), [("camera", ["other_way", "keeper"]), ("receipt_printer", ["face_consent"])]
)
def test_a_missing_helpful_device_is_said_and_the_visit_goes_on(
    tmp_path: Path, device: str, screens: list[str]
) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script.update(base_script(run))
            run.window.script["precheck_limited"] = "go_on"
            await run.bench.do(device, "unplug", {})
            await gone(run, device)
            assert await run.visit() == "done"
            assert "precheck_limited" in run.window.names
            assert all(name in run.window.names for name in screens)
            assert ("face_consent" in run.window.names) == (device != "camera")
            assert ("slip_question" in run.window.names) == (device != "receipt_printer")
            assert run.sheets_out() == 1

    asyncio.run(go())


def test_again_looks_again(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script.update(base_script(run))

            async def refill(_: Any) -> str:
                await run.bench.do("a4_printer", "load", {"sheets": 100})
                await status_is(run, "a4_printer", "sheets", "100")
                return "again"

            run.window.script["cannot"] = refill
            await run.bench.do("a4_printer", "empty", {})
            await status_is(run, "a4_printer", "paper", "out")
            assert await run.visit() == "done"
            assert run.sheets_out() == 1

    asyncio.run(go())
