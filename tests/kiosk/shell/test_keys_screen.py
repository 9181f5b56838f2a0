"""Real key presses (X events) on the real window: the focus is seen, told, and presses as a finger does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.screens.parts import Action, Pad, PadField, Tick, Ticks
from kiosk.screens.protocol import Focused, Hearing, Keyed, Stirred, Touched, TreeIs
from kiosk.screens.screen import Answer, Bar, BarButton, Look, Screen
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import LIGHT, find, glass, middle, quiet, rgb

pytestmark = pytest.mark.screen

PLUGGED_IN, PULLED_OUT = "191", "192"
"""F13 and F14 by their key codes (Linux's, and 8): no key of the test display's layout is called so."""
ASK = Screen(
    name="ask",
    title="同意吗？",
    blocks=(Ticks(rows=(Tick(id="a", title="姓名"), Tick(id="b", title="照片"))),),
    actions=(Action(id="yes", label="同意"),),
    bar=Bar(back=BarButton(label="返回"), help=BarButton(label="叫人帮忙")),
)
CODE = Screen(
    name="code",
    title="密码",
    blocks=(Pad(fields=(PadField(id="c", label="六位密码", digits=6, hidden=True),)),),
    actions=(Action(id="on", label="确定"),),
)


async def keys(at: Bench, *names: str) -> list[Any]:
    """Press keys one after another; return what the shell said of it."""
    before = len(at.heard)
    for name in names:
        await at.pointer("key", name)
        while not isinstance(await at.hear(), Stirred | Touched):  # each key is told of once
            pass
        ticks = at.ticks
        while at.ticks < ticks + 2:  # what it led to follows in the next turn of the window's loop
            await at.hear()
    return at.heard[before:]


def walk(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        yield from walk(node["children"])


def colours_of(picture: Image.Image) -> set[Any]:
    return {colour for _, colour in picture.getcolors(picture.width * picture.height) or []}


def told(said: list[Any]) -> list[str]:
    return [message.said for message in said if isinstance(message, Focused)]


def test_keys_walk_tick_and_answer_and_what_has_the_focus_is_ringed(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        shown = await at.show(ASK, Look())
        x, y, w, _ = find(shown.tree, "照片", "checkbox")["bounds_px"]
        beside = (x - 14, y - 14, x + w + 14, y)
        plain = (await glass(at, tmp_path / "a.png")).crop(beside)
        assert told(await keys(at, "Return")) == ["同意吗？"], "the first key presses nothing"
        said = await keys(at, "Down", "Down")
        assert told(said) == ["姓名，已选，按确定键取消", "照片，已选，按确定键取消"]
        await quiet(at, 0.5)
        ringed = (await glass(at, tmp_path / "b.png")).crop(beside)
        assert rgb(LIGHT.ink) not in colours_of(plain)
        assert rgb(LIGHT.ink) in colours_of(ringed)
        newest = [message for message in at.heard if isinstance(message, TreeIs)][-1]
        assert find(newest.tree, "照片", "checkbox")["focused"]

        assert told(await keys(at, "Return")) == ["照片，未选，按确定键选上"]
        assert told(await keys(at, "F2")) == ["照片，未选，按确定键选上"], "said again"
        await keys(at, "Down", "Return")
        answer = [message for message in at.heard if isinstance(message, Touched)][-1].answer
        assert answer == Answer(action="yes", ticked=("a",))

    run(play())


def test_help_and_back_have_keys_of_their_own_and_the_earphone_is_told(at: Bench, run: Any) -> None:
    async def play() -> None:
        for key, action in (("F1", "help"), ("Escape", "back")):
            await at.show(ASK, Look())
            await keys(at, key)
            assert [message.answer.action for message in at.heard if isinstance(message, Touched)][-1] == action
        await at.show(ASK, Look())
        said = await keys(at, PLUGGED_IN, "KP_Add", "F3", PULLED_OUT)
        heard = [message.key for message in said if isinstance(message, Keyed)]
        assert heard == [Hearing.EARPHONE_IN, Hearing.LOUDER, Hearing.SLOWER, Hearing.EARPHONE_OUT]

    run(play())


def test_a_code_is_typed_by_keys_and_never_told(at: Bench, run: Any) -> None:
    async def play() -> None:
        await at.show(CODE, Look())
        said = await keys(at, "4", "7", "1", "BackSpace", "Down", "Down")
        assert any("已输入 2 位" in text for text in told(said))
        assert not any("47" in text for text in told(said))
        texts = [node for message in said if isinstance(message, TreeIs) for node in walk(message.tree)]
        assert texts
        assert not any("47" in f"{node['name']} {node['value']}" for node in texts)

    run(play())


def test_a_finger_takes_the_ring_away(at: Bench, run: Any) -> None:
    async def play() -> None:
        shown = await at.show(ASK, Look())
        await keys(at, "Down")
        await at.touch(*middle(find(shown.tree, "姓名", "checkbox")))
        said = await quiet(at, 0.5)
        assert told(said) == [""]
        newest = [message for message in at.heard if isinstance(message, TreeIs)][-1]
        assert not any(node["focused"] for region in newest.tree for node in region["children"])

    run(play())
