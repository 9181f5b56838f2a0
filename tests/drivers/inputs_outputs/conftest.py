"""A module on a real TCP connection or a pseudo-terminal, and the driver at the near end of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.inputs_outputs import Input, Level, Output, Status
from drivers.emulators.modbus_io import ModbusEmulator
from drivers.inputs_outputs.modbus_io import ModbusIo

QUICK = {"answer_seconds": 0.08, "connect_seconds": 0.5, "release_seconds": 0.2}
"""Limits that keep the tests short."""

NETWORK = pytest.mark.parametrize("module", ["network"], indirect=True)
SERIAL = pytest.mark.parametrize("module", ["serial"], indirect=True)
"""For what does not depend on the kind of line and takes its time."""

Make = Callable[..., ModbusIo]


@pytest.fixture(params=["network", "serial"])
def module(request: pytest.FixtureRequest) -> Iterator[ModbusEmulator]:
    emulator = ModbusEmulator(connection=request.param)
    emulator.reached = emulator.start()  # type: ignore[attr-defined]  # the settings, for make_driver
    yield emulator
    emulator.stop()


@pytest.fixture
def make_driver(module: Any) -> Iterator[Make]:
    """Make an opened driver at the near end; keyword arguments are settings."""
    made: list[ModbusIo] = []

    def make(**settings: Any) -> ModbusIo:
        driver = registry.make("modbus_io", {**module.reached, **QUICK, **settings}, production=True)
        assert isinstance(driver, ModbusIo)
        made.append(driver)
        driver.open()
        return driver

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def driver(make_driver: Make) -> ModbusIo:
    return make_driver()


class Heard(list[Any]):
    """The events of commands, and the calls that collect them."""

    def call(self, seconds: float = 5.0, on_event: Callable[[Any], None] | None = None) -> Call:
        def emit(event: object, fds: object) -> None:
            self.append(event)
            if on_event is not None:
                on_event(event)

        return Call(seconds, emit)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """Call something after so many seconds."""
    timers: list[threading.Timer] = []

    def start(seconds: float, function: Callable[..., Any], *arguments: Any) -> None:
        timers.append(threading.Timer(seconds, function, arguments))
        timers[-1].start()

    yield start
    for timer in timers:
        timer.cancel()
        timer.join()


def output(status: Status, name: Output) -> Level:
    return next(each.level for each in status.outputs if each.name is name)


def sensed(status: Status, name: Input) -> Level:
    return next(each.level for each in status.inputs if each.name is name)


def until(true: Callable[[], bool], seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
