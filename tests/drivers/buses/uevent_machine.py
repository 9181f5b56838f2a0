"""Run under umockdev-wrapper: plugs a device in and pulls it out, with real events over netlink, while the watch looks on.

Prints one JSON object: seconds from plugging in to the change in the table, and from pulling out.
"""

from __future__ import annotations

import asyncio
import json
import time

from umockdev_bed import Testbed

from drivers.buses.client import BusWatch
from drivers.buses.messages import Pace, Paces
from drivers.contract.bus import Bus

RARELY = Pace(every=60, later=60, again=60)
"""Only the kernel's word can make the table right in time."""

HOST = "/devices/pci0000:00/0000:00:14.0"
ATTRIBUTES = ("busnum=1", "devnum=4", "idVendor=0400", "idProduct=c35a", "serial=SN9", "bDeviceClass=00")


async def run() -> dict[str, float]:
    bed = Testbed()
    watch = BusWatch([Bus.USB], paces=Paces(told=RARELY, blind=RARELY))
    await watch.start()
    await watch.settled(10)
    assert watch.table().things() == ()
    bed.add(HOST, "pci")
    attributes = [f"A: {attribute}" for attribute in ATTRIBUTES]
    device = bed.add(f"{HOST}/usb1/1-2", "usb", "N: bus/usb/001/004", "E: DEVTYPE=usb_device", *attributes)
    came = await until(watch, 1)
    (thing,) = watch.table().things()
    assert (thing.path, thing.serial) == ("pci-0000:00:14.0-usb-0:2", "SN9")
    bed.remove(device)
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
