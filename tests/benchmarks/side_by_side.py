"""Our shell and Chromium's kiosk mode, side by side on the same home screen: `python -m tests.benchmarks.side_by_side`.

Both draw on Xvfb at 1080 × 1920 without a graphics card, are touched by the same XTest events and looked at through the same
shared memory (from_outside.py). Prints a table and writes docs/reports/side-by-side-DATE.md; the two home
screens lie in out/ to be looked at. Needs chromium (apt-get install chromium).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from importlib import resources
from pathlib import Path

import msgspec
import psutil
from PIL import Image

from kiosk.screens.parts import Tiles
from kiosk.screens.protocol import Show, Touched
from kiosk.screens.screen import BACK, Look, Mode, Screen
from kiosk.shell.bench import DEMO_PANEL, bench
from kiosk.shell.samples import samples
from tests.benchmarks.from_outside import Picture, Watched, cpu_percent, family, memory_mb, watched_display

HOME, GUIDE, TILE = "choose", "guide_listed", "高龄津贴申请"
STARTS, TOUCHES = 5, 30
_IDLE_SECONDS = 10.0
_HOLD_SECONDS = 0.12
_SETTLED_SECONDS = 3.0
_BODY = (slice(130, 1760, 3), slice(20, 1060, 3))
"""Everything between header (there is a clock) and bar, every third pixel."""
_TILE, _BACK = (790, 1075), (205, 1835)
"""Where the finger comes down: the tile stands at the same place in both, to a few pixels."""
_TILE_GROUND = (slice(1115, 1135), slice(900, 1000))
"""A corner of the tile that has no letters."""
_METHOD = """Both draw the same home screen (`choose`, standard mode: {tiles} tiles, their icons, the same sentences) on Xvfb at
1080 × 1920, by the processor alone: our shell with llvmpipe, {version} with
`--kiosk --disable-gpu`. Both are touched by the same XTest events and looked at through the server's shared memory, every
millisecond. The page is `tests/benchmarks/kiosk_page.html`: no framework, no fonts to load, no network, its next screen built in
the page itself. Our next screen goes to another process (who acts as the core) and back, as in the field. What stands behind the
page in the field (a server, a bridge to the devices) and behind our shell (the core) is in neither column."""
_READING = """Chromium answers a finger sooner: it paints only what has changed, and where our shell is drawn by software GL every
frame is a whole one. What is promised (100 ms to pressed pixels, 250 ms to the next screen, P95) holds with room for both; a hand
does not tell 40 ms from 10. The shell starts sooner, and takes half the memory in one process instead of nine."""
_CHROMIUM = (
    "chromium",
    "--kiosk",
    "--no-sandbox",  # a container's root; in a hall it has one
    "--disable-gpu",  # drawn by the processor, without a detour over a software GL
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--password-store=basic",
    "--window-size=1080,1920",
    "--window-position=0,0",
)


class Figures(msgspec.Struct, frozen=True):
    """Of one of the two. Seconds, milliseconds, MB, per cent of one processor."""

    starts_s: list[float]
    pressed_ms: list[float]
    next_ms: list[float]
    memory_mb: float
    memory_after_mb: float
    idle_percent: float
    processes: int


Contender = Callable[[Watched], AbstractAsyncContextManager[int]]
"""Starts one of the two on a display, gives its process id, ends it."""


# ---- the two


def _screens() -> dict[str, Screen]:
    return {screen.name: screen for screen in samples(Mode.STANDARD) if screen.name in (HOME, GUIDE)}


def _tiles() -> int:
    return sum(len(block.tiles) for block in _screens()[HOME].blocks if isinstance(block, Tiles))


@asynccontextmanager
async def _our_shell(on: Watched) -> AsyncIterator[int]:
    """The shell with the home screen shown, and a core that leads from it to the guide and back at once."""
    screens = _screens()
    async with bench(on.name) as at:
        number = 0

        def show(name: str) -> None:
            nonlocal number
            number += 1
            at.send(Show(number=number, screen=screens[name], look=Look()))

        async def core() -> None:
            while True:
                message = await at.hear()
                if isinstance(message, Touched):
                    show(HOME if message.answer.action == BACK else GUIDE)

        show(HOME)
        serving = asyncio.create_task(core())
        try:
            yield at.shell.pid
        finally:
            serving.cancel()


@asynccontextmanager
async def _chromium(on: Watched) -> AsyncIterator[int]:
    with tempfile.TemporaryDirectory(prefix="page-") as folder:
        page = Path(folder) / "page.html"
        page.write_text(_page(), "utf-8")
        command = [*_CHROMIUM, f"--user-data-dir={folder}/profile", page.as_uri()]
        environment = {**os.environ, "DISPLAY": on.name, "HOME": folder}
        nothing = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=nothing, stderr=nothing)
        try:
            yield process.pid
        finally:
            members = family(process.pid)
            process.terminate()
            await process.wait()
            psutil.wait_procs(members[1:], timeout=10)


def _page() -> str:
    icons = {
        path.name.removesuffix(".svg"): path.read_text("utf-8")
        for path in resources.files("kiosk.shell").joinpath("icons").iterdir()
        if path.name.endswith(".svg")
    }
    blocks = _screens()[HOME].blocks
    tile = next(tile.id for block in blocks if isinstance(block, Tiles) for tile in block.tiles if tile.title == TILE)
    fill = {"SCREENS": _screens(), "ICONS": icons, "LEADS": {tile: GUIDE, BACK: HOME}}
    text = Path(__file__).with_name("kiosk_page.html").read_text("utf-8")
    for name, value in fill.items():
        text = text.replace(f"/*{name}*/{{}}", msgspec.json.encode(value).decode())
    return text


# ---- what is measured


async def measure(start: Contender, picture: Path | None = None) -> Figures:
    """All figures of one of the two. `picture`: where to keep what its home screen looks like."""
    with watched_display(DEMO_PANEL.px) as on:
        async with start(on):
            home = await asyncio.to_thread(on.settled, _BODY, _SETTLED_SECONDS)
            if picture:
                _keep(on, picture)
        starts = []
        for _ in range(STARTS):
            await asyncio.to_thread(on.until_other, _BODY, home)
            began = time.perf_counter()
            async with start(on):
                starts.append(await asyncio.to_thread(on.until_like, _BODY, home) - began)
                await asyncio.sleep(0.5)
        async with start(on) as pid:
            await asyncio.to_thread(on.until_like, _BODY, home)
            await asyncio.sleep(_SETTLED_SECONDS)
            members = family(pid)
            memory = memory_mb(members)
            idle = await asyncio.to_thread(cpu_percent, members, _IDLE_SECONDS)
            touches = await asyncio.to_thread(_touches, on, home)
            return Figures(
                starts_s=starts,
                pressed_ms=[pressed for pressed, _ in touches],
                next_ms=[following for _, following in touches],
                memory_mb=memory,
                memory_after_mb=memory_mb(family(pid)),
                idle_percent=idle,
                processes=len(members),
            )


def _touches(on: Watched, home: Picture) -> list[tuple[float, float]]:
    """Touch to pressed pixels, and lifting to the whole next screen, in milliseconds; again and again."""
    found = []
    guide: Picture | None = None
    for number in range(TOUCHES + 1):
        plain = on.look(_TILE_GROUND)
        on.move(*_TILE)
        down = on.button(True)
        pressed = on.until_other(_TILE_GROUND, plain) - down
        time.sleep(_HOLD_SECONDS + number % 7 * 0.003)  # not always at the same moment of a frame
        up = on.button(False)
        if guide is None:  # the first time shows what to wait for
            time.sleep(_SETTLED_SECONDS)
            guide = on.settled(_BODY)
        else:
            found.append((1000 * pressed, 1000 * (on.until_like(_BODY, guide) - up)))
        on.move(*_BACK)
        on.button(True)
        time.sleep(_HOLD_SECONDS)
        on.button(False)
        on.until_like(_BODY, home)
    return found


def _keep(on: Watched, path: Path) -> None:
    Image.fromarray(on.glass[:, :, 2::-1]).save(path)


# ---- what is told


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def report(ours: Figures, theirs: Figures, version: str, load: tuple[float, float]) -> str:
    """The table in Markdown."""

    def row(name: str, of: Callable[[Figures], float], unit: str, digits: int = 0) -> str:
        return f"| {name} | {of(ours):.{digits}f} {unit} | {of(theirs):.{digits}f} {unit} |"

    rows = [
        row("start of the process to the whole home screen, median", lambda it: statistics.median(it.starts_s), "s", 2),
        row("touch to pressed pixels, P50", lambda it: _share(it.pressed_ms, 0.5), "ms"),
        row("touch to pressed pixels, P95", lambda it: _share(it.pressed_ms, 0.95), "ms"),
        row("lifted finger to the whole next screen, P50", lambda it: _share(it.next_ms, 0.5), "ms"),
        row("lifted finger to the whole next screen, P95", lambda it: _share(it.next_ms, 0.95), "ms"),
        row("memory of all its processes, home screen", lambda it: it.memory_mb, "MB"),
        row("memory after the touches", lambda it: it.memory_after_mb, "MB"),
        row("processor while nobody touches, of one core", lambda it: it.idle_percent, "%", 1),
        row("processes", lambda it: it.processes, ""),
    ]
    head = [
        f"# The window and a Chromium kiosk page, {date.today().isoformat()}",
        "",
        f"`python -m tests.benchmarks.side_by_side`: {STARTS} starts, {TOUCHES} touches each. Load average before and after: "
        f"{load[0]:.1f}, {load[1]:.1f} on {os.cpu_count()} cores.",
        "",
        _METHOD.format(version=version, tiles=_tiles()),
        "",
        "| | our shell | Chromium |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, "", _READING, ""]).replace("  |", " |")


def main() -> int:
    """Measure both, print, write the report."""
    if shutil.which("chromium") is None:
        print("no chromium here: apt-get install chromium")
        return 1
    version = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    before = os.getloadavg()[0]
    out = Path("out")
    out.mkdir(exist_ok=True)
    ours = asyncio.run(measure(_our_shell, out / "side-by-side-shell.png"))
    theirs = asyncio.run(measure(_chromium, out / "side-by-side-chromium.png"))
    text = report(ours, theirs, version, (before, os.getloadavg()[0]))
    print(text)
    (Path("docs/reports") / f"side-by-side-{date.today().isoformat()}.md").write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
