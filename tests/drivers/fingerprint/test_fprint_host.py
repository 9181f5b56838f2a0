"""The driver in its host process: a template on which libfprint aborts costs the host, and nobody else."""

from __future__ import annotations

import asyncio

import pytest

from drivers.client import DeviceClient
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.fingerprint import Enroll, StageDone, Verified, Verify
from drivers.emulators.fingerprint import FprintEmulator
from drivers.fingerprint.fprint_template import pack


def test_a_template_on_which_the_library_aborts_costs_the_host_only(person: FprintEmulator) -> None:
    async def run() -> None:
        settings = {"virtual_socket": str(person._plug / "socket")}
        client = DeviceClient("reader", DeviceClass.FINGERPRINT_READER, "fprint", settings, production=False)
        await client.start()
        try:
            await client.settled(5.0)
            heard: list[object] = []
            person.lay("index", times=6)
            enrolled = await client.call(Enroll(), seconds=10, on_event=lambda event, fds: heard.append(event))
            assert heard == [StageDone(done, 5) for done in range(1, 6)]
            with pytest.raises(DeviceFault) as caught:
                await client.call(Verify(template=pack(bytearray(b"FP3"))), seconds=5)
            assert caught.value.fault.code is FaultCode.HOST_DIED
            verified = await client.call(Verify(template=enrolled.template), seconds=10)
            assert verified == Verified(True)
        finally:
            await client.stop()

    asyncio.run(run())
