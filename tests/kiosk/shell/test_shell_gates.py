"""Every sample screen in both modes on the real window, measured from the tree that the shell publishes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from drivers.link import memfd
from kiosk.screens.parts import Fact, Facts, Note, Pad, Pages, Tile, Tiles
from kiosk.screens.protocol import TreeIs
from kiosk.screens.screen import Bar, BarButton, Layout, Look, Mode, Screen
from kiosk.shell.bench import DEMO_PANEL, Bench
from kiosk.shell.samples import PAGE, samples
from kiosk.shell.samples.pictures import page_rgb

pytestmark = pytest.mark.screen

LOOKS = [Look(mode=mode, layout=layout) for mode in Mode for layout in Layout]
CASES = [(look, screen) for look in LOOKS for screen in samples(look.mode)]
TARGET = {Mode.STANDARD: 16.0, Mode.ELDER: 20.0}
TEXT = {Mode.STANDARD: 5.0, Mode.ELDER: 10.0}
GAP = 5.0
ROUNDING = 0.02
"""Millimetres: bounds are published with two places."""

Node = dict[str, Any]


def walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from walk(node["children"])


def overlap(a: list[float], b: list[float]) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def inside(child: list[int], parent: list[int]) -> bool:
    return (
        child[0] >= parent[0]
        and child[1] >= parent[1]
        and child[0] + child[2] <= parent[0] + parent[2]
        and child[1] + child[3] <= parent[1] + parent[3]
    )


def distance(a: list[float], b: list[float]) -> float:
    across = max(b[0] - a[0] - a[2], a[0] - b[0] - b[2])
    down = max(b[1] - a[1] - a[3], a[1] - b[1] - b[3])
    return max(across, down)


def check(tree: list[Node], mode: Mode) -> None:
    nodes = list(walk(tree))
    touchable = [node for node in nodes if node["role"] in ("button", "checkbox") or node["actions"]]
    for node in touchable:
        assert node["name"], node
        assert min(node["bounds_mm"][2:]) >= TARGET[mode] - ROUNDING, node
    for number, one in enumerate(touchable):
        for other in touchable[number + 1 :]:
            assert distance(one["bounds_mm"], other["bounds_mm"]) >= GAP - ROUNDING, (one["name"], other["name"])
    panel = [0, 0, *DEMO_PANEL.px]
    for node in nodes:
        assert inside(node["bounds_px"], panel), node
        assert node["text_mm"] is None or node["text_mm"] >= TEXT[mode] - ROUNDING, node
        if node["role"] == "heading" and mode is Mode.ELDER:
            assert node["text_mm"] >= 12.0 - ROUNDING
        for child in node["children"]:
            assert inside(child["bounds_px"], node["bounds_px"]), (node["name"], child)
        for number, one in enumerate(node["children"]):
            for other in node["children"][number + 1 :]:
                assert not overlap(one["bounds_px"], other["bounds_px"]), (one["name"], other["name"])
    for number, one in enumerate(tree):
        for other in tree[number + 1 :]:
            assert not overlap(one["bounds_px"], other["bounds_px"]), (one["role"], other["role"])


@pytest.mark.parametrize(("look", "screen"), CASES, ids=[f"{look.mode}-{look.layout}-{s.name}" for look, s in CASES])
def test_gates(at: Bench, run: Any, look: Look, screen: Screen) -> None:
    fds = [memfd.seal(page_rgb(*PAGE)) for block in screen.blocks if isinstance(block, Pages) for _ in block.sizes]
    try:
        tree = run(at.show(screen, look, fds)).tree
    finally:
        for fd in fds:
            os.close(fd)
    check(tree, look.mode)
    names = [node["name"] for node in walk(tree)]
    for action in screen.actions:
        assert action.label in names
    if look.layout is Layout.NORMAL:
        assert not any(name == "下一页" for name in names), "a sample screen must stand on one page"
    pad = any(isinstance(block, Pad) for block in screen.blocks)
    if screen.spoken and not pad:
        assert any(node["value"] == screen.spoken or node["name"] == "下一页" for node in walk(tree))
    main = next(node for node in tree if node["role"] == "main")
    if look.mode is Mode.ELDER and not pad:
        turners = {"上一页", "下一页"}
        assert len([n for n in walk([main]) if n["role"] == "button" and n["name"] not in turners]) <= 6


BAR = Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙"), leave=BarButton(label="离开"))
LONG = "中华人民共和国某某省某某市某某区人力资源和社会保障局社会保险经办服务中心"
TOO_MUCH = [
    Screen(
        name="many",
        title="请选择要办理的事项，名称很长的事项也要看得清楚、不能被截断",
        spoken=LONG + "，" + LONG + "。",
        header=LONG,
        blocks=(
            Tiles(
                heading="全部事项",
                columns=2,
                tiles=tuple(Tile(id=f"t{i}", title=f"{LONG[: 6 + i]}{i}", note=LONG[i:]) for i in range(17)),
            ),
        ),
        bar=BAR,
    ),
    Screen(
        name="facts",
        title=LONG,
        sentence=LONG * 2,
        header="浔阳区",
        blocks=(
            Facts(heading=LONG, rows=tuple(Fact(label=f"{LONG[: 3 + 2 * i]}", value=LONG) for i in range(6))),
            Note(title=LONG, text=f"{LONG}。" * 3),
        ),
        bar=BAR,
    ),
    Screen(name="nothing", title=""),
]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("screen", TOO_MUCH, ids=[screen.name for screen in TOO_MUCH])
def test_what_does_not_fit_is_turned_to_and_never_cut(at: Bench, run: Any, mode: Mode, screen: Screen) -> None:
    tree = run(at.show(screen, Look(mode=mode))).tree
    seen = {node["name"] for node in walk(tree)}
    check(tree, mode)
    for _ in range(20):
        turner = next((n for n in walk(tree) if n["name"] == "下一页" and n["enabled"] and n["role"] == "button"), None)
        if turner is None:
            break
        x, y, w, h = turner["bounds_px"]
        before = tree
        run(at.touch(x + w // 2, y + h // 2))
        while tree == before:
            tree = run(at.hear_of(TreeIs)).tree
        check(tree, mode)
        seen |= {node["name"] for node in walk(tree)}
    for block in screen.blocks:
        if isinstance(block, Tiles):
            assert {tile.title for tile in block.tiles} <= seen
        if isinstance(block, Facts):
            assert {row.label for row in block.rows} <= seen
