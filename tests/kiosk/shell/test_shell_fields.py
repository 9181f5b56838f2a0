"""Boxes and typed digits on the real window: ticked, drawn as left, handed over as secrets and seen nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.screens.parts import Action, Pad, PadField, Tick, Ticks
from kiosk.screens.protocol import Stirred, Touched, TreeIs
from kiosk.screens.screen import Look, Screen
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import find, glass, middle, quiet

pytestmark = pytest.mark.screen


def test_boxes_are_ticked_and_come_back(at: Bench, run: Any) -> None:
    screen = Screen(
        name="ticks",
        title="允许吗？",
        blocks=(Ticks(rows=(Tick(id="a", title="居民身份证"), Tick(id="b", title="社会保障卡", ticked=False))),),
        actions=(Action(id="go", label="继续"),),
    )

    async def play() -> None:
        tree = await at.show(screen, Look())
        await at.touch(*middle(find(tree.tree, "社会保障卡", "checkbox")))
        assert (await at.hear_of(Stirred)).ticked == ("a", "b")
        await at.touch(*middle(find(tree.tree, "居民身份证", "checkbox")))
        assert (await at.hear_of(Stirred)).ticked == ("b",)
        now = [m for m in at.heard if isinstance(m, TreeIs)][-1].tree
        assert find(now, "居民身份证", "checkbox")["value"] == "未选"
        assert find(now, "社会保障卡", "checkbox")["value"] == "已选"
        await at.touch(*middle(find(now, "继续")))
        assert (await at.hear_of(Touched)).answer.ticked == ("b",)

    run(play())


def test_a_draft_is_drawn_as_it_was_left(at: Bench, run: Any) -> None:
    rows = (Tick(id="a", title="居民身份证"), Tick(id="b", title="社会保障卡"))
    screen = Screen(name="ticks", title="允许吗？", blocks=(Ticks(rows=rows),))

    async def play() -> None:
        tree = await at.show(screen, Look(), draft=("b",))
        assert find(tree.tree, "居民身份证", "checkbox")["value"] == "未选"

    run(play())


def test_typed_digits_come_back_as_secrets_and_are_seen_nowhere(at: Bench, run: Any) -> None:
    fields = (
        PadField(id="code", label="工作人员编号", digits=2),
        PadField(id="pin", label="密码", digits=4, hidden=True),
    )
    screen = Screen(name="pad", title="请输入", blocks=(Pad(fields=fields),), actions=(Action(id="ok", label="确认"),))

    async def play() -> None:
        tree = await at.show(screen, Look())
        start = len(at.heard)
        for key in ("4", "2", "7", "9", "删除", "9", "3", "8"):
            await at.touch(*middle(find(tree.tree, key)))
            await at.hear_of(Stirred)
        trees = [m.tree for m in at.heard[start:] if isinstance(m, TreeIs)]
        assert find(trees[-1], "工作人员编号", "textbox")["value"] == "42"
        assert find(trees[-1], "密码", "textbox")["value"] == "已输入 4 位，共 4 位"
        assert "7938" not in str(trees)
        await at.touch(*middle(find(tree.tree, "确认")))
        typed = (await at.hear_of(Touched)).answer.typed
        assert {name: secret.reveal() for name, secret in typed.items()} == {"code": "42", "pin": "7938"}

    run(play())


def test_a_hidden_field_looks_the_same_whatever_is_typed(at: Bench, run: Any, tmp_path: Path) -> None:
    screen = Screen(
        name="pad", title="请输入", blocks=(Pad(fields=(PadField(id="pin", label="密码", digits=4, hidden=True),)),)
    )

    async def typed(keys: str) -> bytes:
        tree = await at.show(screen, Look())
        for key in keys:
            await at.touch(*middle(find(tree.tree, key)))
            await at.hear_of(Stirred)
        await quiet(at, 0.3)
        x, y, w, h = find(tree.tree, "密码", "textbox")["bounds_px"]
        return (await glass(at, tmp_path / "a.png")).crop((x, y, x + w, y + h)).tobytes()

    async def play() -> None:
        assert await typed("18") == await typed("70") != await typed("1")

    run(play())
