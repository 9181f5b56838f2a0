"""The worker process over its real socket: judged frames, deaths, hangs, forgetting. One worker serves most tests."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import numpy as np
import pytest

from drivers.contract.secret import SecretBytes
from drivers.link import memfd
from kiosk.identity.face import engine, judge, picture
from kiosk.identity.face.limits import Outcome, PhotoSource
from kiosk.identity.face.match import FaceWorker, FaceWorkerGone
from kiosk.identity.face.policy import FacePolicy
from tests.kiosk.identity.face.conftest import Album, png

SOURCE = PhotoSource.CHIP_STAND_IN
Run = Callable[[Awaitable[Any]], Any]


def _with(policy: FacePolicy, **limits: float) -> FacePolicy:
    return policy.model_copy(update={"worker": policy.worker.model_copy(update=limits)})


@contextlib.contextmanager
def _started(policy: FacePolicy) -> Iterator[tuple[FaceWorker, Run]]:
    with asyncio.Runner() as runner:

        async def as_coroutine(awaitable: Awaitable[Any]) -> Any:
            return await awaitable

        def run(awaitable: Awaitable[Any]) -> Any:
            return runner.run(as_coroutine(awaitable))

        worker = FaceWorker(policy)
        run(worker.start())
        try:
            yield worker, run
        finally:
            run(worker.stop())


@pytest.fixture(scope="module")
def served(policy: FacePolicy) -> Iterator[tuple[FaceWorker, Run]]:
    with _started(_with(policy, answer_seconds=6.0, ping_seconds=0.3, starts=50)) as pair:
        yield pair


@pytest.fixture
def worker(served: tuple[FaceWorker, Run]) -> FaceWorker:
    return served[0]


@pytest.fixture
def run(served: tuple[FaceWorker, Run]) -> Iterator[Run]:
    yield served[1]
    served[1](served[0].forget())


async def _see(worker: FaceWorker, frame: picture.Rgb) -> Outcome:
    fd = memfd.seal(frame.tobytes())
    try:
        return (await worker.look(frame.shape[1], frame.shape[0], fd)).outcome
    finally:
        os.close(fd)


def test_frames_are_judged(album: Album, worker: FaceWorker, run: Run) -> None:
    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    assert run(_see(worker, album.frame("obama2"))) is Outcome.MATCH
    assert run(_see(worker, album.frame("obama3"))) is Outcome.MATCH
    assert run(_see(worker, album.frame("biden"))) is Outcome.NO_MATCH
    assert run(_see(worker, album.two("obama2", "biden"))) is Outcome.MANY_FACES
    assert run(_see(worker, np.zeros((480, 640, 3), np.uint8))) is Outcome.TOO_DARK


def test_the_next_visitor_is_compared_with_the_next_card(album: Album, worker: FaceWorker, run: Run) -> None:
    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    run(worker.forget())
    assert run(worker.enrol(album.secret_card("biden"), SOURCE))
    assert run(_see(worker, album.frame("obama2"))) is Outcome.NO_MATCH
    assert run(_see(worker, album.frame("biden"))) is Outcome.MATCH


@pytest.mark.parametrize("photo", ["no_face", "two_faces", "no_image"])
def test_a_photo_that_is_no_portrait_is_not_enrolled(album: Album, worker: FaceWorker, run: Run, photo: str) -> None:
    content = {
        "no_face": png(np.full((126, 102, 3), 240, np.uint8)),
        "two_faces": png(album.two("obama", "biden")[::2, ::2]),
        "no_image": b"WLT" * 300,
    }[photo]
    assert not run(worker.enrol(SecretBytes(content), SOURCE))
    with pytest.raises(RuntimeError, match="enrolled"):
        run(_see(worker, album.frame("obama2")))


def test_a_frame_that_is_not_what_it_promises(album: Album, worker: FaceWorker, run: Run) -> None:
    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    frame = album.frame("obama2").tobytes()
    pid = worker.pid

    def look(fd: int, width: int, height: int) -> Outcome:
        try:
            return run(worker.look(width, height, fd)).outcome  # type: ignore[no-any-return]
        finally:
            os.close(fd)

    unsealed = os.memfd_create("frame", os.MFD_ALLOW_SEALING)
    os.write(unsealed, frame)
    assert look(unsealed, 640, 480) is Outcome.NO_PICTURE
    assert look(os.open("/dev/null", os.O_RDONLY), 640, 480) is Outcome.NO_PICTURE
    assert look(memfd.seal(frame[:-1]), 640, 480) is Outcome.NO_PICTURE
    assert look(memfd.seal(frame), 640, 240) is Outcome.NO_PICTURE
    assert look(memfd.seal(frame), -640, -480) is Outcome.NO_PICTURE
    assert look(memfd.seal(b"\0\0\0"), 1, 1) is Outcome.TOO_DARK
    assert look(memfd.seal(b"\x80" * 3 * 3000), 1, 3000) is Outcome.NO_FACE
    assert look(memfd.seal(frame), 640, 480) is Outcome.MATCH
    assert worker.pid == pid, "bad frames must not cost a worker"


async def _in_the_middle_of_a_look(worker: FaceWorker, frame: picture.Rgb, signals: list[signal.Signals]) -> Outcome:
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    look = asyncio.ensure_future(_see(worker, frame))
    await asyncio.sleep(0.05)
    for each in signals:
        os.kill(worker.pid, each)
    return await look


@pytest.mark.parametrize("how", ["killed", "hung"])
def test_a_worker_lost_in_a_look_is_replaced_and_the_look_counts_for_nothing(
    album: Album, worker: FaceWorker, run: Run, how: str
) -> None:
    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    before = worker.pid
    signals = [signal.SIGKILL] if how == "killed" else []
    assert run(_in_the_middle_of_a_look(worker, album.frame("obama2"), signals)) is Outcome.LOST
    assert worker.pid not in (None, before)
    assert run(_see(worker, album.frame("obama2"))) is Outcome.MATCH, "the photograph was not enrolled again"
    assert run(_see(worker, album.frame("biden"))) is Outcome.NO_MATCH


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_an_idle_worker_that_dies_or_hangs_is_replaced_unasked(
    worker: FaceWorker, run: Run, how: signal.Signals
) -> None:
    async def replaced() -> None:
        while worker.pid is None:
            await asyncio.sleep(0.02)
        before = worker.pid
        os.kill(before, how)
        async with asyncio.timeout(30.0):
            while worker.pid in (None, before):
                await asyncio.sleep(0.02)
        with pytest.raises(ProcessLookupError):
            os.kill(before, 0)

    run(replaced())


def test_an_answer_to_a_cancelled_look_is_not_taken_for_the_next(album: Album, worker: FaceWorker, run: Run) -> None:
    async def cancelled_then_another() -> Outcome:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)
        look = asyncio.ensure_future(_see(worker, album.frame("obama2")))
        await asyncio.sleep(0.05)
        look.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await look
        os.kill(worker.pid, signal.SIGCONT)
        return await _see(worker, album.frame("biden"))

    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    assert run(cancelled_then_another()) is Outcome.NO_MATCH


def _occurrences(pid: int, needles: dict[str, bytes]) -> dict[str, int]:
    """Count each needle in all of the process's readable memory."""
    counts = dict.fromkeys(needles, 0)
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            addresses, rights, *_ = line.split()
            low, high = (int(each, 16) for each in addresses.split("-"))
            if rights.startswith("r") and "[v" not in line:
                with contextlib.suppress(OSError):
                    memory.seek(low)
                    content = memory.read(high - low)
                    for name, needle in needles.items():
                        counts[name] += content.count(needle)
    return counts


def test_forgetting_leaves_nothing_of_either_face_in_memory(
    album: Album, models: engine.Engine, policy: FacePolicy, worker: FaceWorker, run: Run
) -> None:
    card, live = album.card("obama"), album.frame("obama2")
    photo = picture.decode(card, max_pixels=10**6)
    enrolled = judge.enrol(models, photo, policy.picture)
    assert not isinstance(enrolled, Outcome)
    (box,) = models.find(live, height=480)
    seen = models.describe(live, box)
    needles = {
        "enrolled": enrolled[10:18].tobytes(),
        "enrolled, as the network has it": enrolled[10:20].astype(np.float32).tobytes(),
        "seen": seen[10:18].tobytes(),
        "seen, as the network has it": seen[10:20].astype(np.float32).tobytes(),
        "card file": card[2000:2040],
        "card pixels": photo[60, 30:50].tobytes(),
        "card pixels, enlarged": picture.enlarge(photo, policy.picture.enlarge)[120, 60:90].tobytes(),
        "frame": live[240, 300:330].tobytes(),
    }
    assert run(worker.enrol(SecretBytes(card), SOURCE))
    assert run(_see(worker, live)) is Outcome.MATCH
    assert worker.pid is not None
    assert _occurrences(worker.pid, needles)["enrolled"] >= 1, "this test cannot see the worker's memory"
    run(worker.forget())
    assert _occurrences(worker.pid, needles) == dict.fromkeys(needles, 0)
    with pytest.raises(RuntimeError, match="enrolled"):
        run(_see(worker, live))


def test_forget_completes_when_its_caller_is_cancelled(album: Album, worker: FaceWorker, run: Run) -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(worker.forget())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    assert run(worker.enrol(album.secret_card("obama"), SOURCE))
    run(cancelled())
    with pytest.raises(RuntimeError, match="enrolled"):
        run(_see(worker, album.frame("obama2")))


def test_no_core_dump_can_hold_a_face(worker: FaceWorker, run: Run) -> None:
    run(worker.forget())
    with open(f"/proc/{worker.pid}/limits") as limits:
        (line,) = (each for each in limits if each.startswith("Max core file size"))
    assert line.split()[4:6] == ["1", "1"]


def test_a_worker_that_ends_too_often_is_gone_and_nobody_passes(album: Album, policy: FacePolicy) -> None:
    with _started(_with(policy, starts=1, ping_seconds=5.0)) as (worker, run):
        assert run(worker.enrol(album.secret_card("obama"), SOURCE))
        with pytest.raises(FaceWorkerGone, match="1 times"):
            run(_in_the_middle_of_a_look(worker, album.frame("obama2"), [signal.SIGKILL]))
        with pytest.raises(FaceWorkerGone):
            run(worker.enrol(album.secret_card("obama"), SOURCE))
        run(worker.forget())


def test_missing_models_are_told_with_their_cure(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, album: Album, policy: FacePolicy
) -> None:
    (tmp_path / "face_recognition_models.py").write_text("import pkg_resources_of_setuptools_82")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with _started(policy) as (worker, run), pytest.raises(FaceWorkerGone, match="make setup"):
        run(worker.enrol(album.secret_card("obama"), SOURCE))
