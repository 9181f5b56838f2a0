"""A dispenser on a pseudo-terminal, and the driver at the near end of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.card_dispenser.crt_591 import Crt591
from drivers.contract.driver import Call
from drivers.emulators.card_dispenser import Crt591Emulator

QUICK = {"gap_seconds": 0.02, "settle_seconds": 0.3, "poll_ms": 50, "gone_looks": 2}
"""Limits that keep the tests short; an emulated move takes 10 ms instead of 600."""

HASTY = {"ack_seconds": 0.08, "answer_seconds": 0.1, "move_seconds": 0.25}
"""For tests in which the machine stays silent: the others grant a slow computer its time."""


@pytest.fixture
def machine() -> Iterator[Crt591Emulator]:
    emulator = Crt591Emulator(move_seconds=0.01)
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def make_driver(machine: Crt591Emulator) -> Iterator[Callable[..., Crt591]]:
    """Make an opened driver at the near end; keyword arguments are settings."""
    made: list[Crt591] = []

    def make(**settings: Any) -> Crt591:
        port = str(machine._wire.port)
        driver = registry.make("crt_591", {"port": port, **QUICK, **settings}, production=True)
        assert isinstance(driver, Crt591)
        made.append(driver)
        driver.open()
        return driver

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def driver(make_driver: Callable[..., Crt591]) -> Crt591:
    return make_driver()


@pytest.fixture
def hasty(make_driver: Callable[..., Crt591]) -> Crt591:
    """A driver that gives up soon."""
    return make_driver(**HASTY)


@pytest.fixture
def other_machine() -> Iterator[Callable[..., Crt591Emulator]]:
    """Start a machine with options of its own."""
    started: list[Crt591Emulator] = []

    def start(**options: Any) -> Crt591Emulator:
        started.append(Crt591Emulator(**{"move_seconds": 0.01, **options}))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


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


class Heard(list[Any]):
    """The events of a command, and the call that collects them."""

    def call(self, seconds: float = 5.0, canceled: threading.Event | None = None) -> Call:
        return Call(seconds, lambda event, fds: self.append(event), canceled=canceled)


@pytest.fixture
def heard() -> Heard:
    return Heard()
