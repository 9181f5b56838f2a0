"""A printer emulator at a real port, and the driver made from a profile's settings."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drivers import registry
from drivers.contract.driver import Call, Driver
from drivers.contract.receipt_printer import Part, PrintSlip
from drivers.emulators.receipt_paper import find_font
from drivers.emulators.receipt_printer import EscposEmulator


@dataclass
class Bench:
    """The two ends of the wire."""

    printer: EscposEmulator
    settings: dict[str, object]
    driver: Driver
    capture: Path

    def print(self, *parts: Part, seconds: float = 10.0) -> None:
        self.driver.perform(PrintSlip(parts=parts), Call(seconds, lambda event, fds: None))

    def slip(self, number: int = 1, *, seconds: float = 5.0) -> dict[str, Any]:
        path = self.capture / f"slip-{number}.json"
        until(path.exists, seconds)
        return json.loads(path.read_text("utf-8"))

    def picture(self, number: int = 1) -> Path:
        return self.capture / f"slip-{number}.png"

    def printed(self) -> list[str]:
        """The text of every slip that came out."""
        return [
            line for path in sorted(self.capture.glob("slip-*.json")) for line in json.loads(path.read_text())["text"]
        ]


def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def noto() -> str:
    path, face = find_font()
    return f"{path}#{face}"


@pytest.fixture(params=["tcp", "pty"])
def link(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(link: str = "tcp", *, speed: float = 0.0, own_font: str = "gbk", **settings: object) -> Bench:
        capture = tmp_path / f"printer-{len(made)}"
        printer = EscposEmulator(capture, link=link, speed=speed, charset=own_font)
        reach = {**printer.start(), "fonts": [noto()], "reply_seconds": 0.3, **settings}
        bench = Bench(printer, reach, registry.make("escpos", reach, production=True), capture)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.driver.close()
        bench.printer.stop()


@pytest.fixture
def bench(make_bench: Callable[..., Bench], link: str) -> Bench:
    return make_bench(link)
