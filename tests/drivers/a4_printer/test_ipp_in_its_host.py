"""The driver where it lives: in a device host of its own, pages passed as sealed memfds over the socket pair."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Coroutine
from typing import Any

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.a4_printer import Evidence, Floor, PageMoved, PageOut, Print, RaiseFence, Taken, WaitTaken
from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.faults import DeviceFault
from drivers.link import memfd

from .conftest import QUICK, Bench, page


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 30))


def client_of(bench: Bench) -> DeviceClient:
    settings = {**QUICK, "uri": bench.driver.settings.uri}
    return DeviceClient("certificates", DeviceClass.A4_PRINTER, "ipp", settings, production=True)


def job(serial: str, fence: int = 1) -> tuple[Print, list[int]]:
    content = page("page one")
    digests = (hashlib.sha256(content).hexdigest(),)
    return Print(serial=serial, owner="token", fence=fence, digests=digests), [memfd.seal(content)]


def test_a_page_through_the_host(bench: Bench):
    async def main() -> None:
        client = client_of(bench)
        await client.start()
        try:
            snapshot = await client.settled(10)
            assert snapshot.link is Link.HERE
            assert snapshot.capabilities.evidence == tuple(Evidence)
            assert await client.call(RaiseFence(3), seconds=2) == Floor(3)
            stale, fds = job("S-0", fence=2)
            with pytest.raises(DeviceFault, match="stale_fence"):
                await client.call(stale, seconds=5, fds=fds)
            command, more = job("S-1", fence=3)
            events: list[PageMoved] = []
            done = await client.call(command, seconds=20, fds=more, on_event=lambda event, _: events.append(event))
            for fd in (*fds, *more):
                os.close(fd)
            assert done.pages == (PageOut.EJECTED,)
            assert [event.out for event in events] == [PageOut.SENT, PageOut.COMPLETED, PageOut.EJECTED]
            bench.printer.do("take_paper")
            assert await client.call(WaitTaken(), seconds=5) == Taken()
            assert client.snapshot.status.readiness is Readiness.READY
        finally:
            await client.stop()

    run(main())
    assert bench.sheets_out == [("S-1/1-1", 1001)]


def test_cancelling_the_task_cancels_the_page(make_bench):
    bench: Bench = make_bench(seconds_per_page=30)

    async def main() -> None:
        client = client_of(bench)
        await client.start()
        try:
            await client.settled(10)
            pid = client.snapshot.pid
            command, fds = job("S-1")
            sent = asyncio.Event()
            task = asyncio.create_task(client.call(command, seconds=60, fds=fds, on_event=lambda *_: sent.set()))
            await sent.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            os.close(fds[0])
            assert client.snapshot.pid == pid, "the host ended the command by itself and lives on"
        finally:
            await client.stop()

    run(main())
    assert [row["state"] for row in bench.printer.state()["jobs"]] == [7]


def test_a_core_that_ends_leaves_no_page_under_way(make_bench):
    bench: Bench = make_bench(seconds_per_page=30)

    async def main() -> None:
        client = client_of(bench)
        await client.start()
        await client.settled(10)
        command, fds = job("S-1")
        sent = asyncio.Event()
        task = asyncio.create_task(client.call(command, seconds=60, fds=fds, on_event=lambda *_: sent.set()))
        await sent.wait()
        await client.stop()
        with pytest.raises(DeviceFault, match="host_died"):
            await task
        os.close(fds[0])

    run(main())
    assert [row["state"] for row in bench.printer.state()["jobs"]] == [7]
