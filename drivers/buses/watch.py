"""All wanted buses at once: a loop for each, the kernel's events for all, and one eye on loops that hang."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from drivers.buses import uevents
from drivers.buses.loop import BusLoop, Listing
from drivers.buses.messages import Begin, Pace, Sources
from drivers.buses.table import BusState
from drivers.contract.bus import Bus


class Watch:
    """Tells each change of a bus, from several threads."""

    def __init__(self, begin: Begin, tell: Callable[[BusState], None]) -> None:
        known = {state.bus: state for state in begin.known}
        self._paces = begin.paces
        self._loops = {
            bus: BusLoop(
                known.get(bus, BusState(bus=bus)), listing(bus, begin.sources), self._pace(bus), begin.paces, tell
            )
            for bus in dict.fromkeys(begin.buses)
        }

    def start(self) -> None:
        """Begin to watch."""
        kernel = [self._loops[bus] for bus in uevents.KERNEL_BUSES if bus in self._loops]
        if kernel and not uevents.start(self._heard):
            for loop in kernel:
                loop.pace = self._paces.blind
        for loop in self._loops.values():
            loop.start()

    def ask_again(self, buses: tuple[Bus, ...]) -> None:
        """List these buses now."""
        for bus in buses:
            if bus in self._loops:
                self._loops[bus].nudge()

    def look_after(self) -> None:
        """Notice loops that hang; to be called every second."""
        for loop in self._loops.values():
            loop.look_after()

    def stop(self) -> None:
        """Ask no bus any more."""
        for loop in self._loops.values():
            loop.stop()

    def _heard(self, bus: Bus, removed: bool) -> None:
        if bus in self._loops:
            self._loops[bus].nudge(removed=removed)

    def _pace(self, bus: Bus) -> Pace:
        match bus:
            case Bus.PCSC:
                return self._paces.pcsc
            case Bus.IPP:
                return self._paces.ipp
            case Bus.NETWORK:
                return self._paces.network
            case Bus.USB | Bus.SERIAL | Bus.V4L2 | Bus.EVDEV:
                return self._paces.told


def listing(bus: Bus, sources: Sources) -> Listing:
    """Return what lists a bus. Each is imported only when it is wanted: zeroconf alone takes 5 MB."""
    roots = (Path(sources.sysfs), Path(sources.dev))
    match bus:
        case Bus.USB:
            from drivers.buses import usb

            return partial(usb.attached, *roots)
        case Bus.SERIAL:
            from drivers.buses import serial

            return partial(serial.attached, *roots)
        case Bus.V4L2:
            from drivers.buses import v4l2

            return partial(v4l2.attached, *roots)
        case Bus.EVDEV:
            from drivers.buses import evdev

            return partial(evdev.attached, *roots)
        case Bus.PCSC:
            from drivers.buses import pcsc

            return pcsc.attached
        case Bus.IPP:
            from drivers.buses import ipp

            return partial(ipp.attached, sources.cups)
        case Bus.NETWORK:
            from drivers.buses import network

            return network.Browser(sources.services, sources.interfaces).attached
