"""What a device's hosts say: kept for a technician, scrubbed and bounded; more of it for a limited time."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from drivers.client import Detail, DeviceClient
from drivers.contract.id_card import WaitCard, WaitLift
from drivers.supervision.output import nothing_heard
from tests.drivers.host.hosting import back_in_service, device, until


def said(client: DeviceClient, word: str) -> list[str]:
    return [line.text for line in client.heard if word in line.text]


def test_more_is_said_for_a_time_also_by_the_next_host_and_then_no_more() -> None:
    async def run() -> None:
        async with device("patient") as client:
            await client.call(WaitLift(), seconds=1)
            assert not said(client, "command")
            client.debug_for(2.0)
            began = time.monotonic()
            await client.call(WaitLift(), seconds=1)
            await until(lambda: bool(said(client, "Succeeded after")), 1)
            assert client.snapshot.restarts == 0, "nothing is disturbed by it"
            assert client.snapshot.pid is not None
            os.kill(client.snapshot.pid, signal.SIGKILL)
            await back_in_service(client, 2)
            assert said(client, "opened in"), "the next host begins with it"
            await asyncio.sleep(began + 2.1 - time.monotonic())
            assert client.detail is Detail.NORMAL
            before = len(client.heard)
            await client.call(WaitLift(), seconds=1)
            await asyncio.sleep(0.3)
            assert len(client.heard) == before, "it goes back by itself"

    asyncio.run(run())


def test_what_was_said_is_bounded_and_without_long_numbers() -> None:
    async def run() -> None:
        async with device("stderr") as client:
            await client.call(WaitCard(), seconds=10)
        assert said(client, "more lines were dropped")
        assert said(client, "***"), "what looks like a number of a person is struck out"
        assert "19900101" not in str(client.heard)
        assert len(client.heard) <= (nothing_heard().maxlen or 0)

    asyncio.run(run())
