"""Typed by real touches on the real window, with the real engines: pinyin, handwriting, letters, an ID number."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from kiosk.screens.parts import Tile, Tiles, Way
from kiosk.screens.protocol import Amend, Drawn, Touched, TreeIs
from kiosk.screens.screen import Look, Mode
from kiosk.shell.bench import Bench
from tests.kiosk.shell.touching import TWO, find, glass, middle, quiet
from tests.kiosk.shell.typed_by_touch import Keyboard, question

pytestmark = pytest.mark.screen

LEG = ((0.2, 0.4), (0.4, 0.39), (0.6, 0.38), (0.8, 0.36))
STEM = ((0.5, 0.15), (0.5, 0.4), (0.5, 0.6), (0.5, 0.85))
"""Together 十."""


def test_pinyin_becomes_a_name_that_the_core_hears_of_and_gets(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        at.heard.clear()
        await keyboard.show(question(Way.PINYIN, Way.LATIN))
        await keyboard.tap(*"wangxiuying")
        await keyboard.until(lambda k: k.has("王秀英") and k.text() == "wang xiu ying")
        assert keyboard.told()[-1] == "wangxiuying", "letters are told while they are typed"
        await keyboard.tap("王秀英")
        await keyboard.until(lambda k: k.text() == "王秀英")
        assert keyboard.told()[-1] == "王秀英"
        await keyboard.tap("写好了")
        typed = (await at.hear_of(Touched)).answer.typed
        assert typed["name"].reveal() == "王秀英"

    run(play())


def test_a_word_is_put_together_from_guesses_and_taken_back_one_by_one(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.PINYIN))
        await keyboard.tap(*"maying")
        await keyboard.until(lambda k: k.text() == "ma ying" and k.has("后面的字"))
        while not keyboard.has("马"):
            await keyboard.leaf()
        await keyboard.tap("马")
        await keyboard.until(lambda k: k.text() == "马ying")
        await keyboard.tap("删除")
        await keyboard.until(lambda k: k.text() == "ma ying")
        await keyboard.tap(*["删除"] * 6)
        await keyboard.until(lambda k: k.text() == "")

    run(play())


def test_ink_follows_the_finger_and_a_taken_character_takes_it_away(at: Bench, run: Any, tmp_path: Path) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.PINYIN, Way.HANDWRITING), Mode.ELDER)
        x, y, w, h = find(keyboard.tree, "手写格，用手指写一个字", "image")["bounds_px"]
        spot = (round(x + 0.4 * w), round(y + 0.39 * h))
        clean = (await glass(at, tmp_path / "a.png")).getpixel(spot)
        await keyboard.stroke(*LEG, lift=False)
        await asyncio.sleep(0.1)
        inked = (await glass(at, tmp_path / "b.png")).getpixel(spot)
        assert clean != inked == (0, 0, 0) or sum(inked) < sum(clean) / 2, "the ink is there while the finger is down"
        await at.pointer("mouseup", "1")
        await keyboard.stroke(*STEM)
        await keyboard.until(lambda k: k.best() == "十")
        assert keyboard.has("退一笔")
        await keyboard.tap("十")
        await keyboard.until(lambda k: k.text() == "十" and not k.has("十"))
        await quiet(at, 0.1)
        assert (await glass(at, tmp_path / "c.png")).getpixel(spot) == clean

    run(play())


def test_strokes_that_are_written_while_a_frame_is_late_are_read_whole(at: Bench, run: Any) -> None:
    """All their points come at once: where each began, and the way between."""
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.HANDWRITING))
        os.kill(at.shell.pid, signal.SIGSTOP)
        await keyboard.stroke(*LEG)
        await keyboard.stroke(*STEM)
        os.kill(at.shell.pid, signal.SIGCONT)
        await keyboard.until(lambda k: k.best() == "十")

    run(play())


def test_a_stroke_is_taken_back_alone(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.HANDWRITING))
        await keyboard.stroke(*LEG)
        await keyboard.stroke(*STEM)
        await keyboard.until(lambda k: k.best() == "十")
        await keyboard.tap("退一笔")
        await keyboard.until(lambda k: k.best() == "一")
        await keyboard.tap("重写")
        await keyboard.until(lambda k: not k.has("一") and not k.has("退一笔"))

    run(play())


def test_letters_digits_and_a_full_field(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.LATIN, Way.DIGITS, most=4))
        await keyboard.tap("g")
        await keyboard.tap("大写")
        await keyboard.until(lambda k: k.has("A"))
        await keyboard.tap("A", "数字")
        await keyboard.until(lambda k: k.has("1"))
        await keyboard.tap("1", "2")
        await keyboard.until(lambda k: k.text() == "gA12" and not k.has("3"))
        assert find(keyboard.tree, "已经写满了，最多 4 个字", "status")

    run(play())


def test_an_id_number_says_what_is_wrong_while_it_is_typed(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.ID_NUMBER, most=18))
        assert not keyboard.has("X"), "X stands in the last place only"
        await keyboard.tap(*"99999919901")
        await keyboard.until(lambda k: k.text() == "999999 19901")
        await keyboard.tap("3")
        await keyboard.until(lambda k: find(k.tree, "出生月份不对，请看第 11、12 位", "status"))
        await keyboard.tap("删除", *"228001")
        await keyboard.until(lambda k: k.has("X"))
        await keyboard.tap("4")
        await keyboard.until(lambda k: find(k.tree, "号码有一位不对，请从头对一遍", "status"))
        await keyboard.tap("删除", "1")
        await keyboard.until(lambda k: find(k.tree, "号码写完整了", "status"))
        assert keyboard.text() == "999999 19901228 0011"

    run(play())


def test_suggestions_come_onto_the_same_screen_but_never_under_a_finger(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)
    screen = question(Way.LATIN)
    found = msgspec.structs.replace(screen, blocks=(*screen.blocks, Tiles(tiles=(Tile(id="item", title="养老认证"),))))

    async def play() -> None:
        await keyboard.show(screen)
        number = [m.number for m in at.heard if isinstance(m, Drawn)][-1]
        await keyboard.tap("y")
        await keyboard.until(lambda k: k.text() == "y")
        x, y = middle(find(keyboard.tree, "z"))
        await at.pointer("mousemove", str(x), str(y), "mousedown", "1")
        await quiet(at, 0.2)  # the finger is on the glass: an amendment that overtakes it is early enough
        at.send(Amend(number=number, screen=found))
        assert not [m for m in await quiet(at, 0.2) if isinstance(m, TreeIs)]
        await at.pointer("mouseup", "1")
        await keyboard.until(lambda k: k.has("养老认证") and k.text() == "yz")
        await keyboard.tap("养老认证")
        answer = (await at.hear_of(Touched)).answer
        assert (answer.action, answer.typed) == ("item", {})

    run(play())


@pytest.mark.parametrize("mishap", [signal.SIGKILL, signal.SIGSTOP])
def test_an_engine_that_dies_or_hangs_costs_a_moment_and_nothing_that_was_typed(
    at: Bench, run: Any, mishap: signal.Signals
) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.PINYIN))
        await keyboard.tap(*"zhang")
        await keyboard.until(lambda k: k.has("张"))
        (engine,) = keyboard.engines()
        engine.send_signal(mishap)
        await keyboard.tap(*"wei")
        await keyboard.until(lambda k: k.text() == "zhang wei" and k.has("张伟"))
        (another,) = keyboard.engines()
        assert another.pid != engine.pid
        assert not psutil.pid_exists(engine.pid)

    run(play())


def test_an_engine_that_keeps_dying_leaves_the_other_ways(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        await keyboard.show(question(Way.PINYIN, Way.LATIN))
        async with asyncio.timeout(10):
            while not _has(keyboard, "这种写法现在用不了，请点下面换一种"):
                for engine in keyboard.engines():
                    os.kill(engine.pid, signal.SIGKILL)
                try:
                    async with asyncio.timeout(0.1):
                        keyboard.tree = (await at.hear_of(TreeIs)).tree
                except TimeoutError:
                    continue
        await keyboard.tap("字母")
        await keyboard.until(lambda k: k.has("空格"))
        await keyboard.tap("a")
        await keyboard.until(lambda k: k.text() == "a")

    run(play())


def _has(keyboard: Keyboard, word: str) -> bool:
    try:
        return bool(find(keyboard.tree, word, "status"))
    except LookupError:
        return False


def test_what_was_typed_is_gone_with_its_screen(at: Bench, run: Any) -> None:
    keyboard = Keyboard(at)

    async def play() -> None:
        before = {path for place in ("/dev/shm", "/tmp") for path in Path(place).glob("kiosk-*")}
        await keyboard.show(question(Way.PINYIN))
        await keyboard.tap(*"ouyangnana")
        await keyboard.until(lambda k: k.has("欧阳娜娜"))
        (engine,) = keyboard.engines()
        open_files = {Path(each.path) for each in engine.open_files()}
        assert not [
            path for path in open_files if os.access(path, os.W_OK) and "/dev/" not in str(path) and _young(path)
        ]
        await keyboard.tap("欧阳娜娜")
        await keyboard.until(lambda k: k.text() == "欧阳娜娜")
        await at.show(TWO, Look())
        assert keyboard.engines() == [], "the process that heard the name is gone"
        left = {path for place in ("/dev/shm", "/tmp") for path in Path(place).glob("kiosk-rime*")}
        assert left <= before

    run(play())


def _young(path: Path) -> bool:
    """Whether the file was written to since the dictionary was built."""
    from kiosk.input.dictionary import built

    return path.exists() and path.stat().st_mtime > max(each.stat().st_mtime for each in built().iterdir())
