"""What the document camera's tests share: a command under way in a thread, its pictures read as the core would read them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from drivers import registry
from drivers.contract.document_camera import Capture, Captured, Frame, Preview, TryAgain
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.document_camera import DocumentCameraEmulator
from drivers.link import memfd


@dataclass
class Doing:
    """A command under way; `pictures` are (event, pixels), `told` the codes of TryAgain."""

    call: Call
    told: list[str] = field(default_factory=list)
    pictures: list[tuple[Any, Any]] = field(default_factory=list)
    ended: BaseException | None = None
    thread: threading.Thread | None = None

    def end(self, seconds: float = 15.0) -> Doing:
        assert self.thread is not None
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the command did not end"
        return self

    def captured(self, seconds: float = 15.0) -> tuple[Captured, Any]:
        self.end(seconds)
        assert len(self.pictures) == 1, repr(self.ended)
        return self.pictures[0]

    def fault(self, seconds: float = 15.0) -> FaultCode:
        self.end(seconds)
        assert isinstance(self.ended, DeviceFault), repr(self.ended)
        assert self.pictures == []
        return self.ended.fault.code


class Clerk:
    """What the tests do."""

    def __init__(self) -> None:
        self.begun: list[Doing] = []

    def do(self, driver: Driver, command: Capture | Preview, *, seconds: float = 15.0) -> Doing:
        def heard(event: Any, fds: Sequence[int]) -> None:
            if isinstance(event, TryAgain):
                doing.told.append(event.code)
                return
            assert isinstance(event, (Frame, Captured))
            (fd,) = fds
            data = memfd.read(fd, limit=event.width * event.height * 3)
            doing.pictures.append((event, np.frombuffer(data, np.uint8).reshape(event.height, event.width, 3)))

        def run() -> None:
            try:
                driver.perform(command, doing.call)
            except (DeviceFault, CommandCanceled) as error:
                doing.ended = error

        doing = Doing(Call(seconds, heard))
        doing.thread = threading.Thread(target=run)
        doing.thread.start()
        self.begun.append(doing)
        return doing

    @staticmethod
    def code_of(act: Callable[[], Any]) -> FaultCode:
        with pytest.raises(DeviceFault) as caught:
            act()
        return caught.value.fault.code

    @staticmethod
    def until(true: Callable[[], bool], seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.005)

    @staticmethod
    def open_files() -> int:
        return len(os.listdir("/proc/self/fd"))


@pytest.fixture
def clerk() -> Iterator[Clerk]:
    made = Clerk()
    yield made
    for doing in made.begun:
        doing.call.cancel()
        doing.end(3.0)


@pytest.fixture
def desk() -> Iterator[DocumentCameraEmulator]:
    emulator = DocumentCameraEmulator(width=864, height=648, fps=25.0)
    yield emulator
    emulator.stop()


QUICK = {
    "looks_per_second": 20.0, "still_looks": 3, "tell_seconds": 0.15, "connect_seconds": 2.0, "silence_seconds": 3.0,
    "standstill_seconds": 3.0, "open_seconds": 3.0, "least_sharpness": 30.0,
}  # fmt: skip
"""Quick where the driver acts, patient where it waits: a busy machine may keep a picture back for a second."""


@pytest.fixture
def make(desk: DocumentCameraEmulator) -> Callable[..., Driver]:
    address = desk.start()

    def driver(**settings: Any) -> Driver:
        return registry.make("document_camera", {**address, **QUICK, **settings}, production=True)

    return driver
