"""What camera tests share: collecting frames from a driver, as the core would."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.contract.camera import Frame, Stream
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.camera import CameraEmulator
from drivers.link import memfd


@dataclass
class Watching:
    """A Stream under way in a thread; `frames` are (event, RGB bytes, when it was handed over)."""

    call: Call
    frames: list[tuple[Frame, bytes, float]] = field(default_factory=list)
    ended: BaseException | None = None
    thread: threading.Thread | None = None

    def wait_frames(self, count: int, seconds: float = 5.0) -> list[tuple[Frame, bytes, float]]:
        until(lambda: len(self.frames) >= count or self.ended is not None, seconds)
        assert len(self.frames) >= count, f"ended after {len(self.frames)} frames: {self.ended!r}"
        return self.frames

    def stop(self) -> BaseException | None:
        self.call.cancel()
        return self.wait_end(2.0)

    def wait_end(self, seconds: float) -> BaseException | None:
        assert self.thread is not None
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the command did not end"
        return self.ended


class Eye:
    """What the tests look with."""

    def __init__(self) -> None:
        self.watching: list[Watching] = []

    def watch(
        self, driver: Driver, *, max_fps: float = 30.0, seconds: float = 20.0, slow: Callable[[int], None] | None = None
    ) -> Watching:
        """Start a Stream. Each frame's descriptor is checked (sealed, right size), read, and not closed: that is the driver's."""

        def heard(event: object, fds: Sequence[int]) -> None:
            assert isinstance(event, Frame)
            (fd,) = fds
            data = memfd.read(fd, limit=event.width * event.height * 3)
            assert len(data) == event.width * event.height * 3
            watching.frames.append((event, data, time.monotonic()))
            if slow is not None:
                slow(len(watching.frames))

        def run() -> None:
            try:
                driver.perform(Stream(max_fps=max_fps), watching.call)
            except (DeviceFault, CommandCanceled, AssertionError, ValueError) as error:
                watching.ended = error

        watching = Watching(Call(seconds, heard))
        watching.thread = threading.Thread(target=run)
        watching.thread.start()
        self.watching.append(watching)
        return watching

    @staticmethod
    def code_of(act: Callable[[], Any]) -> FaultCode:
        with pytest.raises(DeviceFault) as caught:
            act()
        return caught.value.fault.code

    @staticmethod
    def fault_of(ended: BaseException | None) -> FaultCode:
        assert isinstance(ended, DeviceFault), repr(ended)
        return ended.fault.code

    @staticmethod
    def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
        until(true, seconds)

    @staticmethod
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


@pytest.fixture
def eye() -> Iterator[Eye]:
    made = Eye()
    yield made
    for watching in made.watching:
        watching.stop()


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[CameraEmulator]:
    emulator = CameraEmulator(tmp_path / "camera", who="astronaut", fps=25.0)
    yield emulator
    emulator.stop()


@pytest.fixture
def driver(camera: CameraEmulator) -> Driver:
    settings = {**camera.start(), "silence_seconds": 0.8, "standstill_seconds": 0.6, "connect_seconds": 0.8}
    return registry.make("frames", settings, production=True)
