"""A device is let go of, started anew, and replaced by another kind on another bus, while whoever holds its client keeps it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.buses.messages import Sources
from drivers.client import Link, is_ready
from drivers.contract.bus import Bus
from drivers.contract.common import DeviceClass
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.contract.id_card import Card, WaitCard
from drivers.emulators.base import Emulator
from drivers.emulators.id_card_reader import SdtEmulator, SdtHidEmulator
from kiosk.devices import Devices, Engaged
from kiosk.settings.profile import DeviceSettings, PanelSettings, Profile
from tests.drivers.buses.machine import Machine
from tests.kiosk.test_devices_on_a_bus import BACK_SECONDS, until

SERIAL = {"class": "id_card_reader", "driver": "sdt_serial", "place": {"bus": "serial", "path": "*-usb-0:2:*"}}
HID = {"class": "id_card_reader", "driver": "sdt_usb", "place": {"bus": "usb", "path": "*-usb-0:3:*"}}


class Stand:
    """A made-up machine with a serial reader in one socket and a USB reader in another; started and stopped by hand."""

    def __init__(self, folder: Path, left_out: tuple[str, ...] = ()) -> None:
        self.machine = Machine(folder)
        self.serial = SdtEmulator(radio_seconds=0.0)
        self.hid = SdtHidEmulator(radio_seconds=0.0)
        panel = PanelSettings(px=(1080, 1920), mm=(268.0, 476.0))
        device = DeviceSettings.model_validate(SERIAL)
        self.devices = Devices(
            Profile(id="t", title="t", production=False, panel=panel, devices={"id_reader": device}),
            sources=Sources(sysfs=str(self.machine.sysfs), dev=str(self.machine.dev), cups="ipp://127.0.0.1:9"),
            left_out=left_out,
        )
        self._wire(self.serial, "port")
        self.machine.usb_serial(self.machine.usb("2"), 0)
        self._lead("ttyUSB0")
        self._wire(self.hid, "device")
        self.machine.hid(self.machine.usb("3", vendor="10c4", product="0007"), 0)
        self._lead("hidraw0")

    def _wire(self, emulator: Emulator, key: str) -> None:
        self._far = Path(str(emulator.start()[key])).resolve()

    def _lead(self, name: str) -> None:
        node = self.machine.dev / name
        node.unlink()
        node.symlink_to(self._far)

    async def ready(self) -> None:
        await until(lambda: is_ready(self.devices.named("id_reader").snapshot), BACK_SECONDS)

    async def end(self) -> None:
        await self.devices.stop()
        self.serial.stop()
        self.hid.stop()


def test_another_kind_on_another_bus_serves_whoever_held_the_client(tmp_path: Path) -> None:
    async def go() -> None:
        stand = Stand(tmp_path)
        held = stand.devices.of(DeviceClass.ID_CARD_READER)
        assert held is not None
        try:
            await stand.devices.start()
            await stand.ready()
            assert stand.devices.buses().state(Bus.USB).things == (), "only the profile's bus is watched"

            await stand.devices.rebind("id_reader", DeviceSettings.model_validate(HID))
            assert held.snapshot.driver == "sdt_usb"
            assert held.snapshot.capabilities is None, "what the other one could is not believed of this one"
            await stand.ready()
            assert stand.devices.of(DeviceClass.ID_CARD_READER) is held
            assert stand.devices.settings("id_reader").driver == "sdt_usb"
            stand.hid.present()
            assert isinstance(await held.call(WaitCard(), seconds=5), Card)

            await stand.devices.rebind("id_reader", DeviceSettings.model_validate(SERIAL))
            await stand.ready()
            assert held.snapshot.driver == "sdt_serial"
        finally:
            await stand.end()

    asyncio.run(go())


def test_a_device_that_is_let_go_of_is_free_for_somebody_else_and_comes_back(tmp_path: Path) -> None:
    async def go() -> None:
        stand = Stand(tmp_path)
        client = stand.devices.named("id_reader")
        try:
            await stand.devices.start()
            await stand.ready()
            async with stand.devices.released("id_reader"):
                assert client.snapshot.link is Link.UNKNOWN, "let go of: neither here nor missed"
                assert client.snapshot.pid is None
                with pytest.raises(DeviceFault) as raised:
                    await client.call(WaitCard(), seconds=1)
                assert raised.value.fault.code is FaultCode.DEVICE_GONE
                await stand.devices.rebind("id_reader", DeviceSettings.model_validate(HID))
                assert client.snapshot.pid is None, "bound anew, and still let go of"
            await stand.ready()
            assert client.snapshot.driver == "sdt_usb"

            before = client.snapshot.pid
            await stand.devices.restart("id_reader")
            await stand.ready()
            assert client.snapshot.pid not in (None, before)
        finally:
            await stand.end()

    asyncio.run(go())


@pytest.mark.parametrize("after", [0.0, 0.005])
def test_a_device_is_taken_again_whenever_whoever_let_go_of_it_is_told_to_stop(tmp_path: Path, after: float) -> None:
    """The service key is turned back while a host is being ended: the shift ends, and no device stays away with it."""

    async def go() -> None:
        stand = Stand(tmp_path)
        client = stand.devices.named("id_reader")

        async def let_go() -> None:
            async with stand.devices.released("id_reader"):
                await asyncio.sleep(60)

        try:
            await stand.devices.start()
            for work in (stand.devices.restart, lambda name: let_go()):
                await stand.ready()
                before = client.snapshot.pid
                doing = asyncio.create_task(work("id_reader"))
                await asyncio.sleep(after)
                doing.cancel()
                await asyncio.wait({doing}, timeout=10)
                assert doing.cancelled(), "the cancellation is not lost"
                await stand.ready()
                assert after == 0 or client.snapshot.pid != before
        finally:
            await stand.end()

    asyncio.run(go())


def test_a_device_that_a_held_start_left_out_is_found_on_its_bus_when_staff_start_it(tmp_path: Path) -> None:
    async def go() -> None:
        stand = Stand(tmp_path, left_out=("id_reader",))
        try:
            assert stand.devices.expected() == []
            await stand.devices.restart("id_reader")  # without `start`: nothing was started at all
            await stand.ready()
            assert stand.devices.left_out == frozenset()
        finally:
            await stand.end()

    asyncio.run(go())


def test_a_printer_with_an_open_print_is_neither_let_go_of_nor_replaced(tmp_path: Path) -> None:
    """Where its pages are is settled with its own counter; another's would lie."""

    async def go() -> None:
        stand = Stand(tmp_path)
        stand.devices.engaged = lambda name: name == "id_reader"
        try:
            with pytest.raises(Engaged):
                await stand.devices.rebind("id_reader", DeviceSettings.model_validate(HID))
            with pytest.raises(Engaged):
                async with stand.devices.released("id_reader"):
                    pass
            assert stand.devices.settings("id_reader").driver == "sdt_serial"
        finally:
            await stand.end()

    asyncio.run(go())


def test_a_device_of_another_class_is_not_taken_for_this_one(tmp_path: Path) -> None:
    async def go() -> None:
        stand = Stand(tmp_path)
        try:
            scanner = DeviceSettings.model_validate({"class": "code_scanner", "driver": "serial_scanner"})
            with pytest.raises(ValueError, match="not code_scanner"):
                await stand.devices.rebind("id_reader", scanner)
        finally:
            await stand.end()

    asyncio.run(go())
