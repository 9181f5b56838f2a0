"""A made-up machine: a /sys tree as the kernel lays it out, with nodes under /dev, to plug things into and pull them out of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

HOST = "pci0000:00/0000:00:14.0"

KEYBOARD_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"
"""capabilities/key of a common USB keyboard."""

DIGITS_AND_ENTER = f"{(0b1111111111 << 2) | (1 << 28):x}"
MOUSE_KEYS = "1f0000 0 0 0 0"
TOUCH_KEYS = "400 0 0 0 0 0"


class Machine:
    """`sysfs` and `dev` are what the listings get."""

    def __init__(self, folder: Path) -> None:
        self.sysfs = folder / "sys"
        self.dev = folder / "dev"
        for made in (self.sysfs / "devices", self.sysfs / "class", self.sysfs / "bus", self.dev):
            made.mkdir(parents=True, exist_ok=True)
        self._device(HOST, "pci")
        self._device(
            f"{HOST}/usb1", "usb", busnum="1", devnum="1", idVendor="1d6b", idProduct="0002", bDeviceClass="09"
        )
        self._devnum = 1

    # --- USB

    def usb(
        self,
        port: str,
        *,
        vendor: str = "1a86",
        product: str = "7523",
        device_class: str = "00",
        model: str = "",
        **texts: str,
    ) -> str:
        """Plug a device into a port ("2" or "2.1" behind a hub); return its folder below /sys/devices."""
        self._devnum += 1
        steps = port.split(".")
        above = "/".join(f"1-{'.'.join(steps[: count + 1])}" for count in range(len(steps) - 1))
        folder = "/".join(part for part in (HOST, "usb1", above, f"1-{port}") if part)
        numbers = {"busnum": "1", "devnum": str(self._devnum), "idVendor": vendor, "idProduct": product}
        if model:
            texts["product"] = model
        self._device(folder, "usb", bDeviceClass=device_class, **numbers, **texts)
        self._node(f"bus/usb/001/{self._devnum:03}")
        return folder

    def interface(self, device: str, number: str = "1.0", driver: str = "") -> str:
        """Return the folder of a device's interface."""
        name = f"{Path(device).name}:{number}"
        self._device(f"{device}/{name}", "usb")
        if driver:
            self._link(f"{device}/{name}/driver", self.sysfs / "bus/usb/drivers" / driver)
        return f"{device}/{name}"

    def hid(self, device: str, number: int, interface: str = "1.0") -> str:
        where = f"{self.interface(device, interface, 'usbhid')}/0003:1A86:7523.{number:04X}"
        self._device(where, "hid")
        self.class_device(f"{where}/hidraw/hidraw{number}", "hidraw", f"hidraw{number}")
        return where

    def printer(self, device: str, number: int) -> None:
        self.class_device(f"{self.interface(device)}/usbmisc/lp{number}", "usbmisc", f"usb/lp{number}")

    def usb_serial(self, device: str, number: int, driver: str = "ch341-uart") -> str:
        where = f"{self.interface(device)}/ttyUSB{number}"
        self._device(where, "usb-serial", port_number="0")
        self._link(f"{self.sysfs}/devices/{where}/driver", self.sysfs / "bus/usb-serial/drivers" / driver)
        return self.class_device(f"{where}/tty/ttyUSB{number}", "tty", f"ttyUSB{number}", device=where)

    def acm(self, device: str, number: int) -> str:
        where = self.interface(device, driver="cdc_acm")
        return self.class_device(f"{where}/tty/ttyACM{number}", "tty", f"ttyACM{number}", device=where)

    def camera(self, device: str, number: int, index: int = 0) -> str:
        where = self.interface(device, driver="uvcvideo")
        name = f"video{number}"
        return self.class_device(
            f"{where}/video4linux/{name}", "video4linux", name, device=where, index=str(index), name="UVC Camera"
        )

    def input(self, parent: str, number: int, *, name: str = "", properties: str = "0", **masks: str) -> str:
        where = f"{parent}/input/input{number}"
        self._device(where, "input", name=name, uniq="", properties=properties)
        for mask in ("ev", "key", "abs", "rel"):
            self._write(f"{where}/capabilities/{mask}", masks.get(mask, "0"))
        for word in ("bustype", "vendor", "product", "version"):
            self._write(f"{where}/id/{word}", "0000")
        return self.class_device(f"{where}/event{number}", "input", f"input/event{number}", device=where)

    # --- on the board

    def board_serial(self, number: int, *, port: int = 0, kind: str | None = "4", old_kernel: bool = False) -> None:
        """A port of a PC's board (pnp); since Linux 6.5 two devices of "serial-base" stand between."""
        self._device("pnp0/00:05", "pnp")
        self._link(f"{self.sysfs}/devices/pnp0/00:05/driver", self.sysfs / "bus/pnp/drivers/serial")
        where = "pnp0/00:05"
        if not old_kernel:
            self._device("pnp0/00:05/00:05:0", "serial-base")
            where = f"pnp0/00:05/00:05:0/00:05:0.{port}"
            self._device(where, "serial-base")
        attributes = {} if kind is None else {"type": kind}
        self.class_device(f"{where}/tty/ttyS{number}", "tty", f"ttyS{number}", device=where, **attributes)

    def placeholder_serial(self, number: int, *, kind: str | None) -> None:
        where = "platform/serial8250"
        self._device(where, "platform")
        self._link(f"{self.sysfs}/devices/{where}/driver", self.sysfs / "bus/platform/drivers/serial8250")
        attributes = {} if kind is None else {"type": kind}
        self.class_device(f"{where}/tty/ttyS{number}", "tty", f"ttyS{number}", device=where, **attributes)

    # --- pulling out

    def unplug(self, folder: str) -> None:
        """Take a device away with all that hangs on it: its folders, links and nodes."""
        whole = (self.sysfs / "devices" / folder).resolve()
        for link in [*self.sysfs.glob("class/*/*"), *self.sysfs.glob("bus/*/devices/*")]:
            if link.resolve().is_relative_to(whole):
                self._drop_node(link.resolve())
                link.unlink()
        shutil.rmtree(whole)

    def _drop_node(self, folder: Path) -> None:
        for line in (folder / "uevent").read_text().splitlines():
            if line.startswith("DEVNAME="):
                (self.dev / line.removeprefix("DEVNAME=")).unlink(missing_ok=True)

    # --- how the kernel lays it out

    def class_device(self, folder: str, kind: str, node: str, device: str = "", **attributes: str) -> str:
        """A device of a class, with its node."""
        self._device(folder, kind, is_class=True, **attributes)
        self._write(f"{folder}/uevent", f"DEVNAME={node}\n")
        self._link(
            f"{self.sysfs}/devices/{folder}/device", self.sysfs / "devices" / (device or str(Path(folder).parents[1]))
        )
        self._node(node)
        return folder

    def _device(self, folder: str, subsystem: str, *, is_class: bool = False, **attributes: str) -> None:
        whole = self.sysfs / "devices" / folder
        whole.mkdir(parents=True, exist_ok=True)
        kind = self.sysfs / "class" / subsystem if is_class else self.sysfs / "bus" / subsystem
        self._link(str(whole / "subsystem"), kind)
        listed = kind / whole.name if is_class else kind / "devices" / whole.name
        self._link(str(listed), whole)
        self._write(f"{folder}/uevent", "".join(f"{key}={value}\n" for key, value in self._devname(attributes).items()))
        for name, value in attributes.items():
            self._write(f"{folder}/{name}", f"{value}\n")

    @staticmethod
    def _devname(attributes: dict[str, str]) -> dict[str, str]:
        if "devnum" not in attributes:
            return {}
        return {"DEVNAME": f"bus/usb/{int(attributes['busnum']):03}/{int(attributes['devnum']):03}"}

    def _write(self, name: str, value: str) -> None:
        file = self.sysfs / "devices" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value)

    def _link(self, name: str, target: Path) -> None:
        link = self.sysfs / "devices" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        target.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))

    def _node(self, name: str) -> None:
        node = self.dev / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()
