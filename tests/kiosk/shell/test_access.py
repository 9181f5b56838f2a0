"""A screen reader on the real accessibility bus: it sees what is on the glass, and what it presses is pressed."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kiosk.screens.parts import Action, Fact, Facts, Note, Pad, PadField, Tick, Ticks
from kiosk.screens.protocol import Stirred, Touched
from kiosk.screens.screen import Answer, Bar, BarButton, Look, Screen
from kiosk.shell.bench import Bench, bench
from tests.kiosk.shell.touching import TWO, find, middle
from tests.support.atspi import Bus, NotThere, Reader, accessibility_bus

pytestmark = pytest.mark.screen

T = TypeVar("T")
_PATIENCE = 30.0
"""Seconds; a loaded machine is no defect."""
ASK = Screen(
    name="ask",
    title="允许调取吗？",
    spoken="请看一下，再选择。",
    blocks=(
        Facts(rows=(Fact(label="事项", value="参保证明"),)),
        Ticks(rows=(Tick(id="a", title="参保证明", lines=("只用一次",)), Tick(id="b", title="照片", ticked=False))),
    ),
    actions=(Action(id="yes", label="同意"), Action(id="no", label="换个办法")),
    bar=Bar(back=BarButton(label="返回"), leave=BarButton(label="离开", enabled=False)),
)
CODE = Screen(
    name="code", title="请输入密码", blocks=(Pad(fields=(PadField(id="c", label="密码", digits=6, hidden=True),)),)
)


@pytest.fixture(scope="module")
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory(prefix="bus-") as folder, accessibility_bus(Path(folder)) as found:
        yield found


async def while_heard(at: Bench, work: Callable[[], T]) -> T:
    """Let the screen reader work; what the shell says meanwhile is heard, as the core would."""
    done = asyncio.create_task(asyncio.to_thread(work))
    while not done.done():
        hearing = asyncio.create_task(at.hear())
        await asyncio.wait((done, hearing), return_when=asyncio.FIRST_COMPLETED)
        if not hearing.done():
            hearing.cancel()
    return await done


async def said(at: Bench, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
    """The newest message of this kind that fits; wait for it."""
    while True:
        for message in reversed(at.heard):
            if isinstance(message, kind) and fits(message):
                return message
        await at.hear()


def play(display: str, bus: Bus, script: Callable[[Bench, Reader], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a shell on the bus and a screen reader that comes later than it."""
    for name, value in bus.environment.items():
        monkeypatch.setenv(name, value)

    async def go() -> None:
        async with bench(display) as at:
            reader = Reader(bus)
            try:
                await script(at, reader)
            finally:
                reader.close()

    bus.listen(False)
    asyncio.run(go())


def test_names_states_and_boxes_are_those_of_the_glass_and_a_press_is_a_touch(
    display: str, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(at: Bench, reader: Reader) -> None:
        shown = await at.show(ASK, Look())
        bus.listen(True)
        box = await while_heard(at, lambda: reader.find("参保证明", "check box"))
        on_glass = find(shown.tree, "参保证明", "checkbox")
        assert list(box.box) == on_glass["bounds_px"]
        assert box.description == "只用一次"
        assert "checked" in box.states
        assert "checked" not in reader.find("照片", "check box").states
        greyed = reader.find("离开", "button")
        assert (greyed.actions, greyed.description) == (0, "现在不能按")
        assert "focused" in reader.find("允许调取吗？", "heading").states, "a screen begins at its title"
        everything = [thing.name for thing in reader.window().everything()]
        assert "事项：参保证明" in everything
        assert "请看一下，再选择。" in everything, "what is spoken can be read"
        assert everything.count("同意") == 1, "the letters on a button are not read again"

        box.press()
        stirred = await said(at, Stirred)
        assert stirred.ticked == ()
        assert "checked" not in (await while_heard(at, lambda: reader.find("参保证明", "check box"))).states
        reader.find("换个办法", "button").grab_focus()
        await while_heard(at, lambda: wait_until(lambda: "focused" in reader.find("换个办法").states))
        reader.find("同意", "button").press()
        assert (await said(at, Touched)).answer == Answer(action="yes", ticked=())
        await while_heard(at, lambda: wait_until(lambda: not reader.find("换个办法").actions))

        old = reader.find("换个办法")
        await at.show(Screen(name="next", title="好了", blocks=(Note(text="请取走证明。"),)), Look())
        await while_heard(at, lambda: reader.find("请取走证明。"))
        with pytest.raises(NotThere):
            old.states  # noqa: B018  asking is the test
        assert "focused" in reader.find("好了", "heading").states

    play(display, bus, script, monkeypatch)


def test_a_hidden_field_has_no_digit_for_anybody(display: str, bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(at: Bench, reader: Reader) -> None:
        await at.show(CODE, Look())
        bus.listen(True)
        keys = await while_heard(at, lambda: {digit: reader.find(digit, "button") for digit in "4719"})
        for digit in "4719":
            keys[digit].press()
            await said(at, Stirred)
        field = await while_heard(at, lambda: reader.find("密码", "entry"))
        await while_heard(at, lambda: wait_until(lambda: "4" in field.description))
        assert field.name == "密码"
        assert field.description == "已输入 4 位，共 6 位"
        for thing in reader.window().everything():
            assert "4719" not in f"{thing.name} {thing.description}"

    play(display, bus, script, monkeypatch)


def test_screen_readers_come_and_go_and_the_window_never_waits(
    display: str, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def script(at: Bench, reader: Reader) -> None:
        for turn in range(12):
            bus.listen(turn % 2 == 0)
            await at.show(ASK if turn % 3 else TWO, Look())
        bus.listen(True)
        shown = await at.show(TWO, Look())
        await while_heard(at, lambda: reader.find("换个办法", "button"))
        await at.touch(*middle(find(shown.tree, "换个办法")))
        assert (await said(at, Touched)).answer.action == "no"

    play(display, bus, script, monkeypatch)


def test_a_bus_that_dies_costs_the_window_nothing(display: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="bus-") as folder, accessibility_bus(Path(folder)) as doomed:

        async def script(at: Bench, reader: Reader) -> None:
            await at.show(ASK, Look())
            doomed.listen(True)
            await while_heard(at, lambda: reader.find("同意", "button"))
            doomed.daemon.kill()
            for _ in range(3):
                shown = await at.show(TWO, Look())
            await at.touch(*middle(find(shown.tree, "同意")))
            assert (await said(at, Touched)).answer.action == "yes"

        play(display, doomed, script, monkeypatch)


def wait_until(so: Callable[[], bool]) -> None:
    """Look again until it is so. Raise AssertionError after a while."""
    give_up = time.monotonic() + _PATIENCE
    while not so():
        assert time.monotonic() < give_up
        time.sleep(0.05)
