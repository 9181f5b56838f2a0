"""What a driver does outside of an ordinary command's end (floods, leaks, hangs in its status, leaves children behind) harms
nobody either."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from drivers.client import Link
from drivers.contract.common import Done
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import WaitCard, WaitLift
from tests.drivers.host.hosting import LAG_SECONDS, TIMING, alive, back_in_service, device, family, lag_watched, until


def test_a_flood_is_taken_in_turns_and_arrives_whole() -> None:
    async def run() -> None:
        async with device("flood") as client, lag_watched() as lag:
            seen = 0

            def count(event: object, fds: list[int]) -> None:
                nonlocal seen
                seen += 1

            assert await client.call(WaitCard(), seconds=20, on_event=count) == Done()
            assert seen == 4_000
            assert lag.longest < LAG_SECONDS

    asyncio.run(run())


def test_a_flood_without_end_is_ended_with_its_command_and_leaves_the_processor_to_others() -> None:
    async def run() -> None:
        async with device("endless_flood") as client, lag_watched() as lag:
            seen = 0

            def count(event: object, fds: list[int]) -> None:
                nonlocal seen
                seen += 1

            with pytest.raises(DeviceFault):
                await client.call(WaitCard(), seconds=2, on_event=count)
            most = (2 + TIMING.late) / TIMING.burst_seconds * TIMING.burst
            assert 0 < seen < 1.3 * most, "one host has the core's processor to itself"
            assert await back_in_service(client, within=2) < 2
            assert lag.longest < LAG_SECONDS

    asyncio.run(run())


def test_descriptors_that_nobody_takes_are_closed_and_never_fill_the_table() -> None:
    async def run() -> None:
        async with device("descriptors") as client:
            before = len(os.listdir("/proc/self/fd"))
            most = 0
            call = asyncio.create_task(client.call(WaitCard(), seconds=10))
            while not call.done():
                most = max(most, len(os.listdir("/proc/self/fd")))
                await asyncio.sleep(0)
            assert await call == Done()
            assert most - before < 120
            assert len(os.listdir("/proc/self/fd")) == before

    asyncio.run(run())


@pytest.mark.parametrize(
    ("flag", "code"), [("status_raises", FaultCode.INTERNAL), ("status_wrong", FaultCode.INTERNAL)]
)
def test_a_defect_in_the_status_is_a_missed_probe_and_does_not_end_the_driver_silently(
    flag: str, code: FaultCode
) -> None:
    async def run() -> None:
        async with device(flag) as client:
            await client.call(WaitLift(), seconds=1)
            await until(lambda: client.snapshot.link is Link.GONE, 3)
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is code
            assert "999999" not in client.snapshot.fault.detail
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_a_status_that_hangs_is_found_and_a_waiting_command_hears_why() -> None:
    async def run() -> None:
        async with device("status_hangs") as client, lag_watched() as lag:
            await client.call(WaitLift(), seconds=1)
            with pytest.raises(DeviceFault) as raised:
                await client.call(WaitLift(), seconds=5)
            assert raised.value.fault.code is FaultCode.HOST_HUNG
            assert "probing" in raised.value.fault.detail
            assert await back_in_service(client, within=2) < 2
            assert lag.longest < LAG_SECONDS

    asyncio.run(run())


@pytest.mark.parametrize(("flag", "code"), [("open_hangs", FaultCode.HOST_HUNG), ("open_raises", FaultCode.INTERNAL)])
def test_an_opening_that_hangs_or_fails_is_told(flag: str, code: FaultCode) -> None:
    async def run() -> None:
        async with device(flag) as client:
            snapshot = await client.settled(5)
            assert snapshot.link is Link.GONE
            assert snapshot.fault is not None
            assert snapshot.fault.code is code

    before = family().keys()
    asyncio.run(run())
    assert family().keys() <= before


def test_a_leak_is_ended_when_nobody_needs_the_device() -> None:
    async def run() -> None:
        async with device("leaks") as client, lag_watched() as lag:
            await until(lambda: client.snapshot.died is not None, 8)
            assert client.snapshot.died is not None
            assert client.snapshot.died.fault.code is FaultCode.HOST_GREEDY
            assert await back_in_service(client, within=2) < 2
            assert lag.longest < LAG_SECONDS

    asyncio.run(run())


@pytest.mark.parametrize("flag", ["forks", "forks_away"])
def test_a_grandchild_that_holds_the_channel_does_not_keep_the_dead_host_alive(flag: str, tmp_path: Path) -> None:
    note = tmp_path / "grandchild"

    async def run() -> None:
        async with device(f"{flag}:{note}") as client:
            with pytest.raises(DeviceFault) as raised:
                await client.call(WaitCard(), seconds=5)
            assert raised.value.fault.code is FaultCode.HOST_DIED
            assert await back_in_service(client, within=2) < 2

    asyncio.run(run())
    grandchild = int(note.read_text())
    if flag == "forks":
        assert not alive(grandchild)
    else:
        os.kill(grandchild, signal.SIGKILL)  # it left the host's group: no harm, but nobody's to end


def test_a_command_that_ignores_its_cancel_is_ended() -> None:
    async def run() -> None:
        async with device("ignores_cancel") as client:
            call = asyncio.create_task(client.call(WaitCard(), seconds=30))
            await asyncio.sleep(0.3)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(call, 2)
            assert await back_in_service(client, within=2) < 2
            assert client.snapshot.restarts == 1

    asyncio.run(run())


def test_a_stopped_host_is_killed_and_replaced() -> None:
    async def run() -> None:
        async with device("") as client:
            pid = client.snapshot.pid
            assert pid is not None
            os.kill(pid, signal.SIGSTOP)
            await until(lambda: client.snapshot.died is not None, 3)
            assert await back_in_service(client, within=2) < 2
            assert client.snapshot.pid != pid

    asyncio.run(run())
