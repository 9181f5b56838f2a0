"""The line to the printer: python-escpos' connections, with bounded waits, single-byte reads, and faults instead of exceptions."""

from __future__ import annotations

import errno
import os
import select
import socket
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, Protocol

import serial

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.receipt_printer.library import DeviceNotFoundError, Network, Serial

Handshake = Literal["none", "rts_cts", "xon_xoff"]

_READ_SLICE = 0.05
"""Seconds of one wait for a reply byte; a wait is made of slices so that a cancel is seen."""

_CHUNK = 1024
"""Bytes written at once: 0.1 s at 115200 baud."""

_EMPTY_PACKET = 0.005
"""Seconds before the next look after an empty packet: printers with nothing to say send them one after another."""

_DENIED = (errno.EACCES, errno.EPERM, errno.EBUSY)

_BROKEN = (OSError, serial.SerialException, termios.error)
"""What a line that is gone raises; termios.error is no OSError."""


class Port(Protocol):
    """What the driver needs of a line."""

    def write(self, data: bytes) -> None:
        """Send. Raise DeviceFault(LINK_SILENT) when the printer takes nothing more, DEVICE_GONE when it hung up."""

    def read(self, seconds: float) -> bytes:
        """Return what has come, at the latest after `seconds` (b"" then). Raise DeviceFault(DEVICE_GONE)."""

    def close(self) -> None:
        """Let go of the line."""


def chunks(data: bytes) -> Iterator[bytes]:
    """Cut a slip into pieces between which the driver may look up."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]


class NetworkPort:
    """A printer with its own address (raw port 9100)."""

    def __init__(self, host: str, port: int, *, write_seconds: float) -> None:
        self._printer = Network(host, port, timeout=write_seconds)
        with _opening(f"{host}:{port}"):
            self._printer.open()
        self._socket: socket.socket = self._printer.device

    def write(self, data: bytes) -> None:
        """Send; see Port."""
        with _talking():
            self._printer._raw(data)

    def read(self, seconds: float) -> bytes:
        """Receive; see Port."""
        usual = self._socket.gettimeout()
        self._socket.settimeout(max(seconds, 0.001))
        try:
            with _talking():
                data: bytes = self._printer._read()
        except DeviceFault as fault:
            if fault.fault.code is FaultCode.LINK_SILENT:
                return b""
            raise
        finally:
            self._socket.settimeout(usual)
        if not data:
            raise failing(FaultCode.DEVICE_GONE, "the printer closed the connection")
        return data

    def close(self) -> None:
        """Hang up; see Port."""
        self._printer.close()


class SerialPort:
    """A printer on RS-232 or a USB serial line."""

    def __init__(self, path: str, baud: int, handshake: Handshake, *, write_seconds: float) -> None:
        self._printer = Serial(
            devfile=path, baudrate=baud, timeout=_READ_SLICE, dsrdtr=False, xonxoff=handshake == "xon_xoff"
        )
        with _opening(path):
            self._printer.open()
        self._line: Any = self._printer.device
        self._line.rtscts = handshake == "rts_cts"
        self._line.write_timeout = write_seconds

    def write(self, data: bytes) -> None:
        """Send; see Port."""
        with _talking():
            self._printer._raw(data)

    def read(self, seconds: float) -> bytes:
        """Receive; see Port. python-escpos' own _read() asks for 16 bytes and so waits out its time for each single reply."""
        with _talking():
            ready, _, _ = select.select([self._line.fileno()], [], [], max(0.0, seconds))
            data: bytes = self._line.read(max(1, self._line.in_waiting)) if ready else b""
        return data

    def close(self) -> None:
        """Close; see Port. What was not sent is dropped, not waited for: flush() on a dead line never ends."""
        try:
            self._line.reset_output_buffer()
        except _BROKEN:
            # The line is gone already; closing the descriptor is all that is left.
            pass
        self._line.close()
        self._printer.device = False


class UsbPort:
    """A printer on USB through the kernel's driver `usblp`: /dev/usb/lpN, or a link to it.

    Written with the node's own system calls: python-escpos opens it as a file that it cannot read (escpos.printer.File).
    Source: Linux drivers/usb/class/usblp.c. One program at a time may have it open (EBUSY); a write waits until the printer took
    the one before (EAGAIN when it must not wait); a read of nothing is an empty packet, no end; unplugged is ENODEV and POLLHUP.
    """

    def __init__(self, path: str, *, write_seconds: float) -> None:
        self._write_seconds = write_seconds
        try:
            self._node = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            code = FaultCode.PORT_DENIED if error.errno in _DENIED else FaultCode.PORT_ABSENT
            raise failing(code, f"path: {path}: {os.strerror(error.errno or 0)}") from error
        self._poll = select.poll()

    def write(self, data: bytes) -> None:
        """Send; see Port."""
        end = time.monotonic() + self._write_seconds
        left = memoryview(data)
        while left:
            if not self._ready(select.POLLOUT, end - time.monotonic()):
                raise failing(FaultCode.LINK_SILENT, "the printer takes no data")
            with _talking():
                try:
                    left = left[os.write(self._node, left) :]
                except BlockingIOError:
                    time.sleep(_READ_SLICE)

    def read(self, seconds: float) -> bytes:
        """Receive; see Port."""
        end = time.monotonic() + seconds
        while self._ready(select.POLLIN, end - time.monotonic()):
            with _talking():
                try:
                    data = os.read(self._node, _CHUNK)
                except BlockingIOError:
                    data = b""
            if data:
                return data
            time.sleep(_EMPTY_PACKET)
        return b""

    def close(self) -> None:
        """Close; see Port. What the printer has not taken yet is given up by the kernel."""
        if self._node >= 0:
            os.close(self._node)
            self._node = -1

    def _ready(self, event: int, seconds: float) -> bool:
        """Wait until the node is ready. Raise DeviceFault(DEVICE_GONE) when it hung up."""
        self._poll.register(self._node, event)
        found = self._poll.poll(max(0.0, seconds) * 1000)
        if any(events & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, events in found):
            raise failing(FaultCode.DEVICE_GONE, "the USB printer was unplugged")
        return bool(found)


@contextmanager
def _opening(where: str) -> Iterator[None]:
    try:
        yield
    except DeviceNotFoundError as error:
        cause = error.__context__
        denied = isinstance(cause, PermissionError) or getattr(cause, "errno", None) in (errno.EACCES, errno.EPERM)
        raise failing(FaultCode.PORT_DENIED if denied else FaultCode.PORT_ABSENT, where) from cause


@contextmanager
def _talking() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, serial.SerialTimeoutException) as error:
        raise failing(FaultCode.LINK_SILENT, "the printer takes no data") from error
    except _BROKEN as error:
        # pyserial's texts may quote the data; only the kind of error is told.
        raise failing(FaultCode.DEVICE_GONE, type(error).__name__) from None
