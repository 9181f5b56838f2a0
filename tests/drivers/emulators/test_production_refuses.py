"""A production machine refuses every part that only stands in for a real one: in the driver, and in its host."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from drivers import registry
from drivers.client import DeviceClient
from drivers.contract.common import DeviceClass
from drivers.contract.driver import Driver
from drivers.contract.faults import DeviceFault, FaultCode

STAND_INS: dict[str, tuple[dict[str, Any], str]] = {
    "sdt_serial": ({"port": "/dev/ttyS0", "photo_decoder": "stand_in"}, "photo_decoder"),
    "sdt_usb": ({"device": "/dev/hidraw0", "photo_decoder": "stand_in"}, "photo_decoder"),
    "fprint": ({"virtual_socket": "/run/fingers"}, "virtual_socket"),
}
"""Drivers that have a stand-in: settings that ask for it, and the setting that the refusal names."""


def test_every_driver_with_a_stand_in_is_looked_at_here() -> None:
    kinds = {driver_id: registry.load(driver_id) for driver_id in registry.manifests()}
    with_stand_ins = {
        driver_id
        for driver_id, kind in kinds.items()
        if kind.stand_ins is not Driver.stand_ins and kind.__module__.startswith("drivers.")
    }
    assert with_stand_ins == set(STAND_INS)


@pytest.mark.parametrize("driver_id", STAND_INS)
def test_in_production_the_driver_is_not_made(driver_id: str) -> None:
    settings, named = STAND_INS[driver_id]
    registry.make(driver_id, settings, production=False)
    with pytest.raises(DeviceFault) as caught:
        registry.make(driver_id, settings, production=True)
    assert caught.value.fault.code is FaultCode.EMULATOR_REFUSED
    assert named in caught.value.fault.detail


@pytest.mark.anyio
async def test_in_production_its_host_does_not_serve_it() -> None:
    settings, named = STAND_INS["fprint"]
    client = DeviceClient("finger", DeviceClass.FINGERPRINT_READER, "fprint", settings, production=True)
    await client.start()
    try:
        async with asyncio.timeout(5):
            while client.snapshot.fault is None:
                await asyncio.sleep(0.02)
        fault = client.snapshot.fault
        assert fault.code is FaultCode.EMULATOR_REFUSED
        assert named in fault.detail
        assert client.snapshot.capabilities is None
    finally:
        await client.stop()
