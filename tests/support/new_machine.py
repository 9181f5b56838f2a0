"""A machine that nobody has set up yet: a made-up /sys, emulated devices on real ports plugged into it, and a platform.

What is plugged in is what `device scan` would list: a card reader on a USB-serial adapter, a receipt printer and a camera on USB,
an A4 printer that says its name on the network (multicast DNS on the loopback interface only).
"""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import zeroconf.asyncio

from drivers.buses.messages import Sources
from kiosk.demo.emulators import Emulators
from kiosk.demo.stage import card_of
from kiosk.sandbox import launch
from kiosk.sandbox.launch import Sandbox
from kiosk.sandbox.people import Person
from tests.drivers.buses.machine import Machine

LOOPBACK = "127.0.0.1"
PRINTER = f"Kiosk Setup A4 {os.getpid()}"
"""Names are unique on their link: two runs at once must not meet."""

READER = "pci-0000:00:14.0-usb-0:2:1.0-port0"
"""Where the reader is plugged in."""


@dataclass
class NewMachine:
    """Its plugs. `sources` is where the buses look."""

    made_up: Machine
    emulators: Emulators
    sandbox: Sandbox
    ports: dict[str, str]

    @property
    def sources(self) -> Sources:
        return Sources(
            sysfs=str(self.made_up.sysfs),
            dev=str(self.made_up.dev),
            cups="ipp://127.0.0.1:9",
            services=("_ipp._tcp",),
            interfaces=(LOOPBACK,),
        )

    def node(self, name: str, leads_to: str) -> None:
        """A node of the made-up machine leads to a real port."""
        node = self.made_up.dev / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.unlink(missing_ok=True)
        node.symlink_to(os.path.realpath(leads_to))

    async def place(self, person: Person) -> None:
        await self.emulators.do("id_reader", "place", card=card_of(person))


@asynccontextmanager
async def new_machine(folder: Path, *, platform: Sandbox | None = None) -> AsyncIterator[NewMachine]:
    """Plug everything in; pull it out at the end. A platform that is given stays."""
    sandbox = platform or launch.start(folder / "platform", seed=7, kiosk="OTHER-0001")
    emulators = Emulators()
    await emulators.start()
    announcer = zeroconf.asyncio.AsyncZeroconf(interfaces=[LOOPBACK])
    try:
        machine = NewMachine(Machine(folder / "machine"), emulators, sandbox, {})
        await _plug_in(machine, folder / "wire", announcer)
        yield machine
    finally:
        await announcer.async_close()
        await emulators.stop()
        if platform is None:
            sandbox.stop()


async def _plug_in(machine: NewMachine, wire: Path, announcer: zeroconf.asyncio.AsyncZeroconf) -> None:
    async def start(name: str, kind: str, **options: Any) -> dict[str, Any]:
        return await machine.emulators.create(name, kind, wire / name, **options)

    made_up = machine.made_up
    reader = await start("id_reader", "sdt_serial", radio_seconds=0.2)
    made_up.usb_serial(made_up.usb("2", model="USB2.0-Serial"), 0)
    machine.node("ttyUSB0", str(reader["port"]))
    receipt = await start("receipt_printer", "escpos", link="usb")
    made_up.printer(made_up.usb("4", vendor="0483", product="5743", device_class="00", model="POS58"), 0)
    machine.node("usb/lp0", str(receipt["path"]))
    camera = await start("camera", "v4l2")
    made_up.camera(made_up.usb("3", vendor="046d", product="0825", model="Camera"), 0)
    machine.node("video0", str(camera["path"]))
    printer = await start("a4_printer", "ipp", seconds_per_page=0.2)
    at = urlsplit(str(printer["uri"]))
    service = zeroconf.ServiceInfo(
        "_ipp._tcp.local.",
        f"{PRINTER}._ipp._tcp.local.",
        port=at.port,
        addresses=[socket.inet_aton(LOOPBACK)],
        properties={"rp": at.path.lstrip("/"), "ty": "Kiosk A4", "usb_MFG": "ACME", "usb_MDL": "A4"},
        server=f"kiosk-setup-a4-{os.getpid()}.local.",
    )
    await announcer.async_register_service(service)
