"""A visit that becomes an elder one on the way: offered by age, one question a screen, and nothing of it left for the next."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from kiosk.screens.parts import Facts, Rating
from kiosk.screens.screen import Look, Mode, Screen
from tests.support.bench import Run, on_stage
from tests.support.elder import broken
from tests.support.scripts import base_script


def test_whose_card_shows_sixty_years_is_asked_once_and_then_asked_one_thing_at_a_time(tmp_path: Path) -> None:
    """p2 is 66. The review is gone through back and forth, the rating is 非常满意, somebody is called on the way."""

    async def go() -> None:
        async with on_stage(tmp_path, {}) as run:
            run.window.script |= base_script(run, "p2") | {
                "elder_offer": "elder",
                "other_way": ["help", "keeper"],
                "help": ["call", "more", "go_on"],
                "review": ["print", "back", "print", "print"],
                "rate": ["level_4", "level_5"],
            }
            assert await run.visit() == "done"
            at = run.window.names.index("elder_offer")
            assert run.window.names[at - 1 : at + 2] == ["card_reading", "elder_offer", "face_consent"]
            assert run.window.names.count("elder_offer") == 1
            shown = zip(run.window.shown, run.window.looks, strict=True)
            elder = [screen for screen, look in shown if look.mode is Mode.ELDER]
            assert {screen.name: list(broken(screen)) for screen in elder if list(broken(screen))} == {}
            assert asked(run, "review") == ["这是您的名字吗?", "打印这一份吗?", "这是您的名字吗?", "打印这一份吗?"]
            assert asked(run, "keeper") == ["请工作人员输入编号", "请工作人员输入密码"]
            assert [faces(screen) for screen in run.window.shown if screen.name == "rate"] == [3, 2]
            assert called(run.window.last("help")), "what helps is one thing a screen"
            await run.delivered()
            assert "help_wanted" in run.tasks()
            assert ratings(run) == [5]

            run.window.script["idle"] = [None]
            idle = asyncio.ensure_future(run.kiosk.lobby.one_visit())
            while run.window.shown[-1].name != "idle":
                await asyncio.sleep(0.01)
            idle.cancel()
            await asyncio.gather(idle, return_exceptions=True)
            assert run.window.looks[-1] == Look(), "the next visitor has chosen nothing"

    asyncio.run(go())


def asked(run: Run, name: str) -> list[str]:
    return [screen.title for screen in run.window.shown if screen.name == name]


def faces(screen: Screen) -> int:
    (rating,) = [block for block in screen.blocks if isinstance(block, Rating)]
    return len(rating.tiles)


def called(screen: Screen) -> bool:
    (facts,) = [block for block in screen.blocks if isinstance(block, Facts)]
    return len(facts.rows) == 1 and not any(action.id == "call" for action in screen.actions)


def ratings(run: Run) -> list[int]:
    platform = sqlite3.connect(run.bench.sandbox.folder.database)
    levels = [row[0] for row in platform.execute("SELECT level FROM ratings").fetchall()]
    platform.close()
    return levels
