"""A made-up machine with USB sockets, so that emulated devices can be seen to come and go on a bus as real ones are.

A tree as the kernel lays out /sys, with nodes as under /dev; each node leads to the pty of an emulator. An emulator that is
unplugged takes its pty away: then the node leads nowhere, and the bus lists it no more, as when the kernel takes a node away.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.buses.messages import Sources
from drivers.contract.bus import Bus

_HOST = "pci0000:00/0000:00:14.0"
_CUPS_NOWHERE = "ipp://127.0.0.1:9"
_KEYBOARD_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""capabilities/key of a common USB keyboard, as which a scanner that types shows up."""


@dataclass(frozen=True)
class Plug:
    """What a device says of itself on USB, and as what it shows up."""

    bus: Bus
    setting: str
    """Which of the emulator's settings is the way to it."""
    vendor: str
    product: str
    maker: str
    model: str
    serial: str = ""
    kind: str = "hid"
    """Which node a USB device has: "hid", or "printer"."""


PLUGS = {
    "sdt_serial": Plug(Bus.SERIAL, "port", "1a86", "7523", "QinHeng", "USB Serial"),
    "sdt_usb": Plug(Bus.USB, "device", "10c4", "0007", "MIAXIS", "MR-300", "M300-0042"),
    "serial_scanner": Plug(Bus.SERIAL, "port", "05e0", "0600", "Symbol", "Barcode Scanner"),
    "crt_591": Plug(Bus.SERIAL, "port", "0403", "6001", "FTDI", "USB Serial"),
    "keyboard_wedge": Plug(Bus.EVDEV, "path", "05e0", "1200", "Symbol", "Bar Code Scanner"),
    "escpos:usb": Plug(Bus.USB, "path", "0483", "5743", "Xprinter", "XP-80", "XP80-0117", kind="printer"),
    "escpos:serial": Plug(Bus.SERIAL, "path", "067b", "2303", "Prolific", "USB-Serial Controller"),
}
"""By driver (and connection, where a driver has several): those whose emulator stands behind a node. The USB names are those of
common devices of the kind."""


def plug_of(driver: str, settings: Mapping[str, Any]) -> Plug | None:
    """The plug of an emulator that is reached by these settings; None: it is on the network, or no bus lists it."""
    return PLUGS.get(driver) or PLUGS.get(f"{driver}:{settings.get('connection')}")


class Sockets:
    """The machine. Each device has a socket of its own for as long as the stage stands, plugged in or not."""

    def __init__(self, folder: Path) -> None:
        self._sysfs, self._dev = folder / "sys", folder / "dev"
        for made in (self._sysfs / "devices", self._sysfs / "class", self._sysfs / "bus", self._dev):
            made.mkdir(parents=True)
        self._device(_HOST, "pci")
        self._device(
            f"{_HOST}/usb1", "usb", busnum="1", devnum="1", idVendor="1d6b", idProduct="0002", bDeviceClass="09"
        )
        self._count = 0

    @property
    def sources(self) -> Sources:
        """Where the buses look on this machine. Nothing is announced on its network."""
        return Sources(
            sysfs=str(self._sysfs), dev=str(self._dev), cups=_CUPS_NOWHERE, services=(), interfaces=("127.0.0.1",)
        )

    def add(self, plug: Plug, leads_to: Path) -> dict[str, str]:
        """Give a device a socket; return the place that a profile writes to mean it."""
        number = self._count
        self._count += 1
        socket = str(number + 1)
        texts = {"manufacturer": plug.maker, "product": plug.model, **({"serial": plug.serial} if plug.serial else {})}
        ids = {"idVendor": plug.vendor, "idProduct": plug.product, "bDeviceClass": "00"}
        usb = f"{_HOST}/usb1/1-{socket}"
        self._device(usb, "usb", busnum="1", devnum=str(number + 2), **ids, **texts)
        self._node(f"bus/usb/001/{number + 2:03}", leads_to)
        interface = f"{usb}/1-{socket}:1.0"
        self._device(interface, "usb")
        if plug.bus is Bus.SERIAL:
            self._serial(interface, number, leads_to)
        elif plug.bus is Bus.EVDEV:
            self._keys(interface, number, plug, leads_to)
        elif plug.kind == "printer":
            self._class_device(f"{interface}/usbmisc/lp{number}", "usbmisc", f"usb/lp{number}", interface, leads_to)
        else:
            self._hid(interface, number, plug, leads_to)
        return {"bus": plug.bus.value, "path": f"*-usb-0:{socket}:*"}

    def _serial(self, interface: str, number: int, leads_to: Path) -> None:
        port = f"{interface}/ttyUSB{number}"
        self._device(port, "usb-serial", port_number="0")
        self._link(self._sysfs / "devices" / port / "driver", self._sysfs / "bus/usb-serial/drivers/ch341-uart")
        self._class_device(f"{port}/tty/ttyUSB{number}", "tty", f"ttyUSB{number}", port, leads_to)

    def _hid(self, interface: str, number: int, plug: Plug, leads_to: Path) -> None:
        hid = f"{interface}/0003:{plug.vendor.upper()}:{plug.product.upper()}.{number:04X}"
        self._device(hid, "hid")
        self._class_device(f"{hid}/hidraw/hidraw{number}", "hidraw", f"hidraw{number}", hid, leads_to)

    def _keys(self, interface: str, number: int, plug: Plug, leads_to: Path) -> None:
        device = f"{interface}/input/input{number}"
        self._device(device, "input", name=f"{plug.maker} {plug.model}", properties="0")
        capabilities = self._made(f"{device}/capabilities")
        (capabilities / "key").write_text(f"{_KEYBOARD_KEYS}\n", "utf-8")
        self._class_device(f"{device}/event{number}", "input", f"input/event{number}", device, leads_to)

    # --- how the kernel lays it out

    def _class_device(self, folder: str, kind: str, node: str, device: str, leads_to: Path) -> None:
        whole = self._made(folder)
        self._link(whole / "subsystem", self._sysfs / "class" / kind)
        self._link(whole / "device", self._sysfs / "devices" / device)
        self._link(self._sysfs / "class" / kind / whole.name, whole)
        self._node(node, leads_to)

    def _device(self, folder: str, subsystem: str, **attributes: str) -> None:
        whole = self._made(folder)
        self._link(whole / "subsystem", self._sysfs / "bus" / subsystem)
        self._link(self._sysfs / "bus" / subsystem / "devices" / whole.name, whole)
        for name, value in attributes.items():
            (whole / name).write_text(f"{value}\n", "utf-8")

    def _made(self, folder: str) -> Path:
        whole = self._sysfs / "devices" / folder
        whole.mkdir(parents=True, exist_ok=True)
        return whole

    @staticmethod
    def _link(link: Path, target: Path) -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))

    def _node(self, name: str, leads_to: Path) -> None:
        node = self._dev / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.symlink_to(leads_to)
