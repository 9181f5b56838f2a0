"""A device host from its start to its end: cancel, deadline, three misses, a good end."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import WaitCard, WaitLift
from drivers.link.child import Child
from drivers.supervision.keeper import Keeper
from tests.drivers.host.hosting import TIMING, device


def test_cancelling_the_task_cancels_the_command_and_frees_the_device() -> None:
    async def run() -> None:
        async with device("patient") as client:
            call = asyncio.create_task(client.call(WaitCard(), seconds=30))
            await asyncio.sleep(0.3)
            began = time.monotonic()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await client.call(WaitLift(), seconds=1)
            assert time.monotonic() - began < 1
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_the_deadline_reaches_the_driver() -> None:
    async def run() -> None:
        async with device("patient") as client:
            with pytest.raises(DeviceFault) as raised:
                await client.call(WaitCard(), seconds=0.4)
            assert raised.value.fault.code is FaultCode.DEADLINE
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_gone_needs_three_misses_and_says_why() -> None:
    async def run() -> None:
        async with device("unwell") as client:
            links = []
            for _ in range(100):
                links.append(client.snapshot.link)
                if client.snapshot.link is Link.GONE:
                    break
                await asyncio.sleep(0.02)
            assert Link.HERE in links, "one miss must not mean gone"
            assert links[-1] is Link.GONE
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is FaultCode.LINK_SILENT

    asyncio.run(run())


def test_a_device_that_was_never_there_is_told_at_once_and_tried_again() -> None:
    async def run() -> None:
        async with device("absent") as client:
            assert client.snapshot.link is Link.GONE
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is FaultCode.PORT_ABSENT
            await asyncio.sleep(1.2)
            assert client.snapshot.restarts >= 2
            with pytest.raises(DeviceFault):
                await client.call(WaitLift(), seconds=1)

    asyncio.run(run())


def test_wrong_settings_and_unknown_drivers_name_the_mistake() -> None:
    async def run() -> None:
        client = DeviceClient(
            "reader", DeviceClass.ID_CARD_READER, "evil", {"flagg": "x"}, production=False, timing=TIMING
        )
        await client.start()
        snapshot = await client.settled(5)
        await client.stop()
        assert snapshot.fault is not None
        assert snapshot.fault.code is FaultCode.SETTING_INVALID
        assert "flagg" in snapshot.fault.detail

    asyncio.run(run())


def test_close_runs_at_the_end_and_no_process_is_left(tmp_path: Path) -> None:
    mark = tmp_path / "closed"

    async def run() -> int:
        async with device(f"closes:{mark}") as client:
            assert client.snapshot.pid is not None
            return client.snapshot.pid

    pid = asyncio.run(run())
    assert mark.read_text() == "closed"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_stopped_client_can_be_started_again() -> None:
    """Also after a fault that nobody can heal: the flag of an earlier life must not keep the next from beginning."""

    async def run() -> None:
        async with device("") as client:
            first = client.snapshot.pid
            await client.stop()
            await client.start()
            await client.settled(5)
            assert client.snapshot.link is Link.HERE
            assert client.snapshot.pid not in (None, first)
            assert await client.call(WaitLift(), seconds=2) is not None

    asyncio.run(run())


def test_a_host_that_dies_in_the_moment_of_the_stop_does_not_keep_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ends the core often ends its children too: a host's death and the cancellation meet in one turn of the loop."""

    async def run() -> None:
        stopping: list[asyncio.Task[None]] = []
        hear = Keeper._hear

        async def hear_then_stop(keeper: Keeper, current: Child) -> None:
            try:
                await hear(keeper, current)
            finally:
                loop = asyncio.get_running_loop()
                loop.call_soon(lambda: stopping.append(loop.create_task(keeper.stop())))

        monkeypatch.setattr(Keeper, "_hear", hear_then_stop)
        async with device("") as client:
            assert client.snapshot.pid is not None
            os.kill(client.snapshot.pid, signal.SIGKILL)
            while not stopping:
                await asyncio.sleep(0.01)
            ended, _ = await asyncio.wait(stopping, timeout=3)
            assert ended, "stop() waits for a client that went on living"

    asyncio.run(run())
