"""The card reader as the core meets it: a process of its own, which outlives a card and a service that die under it."""

from __future__ import annotations

import asyncio

import pytest

from drivers.client import DeviceClient, Link
from drivers.contract.common import DeviceClass, Done
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.smart_card import CardFamily, Release, Select, Status, WaitCard

from .conftest import SSSE, Bench


def test_a_card_in_its_own_process(bench: Bench) -> None:
    bench.wait_card()
    bench.do(Release())
    asyncio.run(visit(bench))


async def visit(bench: Bench) -> None:
    client = DeviceClient("card", DeviceClass.SMART_CARD_READER, "pcsc", bench.settings, production=True)
    await client.start()
    try:
        assert (await client.settled(8)).link is Link.HERE
        events: list[object] = []
        card = await client.call(WaitCard(), seconds=5, on_event=lambda event, fds: events.append(event))
        assert card.family is CardFamily.SOCIAL_SECURITY
        assert len(events) == 1
        assert (await client.call(Select(aid=SSSE), seconds=5)).sw == 0x9000
        assert isinstance(client.snapshot.status, Status)
        assert client.snapshot.status.powered
        pid = client.snapshot.pid
        bench.emulator.fault("silent")
        with pytest.raises(DeviceFault) as caught:
            await client.call(Select(aid=SSSE), seconds=0.3)
        assert caught.value.fault.code is FaultCode.DEADLINE
        bench.emulator.clear_faults()
        assert client.snapshot.pid == pid, "a silent card costs its command, not the process"
        bench.emulator.daemon_stop("KILL")
        with pytest.raises(DeviceFault) as caught:
            await client.call(WaitCard(), seconds=2)
        assert caught.value.fault.code is FaultCode.SERVICE_DOWN
        bench.emulator.daemon_start()
        assert (await client.call(WaitCard(), seconds=5)).family is CardFamily.SOCIAL_SECURITY
        assert await client.call(Release(), seconds=5) == Done()
        assert client.snapshot.pid == pid
    finally:
        await client.stop()
