"""What the scanners' tests share: a command under way in a thread, as the core would run it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from drivers.contract.code_scanner import Code, ReadCode
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.secret import wipe_all


@dataclass
class Reading:
    """A ReadCode under way; `told` are the codes of its TryAgain events."""

    call: Call
    told: list[str] = field(default_factory=list)
    code: Code | None = None
    ended: BaseException | None = None
    thread: threading.Thread | None = None

    def end(self, seconds: float = 4.0) -> Reading:
        assert self.thread is not None
        self.thread.join(seconds)
        assert not self.thread.is_alive(), "the command did not end"
        return self

    def data(self, seconds: float = 4.0) -> bytes:
        self.end(seconds)
        assert self.code is not None, repr(self.ended)
        return self.code.data.reveal()

    def fault(self, seconds: float = 4.0) -> FaultCode:
        self.end(seconds)
        assert isinstance(self.ended, DeviceFault), repr(self.ended)
        return self.ended.fault.code


class Hand:
    """What the tests do."""

    def __init__(self) -> None:
        self.begun: list[Reading] = []

    def read(self, driver: Driver, *, seconds: float = 8.0, ready: float = 0.18) -> Reading:
        """Begin a ReadCode, and let `ready` seconds pass: nobody shows a code in the instant in which he is asked."""

        def heard(event: Any, fds: Sequence[int]) -> None:
            reading.told.append(event.code)

        def run() -> None:
            try:
                reading.code = driver.perform(ReadCode(), reading.call)
            except (DeviceFault, CommandCanceled) as error:
                reading.ended = error

        reading = Reading(Call(seconds, heard))
        reading.thread = threading.Thread(target=run)
        reading.thread.start()
        self.begun.append(reading)
        time.sleep(ready)
        return reading

    @staticmethod
    def code_of(act: Callable[[], Any]) -> FaultCode:
        with pytest.raises(DeviceFault) as caught:
            act()
        return caught.value.fault.code

    @staticmethod
    def until(true: Callable[[], bool], seconds: float = 4.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.005)


@pytest.fixture
def hand() -> Iterator[Hand]:
    made = Hand()
    yield made
    for reading in made.begun:
        reading.call.cancel()
        reading.end(2.0)
        wipe_all(reading.code)  # what is only dropped would be counted in another test
