"""The demo with a real display: the window opens, the dock page's address is printed, and it runs until it is ended."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from drivers.contract.common import DeviceClass
from drivers.emulators import scenario
from kiosk.cli.common import say
from kiosk.demo.glass import Glass
from kiosk.demo.played import PlayedStage, telling
from kiosk.demo.standing import Standing, standing


async def run_windowed(
    out: Path,
    *,
    seed: int,
    dock_port: int,
    base: Path | None = None,
    classes: tuple[DeviceClass, ...] = (),
    played: scenario.Scenario | None = None,
) -> int:
    """Run until it is cancelled; a scenario plays meanwhile (see `standing`)."""
    async with standing(out / "stage", seed=seed, dock_port=dock_port, base=base, classes=classes) as stand:
        say(f"窗口已打开。放证件、换人脸、取纸，请打开操作台网页：{stand.dock}")
        say("证件照片与镜头前的人脸出自同一张公开照片，只为演示流程，不说明识别能力。按 Ctrl-C 结束。")
        say("维护模式：在首页按住左上角的地点名一秒，再点蓝色区域的左上角、右上角。工作人员（虚构）：")
        for each in stand.stage.staff.people:
            say(f"  {each.told}")
        if played is not None:
            await _play(played, stand)
        await asyncio.get_running_loop().create_future()
    raise AssertionError("unreachable")


async def _play(chosen: scenario.Scenario, stand: Standing) -> None:
    glass = Glass(stand.dock, os.environ.get("DISPLAY", ""))
    try:
        await scenario.play(chosen, PlayedStage(stand.stage.bench, glass), telling(chosen, say))
        say(f"剧本「{chosen.title}」演完了，设备照常可用。")
    except scenario.ScenarioStopped as error:
        say(str(error))
    finally:
        await glass.aclose()
