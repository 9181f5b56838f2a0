"""Devices whose drivers are the evil ones, and a watch on the loop of the core that serves them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from drivers.client import DeviceClient, Snapshot, Timing
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault
from drivers.contract.id_card import WaitLift

TIMING = Timing(
    open=1.2,
    status=0.6,
    ping_every=0.1,
    ping_answer=0.6,
    late=0.3,
    cancel=0.5,
    close=0.5,
    memory_mb=80,
    memory_every=0.2,
)
LAG_SECONDS = 0.25
"""Of a loop on a busy machine; alone it is under 0.01."""

MANIFEST = """
id = "{id}"
device_class = "{device_class}"
title = "x"
entry = "evil_package.{entry}"
protocol = "none"
sources = ["tests"]
"""
DRIVERS = [("evil", "id_card_reader", "evil_drivers:Evil"), ("plain_camera", "camera", "plain_camera:PlainCamera")]


def install(folder: Path) -> None:
    """Install the evil drivers as a third party would: a package with an entry point, seen by the host processes."""
    package = folder / "evil_package"
    package.mkdir()
    (package / "__init__.py").write_text('"""Evil."""')
    for driver, device_class, entry in DRIVERS:
        module = f"{entry.partition(':')[0]}.py"
        (package / module).write_text(Path(__file__).with_name(module).read_text("utf-8"), "utf-8")
        manifest = MANIFEST.format(id=driver, device_class=device_class, entry=entry)
        (package / f"{driver}.manifest.toml").write_text(manifest)
    info = folder / "evil_package-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: evil_package\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[kiosk.drivers]\nevil = evil_package\n")


@asynccontextmanager
async def device(
    flag: str,
    *,
    timing: Timing = TIMING,
    settings: Callable[[], Mapping[str, Any]] | None = None,
    on_change: Callable[[Snapshot], None] | None = None,
) -> AsyncIterator[DeviceClient]:
    client = DeviceClient(
        "reader",
        DeviceClass.ID_CARD_READER,
        "evil",
        settings or {"flag": flag},
        production=False,
        timing=timing,
        on_change=on_change,
    )
    await client.start()
    await client.settled(5)
    try:
        yield client
    finally:
        await client.stop()


async def back_in_service(client: DeviceClient, within: float) -> float:
    """Return the seconds until it takes a command again."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            await client.call(WaitLift(), seconds=1)
            return time.monotonic() - began
        except DeviceFault:
            await asyncio.sleep(0.02)
    raise AssertionError(f"not back within {within} s")


async def until(true: Callable[[], bool], seconds: float) -> None:
    """Wait until it is so."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, "it does not come to pass"
        await asyncio.sleep(0.01)


class Lag:
    """How long the core's loop was kept from its other work, at most."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.monotonic() - began - 0.005)


@asynccontextmanager
async def lag_watched() -> AsyncIterator[Lag]:
    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    try:
        yield lag
    finally:
        watching.cancel()


def alive(pid: int) -> bool:
    """Whether it runs; a zombie that nobody has asked after does not."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def family() -> dict[int, str]:
    """Return the descendants of this process with their states ("Z": a zombie)."""
    parents: dict[int, int] = {}
    states: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)], states[int(entry.name)] = int(fields[1]), fields[0]
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: states[pid] for pid in found - {os.getpid()}}
