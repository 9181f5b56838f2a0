"""One real pcscd with a virtual reader for the whole folder, and the driver at the near end of it.

A card that comes or goes is noticed by pcscd at its next look, each 0.4 s; tests that only talk to a card share one placement.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call
from drivers.contract.secret import SecretBytes
from drivers.contract.smart_card import CardIn, Response, Transmit, WaitCard
from drivers.emulators.smart_card import PcscEmulator
from drivers.smart_card.pcsc import PcscReader

SSSE = bytes.fromhex("7378312E73682EC9E7BBE1B1A3D5CF")
READ_CARD_NUMBER = "00B2072C00"  # EF05, record 7; the card wants the exact length and says so with 6C
READ_NAME = "00B2023400"  # EF06, record 2
QUICK = {"service_seconds": 0.6, "answer_seconds": 0.4, "settle_seconds": 0.6, "extended_apdu": "yes"}
"""Limits that keep the tests short."""


class Bench:
    """The emulated reader, what reaches it, and the driver."""

    def __init__(self) -> None:
        self.emulator = PcscEmulator()
        self.settings = {**self.emulator.start(), **QUICK}
        self.driver = self.make()
        self.events: list[Any] = []
        self.capabilities = self.driver.open()
        self.laid: dict[str, Any] = {}

    def make(self, **settings: Any) -> PcscReader:
        driver = registry.make("pcsc", {**self.settings, **settings}, production=True)
        assert isinstance(driver, PcscReader)
        return driver

    def call(self, seconds: float = 5.0) -> Call:
        return Call(seconds, lambda event, fds: self.events.append(event))

    def do(self, command: Any, seconds: float = 5.0) -> Any:
        return self.driver.perform(command, self.call(seconds))

    def lay(self, kind: str = "social_security", **fields: Any) -> None:
        """Put this card in, in the place of another."""
        self.laid = {"kind": kind, **fields}
        self.emulator.place(self.laid)

    def empty(self) -> None:
        """Take out what an earlier test left in."""
        self.emulator.withdraw()
        self.until(lambda: self.driver.status().card == "absent")

    def wait_card(self, kind: str = "social_security", **fields: Any) -> CardIn:
        """Put this card in unless it is, and power it."""
        if self.emulator.state()["card"] != kind or self.laid != {"kind": kind, **fields}:
            self.lay(kind, **fields)
            self.until(lambda: self.driver.status().card == "absent")
        self.until(lambda: self.driver.status().card == "present")
        found = self.do(WaitCard())
        assert isinstance(found, CardIn)
        return found

    def send(self, apdu: str | bytes, seconds: float = 5.0) -> Response:
        raw = bytes.fromhex(apdu) if isinstance(apdu, str) else apdu
        response = self.do(Transmit(apdu=SecretBytes(raw)), seconds)
        assert isinstance(response, Response)
        return response

    def until(self, true: Callable[[], bool], seconds: float = 3.0) -> None:
        """Wait until something is so."""
        ticking = threading.Event()
        for _ in range(int(seconds / 0.02)):
            if true():
                return
            ticking.wait(0.02)
        raise AssertionError("it did not come to pass")


@pytest.fixture(scope="session")
def shared_bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.driver.close()
    bench.emulator.stop()


@pytest.fixture
def bench(shared_bench: Bench) -> Iterator[Bench]:
    """The bench, with reader and service there and no fault on."""
    shared_bench.events.clear()
    yield shared_bench
    shared_bench.emulator.clear_faults()
    shared_bench.emulator.daemon_start()
    shared_bench.emulator.replug()


@pytest.fixture
def later() -> Iterator[Callable[..., None]]:
    """Call something after so many seconds."""
    timers: list[threading.Timer] = []

    def start(seconds: float, function: Callable[..., Any], *arguments: Any) -> None:
        timers.append(threading.Timer(seconds, function, arguments))
        timers[-1].start()

    yield start
    for timer in timers:
        timer.join()
