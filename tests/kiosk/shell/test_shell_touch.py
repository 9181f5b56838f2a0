"""Real touches (X events) on the real window."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from drivers.link import memfd
from kiosk.screens.parts import Action, ActionKind, Fact, Facts, Live, Note, Pad, PadField, Pages, Progress, Tick, Ticks
from kiosk.screens.protocol import Drawn, LiveFrame, LiveHint, Moved, Show, Stirred, Touched, TreeIs
from kiosk.screens.screen import Answer, Bar, BarButton, Look, Mode, Screen, Theme
from kiosk.shell import marks, tokens
from kiosk.shell.bench import Bench
from kiosk.shell.fingers import Fingers

pytestmark = pytest.mark.screen

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


def test_a_touched_button_answers_once_with_its_id(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        x, y = middle(find(tree.tree, "换个办法"))
        await at.pointer("mousemove", str(x), str(y), "click", "--repeat", "3", "--delay", "30", "1")
        said = await quiet(at, 0.7)
        assert [m.answer for m in said if isinstance(m, Touched)] == [Answer(action="no")]
        inert = [m for m in said if isinstance(m, TreeIs)][-1]
        assert not find(inert.tree, "同意")["enabled"]
        assert find(inert.tree, "同意")["actions"] == []

    run(play())


def test_the_next_screen_says_how_long_the_touch_took(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        await at.touch(*middle(find(tree.tree, "同意")))
        await at.hear_of(Touched)
        await at.show(TWO, Look())
        drawn = [m for m in at.heard if isinstance(m, Drawn)][-1]
        assert 0 < drawn.pressed_ms < 100
        assert 0 < drawn.since_show_ms < drawn.since_touch_ms < 1000

    run(play())


def test_pressed_is_seen_before_the_finger_is_lifted_and_leaving_answers_nothing(
    at: Bench, run: Any, tmp_path: Path
) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        node = find(tree.tree, "换个办法")
        x, y, w, h = node["bounds_px"]
        spot = (x + w // 8, y + h // 2)
        before = (await glass(at, tmp_path / "a.png")).getpixel(spot)
        await at.pointer("mousemove", str(spot[0]), str(spot[1]), "mousedown", "1")
        await asyncio.sleep(0.1)
        pressed = (await glass(at, tmp_path / "b.png")).getpixel(spot)
        assert not [m for m in at.heard if isinstance(m, Touched) and m.number == tree.number]
        await at.pointer("mousemove", str(spot[0]), "300", "mouseup", "1")
        said = await quiet(at, 0.2)
        after = (await glass(at, tmp_path / "c.png")).getpixel(spot)
        assert before == after == rgb(LIGHT.card)
        assert pressed != before
        assert not [m for m in said if isinstance(m, Touched)]
        assert [m for m in said if isinstance(m, Stirred)]

    run(play())


def test_waiting_is_seen_after_an_answer(at: Bench, run: Any, tmp_path: Path) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        node = find(tree.tree, "换个办法")
        await at.touch(*middle(node))
        await at.hear_of(Touched)
        x, y, w, h = node["bounds_px"]
        box = (x + w // 2 - 60, y + h - 34, x + w // 2 + 60, y + h - 8)
        early = (await glass(at, tmp_path / "a.png")).crop(box)
        await quiet(at, 0.8)
        assert (await glass(at, tmp_path / "b.png")).crop(box).tobytes() != early.tobytes()

    run(play())


def test_disabled_and_empty_places_answer_nothing_but_somebody_is_there(at: Bench, run: Any) -> None:
    async def play() -> None:
        tree = await at.show(TWO, Look())
        await at.touch(*middle(find(tree.tree, "离开")))
        await at.touch(540, 900)
        said = await quiet(at, 0.2)
        assert not [m for m in said if isinstance(m, Touched)]
        assert len([m for m in said if isinstance(m, Stirred)]) == 2

    run(play())


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


def test_a_finger_that_comes_up_elsewhere_or_is_the_second_one_touches_nothing() -> None:
    fingers = Fingers()
    node = marks.Node(marks.Role.BUTTON, "是", marks.Box(0, 0, 100, 100))
    target = marks.Target(node.box, marks.Answers("yes"), 0)
    parts = [marks.Part("a", node, (), target)]
    assert fingers.press(1, 50, 50, parts) is target
    assert fingers.press(2, 50, 50, parts) is None
    assert fingers.lift(2, 50, 50) is None
    assert fingers.lift(1, 50, 150) is None
    assert fingers.press(3, 50, 50, parts) is target
    assert fingers.moved(3, 150, 50)
    assert fingers.lift(3, 50, 50) is None
    assert fingers.press(4, 50, 50, parts) is target
    fingers.forget()  # the screen changed under the finger
    assert fingers.lift(4, 50, 50) is None
    assert not fingers.down


def test_it_ticks_while_idle_and_draws_nothing(at: Bench, run: Any) -> None:
    async def play() -> None:
        await at.show(Screen(name="n", title="请稍等", blocks=(Note(text="不用做什么。"),)), Look())
        await quiet(at, 0.5)
        before, worked = at.ticks, cpu_seconds(at.shell.pid)
        said = await quiet(at, 1.3)
        assert at.ticks - before >= 5
        assert not said
        assert cpu_seconds(at.shell.pid) - worked < 0.2, "a frame drawn at every turn would take ten times as much"

    run(play())
