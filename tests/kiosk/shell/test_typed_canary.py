"""Nothing typed is kept: what went through pinyin, handwriting and letters is afterwards in no file, no log and no memory."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

import pytest

from drivers.link.memory import FORGETFUL
from tests.kiosk.shell.test_typing_touch import LEG, STEM

pytestmark = pytest.mark.screen

TYPED = "ouyangnana"
TAKEN = "欧阳娜娜"
WRITTEN = "十"
LETTERS = "qzkvwxjq"
CANARIES = (TYPED, "ou yang na na", TAKEN, LETTERS, f"{TAKEN}{WRITTEN}")
SECONDS = 40.0
"""An engine that must be started, on a machine that does other things."""


class Kiosk:
    """The core in a process of its own, its shell, and the finger."""

    def __init__(self, core: Process, shell: int, display: str) -> None:
        self.core, self.shell, self._display = core, shell, display

    async def tell(self, word: str) -> dict[str, Any]:
        assert self.core.stdin
        assert self.core.stdout
        self.core.stdin.write(f"{word}\n".encode())
        told: dict[str, Any] = json.loads(await asyncio.wait_for(self.core.stdout.readline(), SECONDS))
        return told

    async def box(self, name: str) -> list[int]:
        give_up = time.monotonic() + SECONDS
        while name not in (found := await self.tell("tree")):
            assert time.monotonic() < give_up, f"no {name}; there is {'、'.join(found)}"
            await asyncio.sleep(0.05)
        box: list[int] = found[name]
        return box

    async def settles(self, name: str) -> None:
        """Guesses come anew with each stroke that is read."""
        before: list[int] = []
        while before != (now := await self.box(name)):
            before = now
            await asyncio.sleep(0.5)

    async def point(self, *arguments: str) -> None:
        environment = {**os.environ, "DISPLAY": self._display}
        assert not await (await asyncio.create_subprocess_exec("xdotool", *arguments, env=environment)).wait()

    async def tap(self, *names: str) -> None:
        for name in names:
            x, y, w, h = await self.box(name)
            await self.point("mousemove", str(x + w // 2), str(y + h // 2), "click", "1")

    async def write(self, *strokes: tuple[tuple[float, float], ...]) -> None:
        x, y, w, h = await self.box("手写格，用手指写一个字")
        for stroke in strokes:
            moves = [["mousemove", str(round(x + right * w)), str(round(y + down * h))] for right, down in stroke]
            first, *others = moves
            ways = [word for move in others for word in [*move, "sleep", "0.03"]]
            await self.point(*first, "mousedown", "1", *ways, "mouseup", "1")


def remembered(pid: int) -> dict[str, int]:
    """How often each canary lies in the writable memory of a process, in each way in which Python may hold it."""
    found = dict.fromkeys(CANARIES, 0)
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            start, end = (int(each, 16) for each in span.split("-"))
            memory.seek(start)
            try:
                held = memory.read(end - start)
            except OSError:
                continue  # a device's window, not memory
            for canary in CANARIES:
                codes = ("utf-8",) if canary.isascii() else ("utf-8", "utf-16-le", "utf-32-le")
                found[canary] += sum(held.count(canary.encode(code)) for code in codes)
    return found


def on_disk(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [f"{path.name}: {canary}" for path in files for canary in CANARIES if canary.encode() in path.read_bytes()]


def test_what_is_typed_is_nowhere_when_its_screen_is_gone(display: str, tmp_path: Path) -> None:
    """The core runs in the environment that docs/install.md gives its service; the shell gets it in any case."""
    folders = {name: str(tmp_path) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}

    async def go() -> None:
        with (tmp_path / "log").open("wb") as log:
            core = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.kiosk.shell.core_that_asks"),
                env={**os.environ, **folders, **FORGETFUL, "DISPLAY": display},
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
            )
        try:
            assert core.stdout
            told = json.loads(await asyncio.wait_for(core.stdout.readline(), SECONDS))
            kiosk = Kiosk(core, told["shell"], display)
            await kiosk.tap(*TYPED, TAKEN, "手写")
            await kiosk.write(LEG, STEM)
            await kiosk.settles(WRITTEN)
            await kiosk.tap(WRITTEN, "字母", *LETTERS)
            during = remembered(kiosk.shell)
            assert during[LETTERS] > 0, "the search finds what is there"
            await kiosk.tap("写好了")
            assert await kiosk.tell("next") == {"wiped": True}
            assert remembered(kiosk.shell) == dict.fromkeys(CANARIES, 0)
            assert remembered(core.pid) == dict.fromkeys(CANARIES, 0)
            assert on_disk(tmp_path) == []
        finally:
            core.kill()
            await core.wait()

    asyncio.run(go())


def test_the_service_of_the_manual_has_that_environment() -> None:
    manual = Path("docs/install.md").read_text("utf-8")
    assert [
        f"Environment={key}={value}" for key, value in FORGETFUL.items() if f"Environment={key}={value}\n" not in manual
    ] == []


def test_the_search_of_folders_finds_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(f"typed: {TAKEN}", "utf-8")
    assert on_disk(tmp_path) == [f"log: {TAKEN}"]
