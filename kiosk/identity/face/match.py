"""The core's side of the face worker: keep it alive, enrol a photograph, look at frames, forget.

    worker = FaceWorker()
    await worker.start()                                    # returns at once; the models load meanwhile
    if await worker.enrol(photo, PhotoSource.CHIP_STAND_IN):
        search = FaceSearch(worker.policy, started=time.monotonic())
        seen = await worker.look(width, height, frame_fd)
        search.saw(seen.outcome, time.monotonic())
    await worker.forget()

A worker that dies or hangs in the middle of a look is replaced, the photograph enrolled again, and that look is LOST: it
counts neither for nor against the visitor. One that cannot be had raises FaceWorkerGone, and the visitor takes another way.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from drivers.contract.secret import SecretBytes
from drivers.link import child, wire
from drivers.link.channel import close_all
from kiosk.identity.face.limits import Outcome, PhotoSource
from kiosk.identity.face.messages import (
    Answer,
    Enrol,
    Enrolment,
    Forget,
    Forgotten,
    FromWorker,
    Look,
    NotReady,
    Open,
    Ping,
    Pong,
    Ready,
    Seen,
    ToWorker,
)
from kiosk.identity.face.policy import FacePolicy, face_policy
from kiosk.identity.face.search import Decision, FaceSearch, Hint

__all__ = ["Decision", "FaceSearch", "FaceWorker", "FaceWorkerGone", "Hint"]

_log = logging.getLogger("kiosk.face")

A = TypeVar("A", Enrolment, Seen, Forgotten, Pong)

_WIPING_HEAP = {
    "GLIBC_TUNABLES": "glibc.malloc.perturb=255:glibc.malloc.tcache_count=0",
    "PYTHONMALLOC": "malloc",
}
"""The C library overwrites each block that is freed (perturb; its thread cache would bypass that), whether Python, Pillow or
the engine frees it. Source: glibc manual, Memory Allocation Tunables."""

_LOST_LOOK = 0
"""The number of an answer that no worker gave; questions count from 1."""


class FaceWorkerGone(Exception):
    """There is no face match now; the text says why, for a technician."""


class _Died(Exception):
    """The worker died, hung or spoke nonsense during a question; it has been ended."""


class FaceWorker:
    """One face worker, replaced as often as the policy allows. One question at a time; safe to cancel at any await."""

    def __init__(self, policy: FacePolicy | None = None) -> None:
        self._policy = policy or face_policy()
        self._limits = self._policy.worker
        self._child: child.Child | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._starts: deque[float] = deque(maxlen=self._limits.starts)
        self._photo: tuple[SecretBytes, PhotoSource] | None = None
        self._number = _LOST_LOOK

    # --- for the visit

    @property
    def policy(self) -> FacePolicy:
        """The limits by which this worker judges, and by which a search must."""
        return self._policy

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._child.pid if self._child is not None else None

    async def start(self) -> None:
        """Begin to keep a worker alive. Returns at once; the first question waits until the models are loaded."""
        self._keeper = asyncio.create_task(self._keep(), name="face-worker")

    async def stop(self) -> None:
        """End the worker, and with its process all that it ever held."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        self._photo = None
        if self._child is not None:
            ending, self._child = self._child, None
            await ending.end()

    async def enrol(self, photo: SecretBytes, source: PhotoSource) -> bool:
        """Compare with this photograph (an image file) from now on. False when there is not exactly one face in it.

        The photograph stays the caller's; a reference is kept until `forget()`, for a worker that must be replaced.
        Raise FaceWorkerGone.
        """
        async with self._turn:
            self._photo = None
            while True:
                current = await self._living()
                try:
                    answer = await self._enrol_in(current, photo, source)
                except _Died:
                    continue
                if answer.problem is not None:
                    _log.info("the document's photograph cannot be enrolled: %s", answer.problem)
                    return False
                self._photo = (photo, source)
                return True

    async def look(self, width: int, height: int, frame: int) -> Seen:
        """Judge one frame: a sealed memfd of height × width × 3 bytes RGB, which stays the caller's to close.

        The outcome is LOST when the worker died or hung meanwhile. Raise FaceWorkerGone, RuntimeError before `enrol()`.
        """
        async with self._turn:
            if self._photo is None:
                raise RuntimeError("look() before a photograph was enrolled")
            current = await self._living()
            try:
                return await self._ask(
                    current, Seen, lambda number: Look(id=number, width=width, height=height), fds=(frame,)
                )
            except _Died:
                await self._living()
                return Seen(_LOST_LOOK, Outcome.LOST)

    async def forget(self) -> None:
        """Wipe the enrolled face. Never fails: a worker that does not confirm it is ended, and its memory with it.

        Completes even when the caller is cancelled meanwhile.
        """
        await asyncio.shield(asyncio.ensure_future(self._forget()))

    async def _forget(self) -> None:
        async with self._turn:
            self._photo = None
            if self._child is not None:
                with contextlib.suppress(_Died):
                    await self._ask(self._child, Forgotten, Forget)

    # --- the worker's life; all of it under `_turn`

    async def _keep(self) -> None:
        """Have a worker ready before it is needed; find out that it hangs before a visitor does."""
        told = ""
        while True:
            try:
                async with self._turn:
                    await self._ask(await self._living(), Pong, Ping)
                told = ""
            except _Died:
                continue
            except FaceWorkerGone as gone:
                if str(gone) != told:
                    told = str(gone)
                    _log.error("no face match: %s", told)
            await asyncio.sleep(self._limits.ping_seconds)

    async def _living(self) -> child.Child:
        """Return a worker in which the visit's photograph, if any, is enrolled. Raise FaceWorkerGone."""
        while self._child is None:
            self._spend_a_start()
            with contextlib.suppress(_Died):
                self._child = await self._start()
        return self._child

    def _spend_a_start(self) -> None:
        now = time.monotonic()
        full = len(self._starts) == self._limits.starts
        if full and now - self._starts[0] < self._limits.starts_within_seconds:
            raise FaceWorkerGone(
                f"it ended {self._limits.starts} times within {self._limits.starts_within_seconds:g} s"
            )
        self._starts.append(now)

    async def _start(self) -> child.Child:
        try:
            current = await child.start("kiosk.identity.face.worker", environment=_WIPING_HEAP)
        except OSError as error:
            raise FaceWorkerGone(f"it cannot be started ({type(error).__name__})") from error
        try:
            async with asyncio.timeout(self._limits.start_seconds):
                current.channel.send(wire.encode(Open(self._policy.engine, self._policy.picture)))
                opened = await _hear(current)
            if isinstance(opened, NotReady):
                raise FaceWorkerGone(opened.why)
            if not isinstance(opened, Ready):
                raise _Died(f"said {type(opened).__name__} instead of Ready")
            await self._enrol_again(current)
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            await current.kill()
            raise _Died from error
        except BaseException:
            await current.kill()
            raise
        return current

    async def _enrol_again(self, current: child.Child) -> None:
        if self._photo is None:
            return
        photo, source = self._photo
        if photo.wiped:
            raise FaceWorkerGone("the visit's photograph was wiped before forget()")
        if (await self._enrol_in(current, photo, source)).problem is not None:
            raise _Died("refused a photograph that was taken before")

    async def _enrol_in(self, current: child.Child, photo: SecretBytes, source: PhotoSource) -> Enrolment:
        thresholds = self._policy.thresholds[source]
        return await self._ask(current, Enrolment, lambda number: Enrol(id=number, photo=photo, thresholds=thresholds))

    async def _ask(
        self, current: child.Child, kind: type[A], question: Callable[[int], ToWorker], *, fds: Sequence[int] = ()
    ) -> A:
        """Ask and await the answer to this very question. Raise _Died, with the worker ended."""
        self._number += 1
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                current.channel.send(wire.encode(question(self._number)), fds)
                answer = await _answer_to(current, self._number)
            if not isinstance(answer, kind):
                raise ConnectionError(f"answered {type(answer).__name__}")
            return answer
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            _log.warning("the face worker is replaced: %s", type(error).__name__)
            if self._child is current:
                self._child = None
            await current.kill()
            raise _Died from error


async def _answer_to(current: child.Child, number: int) -> Answer:
    while True:
        answer = await _hear(current)
        if isinstance(answer, Ready | NotReady):
            raise ConnectionError("it said Ready twice")
        # Answers to questions whose asker was cancelled come first; nobody waits for them.
        if answer.id == number:
            return answer


async def _hear(current: child.Child) -> FromWorker:
    raw, fds = await current.channel.receive()
    close_all(fds)
    answer: FromWorker = wire.decode(raw, FromWorker)
    return answer
