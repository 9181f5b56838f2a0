"""A driver that crashes, hangs, leaks, floods or lies harms nobody: its neighbours serve on, the core's loop is not kept from
its work, and the device is back within two seconds of the end of its host."""

from __future__ import annotations

import asyncio
import gc
import logging
import os

import pytest

from drivers.client import DeviceClient
from drivers.contract.common import Done
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import WaitCard, WaitLift
from tests.drivers.host.hosting import LAG_SECONDS, back_in_service, device, family, lag_watched


async def serves(neighbour: DeviceClient) -> None:
    assert await asyncio.wait_for(neighbour.call(WaitLift(), seconds=1), 1) == Done()
    assert neighbour.snapshot.restarts == 0


@pytest.mark.parametrize(
    ("flag", "code", "restarts"),
    [
        ("segfault", FaultCode.HOST_DIED, 1),
        ("exit", FaultCode.HOST_DIED, 1),
        ("exit_silently", FaultCode.HOST_DIED, 1),
        ("sys_exit", FaultCode.HOST_DIED, 1),
        ("hang_in_c", FaultCode.HOST_HUNG, 1),
        ("hang_in_regex", FaultCode.HOST_HUNG, 1),
        ("hang", FaultCode.HOST_HUNG, 1),
        ("garbage", FaultCode.HOST_DIED, 1),
        ("defect", FaultCode.INTERNAL, 0),
        ("wrong_result", FaultCode.INTERNAL, 0),
        ("huge_result", FaultCode.INTERNAL, 0),
        ("wrong_event", FaultCode.INTERNAL, 0),
        ("too_many_descriptors", FaultCode.INTERNAL, 0),
        ("leaks_fast", FaultCode.INTERNAL, None),  # its host is replaced as well when it is weighed in that moment
    ],
)
def test_a_misbehaving_driver_costs_one_command(
    flag: str, code: FaultCode, restarts: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with device("") as neighbour, device(flag) as client, lag_watched() as lag:
            call = asyncio.create_task(client.call(WaitCard(), seconds=1 if code is FaultCode.HOST_HUNG else 5))
            while not call.done():
                await serves(neighbour)
                await asyncio.sleep(0.02)
            with pytest.raises(DeviceFault) as raised:
                await call
            assert raised.value.fault.code is code
            assert "999999" not in str(raised.value)
            assert await back_in_service(client, within=2) < 2
            assert client.snapshot.restarts in ((0, 1) if restarts is None else (restarts,))
            if restarts:
                assert client.snapshot.died is not None
                assert client.snapshot.died.fault.code is code
            await serves(neighbour)
            assert "Z" not in family().values()
            assert lag.longest < LAG_SECONDS

    caplog.set_level(logging.DEBUG)
    descriptors = len(os.listdir("/proc/self/fd"))
    before = family().keys()
    asyncio.run(run())
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert family().keys() <= before
    assert "19900101" not in caplog.text


@pytest.mark.parametrize("flag", ["stderr", "late", "answers_twice", "close_hangs", "close_raises"])
def test_what_a_driver_overdoes_costs_nothing(flag: str, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with device("") as neighbour, device(flag) as client, lag_watched() as lag:
            call = asyncio.create_task(client.call(WaitCard(), seconds=0.5 if flag == "late" else 10))
            while not call.done():
                await serves(neighbour)
                await asyncio.sleep(0.02)
            assert await call == Done()
            await serves(client)
            assert client.snapshot.restarts == 0
            assert lag.longest < LAG_SECONDS

    caplog.set_level(logging.DEBUG)
    before = family().keys()
    asyncio.run(run())
    assert family().keys() <= before
    assert "19900101" not in caplog.text
    assert len(caplog.records) < 100, "a host cannot fill the log"
    if flag == "stderr":
        assert "more lines were dropped" in caplog.text
