"""The real upsd with dummy-ups behind it, started once (3 s) for all tests of this folder, and the driver before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.emulators.nut_daemons import _PLACES
from drivers.emulators.ups import UpsEmulator
from drivers.power_supply.nut import Nut

QUICK = {"answer_seconds": 0.25, "confirm_seconds": 3.0, "result_seconds": 0.8}
"""Limits that keep the tests short."""

Make = Callable[..., Nut]
Power = tuple[UpsEmulator, dict[str, Any]]


@pytest.fixture(scope="session")
def power() -> Iterator[Power]:
    assert shutil.which("upsd", path=":".join(_PLACES)), "upsd is not installed: make setup"
    emulator = UpsEmulator(test_seconds=0.2, shows_after=0.35)
    settings = emulator.start()
    yield emulator, settings
    emulator.stop()


@pytest.fixture
def ups(power: Power) -> Iterator[UpsEmulator]:
    """The UPS on mains, full, with nothing wrong."""
    emulator, _ = power
    yield emulator
    emulator.clear_faults()
    emulator.replug()
    for word in list(emulator._marks):
        emulator.mark(word, on=False)
    emulator.mains_return()


@pytest.fixture
def make_driver(ups: UpsEmulator, power: Power) -> Iterator[Make]:
    """Make an opened driver; keyword arguments are settings."""
    made: list[Nut] = []

    def make(**settings: Any) -> Nut:
        driver = registry.make("nut", {**power[1], **QUICK, **settings}, production=True)
        assert isinstance(driver, Nut)
        made.append(driver)
        driver.open()
        return driver

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def driver(make_driver: Make) -> Nut:
    return make_driver()


class Heard(list[Any]):
    """The events of commands, and the calls that collect them."""

    def call(self, seconds: float = 5.0) -> Call:
        return Call(seconds, lambda event, fds: self.append(event))


@pytest.fixture
def heard() -> Heard:
    return Heard()
