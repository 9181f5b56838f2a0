"""Finding, touching and looking at what is on the real window."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import psutil
from PIL import Image

from kiosk.screens.parts import Action, ActionKind, Tiles
from kiosk.screens.screen import Bar, BarButton, Mode, Screen, Theme
from kiosk.shell import tokens
from kiosk.shell.bench import Bench
from kiosk.shell.samples import samples

LIGHT = tokens.colours(Theme.LIGHT, Mode.STANDARD)
TWO = Screen(
    name="two",
    title="同意吗？",
    actions=(Action(id="yes", label="同意"), Action(id="no", label="换个办法", kind=ActionKind.SECONDARY)),
    bar=Bar(
        back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开", enabled=False)
    ),
)
Node = dict[str, Any]


def find(nodes: list[Node], name: str, role: str = "button") -> Node:
    for node in nodes:
        if node["name"] == name and node["role"] == role:
            return node
        inside = [child for child in node["children"] if child]
        try:
            return find(inside, name, role)
        except LookupError:
            continue
    raise LookupError(name)


def middle(node: Node) -> tuple[int, int]:
    x, y, w, h = node["bounds_px"]
    return x + w // 2, y + h // 2


async def quiet(at: Bench, seconds: float) -> list[Any]:
    """What the shell says in this time."""
    before = len(at.heard)
    try:
        async with asyncio.timeout(seconds):
            while True:
                await at.hear()
    except TimeoutError:
        return at.heard[before:]


async def glass(at: Bench, path: Path) -> Image.Image:
    await at.picture(path)
    with Image.open(path) as picture:
        return picture.convert("RGB")


def cpu_seconds(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:7]))


def paged(mode: Mode) -> Screen:
    """A list that needs pages: every department, in one column."""
    screen = next(each for each in samples(mode) if each.name == "departments")
    blocks = tuple(
        msgspec.structs.replace(block, columns=1) if isinstance(block, Tiles) else block for block in screen.blocks
    )
    return msgspec.structs.replace(screen, blocks=blocks)
