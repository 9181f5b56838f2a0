"""Hot-plug by real events of the netlink family, on umockdev's machine; and what happens where the kernel says nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers.buses import uevents
from drivers.buses.messages import Begin, Pace, Sources
from drivers.buses.table import BusState
from drivers.buses.watch import Watch
from drivers.contract.bus import Bus

from .conftest import PACES
from .machine import Machine

ROOT = Path(__file__).parents[3]


def under_umockdev(script: str) -> Any:
    """Run a script of this folder on umockdev's machine; return what it printed."""
    missing = [program for program in ("umockdev-wrapper", "udevadm") if shutil.which(program) is None]
    if missing:
        pytest.fail(f"not installed: {', '.join(missing)}. Cure: sudo apt-get install -y umockdev udev")
    done = subprocess.run(
        ["umockdev-wrapper", sys.executable, str(Path(__file__).with_name(script))],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_real_event_is_in_the_table_at_once():
    """Nothing is listed by the clock here (once a minute): what is seen within a second came by the kernel's word."""
    took = under_umockdev("uevent_machine.py")
    assert took["came"] < 1
    assert took["gone"] < 1, "one `remove` is enough, three misses would have taken minutes"


def test_places_are_those_that_udev_names():
    for theirs, ours in under_umockdev("udev_paths_machine.py"):
        assert ours == theirs


def test_where_the_kernel_may_not_be_heard_one_looks(
    machine: Machine, sources: Sources, monkeypatch: pytest.MonkeyPatch
):
    def refused() -> Any:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(uevents, "_listen", refused)
    states: list[BusState] = []
    paces = msgspec.structs.replace(PACES, told=Pace(every=60, later=60))
    watch = Watch(Begin(buses=(Bus.USB,), sources=sources, paces=paces), states.append)
    watch.start()
    until(lambda: bool(states))
    machine.usb("1")
    until(lambda: bool(states[-1].things))
    watch.stop()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 3
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class Monitor:
    """pyudev's, with a socket that overflows, and an event that cannot be read."""

    def __init__(self) -> None:
        self.errors: list[Exception] = [
            OSError(105, "No buffer space available"),
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
        ]

    def poll(self, seconds: float) -> None:
        if self.errors:
            raise self.errors.pop()
        time.sleep(seconds)


def test_the_listening_thread_never_ends_without_a_word(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """pyscard's monitor thread ends silently at the first error: nothing is ever told again."""
    monitor = Monitor()
    monkeypatch.setattr(uevents, "_listen", lambda: monitor)
    monkeypatch.setattr(uevents, "_RETRY_SECONDS", 0.01)
    everywhere = threading.Semaphore(0)
    assert uevents.start(lambda bus, removed: everywhere.release())
    for _ in range(2 * len(uevents.KERNEL_BUSES)):
        assert everywhere.acquire(timeout=3), "after each error every bus is looked at"
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
