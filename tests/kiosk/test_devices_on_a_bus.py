"""A device is found where it is plugged in: a made-up machine, real serial lines at the far end, a real host."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from drivers.buses.messages import Sources
from drivers.buses.table import Answer, BusState, Table
from drivers.client import Link, is_ready
from drivers.contract.bus import Attached, Bus
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode, fault
from drivers.emulators.id_card_reader import SdtEmulator
from kiosk.binding import settings_in_place, settings_of
from kiosk.devices import Devices
from kiosk.settings.profile import DeviceSettings, PanelSettings, Profile
from tests.drivers.buses.machine import Machine

READER = {"class": "id_card_reader", "driver": "sdt_serial"}
BACK_SECONDS = 10.0


def reader(**more: object) -> DeviceSettings:
    return DeviceSettings.model_validate({**READER, **more})


def profile(device: DeviceSettings) -> Profile:
    panel = PanelSettings(px=(1080, 1920), mm=(268.0, 476.0))
    return Profile(id="t", title="t", production=False, panel=panel, devices={"id_reader": device})


def table(*things: Attached, answer: Answer = Answer.LISTED) -> Table:
    return Table((BusState(bus=Bus.SERIAL, answer=answer, things=things),))


def port(path: str, node: str) -> Attached:
    return Attached(bus=Bus.SERIAL, path=path, node=node, kind="ttyUSB")


def test_the_address_comes_from_the_bus_and_what_the_profile_writes_stands() -> None:
    device = reader(place={"bus": "serial", "path": "*-usb-0:1.2:*"}, settings={"photo_decoder": "stand_in"})
    there = table(port("pci-0-usb-0:1.2:1.0", "/dev/ttyUSB7"), port("pci-0-usb-0:1.3:1.0", "/dev/ttyUSB0"))
    assert settings_of(device, there) == {"port": "/dev/ttyUSB7", "photo_decoder": "stand_in"}


def test_without_a_place_the_profile_says_it_all() -> None:
    assert settings_of(reader(settings={"port": "/dev/x"}), Table()) == {"port": "/dev/x"}


@pytest.mark.parametrize(
    ("there", "code", "said"),
    [
        (table(), FaultCode.PORT_ABSENT, "nothing on bus serial"),
        (table(answer=Answer.UNKNOWN), FaultCode.PORT_ABSENT, "has not answered"),
        (table(port("a", "/dev/a"), port("b", "/dev/b")), FaultCode.SETTING_INVALID, "a, b"),
        (
            Table((BusState(bus=Bus.SERIAL, answer=Answer.FAILED, fault=fault(FaultCode.PORT_DENIED)),)),
            FaultCode.PORT_DENIED,
            "",
        ),
    ],
)
def test_why_a_device_is_not_found_is_told(there: Table, code: FaultCode, said: str) -> None:
    with pytest.raises(DeviceFault) as raised:
        settings_of(reader(place={"bus": "serial"}), there)
    assert raised.value.fault.code is code
    assert said in raised.value.fault.detail


def test_a_driver_that_claims_nothing_on_that_bus_is_told_far_from_the_machine() -> None:
    assert "port" in settings_in_place(reader(place={"bus": "serial"}))
    with pytest.raises(LookupError):
        settings_in_place(reader(place={"bus": "pcsc"}))


def test_a_reader_that_comes_back_on_another_node_serves_again(tmp_path: Path) -> None:
    """ttyUSB0 becomes ttyUSB1 after a replug into the same socket, as the kernel numbers them."""

    async def go() -> None:
        machine = Machine(tmp_path)
        sources = Sources(sysfs=str(machine.sysfs), dev=str(machine.dev), cups="ipp://127.0.0.1:9")
        devices = Devices(profile(reader(place={"bus": "serial", "path": "*-usb-0:2:*"})), sources=sources)
        client = devices.of(DeviceClass.ID_CARD_READER)
        assert client is not None
        emulator = SdtEmulator(radio_seconds=0.0)
        real_port = Path(str(emulator.start()["port"]))

        def plug(number: int) -> str:
            emulator.replug()
            usb = machine.usb("2")
            machine.usb_serial(usb, number)
            node = machine.dev / f"ttyUSB{number}"
            node.unlink(missing_ok=True)
            node.symlink_to(real_port.resolve())
            return usb

        try:
            await devices.start()
            await until(lambda: client.snapshot.link is Link.GONE, 6.0)
            assert client.snapshot.fault is not None
            assert client.snapshot.fault.code is FaultCode.PORT_ABSENT
            assert client.snapshot.restarts == 0, "no host is started for a device that is nowhere"

            usb = plug(0)
            await until(lambda: is_ready(client.snapshot), BACK_SECONDS)

            machine.unplug(usb)
            emulator.unplug()
            await until(lambda: not is_ready(client.snapshot), 15.0)
            plug(1)
            await until(lambda: is_ready(client.snapshot), BACK_SECONDS)
        finally:
            await devices.stop()
            emulator.stop()

    asyncio.run(go())


async def until(true: object, seconds: float) -> None:
    assert callable(true)
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, f"not within {seconds:g} s"
        await asyncio.sleep(0.02)
