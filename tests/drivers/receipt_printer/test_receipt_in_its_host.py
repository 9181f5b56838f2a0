"""The receipt printer as the core meets it: a process of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from drivers.client import DeviceClient, Link, is_ready
from drivers.contract.common import DeviceClass, Done, Supply
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.receipt_printer import Line, PrintSlip, QrCode


def test_a_slip_and_an_empty_roll(make_bench: Callable[..., Any], link: str) -> None:
    bench = make_bench(link)
    asyncio.run(visit(bench))
    assert bench.slip()["text"] == ["凭条"]
    assert bench.printed() == ["凭条"]


async def visit(bench: Any) -> None:
    client = DeviceClient("receipt", DeviceClass.RECEIPT_PRINTER, "escpos", bench.settings, production=True)
    await client.start()
    try:
        snapshot = await client.settled(8)
        assert snapshot.link is Link.HERE
        slip = PrintSlip(parts=(Line(text="凭条"), QrCode(text="K1.abc")))
        assert await client.call(slip, seconds=10) == Done()
        bench.printer.paper("out")
        with pytest.raises(DeviceFault) as caught:
            await client.call(slip, seconds=10)
        assert caught.value.fault.code is FaultCode.PAPER_OUT
        for _ in range(100):
            if client.snapshot.status is not None and client.snapshot.status.paper is Supply.OUT:
                break
            await asyncio.sleep(0.05)
        assert not is_ready(client.snapshot)
        assert client.snapshot.link is Link.HERE, "an empty printer is not a missing one"
    finally:
        await client.stop()
