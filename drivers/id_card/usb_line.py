"""SDT packets on a pair of USB bulk endpoints, through libusb.

Source: kekxv's clangTools (`IdCard`, `usb_tool.cpp`): device 0400:C35A, interface 0 claimed after the kernel's driver was let
go, packets as they are on its bulk endpoints. Their numbers are not told there (it tries one after the other); here they are
read from the descriptor.
"""

from __future__ import annotations

import contextlib
import errno
from array import array
from typing import Any

import usb.core
import usb.util

from drivers.contract.faults import DeviceFault, FaultCode, failing

_INTERFACE = 0
_CHUNK = 4096
"""A multiple of every bulk packet size (64, 512, 1024): libusb calls anything else an overflow."""
_WRITE_MS = 1000
_DRAIN_MS = 2
_MOST_DRAINED = 8


class UsbLine:
    """The bulk endpoints of interface 0 of one USB device, which this claims for itself."""

    def __init__(self, node: str) -> None:
        """Claim it. Raise DeviceFault: PORT_ABSENT, PORT_DENIED, SETTING_INVALID when it has no pair of bulk endpoints."""
        try:
            bus, address = (int(part) for part in node.split("/")[-2:])
        except ValueError:
            raise failing(
                FaultCode.SETTING_INVALID, f"device: {node} is not of the form /dev/bus/usb/001/004"
            ) from None
        try:
            self._device: Any = usb.core.find(bus=bus, address=address)
        except usb.core.NoBackendError as error:
            raise failing(FaultCode.SETTING_INVALID, "connection: libusb-1.0 is not installed") from error
        if self._device is None:
            raise failing(FaultCode.PORT_ABSENT, f"device: {node} is not there")
        try:
            self._claim()
        except usb.core.USBError as error:
            usb.util.dispose_resources(self._device)
            raise _cannot_open(node, error) from error
        except DeviceFault:
            usb.util.dispose_resources(self._device)
            raise
        self._chunk = array("B", bytes(_CHUNK))

    def _claim(self) -> None:
        with contextlib.suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(_INTERFACE):
                self._device.detach_kernel_driver(_INTERFACE)
        interface = self._device.get_active_configuration()[(_INTERFACE, 0)]
        bulk = [each for each in interface if usb.util.endpoint_type(each.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK]
        self._in = _toward(bulk, usb.util.ENDPOINT_IN)
        self._out = _toward(bulk, usb.util.ENDPOINT_OUT)
        usb.util.claim_interface(self._device, _INTERFACE)

    def write(self, data: bytes) -> None:
        """Send one packet. Raise DeviceFault(DEVICE_GONE)."""
        try:
            self._out.write(data, _WRITE_MS)
        except usb.core.USBError as error:
            raise _gone() from error

    def read(self, seconds: float) -> memoryview:
        """Wait for bytes, at most `seconds`; the view (empty: none came) is valid until the next call, which overwrites it."""
        try:
            count = self._in.read(self._chunk, max(1, round(seconds * 1000)))
        except usb.core.USBTimeoutError:
            return memoryview(b"")
        except usb.core.USBError as error:
            raise _gone() from error
        return memoryview(self._chunk)[:count]

    def discard_input(self) -> None:
        """Forget what has arrived."""
        for _ in range(_MOST_DRAINED):
            if not self.read(_DRAIN_MS / 1000):
                break
        self.wipe()

    def wipe(self) -> None:
        """Overwrite the read buffer."""
        memoryview(self._chunk).cast("B")[:] = bytes(_CHUNK)

    def close(self) -> None:
        """Let go of the device; it may be gone already."""
        self.wipe()
        with contextlib.suppress(usb.core.USBError):
            usb.util.release_interface(self._device, _INTERFACE)
        usb.util.dispose_resources(self._device)


def _toward(endpoints: list[Any], direction: int) -> Any:
    for each in endpoints:
        if usb.util.endpoint_direction(each.bEndpointAddress) == direction:
            return each
    raise failing(FaultCode.SETTING_INVALID, 'connection: the device has no pair of bulk endpoints; try "hid"')


def _gone() -> DeviceFault:
    return failing(FaultCode.DEVICE_GONE, "the USB reader was unplugged")


def _cannot_open(node: str, error: usb.core.USBError) -> DeviceFault:
    if error.errno == errno.EACCES:
        return failing(FaultCode.PORT_DENIED, f"device: no permission for {node}")
    if error.errno == errno.EBUSY:
        return failing(FaultCode.PORT_DENIED, f"device: {node} is held by another program")
    return failing(FaultCode.PORT_ABSENT, f"device: {node}: {error.strerror}")
