"""Children that are forked from one process that has loaded what they share."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.link import child
from drivers.link.nursery import Nursery, nursery_for


@pytest.fixture(autouse=True)
def children_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    used = nursery_for("nursery_children")
    try:
        yield used
    finally:
        await used.leave()


async def born(used: Nursery) -> tuple[child.Child, str]:
    started = await used.start("a child", output=2)
    return started, (await asyncio.wait_for(started.channel.receive(), 5))[0].decode()


async def ask(started: child.Child, question: bytes) -> bytes:
    started.channel.send(question)
    return (await asyncio.wait_for(started.channel.receive(), 5))[0]


def test_children_share_a_parent_and_nothing_else() -> None:
    async def go() -> None:
        async with nursery() as used:
            first, second = [await born(used) for _ in range(2)]
            assert first[1] == second[1]
            assert first[1].endswith("True SIG_DFL"), "a session of its own, no handler of the nursery's"
            assert await ask(first[0], b"hello") == b"hello"
            sockets = [each for each in (await ask(second[0], b"files")).decode().split() if each.startswith("socket")]
            assert len(sockets) == 1, "its own channel; neither the nursery's nor another child's"
            assert Path(f"/proc/{first[0].pid}/comm").read_text().strip() == "a child"
            assert await first[0].end() == 0 or first[0].exit_code is not None
            assert await ask(second[0], b"still here") == b"still here"
            await second[0].end()

    asyncio.run(go())


@pytest.mark.parametrize(("word", "code"), [(b"exit", 7), (b"raise", 70)])
def test_the_exit_code_is_told(word: bytes, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    async def go() -> None:
        async with nursery() as used:
            started, _ = await born(used)
            started.channel.send(word)
            assert await asyncio.wait_for(started.process.wait(), 5) == code
            assert started.exit_code == code

    asyncio.run(go())
    assert "19900101" not in capfd.readouterr().err


def test_a_killed_child_leaves_neither_process_nor_descriptor() -> None:
    async def once(used: Nursery) -> None:
        started, _ = await born(used)
        os.kill(started.pid, signal.SIGSTOP)
        assert await started.end(grace=0.05, patience=3) == -signal.SIGKILL
        assert not Path(f"/proc/{started.pid}").exists(), "not even a zombie"

    async def go() -> None:
        async with nursery() as used:
            await once(used)
            before = len(os.listdir("/proc/self/fd"))
            await once(used)
            assert len(os.listdir("/proc/self/fd")) == before

    asyncio.run(go())


def test_the_nursery_ends_with_its_last_user() -> None:
    async def go() -> int:
        async with nursery() as used:
            async with nursery() as same:
                assert same is used
                _, told = await born(same)
            assert alive(int(told.split()[0]))
        return int(told.split()[0])

    parent = asyncio.run(go())
    assert not alive(parent)


def test_a_nursery_that_dies_takes_its_children_along_and_is_replaced() -> None:
    async def go() -> None:
        async with nursery() as used:
            started, told = await born(used)
            os.kill(int(told.split()[0]), signal.SIGKILL)
            assert await asyncio.wait_for(started.process.wait(), 3) == -signal.SIGKILL
            give_up = time.monotonic() + 3
            while alive(started.pid):
                assert time.monotonic() < give_up, "it lives on"
                await asyncio.sleep(0.01)
            again, _ = await born(used)
            assert await ask(again, b"hello") == b"hello"
            await again.end()

    asyncio.run(go())


def test_a_module_that_does_not_exist_is_an_error_and_no_hang() -> None:
    async def go() -> None:
        used = nursery_for("nursery_children_that_do_not_exist")
        with pytest.raises(OSError, match=r"nursery ended|Broken pipe"):
            await used.start("x", output=2)
        await used.leave()

    asyncio.run(go())
