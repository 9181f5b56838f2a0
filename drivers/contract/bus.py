"""What a bus lists: the things that are plugged in, each with an identity that outlives a replug and a restart."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Bus(StrEnum):
    """The ways in which a device can be attached."""

    USB = "usb"
    SERIAL = "serial"
    PCSC = "pcsc"
    IPP = "ipp"
    V4L2 = "v4l2"
    EVDEV = "evdev"
    NETWORK = "network"


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on one bus, as its attributes say; nothing was opened to learn them.

    `path` is where it is plugged in ("pci-0000:00:14.0-usb-0:1.2:1.0", a queue's name, a service's name on the network): with
    `serial` it is the identity. `node` is what a driver opens *now* ("/dev/ttyUSB0", a reader's name, an address); it changes.
    `vendor` and `product` are four hexadecimal digits in lower case, or "". `kind` is the bus's own word ("hid", "printer",
    "keyboard", "_ipp._tcp").
    """

    bus: Bus
    path: str
    node: str
    vendor: str = ""
    product: str = ""
    serial: str = ""
    maker: str = ""
    model: str = ""
    kind: str = ""

    @property
    def identity(self) -> str:
        """Bus, physical place and serial number: the same after a replug into the same socket and after a restart."""
        return f"{self.bus}:{self.path}" + (f"#{self.serial}" if self.serial else "")
