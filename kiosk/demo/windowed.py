"""The demo with a real display: the window opens, the dock page's address is printed, and it runs until it is ended."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kiosk.cli.common import say
from kiosk.demo.standing import standing


async def run_windowed(out: Path, *, seed: int, dock_port: int) -> int:
    """Run until it is cancelled."""
    async with standing(out / "stage", seed=seed, dock_port=dock_port) as stand:
        say(f"窗口已打开。放证件、换人脸、取纸，请打开操作台网页：{stand.dock}")
        say("证件照片与镜头前的人脸出自同一张公开照片，只为演示流程，不说明识别能力。按 Ctrl-C 结束。")
        await asyncio.get_running_loop().create_future()
    raise AssertionError("unreachable")
