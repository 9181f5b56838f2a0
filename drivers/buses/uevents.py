"""The kernel's own word of what is plugged in and pulled out (netlink, NETLINK_KOBJECT_UEVENT; pyudev, source "kernel").

An event only says "look again": the listing is what counts, so an event that is lost costs seconds, not a device. Taken from the
kernel and not from udevd, which a container does not have.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from drivers.contract.bus import Bus

_log = logging.getLogger("drivers.buses")

SUBSYSTEMS = {
    "usb": (Bus.USB, Bus.PCSC),
    "hidraw": (Bus.USB,),
    "usbmisc": (Bus.USB,),
    "tty": (Bus.SERIAL,),
    "video4linux": (Bus.V4L2,),
    "input": (Bus.EVDEV,),
}
"""Which buses to look at when a device of a subsystem comes or goes."""

KERNEL_BUSES = (Bus.USB, Bus.SERIAL, Bus.V4L2, Bus.EVDEV)
"""Those of which `remove` is the last word; for others it is a hint."""

_POLL_SECONDS = 60.0
_RETRY_SECONDS = 1.0


class Uevents:
    """Calls `nudge(bus, removed)` for each event, from a thread of its own."""

    def __init__(self, nudge: Callable[[Bus, bool], None]) -> None:
        self._nudge = nudge
        self._monitor = _listen()
        threading.Thread(target=self._run, name="uevents", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._hear()
            except Exception as error:
                # ENOBUFS: more came than the socket holds; or an event that pyudev cannot read. Whatever it is, this thread must
                # not end without a word; what was lost is made good by looking everywhere.
                _log.warning("kernel events: %s: %s; listening afresh", type(error).__name__, error)
                self._begin_again()

    def _hear(self) -> None:
        device = self._monitor.poll(_POLL_SECONDS)
        if device is not None:
            for bus in SUBSYSTEMS.get(device.subsystem, ()):
                self._nudge(bus, device.action == "remove" and bus in KERNEL_BUSES)

    def _begin_again(self) -> None:
        while True:
            time.sleep(_RETRY_SECONDS)
            try:
                self._monitor = _listen()
            except OSError:
                continue
            for bus in KERNEL_BUSES:
                self._nudge(bus, False)
            return


def start(nudge: Callable[[Bus, bool], None]) -> bool:
    """Begin to listen. False where the kernel does not let us, or libudev is not there: then one must look by oneself."""
    try:
        Uevents(nudge)
    except (ImportError, OSError) as error:
        _log.warning("kernel events cannot be heard (%s); looking every second instead", error)
        return False
    return True


def _listen() -> Any:
    import pyudev

    monitor = pyudev.Monitor.from_netlink(pyudev.Context(), source="kernel")
    monitor.start()
    return monitor
