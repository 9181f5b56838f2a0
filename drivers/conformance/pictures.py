"""Cameras on the bench: what both classes of them deliver."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Short, demand
from drivers.conformance.play import Play
from drivers.contract.camera import Frame, Stream
from drivers.contract.document_camera import Capture, Captured, Preview
from drivers.contract.faults import DeviceFault
from drivers.link.channel import close_all

STREAM_SECONDS = 1.0
LEAST_FRAMES = 4
"""In a second at ten a second: less than half of what was asked for, since a camera may take its time to begin."""

CAPTURE_SECONDS = 8.0

_SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
_BYTES_A_PIXEL = 3


class CameraPlay(Play):
    """Stream for a while, look at every frame's form."""

    async def work(self, bench: Bench) -> str | None:
        """Stream and stop."""
        frames = await _frames(bench, Stream(max_fps=10.0))
        demand(len(frames) >= LEAST_FRAMES, f"{len(frames)} frames in {STREAM_SECONDS:g} s", Short)
        seqs = [each.seq for each in frames]
        demand(seqs == sorted(set(seqs)), "frames came twice or out of order")
        demand(all(b.at > a.at for a, b in itertools.pairwise(frames)), "the frames' times do not grow")
        return f"{len(frames)} frames in {STREAM_SECONDS:g} s"

    async def honest(self, bench: Bench) -> None:
        """The picture has the size that was promised."""
        frames = await _frames(bench, Stream(max_fps=10.0))
        promised = (bench.capabilities.width, bench.capabilities.height)
        demand(all((each.width, each.height) == promised for each in frames), "frames of another size than promised")

    def long(self, bench: Bench) -> Any:
        """A stream ends when it is told to."""
        return Stream(max_fps=10.0)


class DocumentCameraPlay(Play):
    """Lay a sheet down, capture it."""

    async def work(self, bench: Bench) -> str | None:
        """Capture one sheet, straightened."""
        caught: list[Any] = []

        def keep(event: Any, fds: list[int]) -> None:
            if isinstance(event, Captured):
                demand_picture(event, fds)
                caught.append(event)
            close_all(fds)

        await bench.hands.do("present")
        await bench.call(Capture(), CAPTURE_SECONDS, keep)
        await bench.hands.do("withdraw")
        demand(len(caught) == 1, f"{len(caught)} pictures of one sheet")
        inside = all(
            0 <= x <= bench.capabilities.width and 0 <= y <= bench.capabilities.height for x, y in caught[0].corners
        )
        demand(inside, "a corner lies outside of the picture")
        return f"{caught[0].width} x {caught[0].height}, {caught[0].dpi:.0f} dpi"

    async def honest(self, bench: Bench) -> None:
        """A measured desk gives a resolution."""
        frames = await _frames(bench, Preview(max_fps=10.0))
        demand(bool(frames), "a preview without a frame")
        demand(len(bench.capabilities.area_mm) == 2, "area_mm has not two values")

    def long(self, bench: Bench) -> Any:
        """No sheet lies there."""
        return Capture()


async def _frames(bench: Bench, command: Any) -> list[Any]:
    """Run a streaming command for a while; return its frames, each looked at."""
    frames: list[Any] = []
    wrong: list[Exception] = []

    def look(event: Any, fds: list[int]) -> None:
        try:
            demand_picture(event, fds)
            frames.append(event)
        except Exception as error:
            wrong.append(error)  # raised below: an event handler must not end the client
        finally:
            close_all(fds)

    streaming = asyncio.create_task(bench.call(command, STREAM_SECONDS * 5, look))
    await asyncio.sleep(STREAM_SECONDS)
    streaming.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await streaming
    if streaming.done() and not streaming.cancelled() and isinstance(streaming.exception(), DeviceFault):
        raise streaming.exception()  # type: ignore[misc]  # looked at in the line above
    if wrong:
        raise wrong[0]
    return frames


def demand_picture(event: Frame | Any, fds: list[int]) -> None:
    """One sealed memfd of exactly height x width x 3 bytes."""
    demand(len(fds) == 1, f"{len(fds)} descriptors with a picture")
    demand(
        os.fstat(fds[0]).st_size == event.width * event.height * _BYTES_A_PIXEL,
        "the memfd has another size than the picture",
    )
    demand(fcntl.fcntl(fds[0], fcntl.F_GET_SEALS) & _SEALS == _SEALS, "the memfd is not sealed")
