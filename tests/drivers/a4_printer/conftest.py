"""A bench for the A4 printer: the emulator at a real port, the driver made as a profile makes it, real one-page PDFs."""

from __future__ import annotations

import hashlib
import io
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen import canvas

from drivers import registry
from drivers.contract.a4_printer import PageMoved, Print, Printed
from drivers.contract.driver import Call, Driver
from drivers.emulators.a4_printer import IppEmulator
from drivers.link import memfd

QUICK: dict[str, object] = {
    "poll_seconds": 0.02,
    "request_seconds": 0.5,
    "stop_seconds": 0.2,
    "lost_seconds": 0.6,
    "exit_seconds": 0.2,
    "cancel_seconds": 1.0,
}
"""Settings of these tests: the same code, with less patience."""


def page(*texts: str) -> bytes:
    """A real PDF: one page for each text."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, pagesize=(595, 842), invariant=True)
    for text in texts:
        sheet.drawString(72, 700, text)
        sheet.showPage()
    sheet.save()
    return buffer.getvalue()


@dataclass
class Bench:
    """Driver and printer, joined by a port."""

    printer: IppEmulator
    driver: Driver
    capture: Path
    events: list[PageMoved] = field(default_factory=list)

    def start(
        self,
        texts: Sequence[str] = ("page 1",),
        *,
        fence: int = 1,
        serial: str = "S-1",
        digests: Sequence[str] | None = None,
        seconds: float = 20.0,
        on_event: Callable[[PageMoved], None] = lambda _: None,
        **fields: Any,
    ) -> tuple[Call, Callable[[], Printed]]:
        """Begin a print; return its call, and what performs it (in this thread)."""
        pages = [page(text) for text in texts]
        fds = [memfd.seal(content) for content in pages]
        right = tuple(hashlib.sha256(content).hexdigest() for content in pages)
        command = Print(
            serial=serial, owner="token", fence=fence, digests=right if digests is None else tuple(digests), **fields
        )

        def emit(event: Any, _: Sequence[int]) -> None:
            self.events.append(event)
            on_event(event)

        call = Call(seconds, emit, fds)

        def run() -> Printed:
            try:
                return self.driver.perform(command, call)  # type: ignore[no-any-return]
            finally:
                for fd in fds:
                    os.close(fd)

        return call, run

    def print(self, texts: Sequence[str] = ("page 1",), **options: Any) -> Printed:
        """Print these pages."""
        return self.start(texts, **options)[1]()

    def perform(self, command: Any, seconds: float = 10.0) -> Any:
        """Do any other command."""
        return self.driver.perform(command, Call(seconds, lambda event, fds: None))

    @property
    def sheets_out(self) -> list[tuple[str, int]]:
        """What came out of the machine: job name and counter, sheet by sheet, as the printer itself noted it."""
        path = self.capture / "paper.jsonl"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
        return [(row["name"], row["counter"]) for row in rows if row["event"] == "sheet"]

    @property
    def job_names(self) -> list[str]:
        """The jobs whose document reached the printer, in order."""
        rows = sorted(self.capture.glob("job-*.json"), key=lambda path: int(path.stem.split("-")[1]))
        return [json.loads(row.read_text("utf-8"))["name"] for row in rows]


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Return what makes a bench; options of the emulator by keyword, of the driver as `settings`."""
    made: list[Bench] = []

    def make(settings: dict[str, object] | None = None, **options: Any) -> Bench:
        capture = tmp_path / f"printer-{len(made)}"
        printer = IppEmulator(capture, **{"seconds_per_page": 0.02, "seed": 1, **options})
        driver = registry.make("ipp", {**printer.start(), **QUICK, **(settings or {})}, production=True)
        bench = Bench(printer, driver, capture)
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.printer.stop()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    """The bench with a printer that can prove everything."""
    return make_bench()


def until(condition: Callable[[], bool], seconds: float = 3.0) -> None:
    """Wait until something is so; fail when it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def later(condition: Callable[[], bool], action: Callable[[], object]) -> threading.Thread:
    """Do something in another thread as soon as something is so."""

    def wait_and_act() -> None:
        until(condition)
        action()

    thread = threading.Thread(target=wait_and_act, daemon=True)
    thread.start()
    return thread
