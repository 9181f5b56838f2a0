"""Sign language on the real window: its pictures are painted upright in their place, and none of another screen's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.link import memfd
from kiosk.screens.protocol import SignNote, SignPicture, TreeIs
from kiosk.screens.screen import Look
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import TWO, find, glass, quiet

pytestmark = pytest.mark.screen

SIGNED = msgspec.structs.replace(TWO, signs=True)
SIZE = (60, 80)
LEFT_TOP_RED = b"".join(
    bytes((255, 0, 0)) if x < 30 and y < 40 else bytes((0, 0, 255)) for y in range(SIZE[1]) for x in range(SIZE[0])
)


def send(at: Bench, number: int) -> None:
    fd = memfd.seal(LEFT_TOP_RED)
    try:
        at.send(SignPicture(number=number, width=SIZE[0], height=SIZE[1]), [fd])
    finally:
        os.close(fd)


def test_pictures_are_painted_upright_and_only_those_of_this_screen(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        tree = await at.show(SIGNED, Look())
        x, y, w, h = find(tree.tree, "手语", "image")["bounds_px"]
        send(at, tree.number - 1)
        await quiet(at, 0.3)
        picture = await glass(at, tmp_path / "before.png")
        assert picture.getpixel((x + w // 4, y + h // 4)) != (255, 0, 0)
        send(at, tree.number)
        await quiet(at, 0.3)
        picture = await glass(at, tmp_path / "after.png")
        assert picture.getpixel((x + w // 4, y + h // 4)) == (255, 0, 0)
        assert picture.getpixel((x + 3 * w // 4, y + h // 4)) == (0, 0, 255)
        assert picture.getpixel((x + w // 4, y + 3 * h // 4)) == (0, 0, 255)
        plain = await at.show(TWO, Look())
        with pytest.raises(LookupError):
            find(plain.tree, "手语", "image")
        send(at, plain.number)
        await quiet(at, 0.3)
        picture = await glass(at, tmp_path / "none.png")
        assert picture.getpixel((x + w // 4, y + h // 4)) != (255, 0, 0)

    run(play())


def test_how_the_call_stands_is_read_in_its_place(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(SIGNED, Look())
        at.send(SignNote(number=tree.number, text="正在接通手语翻译。"))
        await quiet(at, 0.3)
        now = [message for message in at.heard if isinstance(message, TreeIs)][-1].tree
        assert find(now, "手语", "image")["value"] == "正在接通手语翻译。"

    run(play())
