"""Fingers before libfprint's virtual reader, and the driver that has it open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.fingerprint import Enroll
from drivers.contract.secret import SecretBytes
from drivers.emulators.fingerprint import FprintEmulator
from drivers.fingerprint.fprint import Fprint


@pytest.fixture
def person() -> Iterator[FprintEmulator]:
    emulator = FprintEmulator()
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def make_driver(person: FprintEmulator) -> Iterator[Callable[..., Fprint]]:
    """Make a driver that is not opened yet; keyword arguments are settings."""
    made: list[Fprint] = []

    def make(**settings: Any) -> Fprint:
        driver = registry.make("fprint", {"virtual_socket": str(person._plug / "socket"), **settings}, production=False)
        assert isinstance(driver, Fprint)
        made.append(driver)
        return driver

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def driver(make_driver: Callable[..., Fprint]) -> Fprint:
    driver = make_driver()
    driver.open()
    return driver


class Heard(list[Any]):
    """The events of a command, and the call that collects them."""

    def call(self, seconds: float = 5.0, on_event: Callable[[Any], None] | None = None) -> Call:
        def emit(event: object, fds: object) -> None:
            self.append(event)
            if on_event is not None:
                on_event(event)

        return Call(seconds, emit)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(scope="session")
def print_of_an_index_finger() -> bytes:
    """Enrolled once: the virtual reader compares names."""
    emulator = FprintEmulator()
    driver = registry.make("fprint", emulator.start(), production=False)
    try:
        driver.open()
        emulator.lay("index", times=5)
        template: SecretBytes = driver.perform(Enroll(), Heard().call()).template
        return template.reveal()
    finally:
        driver.close()
        emulator.stop()


@pytest.fixture
def index(print_of_an_index_finger: bytes) -> SecretBytes:
    """The template of an index finger."""
    return SecretBytes(print_of_an_index_finger)
