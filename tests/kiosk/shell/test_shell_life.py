"""How a shell begins and ends."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.screens.parts import Note
from kiosk.screens.protocol import Quit
from kiosk.screens.screen import Look, Screen
from kiosk.shell.bench import bench

pytestmark = pytest.mark.screen
PATIENCE = 20.0
"""Seconds; how soon it is touchable is measured by `make bench`."""
SCREEN = Screen(name="n", title="请稍等", blocks=(Note(text="不用做什么。"),))


def test_it_leaves_no_folder_and_ends_when_told(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    async def play() -> None:
        async with bench(display) as at:
            await at.show(SCREEN, Look())
            assert list(tmp_path.iterdir()) == []
            at.send(Quit())
            assert await asyncio.wait_for(at.shell.process.wait(), PATIENCE) == 0

    asyncio.run(play())


def test_it_needs_no_display_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)

    async def play() -> None:
        async with bench("") as at:
            await at.show(SCREEN, Look())

    asyncio.run(play())


def test_it_ends_with_its_parent(display: str, tmp_path: Path) -> None:
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import asyncio\n"
        "from kiosk.shell.bench import bench\n"
        "async def main():\n"
        f"    async with bench({display!r}) as at:\n"
        "        print(at.shell.pid, flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, str(parent)], stdout=subprocess.PIPE, text=True) as core:
        assert core.stdout
        pid = int(core.stdout.readline())
        core.send_signal(signal.SIGKILL)
        core.wait()
        deadline = time.monotonic() + PATIENCE
        while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1][:3]:
            assert time.monotonic() < deadline, "the shell outlived its core"
            time.sleep(0.02)


def test_it_ends_when_the_core_closes_the_line(display: str) -> None:
    async def play() -> None:
        async with bench(display) as at:
            await at.show(SCREEN, Look())
            at.shell.channel.close()
            assert await asyncio.wait_for(at.shell.process.wait(), PATIENCE) == 0

    asyncio.run(play())
