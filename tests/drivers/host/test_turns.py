"""One command at a time: who waits, how long, and what a late answer or a broken handler costs."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import pytest

from drivers.client import Snapshot
from drivers.contract.classes import CLASS_TYPES
from drivers.contract.common import DeviceClass, Done
from drivers.contract.faults import DeviceFault, FaultCode, fault
from drivers.contract.id_card import WaitCard, WaitLift
from drivers.contract.messages import Failed, Succeeded
from drivers.link import wire
from drivers.supervision.calls import Calls
from tests.drivers.host.hosting import device, until


def test_a_command_behind_a_long_one_waits_its_turn() -> None:
    async def run() -> None:
        async with device("slow") as client:
            first = asyncio.create_task(client.call(WaitCard(), seconds=5))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(client.call(WaitLift(), seconds=5))
            await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
            assert first.done()
            assert await asyncio.gather(first, second) == [Done(), Done()]
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_a_command_whose_turn_does_not_come_is_refused_and_costs_the_running_one_nothing() -> None:
    async def run() -> None:
        async with device("slow") as client:
            first = asyncio.create_task(client.call(WaitCard(), seconds=5))
            await asyncio.sleep(0.1)
            began = time.monotonic()
            with pytest.raises(DeviceFault) as raised:
                await client.call(WaitLift(), seconds=0.3)
            assert raised.value.fault.code is FaultCode.DEVICE_BUSY
            assert 0.25 < time.monotonic() - began < 0.6, "the deadline runs from the call"
            assert await first == Done()
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_a_waiting_command_that_is_cancelled_ends_at_once() -> None:
    async def run() -> None:
        async with device("slow") as client:
            first = asyncio.create_task(client.call(WaitCard(), seconds=5))
            await asyncio.sleep(0.1)
            second = asyncio.create_task(client.call(WaitLift(), seconds=5))
            await asyncio.sleep(0.1)
            began = time.monotonic()
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert time.monotonic() - began < 0.3
            assert await first == Done()
            assert client.snapshot.restarts == 0

    asyncio.run(run())


def test_a_call_in_the_moment_of_a_restart_waits_for_the_host() -> None:
    async def run() -> None:
        async with device("segfault") as client:
            with pytest.raises(DeviceFault):
                await client.call(WaitCard(), seconds=1)
            assert await client.call(WaitLift(), seconds=2) == Done()

    asyncio.run(run())


def test_an_event_handler_that_raises_costs_its_call_only(caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: object, fds: list[int]) -> None:
        raise KeyError("99999919900101" + str(1234))

    async def run() -> None:
        async with device("flood") as client:
            with pytest.raises(DeviceFault) as raised:
                await client.call(WaitCard(), seconds=10, on_event=broken)
            assert raised.value.fault.code is FaultCode.INTERNAL
            assert "KeyError" in raised.value.fault.detail
            assert await client.call(WaitLift(), seconds=10) == Done()
            assert client.snapshot.restarts == 0

    asyncio.run(run())
    assert "an event handler: KeyError" in caplog.text
    assert "199001011234" not in caplog.text


def test_a_handler_of_changes_that_raises_does_not_end_the_keeper(caplog: pytest.LogCaptureFixture) -> None:
    def broken(snapshot: Snapshot) -> None:
        raise ZeroDivisionError

    async def run() -> None:
        async with device("exit", on_change=broken) as client:
            with pytest.raises(DeviceFault):
                await client.call(WaitCard(), seconds=1)
            assert await client.call(WaitLift(), seconds=2) == Done()

    asyncio.run(run())
    assert "an on_change handler: ZeroDivisionError" in caplog.text


def test_a_death_is_told_with_its_cause() -> None:
    told: list[Snapshot] = []

    async def run() -> None:
        async with device("segfault", on_change=told.append) as client:
            with pytest.raises(DeviceFault):
                await client.call(WaitCard(), seconds=1)
            await until(lambda: client.snapshot.died is not None, 2)
            died = client.snapshot.died
            assert died is not None
            assert died.fault.detail == "signal 11"
            assert 0 < died.lived < 5
        assert any(each.died is not None for each in told)

    asyncio.run(run())


def test_a_late_answer_is_nobodys_and_its_descriptors_are_closed() -> None:
    async def run() -> None:
        calls = Calls(CLASS_TYPES[DeviceClass.ID_CARD_READER])
        old = calls.begin(None)
        calls.end(old)
        new = calls.begin(None)
        late: list[Any] = [
            Succeeded(id=old.number, body=wire.encode(Done())),
            Failed(old.number, fault(FaultCode.CARD_ABSENT)),
        ]
        for message in late:
            fd = os.memfd_create("late")
            assert calls.hear(message, [fd])
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.fstat(fd)
        assert not new.done.done()
        assert calls.hear(Succeeded(id=new.number, body=wire.encode(Done())), [])
        assert calls.hear(Failed(new.number, fault(FaultCode.CARD_ABSENT)), []), "a second answer"
        assert new.done.result() == Done()

    asyncio.run(run())
