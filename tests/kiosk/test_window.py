"""A shell that dies, hangs, talks nonsense or answers late: the visitor gets the same screen again, with the boxes as they were."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.link import memfd
from kiosk.policies import Supervision
from kiosk.screens.parts import Tick, Ticks, Typing, Way
from kiosk.screens.protocol import Panel
from kiosk.screens.screen import Look, Screen
from kiosk.window import ShellWindow

LIMITS = Supervision(shell_silent=0.6, shell_start=4.0)
QUESTION = Screen(
    name="question", title="?", blocks=(Ticks(rows=(Tick(id="a", title="甲"), Tick(id="b", title="乙"))),)
)
TYPING = Typing(id="name", label="姓名", ways=(Way.PINYIN,))
FIELD = Screen(name="field", title="?", blocks=(TYPING,))
FOUND = Screen(name="found", title="found", blocks=(TYPING, *QUESTION.blocks))
NEXT = Screen(name="next", title="!")


class Watched(ShellWindow):
    """A window on the fake shell, with what that shell was told."""

    def __init__(self, folder: Path, limits: Supervision) -> None:
        super().__init__(Panel(px=(1080, 1920), mm=(268.0, 476.0)), {}, limits, program="fake_shell")
        self._folder = folder

    @property
    def told(self) -> list[dict[str, Any]]:
        file = self._folder / "told.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    async def told_times(self, count: int, seconds: float = 6.0) -> list[dict[str, Any]]:
        give_up = time.monotonic() + seconds
        while len(self.told) < count:
            assert time.monotonic() < give_up, self.told
            await asyncio.sleep(0.02)
        return self.told


@pytest.fixture(autouse=True)
def fake_shell_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("KIOSK_FAKE_SHELL", str(tmp_path))


@asynccontextmanager
async def window(folder: Path, plan: str, limits: Supervision = LIMITS) -> AsyncIterator[Watched]:
    (folder / "plan").write_text(plan)
    opened = Watched(folder, limits)
    try:
        await opened.start()
        yield opened
    finally:
        await opened.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("mishap", ["dies", "hangs", "garbage", "wrong_type"])
def test_after_a_mishap_the_same_screen_is_shown_again_and_answered(tmp_path: Path, mishap: str) -> None:
    async def go() -> None:
        async with window(tmp_path, f"{mishap} answers") as shell:
            began = time.monotonic()
            number = shell.show(QUESTION, Look())
            answer = await asyncio.wait_for(shell.answer(number), 6)
            assert answer.action == "new"
            assert time.monotonic() - began < 3, "the design's limit for a screen that comes back"
            first, second = shell.told
            assert (first["number"], first["screen"]) == (second["number"], second["screen"]) == (number, "question")
            assert first["pid"] != second["pid"]
            assert shell.restarts == 1
            assert not alive(first["pid"])

    asyncio.run(go())


def test_the_boxes_of_this_screen_come_back_and_those_of_an_older_one_do_not(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "ticks_boxes_and_dies silent") as shell:
            shell.show(QUESTION, Look())
            first, second = await shell.told_times(2)
            assert first["draft"] is None
            assert second["draft"] == ["b"]
            shell.show(NEXT, Look())
            assert (await shell.told_times(3))[2]["draft"] is None, "a new screen has no draft"

    asyncio.run(go())


def test_what_was_typed_comes_back_to_a_new_shell_and_not_to_another_screen(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "types_and_dies silent") as shell:
            number = shell.show(FIELD, Look())
            written = await asyncio.wait_for(shell.typing(number), 5)
            assert (written.text.reveal(), written.letters.reveal()) == ("张", "wei")
            first, second = await shell.told_times(2)
            assert (first["written"], second["written"]) == (None, "张wei")
            shell.show(NEXT, Look())
            assert (await shell.told_times(3))[2]["written"] is None
            assert written.text.wiped

    asyncio.run(go())


def test_an_amended_screen_goes_to_this_shell_and_to_the_next_one(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "types") as shell:
            shell.show(QUESTION, Look())
            number = shell.show(FIELD, Look())
            await shell.typing(number)
            shell.amend(number, FOUND)
            shell.amend(number - 1, NEXT)
            told = await shell.told_times(3)
            assert told[2] == {"number": number, "amended": "found"}
            os.kill(told[1]["pid"], signal.SIGKILL)
            again = (await shell.told_times(4))[3]
            assert (again["number"], again["screen"], again["written"]) == (number, "found", "李")
            with pytest.raises(ValueError, match="keeps its Typing block"):
                shell.amend(number, NEXT)

    asyncio.run(go())


def test_suggestions_that_a_busy_shell_could_not_take_reach_it_when_it_comes_round(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "dozes", Supervision(shell_silent=3.0, shell_start=4.0)) as shell:
            number = shell.show(FIELD, Look())
            await shell.told_times(1)
            for _ in range(3000):
                shell.live_hint("x" * 1000)
            shell.amend(number, FOUND)
            assert (await shell.told_times(2))[1] == {"number": number, "amended": "found"}
            await asyncio.sleep(0.2)
            assert len(shell.told) == 2, "it is told once"

    asyncio.run(go())


def test_the_pictures_go_to_every_new_shell_and_the_callers_may_close_theirs(tmp_path: Path) -> None:
    async def go() -> int:
        async with window(tmp_path, "dies dies silent") as shell:
            before = len(os.listdir("/proc/self/fd"))
            pictures = [memfd.seal(b"first"), memfd.seal(b"second")]
            shell.show(QUESTION, Look(), pictures)
            for fd in pictures:
                os.close(fd)
            told = await shell.told_times(3)
            assert [each["pictures"] for each in told] == [[b"first".hex(), b"second".hex()]] * 3
            shell.show(NEXT, Look())
            assert (await shell.told_times(4))[3]["pictures"] == []
            return len(os.listdir("/proc/self/fd")) - before

    assert asyncio.run(go()) <= 0, "the window keeps no picture of a screen that is gone"


def test_an_answer_to_an_older_screen_is_not_an_answer(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "old_answer") as shell:
            shell.show(QUESTION, Look())
            number = shell.show(NEXT, Look())
            answer = await asyncio.wait_for(shell.answer(number), 5)
            assert answer.action == "new"

    asyncio.run(go())


def test_a_stopped_shell_is_replaced_and_only_the_newest_screen_counts(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "silent") as shell:
            shell.show(QUESTION, Look())
            (first,) = await shell.told_times(1)
            os.kill(first["pid"], signal.SIGSTOP)
            for _ in range(5):
                shell.live_hint("…")
            number = shell.show(NEXT, Look())
            told = await shell.told_times(2)
            assert (told[-1]["number"], told[-1]["screen"]) == (number, "next")
            assert not alive(first["pid"])

    asyncio.run(go())


def test_a_flooded_shell_never_blocks_the_core(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "hangs silent", Supervision(shell_silent=2.0, shell_start=4.0)) as shell:
            shell.show(QUESTION, Look())
            await shell.told_times(1)
            began = time.monotonic()
            for _ in range(3000):
                shell.live_hint("x" * 1000)
            assert time.monotonic() - began < 1.0
            assert [each["screen"] for each in await shell.told_times(2)] == ["question", "question"]

    asyncio.run(go())


def test_a_screen_that_a_busy_shell_could_not_take_reaches_it_when_it_comes_round(tmp_path: Path) -> None:
    async def go() -> None:
        async with window(tmp_path, "dozes", Supervision(shell_silent=3.0, shell_start=4.0)) as shell:
            shell.show(QUESTION, Look())
            await shell.told_times(1)
            for _ in range(3000):
                shell.live_hint("x" * 1000)
            number = shell.show(NEXT, Look())
            told = await shell.told_times(2)
            assert (told[1]["number"], told[1]["screen"]) == (number, "next")
            assert shell.restarts == 0
            await asyncio.sleep(0.2)
            assert len(shell.told) == 2, "it is told once"

    asyncio.run(go())


def test_a_shell_that_served_is_back_at_once_however_often_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.window.process._STAYED_SECONDS", 0.1)

    async def go() -> list[float]:
        away = []
        async with window(tmp_path, "silent") as shell:
            shell.show(QUESTION, Look())
            for life in range(1, 6):
                await asyncio.sleep(0.15)
                os.kill((await shell.told_times(life))[-1]["pid"], signal.SIGKILL)
                began = time.monotonic()
                await shell.told_times(life + 1)
                away.append(time.monotonic() - began)
        return away

    away = asyncio.run(go())
    assert max(away) < 1.5, f"pauses that grow would be 0.2 + 0.4 + 0.8 + 1.6 s: {away}"


def test_a_shell_that_never_stays_does_not_eat_the_machine(tmp_path: Path) -> None:
    async def go() -> None:
        limits = Supervision(shell_silent=0.6, shell_start=1.5)
        with pytest.raises(TimeoutError):
            async with window(tmp_path, "ends_at_once", limits):
                raise AssertionError("it cannot have started")

    asyncio.run(go())
    assert int((tmp_path / "lives").read_text()) <= 5


def test_a_shell_that_is_never_ready_is_given_up_and_leaves_no_process(tmp_path: Path) -> None:
    async def go() -> int:
        (tmp_path / "plan").write_text("never_ready")
        shell = Watched(tmp_path, Supervision(shell_silent=0.3, shell_start=0.6))
        with pytest.raises(TimeoutError):
            await shell.start()
        pid = shell.pid
        await shell.stop()
        assert pid is not None
        return pid

    assert not alive(asyncio.run(go()))


def test_stop_leaves_no_process(tmp_path: Path) -> None:
    async def go() -> int:
        async with window(tmp_path, "silent") as shell:
            shell.show(QUESTION, Look())
            (told,) = await shell.told_times(1)
            return int(told["pid"])

    assert not alive(asyncio.run(go()))
