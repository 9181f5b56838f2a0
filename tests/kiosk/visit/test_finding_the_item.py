"""From home to an item or its guide: by life event, department and search, with a slip, and never as if it worked here."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kiosk.screens.parts import Facts, Tiles
from kiosk.screens.screen import Screen
from tests.support.bench import on_stage


def tiles(screen: Screen) -> list[str]:
    return [tile.id for block in screen.blocks if isinstance(block, Tiles) for tile in block.tiles]


@pytest.mark.parametrize(
    ("mode", "script"),
    [
        ("standard", {"choose": ["life:care", "back"], "gathered": ["KX-MZ-002", "back"]}),
        (
            "standard",
            {
                "choose": ["departments", "back"],
                "departments": ["department:KX-MZ-001", "back"],
                "gathered": ["KX-MZ-002", "back"],
            },
        ),
        ("elder", {"choose": ["more", "back"], "more": ["life:care", "back"], "gathered": ["KX-MZ-002", "back"]}),
        ("elder", {"choose": ["more", "back"], "more": ["search", "back"], "find": ["KX-MZ-002", "back"]}),
    ],
)
def test_every_way_leads_to_the_guide_and_back_and_the_guide_is_printed(
    tmp_path: Path, mode: str, script: dict[str, Any]
) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= {"idle": [mode, None], "guide_listed": ["slip", "done"], **script}
            assert await run.visit() == "left"
            told = run.window.last("guide_listed")
            facts = {fact.label: fact.value for block in told.blocks if isinstance(block, Facts) for fact in block.rows}
            assert facts["需要"] == "居民身份证、社会保障卡"
            assert facts["费用"] == "免费"
            assert facts["地点"]
            assert facts["电话"]
            assert "办不了" in told.sentence
            assert [action.id for action in told.actions] == ["done"], "printed: it is not offered twice"
            assert "card" not in run.window.names

    asyncio.run(go())


def test_the_home_screen_keeps_to_six_choices_for_elders_and_parts_what_works_from_what_is_told(tmp_path: Path) -> None:
    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= {"idle": ["elder", None], "choose": ["stuck", "back"], "stuck": ["call", "done"]}
            assert await run.visit() == "left"
            home = tiles(run.window.last("choose"))
            assert len(home) == 6
            assert home[0] == "KX-RS-001"
            assert home[-2:] == ["more", "stuck"]
            assert "call" not in [action.id for action in run.window.last("stuck").actions], "somebody was called"
            run.window.script |= {"idle": ["standard", None], "choose": "back"}
            assert await run.visit() == "left"
            headed = {
                block.heading: block.tiles for block in run.window.last("choose").blocks if isinstance(block, Tiles)
            }
            assert [tile.id for tile in headed["这里可以办"]] == ["KX-RS-001"]
            assert [tile.id for tile in headed["这里可以看怎么办"]][:2] == ["KX-SW-001", "KX-RS-003"]

    asyncio.run(go())
