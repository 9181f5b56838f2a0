"""What the real window has on its glass: bounds, letters, pages, camera; and nothing while nothing happens."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.link import memfd
from kiosk.screens.parts import Fact, Facts, Live, Note, Pages, Progress
from kiosk.screens.protocol import LiveFrame, LiveHint, Moved, Show, TreeIs
from kiosk.screens.screen import Look, Screen
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import LIGHT, TWO, Node, cpu_seconds, find, glass, quiet, rgb

pytestmark = pytest.mark.screen


def test_an_older_show_is_ignored(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        at.send(Show(number=tree.number - 1, screen=Screen(name="old", title="旧的"), look=Look()))
        assert not await quiet(at, 0.2)

    run(play())


def test_bounds_are_where_the_pixels_are(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        x, y, w, h = find(tree.tree, "同意")["bounds_px"]
        picture = await glass(at, tmp_path / "a.png")
        primary = rgb(LIGHT.primary)
        centre = y + h // 2
        assert picture.getpixel((x, centre)) == picture.getpixel((x + w - 1, centre)) == primary
        assert picture.getpixel((x + w // 9, y)) == picture.getpixel((x + w // 9, y + h - 1)) == primary
        outside = [(x - 2, centre), (x + w + 1, centre), (x + w // 9, y - 2), (x + w // 9, y + h + 1)]
        assert all(picture.getpixel(spot) == rgb(LIGHT.surface) for spot in outside)

    run(play())


def ink(picture: Image.Image, node: Node) -> bytes:
    """The pixels of a node, dark or light."""
    x, y, w, h = node["bounds_px"]
    return picture.crop((x, y, x + w, y + h)).convert("L").point(lambda v: 255 * (v > 128)).tobytes()


def test_hostile_text_is_drawn_as_it_is_and_rare_characters_are_no_boxes(at: Bench, run: Any, tmp_path: Path) -> None:
    def facts(*values: str) -> Screen:
        return Screen(
            name="facts",
            title="核对",
            blocks=(Facts(rows=tuple(Fact(label=str(i), value=v) for i, v in enumerate(values))),),
        )

    async def play() -> None:
        values = ("[b]&amp;]", "[color=ff0000]张[/color]", "𫒶", "𠅤", "\U0003ffff")
        tree = await at.show(facts(*values), Look())
        picture = await glass(at, tmp_path / "a.png")
        nodes = [find(tree.tree, value, "text") for value in values]
        # Eight characters are wider than the one that markup would have left.
        assert nodes[0]["bounds_px"][2] > 4 * nodes[2]["bounds_px"][2] * 0.7
        assert nodes[1]["bounds_px"][2] > 6 * nodes[2]["bounds_px"][2] * 0.7
        x, y, w, h = nodes[1]["bounds_px"]
        reds, greens, _ = (channel.tobytes() for channel in picture.crop((x, y, x + w, y + h)).split())
        assert not any(red > 150 and green < 90 for red, green in zip(reds, greens, strict=True))
        first, second, unknown = (ink(picture, node) for node in nodes[2:])
        assert first != second
        assert unknown not in (first, second)
        assert all(b"\x00" in each for each in (first, second, unknown))

    run(play())


def test_pages_and_camera_are_drawn_mirrored_and_right_way_up(at: Bench, run: Any, tmp_path: Path) -> None:
    size = (90, 120)
    left_top_red = b"".join(
        bytes((255, 0, 0)) if x < 45 and y < 60 else bytes((0, 0, 255)) for y in range(size[1]) for x in range(size[0])
    )

    async def play() -> None:
        fd = memfd.seal(left_top_red)
        try:
            tree = await at.show(
                Screen(name="p", title="核对", blocks=(Pages(sizes=(size,), name="证明"),)), Look(), [fd]
            )
            x, y, w, h = find(tree.tree, "证明", "image")["bounds_px"]
            picture = await glass(at, tmp_path / "a.png")
            assert picture.getpixel((x + w // 4, y + h // 4)) == (255, 0, 0)
            assert picture.getpixel((x + 3 * w // 4, y + h // 4)) == (0, 0, 255)
            assert picture.getpixel((x + w // 4, y + 3 * h // 4)) == (0, 0, 255)
            tree = await at.show(Screen(name="l", title="看", blocks=(Live(hint="请看这里"),)), Look())
            at.send(LiveFrame(width=size[0], height=size[1]), [fd])
            at.send(LiveHint(text="请不要动"))
            await quiet(at, 0.3)
            now = [m for m in at.heard if isinstance(m, TreeIs)][-1].tree
            assert find(now, "请不要动", "status")
            x, y, w, h = find(now, "请不要动", "image")["bounds_px"]
            picture = await glass(at, tmp_path / "b.png")
            assert picture.getpixel((x + 2 * w // 3, y + 2 * h // 5)) == (255, 0, 0)
            assert picture.getpixel((x + w // 3, y + 2 * h // 5)) == (0, 0, 255)
            assert picture.getpixel((x + 2 * w // 3, y + 3 * h // 5)) == (0, 0, 255)
        finally:
            os.close(fd)

    run(play())


def test_a_live_frame_without_a_place_and_moved_progress(at: Bench, run: Any) -> None:
    async def play() -> None:
        fd = memfd.seal(bytes(12))
        await at.show(Screen(name="p", title="打印", blocks=(Progress(done=0, total=2),)), Look())
        at.send(LiveFrame(width=2, height=2), [fd])
        os.close(fd)
        at.send(Moved(done=1, total=2, label="第 1 页"))
        tree = await at.hear_of(TreeIs)
        assert find(tree.tree, "第 1 页", "progressbar")["value"] == "50%"

    run(play())


def test_it_ticks_while_idle_and_draws_nothing(at: Bench, run: Any) -> None:
    async def play() -> None:
        await at.show(Screen(name="n", title="请稍等", blocks=(Note(text="不用做什么。"),)), Look())
        await quiet(at, 0.5)
        if datetime.now().second >= 57:
            await quiet(at, 4)  # the clock in the header would turn, which is drawn
        before, worked = at.ticks, cpu_seconds(at.shell.pid)
        said = await quiet(at, 1.3)
        assert at.ticks - before >= 5
        assert not said
        assert cpu_seconds(at.shell.pid) - worked < 0.2, "a frame drawn at every turn would take ten times as much"

    run(play())
