"""A child is heard while it lives, leaves nothing when it is ended, and does not outlive its parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drivers.link import child, memfd
from drivers.link.channel import close_all


@pytest.fixture(autouse=True)
def children_can_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has asked after does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until_dead(pid: int, seconds: float = 3.0) -> None:
    give_up = time.monotonic() + seconds
    while alive(pid):
        assert time.monotonic() < give_up, "it lives on"
        await asyncio.sleep(0.01)


def test_messages_and_descriptors_go_there_and_back() -> None:
    async def go() -> None:
        started = await child.start("link_children", ["echo"])
        fd = memfd.seal(b"page")
        started.channel.send(b"hello", [fd])
        data, fds = await asyncio.wait_for(started.channel.receive(), 5)
        assert (data, [memfd.read(each, limit=4) for each in fds]) == (b"hello", [b"page"])
        close_all([fd, *fds])
        assert started.exit_code is None
        began = time.monotonic()
        await started.end(grace=3)
        assert time.monotonic() - began < 2, "a child that listens ends when the channel is closed"
        assert not alive(started.pid)

    asyncio.run(go())


@pytest.mark.parametrize("stopped", [False, True])
def test_end_leaves_no_child_that_does_not_listen(stopped: bool) -> None:
    async def go() -> None:
        started = await child.start("link_children", ["deaf"])
        assert (await asyncio.wait_for(started.channel.receive(), 5))[0] == b"here"
        if stopped:
            os.kill(started.pid, signal.SIGSTOP)
        assert await started.end(grace=0.1) == -signal.SIGKILL
        assert not alive(started.pid)
        assert await started.end(grace=0.1) == -signal.SIGKILL, "ending it again does no harm"

    asyncio.run(go())


def test_last_words_are_heard_and_the_exit_code_is_told() -> None:
    async def go() -> None:
        started = await child.start("link_children", ["quits"])
        assert (await asyncio.wait_for(started.channel.receive(), 5))[0] == b"last words"
        with pytest.raises(EOFError):
            await asyncio.wait_for(started.channel.receive(), 5)
        assert await started.end() == 7
        assert started.exit_code == 7

    asyncio.run(go())


def test_a_child_dies_with_its_parent_though_it_does_not_listen() -> None:
    async def go() -> None:
        parent = await child.start("link_children", ["parent"])
        grandchild = int((await asyncio.wait_for(parent.channel.receive(), 5))[0])
        assert alive(grandchild)
        await parent.kill()
        await until_dead(grandchild)

    asyncio.run(go())


def test_a_program_that_does_not_exist_is_an_end_and_no_exception() -> None:
    async def go() -> None:
        started = await child.start("link_children_that_do_not_exist")
        with pytest.raises(EOFError):
            await asyncio.wait_for(started.channel.receive(), 5)
        assert await started.end() == 1

    asyncio.run(go())


def test_starting_and_ending_leaves_no_descriptor() -> None:
    async def once() -> None:
        started = await child.start("link_children", ["echo"])
        await started.end()

    async def go() -> None:
        await once()
        before = len(os.listdir("/proc/self/fd"))
        await once()
        assert len(os.listdir("/proc/self/fd")) == before

    asyncio.run(go())


def test_by_hand_it_says_who_starts_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "link_children", "echo"], capture_output=True, text=True, check=False, timeout=20
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "this program is started by the kiosk core, not by hand"
