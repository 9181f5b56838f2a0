"""The demo without a display: a virtual screen, two scripted visits by real touches, and everything left to look at.

It does not grade itself: `tests/checker` reads what the far ends captured, and decides (`make demo`).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import msgspec

from drivers.contract.common import DeviceClass
from drivers.emulators import scenario
from kiosk.cli.common import say
from kiosk.demo import papers, report
from kiosk.demo.glass import Glass, NotOnScreen
from kiosk.demo.played import PlayedStage, telling
from kiosk.demo.roster import demo_profile
from kiosk.demo.stage import StageBench
from kiosk.demo.standing import Standing, standing
from kiosk.demo.visitor import Visitor
from kiosk.screens.protocol import Drawn
from kiosk.screens.screen import Mode
from kiosk.shell.display import virtual_display
from kiosk.voice.messages import NO_CARD
from kiosk.window import ShellWindow

SILENT = {"sound": {"speaker": NO_CARD}}
"""Nobody listens to a demo without a display; what would have been heard is kept."""

SAME_PHOTOGRAPH = "证件照片与镜头前的人脸出自同一张公开照片，只为演示流程，不说明识别能力。"


async def run_headless(
    out: Path,
    *,
    seed: int,
    dock_port: int,
    base: Path | None = None,
    classes: tuple[DeviceClass, ...] = (),
    played: scenario.Scenario | None = None,
) -> int:
    """Run both visits, or a scenario; return 0 only if both went from idle to idle, or every step was done."""
    began = time.monotonic()
    for old in (out / "screens", out / "papers", out / "sound"):
        shutil.rmtree(old, ignore_errors=True)
        old.mkdir(parents=True)
    with virtual_display(demo_profile(base, classes).panel.px) as display:
        os.environ["DISPLAY"] = display
        started = time.monotonic()
        async with standing(
            out / "stage", seed=seed, dock_port=dock_port, base=base, classes=classes, profile=SILENT
        ) as stand:
            glass = Glass(stand.dock, display)
            try:
                if played is not None:
                    return await _play(out, played, stand, glass)
                return await _visits(out, stand, glass, seed, began, started)
            finally:
                await glass.aclose()


async def _play(out: Path, chosen: scenario.Scenario, stand: Standing, glass: Glass) -> int:
    """Play a scenario; what came out is left to look at. Nothing is measured: the scenario's own pauses are in it."""
    problem = ""
    stage = Photographed(stand.stage.bench, glass, out / "screens")
    try:
        await scenario.play(chosen, stage, telling(chosen, say))
    except scenario.ScenarioStopped as error:
        problem = str(error)
    await _outbox_empty(stand)
    await asyncio.to_thread(papers.collect, out / "stage" / "wire", out / "papers")
    report.write_journal(stand.kiosk.journal, out / "journal.txt")
    say(problem or f"剧本「{chosen.title}」演完了，纸张和画面在 {out}")
    return 1 if problem else 0


class Photographed(PlayedStage):
    """Takes a picture of the screen before each touch."""

    def __init__(self, bench: StageBench, glass: Glass, folder: Path) -> None:
        super().__init__(bench, glass)
        self._glass, self._folder, self._count = glass, folder, 0

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """See `PlayedStage`."""
        if device == "screen":
            self._count += 1
            name = (await self._glass.screen())["screen"]
            await self._glass.picture(self._folder / f"{self._count:02d}-{name}.png")
        return await super().do(device, verb, arguments)


async def _visits(out: Path, stand: Standing, glass: Glass, seed: int, began: float, started: float) -> int:
    window = stand.kiosk.window
    assert isinstance(window, ShellWindow)
    drawn: list[tuple[str, Drawn]] = []
    window.on_drawn = lambda message: drawn.append((window.showing.screen.name if window.showing else "", message))
    await glass.wait_for("idle", seconds=15)
    first_screen = time.monotonic() - started
    people = [person for person in await stand.stage.bench.people() if person["portrait"]]
    modes = [Mode.STANDARD, Mode.ELDER]
    random.Random(seed).shuffle(people)  # noqa: S311  who comes first is no secret
    random.Random(seed + 1).shuffle(modes)  # noqa: S311
    idle = [await _idle(stand)]
    visitors, problem = [], ""
    own: dict[str, float] = {}
    expected: list[dict[str, str]] = []
    for mode, person in zip(modes, people, strict=True):
        visitor = Visitor(glass, mode, person["id"], person["portrait"], out / "screens")
        before = await report.far_ends(stand)
        if stand.kiosk.voice is not None:
            stand.kiosk.voice.record(out / "sound" / f"{mode.value}.wav")
        visitors.append(visitor)
        try:
            await visitor.whole_visit()
        except (NotOnScreen, ValueError) as error:
            problem = f"{mode.value}: {error}"
            break
        own[mode.value] = report.own_share(visitor, before, await report.far_ends(stand))
        expected.append({"person": person["id"], "outcome": "printed", "by": "face"})
        idle.append(await _idle(stand))
    memory = report.memory_table(stand, window)
    await _outbox_empty(stand)
    stage = out / "stage"
    (stage / "idle.jsonl").write_text("".join(json.dumps(each) + "\n" for each in idle), "utf-8")
    (stage / "expect.json").write_text(json.dumps(expected), "utf-8")
    report.copy_kiosk_files(stand, stage / "kiosk-files")
    made = await asyncio.to_thread(papers.collect, stage / "wire", out / "papers")
    report.write_journal(stand.kiosk.journal, out / "journal.txt")
    summary: dict[str, Any] = {
        "seed": seed,
        "ok": not problem,
        "problem": problem,
        "note": SAME_PHOTOGRAPH,
        "seconds": round(time.monotonic() - began, 1),
        "first_touchable_screen_s": round(first_screen, 2),
        "visits": {
            visitor.mode.value: [
                {"step": step.name, "seconds": round(step.seconds, 3), "outcome": step.outcome}
                for step in visitor.steps
            ]
            for visitor in visitors
        },
        "own_share_s": own,
        "touch": report.touch_figures(drawn),
        "memory": memory,
        "papers": made,
    }
    (out / "report.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary)))
    for line in report.table(summary, visitors):
        say(line)
    return 1 if problem else 0


async def _idle(stand: Standing) -> dict[str, Any]:
    """What the kiosk says of itself between visits, for the checker."""
    from drivers.contract.secret import counts

    return {"at": time.time(), "secrets": counts(), "visits": stand.kiosk.lobby.visits_ended}


async def _outbox_empty(stand: Standing, seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while stand.kiosk.journal.waiting() and time.monotonic() < give_up:
        await asyncio.sleep(0.1)
