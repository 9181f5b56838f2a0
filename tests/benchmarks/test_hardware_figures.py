"""The figures that are promised of the hardware layer, measured on real hosts (`make bench`): two cores, nothing else running."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.camera import Stream
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault
from drivers.contract.id_card import WaitLift
from drivers.emulators.id_card_reader import SdtEmulator
from drivers.link import memfd
from tests.drivers.host.hosting import install

pytestmark = pytest.mark.bench

ROUND_TRIP_P99_MS = 3.0
COPYING_PERCENT = 10.0
BACK_AFTER_A_CRASH_S = 2.0
BACK_AFTER_REPLUG_S = 10.0
SIXTEEN_UP_S = 1.0
PSS_MB = 15.0
FRAME_BYTES = 1280 * 720 * 3


def told(name: str, value: float, limit: float, unit: str) -> None:
    print(f"\n{name:<58}{value:10.2f} {unit:<4} (at most {limit:g})")
    assert value <= limit


@pytest.fixture(autouse=True)
def trivial_drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@asynccontextmanager
async def device(flag: str = "", kind: DeviceClass = DeviceClass.ID_CARD_READER) -> AsyncIterator[DeviceClient]:
    driver = "plain_camera" if kind is DeviceClass.CAMERA else "evil"
    client = DeviceClient("device", kind, driver, {"flag": flag}, production=False)
    await client.start()
    try:
        yield client
    finally:
        await client.stop()


async def here(client: DeviceClient) -> None:
    while client.snapshot.link is not Link.HERE or client.snapshot.status is None:
        await asyncio.sleep(0.002)


async def back(client: DeviceClient) -> float:
    began = time.monotonic()
    while True:
        try:
            await client.call(WaitLift(), seconds=1)
            return time.monotonic() - began
        except DeviceFault:
            await asyncio.sleep(0.005)


def pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000


def test_a_command_and_its_result() -> None:
    async def run() -> list[float]:
        async with device() as client:
            await here(client)
            seconds = []
            for _ in range(2_000):
                began = time.perf_counter()
                await client.call(WaitLift(), seconds=1)
                seconds.append(time.perf_counter() - began)
            return seconds

    percentiles = statistics.quantiles(asyncio.run(run()), n=100)
    print(f"\n  median {percentiles[49] * 1000:.2f} ms", end="")
    told("message round trip core <-> host, P99 of 2,000", percentiles[98] * 1000, ROUND_TRIP_P99_MS, "ms")


def test_sixteen_hosts_up_and_what_each_holds() -> None:
    async def run() -> tuple[float, float, float]:
        async with AsyncExitStack() as stack:
            began = time.monotonic()
            clients = [await stack.enter_async_context(device()) for _ in range(16)]
            await asyncio.gather(*(here(client) for client in clients))
            seconds = time.monotonic() - began
            await asyncio.sleep(3)
            held = [pss_mb(client.snapshot.pid) for client in clients if client.snapshot.pid]
            parent = int(Path(f"/proc/{clients[0].snapshot.pid}/stat").read_text().rpartition(")")[2].split()[1])
            assert len(held) == 16
            return seconds, max(held), pss_mb(parent)

    async def alone() -> float:
        async with device() as client:
            await here(client)
            await asyncio.sleep(3)
            assert client.snapshot.pid is not None
            return pss_mb(client.snapshot.pid)

    seconds, largest, nursery = asyncio.run(run())
    told("16 hosts up, from nothing", seconds, SIXTEEN_UP_S, "s")
    told("PSS of a host, the largest of 16", largest, PSS_MB, "MB")
    print(f"\n  and of the nursery that they share: {nursery:.1f} MB", end="")
    told("PSS of a host that is the only one", asyncio.run(alone()), PSS_MB, "MB")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_host_that_crashed_is_back(how: signal.Signals) -> None:
    async def run() -> float:
        async with device() as client:
            await here(client)
            longest = 0.0
            for _ in range(3):
                assert client.snapshot.pid is not None
                os.kill(client.snapshot.pid, how)
                await asyncio.sleep(0.01)
                longest = max(longest, await back(client))
            return longest

    told(f"back in service after {how.name}, worst of 3 in a row", asyncio.run(run()), BACK_AFTER_A_CRASH_S, "s")


@pytest.mark.parametrize("nudged", [False, True])
def test_a_reader_that_was_plugged_in_again_is_in_service(nudged: bool) -> None:
    async def run() -> float:
        reader = SdtEmulator()
        client = DeviceClient("reader", DeviceClass.ID_CARD_READER, "sdt_serial", reader.start(), production=True)
        await client.start()
        try:
            await here(client)
            reader.unplug()
            while client.snapshot.link is not Link.GONE:
                await asyncio.sleep(0.01)
            reader.replug()
            began = time.monotonic()
            if nudged:
                client.nudge()
            await here(client)
            return time.monotonic() - began
        finally:
            await client.stop()
            reader.stop()

    name = "in service after being plugged in again" + (", with a nudge" if nudged else "")
    told(name, asyncio.run(run()), BACK_AFTER_REPLUG_S, "s")


def test_thirty_pictures_a_second() -> None:
    """Processor time of host and core for handing over frames: filled in, sealed, sent, mapped and read once, beyond what the
    same two use when nothing is sent."""

    async def used(client: DeviceClient, seconds: float, frames: bool) -> tuple[float, int]:
        seen = 0

        def on_event(event: object, fds: list[int]) -> None:
            nonlocal seen
            for fd in fds:
                with memfd.view(fd, limit=FRAME_BYTES) as view:
                    assert view[-1] == view[0]
                os.close(fd)
                seen += 1

        assert client.snapshot.pid is not None
        before = own_seconds() + seconds_of(client.snapshot.pid)
        if frames:
            await client.call(Stream(max_fps=30), seconds=seconds + 5, on_event=on_event)
        else:
            await asyncio.sleep(seconds)
        return own_seconds() + seconds_of(client.snapshot.pid) - before, seen

    async def run() -> tuple[float, int]:
        async with device("frames", DeviceClass.CAMERA) as client:
            await here(client)
            idle, _ = await used(client, FRAME_SECONDS, frames=False)
            busy, seen = await used(client, FRAME_SECONDS, frames=True)
            return (busy - idle) / FRAME_SECONDS * 100, seen

    percent, seen = asyncio.run(run())
    assert seen >= 30 * FRAME_SECONDS - 5
    told("30 fps of 1280x720 RGB by sealed memfd, of one core", percent, COPYING_PERCENT, "%")


FRAME_SECONDS = 5


def own_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def seconds_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
