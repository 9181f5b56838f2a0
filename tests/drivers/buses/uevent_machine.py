"""Run under umockdev-wrapper: plugs a device into umockdev's /sys and pulls it out, with real events over netlink; the watch looks.

Prints one JSON object: seconds from plugging in to the change in the table, and from pulling out.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import time

from drivers.buses.client import BusWatch
from drivers.buses.messages import Pace, Paces
from drivers.contract.bus import Bus

RARELY = Pace(every=60, later=60, again=60)
"""Only the kernel's word can make the table right in time."""

HOST = "/devices/pci0000:00/0000:00:14.0"
DEVICE = f"{HOST}/usb1/1-2"
DESCRIPTION = f"""P: {DEVICE}
N: bus/usb/001/004
E: DEVTYPE=usb_device
E: SUBSYSTEM=usb
A: busnum=1
A: devnum=4
A: idVendor=0400
A: idProduct=c35a
A: serial=SN9
A: bDeviceClass=00

P: {HOST}
E: SUBSYSTEM=pci

"""


class Testbed:
    """umockdev's own, by its C interface (libumockdev.so.0)."""

    def __init__(self) -> None:
        self._lib = ctypes.CDLL("libumockdev.so.0")
        self._lib.umockdev_testbed_new.restype = ctypes.c_void_p
        self._lib.umockdev_testbed_get_root_dir.restype = ctypes.c_char_p
        self._bed = ctypes.c_void_p(self._lib.umockdev_testbed_new())
        os.environ["UMOCKDEV_DIR"] = self._lib.umockdev_testbed_get_root_dir(self._bed).decode()

    def plug(self) -> None:
        # The last one is announced last, when everything is there.
        device, host = DESCRIPTION.split("\n\n")[:2]
        for part in (host, device):
            assert self._lib.umockdev_testbed_add_from_string(self._bed, (part + "\n\n").encode(), None) == 1

    def unplug(self) -> None:
        device = f"/sys{DEVICE}".encode()
        # The kernel takes the links away first; umockdev needs them to make the event. The watch waits for a burst to settle.
        self._lib.umockdev_testbed_uevent(self._bed, device, b"remove")
        self._lib.umockdev_testbed_remove_device(self._bed, device)


async def run() -> dict[str, float]:
    bed = Testbed()
    watch = BusWatch([Bus.USB], paces=Paces(told=RARELY, blind=RARELY))
    await watch.start()
    await watch.settled(10)
    assert watch.table().things() == ()
    bed.plug()
    came = await until(watch, 1)
    (thing,) = watch.table().things()
    assert (thing.path, thing.serial) == ("pci-0000:00:14.0-usb-0:2", "SN9")
    bed.unplug()
    gone = await until(watch, 0)
    await watch.stop()
    return {"came": came, "gone": gone}


async def until(watch: BusWatch, count: int) -> float:
    began = time.monotonic()
    while len(watch.table().things()) != count:
        assert time.monotonic() - began < 5, watch.table()
        await asyncio.sleep(0.002)
    return time.monotonic() - began


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run())))
