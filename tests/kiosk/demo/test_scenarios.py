"""The shipped scenarios, played on a real kiosk whose window is scripted by them alone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import pytest

from drivers.contract.common import DeviceClass
from drivers.emulators import scenario
from drivers.emulators.scenario_file import ScenarioMistake
from kiosk.app import running
from kiosk.demo.played import PlayedStage, load_for_stage
from kiosk.demo.roster import demo_profile
from kiosk.demo.stage import Stage, set_stage
from kiosk.dock.server import docked
from kiosk.kiosk import Kiosk
from kiosk.settings.site import load_site
from tests.support.bench import FAST
from tests.support.played import PlayedWindow

pytestmark = pytest.mark.anyio

SHIPPED = Path(str(files("kiosk.demo").joinpath("scenarios")))


class Playing(NamedTuple):
    kiosk: Kiosk
    stage: Stage
    window: PlayedWindow

    def endings(self) -> list[str]:
        return [row.payload["ending"] for row in self.kiosk.journal.audit_rows() if row.event == "wiped"]

    def sheets_and_slips(self) -> tuple[int, int]:
        wire = self.stage.folder / "wire"
        paper = wire / "a4_printer" / "paper.jsonl"
        sheets = paper.read_text("utf-8").count('"page"') if paper.exists() else 0
        return sheets, len(list((wire / "receipt_printer").glob("slip-*.json")))


@contextlib.asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[Playing]:
    async with set_stage(folder, seed=11, options=FAST) as stage:
        window = PlayedWindow()
        profile = demo_profile(overrides=stage.overrides)
        async with (
            running(load_site(stage.site_file), profile, window=window) as kiosk,
            docked(kiosk, bench=stage.bench) as dock,
        ):
            window.dock = dock
            serving = asyncio.create_task(kiosk.lobby.serve())
            try:
                yield Playing(kiosk, stage, window)
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)


async def play(name: str, on: Playing) -> None:
    chosen = load_for_stage(SHIPPED / name, demo_profile())
    await scenario.play(chosen, PlayedStage(on.stage.bench, on.window), pace=0.0)


async def test_a_bad_day_is_lived_through_and_then_a_good_visit_goes_by_itself(tmp_path: Path) -> None:
    async with playing(tmp_path) as on:
        await play("bad_day.toml", on)
        assert on.window.names[-1] == "idle"
        assert {"cannot", "card_trouble", "face_consent"} <= set(on.window.names)
        assert on.sheets_and_slips() == (0, 0)
        await play("good_visit.toml", on)
        assert on.endings()[-1] == "done"
        assert on.sheets_and_slips() == (1, 1)


def test_a_scenario_may_ask_only_what_the_stage_can_do(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    for step, key in (
        ('after = { device = "visitor", state = "card", is = 1 }', "after.device"),
        ('device = "kiosk"\ndo = "restart"', "do"),
        ('device = "screen"\ndo = "touch"', "with.label"),
        ('device = "ups"\ndo = "mains_fail"', "device"),
    ):
        path.write_text(f'title = "试"\n[[step]]\n{step}\n', "utf-8")
        with pytest.raises(ScenarioMistake, match=rf"第 1 步 {key}: .*→"):
            load_for_stage(path, demo_profile())
    load_for_stage(path, demo_profile(classes=[DeviceClass.POWER_SUPPLY]))
