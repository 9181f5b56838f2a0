"""The cheapest model has no A4 printer: the item is still there, marked, and leads to its guide and to where it is printed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kiosk.screens.parts import Checks, Facts, Hero, Tiles
from tests.support.bench import on_stage
from tests.support.scripts import base_script


@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_it_says_so_before_the_card_and_names_another_place(tmp_path: Path, mode: str) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}, model="low_cost") as run:
            run.window.script.update(base_script(run))
            run.window.script |= {"idle": [mode, None], "choose": ["KX-RS-001", "back"], "cannot": "other_item"}
            assert await run.visit() == "left"
            blocks = [block for block in run.window.last("choose").blocks if isinstance(block, Tiles)]
            under = {tile.id: (block.heading, tile.note) for block in blocks for tile in block.tiles}
            assert under["KX-RS-001"] == (("这里可以看怎么办", "") if mode == "standard" else ("", "这里看指南"))
            assert all(block.heading != "这里可以办" for block in blocks), (
                "nothing stands under it that cannot be done here"
            )
            chips = next(block for block in run.window.last("idle").blocks if isinstance(block, Hero)).chips
            assert [text for _, text in chips] == ["身份证", "刷脸"], "no paper is promised without a printer"
            told = run.window.last("cannot")
            rows = next(block for block in told.blocks if isinstance(block, Checks)).rows
            assert [(row.label, row.word) for row in rows] == [("打印机和纸", "本机没有")]
            places = next(block for block in told.blocks if isinstance(block, Facts))
            assert all(fact.value for fact in places.rows)
            assert [action.id for action in told.actions] == ["other_item"], "looking again would change nothing"
            assert told.title.startswith("这台机器办不了")
            assert "card" not in run.window.names

    asyncio.run(go())
