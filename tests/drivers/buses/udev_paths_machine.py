"""Run under umockdev-wrapper: asks udev itself (its builtin path_id) for the places of devices; prints pairs of its and ours."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from umockdev_bed import Testbed

from drivers.buses.sysfs import port_path

HOST = "/devices/pci0000:00/0000:00:1c.0/0000:02:00.0"
BRIDGE = "/devices/pci0000:00/0000:00:1c.0"
DEVICE = "E: DEVTYPE=usb_device"


def plug_in(bed: Testbed) -> list[str]:
    """A hub behind a bridge with an adapter and a reader; a camera on an ARM board; a touch panel on its I2C bus."""
    bed.add(BRIDGE, "pci")
    bed.add(HOST, "pci")
    bed.add(f"{HOST}/usb3", "usb", DEVICE, "A: idVendor=1d6b")
    bed.add(f"{HOST}/usb3/3-4", "usb", DEVICE, "A: idVendor=05e3")
    reader = bed.add(f"{HOST}/usb3/3-4/3-4.2", "usb", DEVICE, "A: idVendor=1a86")
    interface = bed.add(f"{reader}/3-4.2:1.1", "usb", "E: DEVTYPE=usb_interface")
    bed.add(f"{interface}/ttyUSB0", "usb-serial", "A: port_number=0")
    adapter = bed.add(f"{interface}/ttyUSB0/tty/ttyUSB0", "tty", "N: ttyUSB0")
    hid = bed.add(f"{interface}/0003:1A86:7523.0001", "hid")
    raw = bed.add(f"{hid}/hidraw/hidraw0", "hidraw", "N: hidraw0")
    bed.add(f"{hid}/input/input3", "input")
    keys = bed.add(f"{hid}/input/input3/event3", "input", "N: input/event3")
    board = bed.add("/devices/platform/soc/fd500000.usb", "platform")
    controller = bed.add(f"{board}/xhci-hcd.1.auto", "platform")
    bed.add(f"{controller}/usb1", "usb", DEVICE, "A: idVendor=1d6b")
    bed.add(f"{controller}/usb1/1-1", "usb", DEVICE, "A: idVendor=046d")
    lens = bed.add(f"{controller}/usb1/1-1/1-1:1.0", "usb", "E: DEVTYPE=usb_interface")
    camera = bed.add(f"{lens}/video4linux/video0", "video4linux", "N: video0")
    bed.add("/devices/platform/soc/fe5c0000.i2c", "platform")
    panel = bed.add("/devices/platform/soc/fe5c0000.i2c/i2c-1/1-0014", "i2c")
    bed.add(f"{panel}/input/input1", "input")
    touch = bed.add(f"{panel}/input/input1/event1", "input", "N: input/event1")
    bed.add("/devices/platform/serial8250", "platform")
    port = bed.add("/devices/platform/serial8250/tty/ttyS7", "tty", "N: ttyS7")
    return [reader, interface, adapter, raw, keys, camera, touch, port]


def udev(path: str) -> str:
    command = ["udevadm", "test-builtin", "path_id", f"/sys{path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    return next(line.removeprefix("ID_PATH=") for line in done.stdout.splitlines() if line.startswith("ID_PATH="))


if __name__ == "__main__":
    bed = Testbed()
    print(json.dumps([[udev(path), port_path(Path(f"/sys{path}"), Path("/sys"))] for path in plug_in(bed)]))
