"""A serial line: opened exclusively by pyserial, read into a buffer that can be wiped."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import termios

import serial

from drivers.contract.faults import DeviceFault, FaultCode, failing

_CHUNK = 4096
_WRITE_SECONDS = 1.0  # commands are short; a send buffer that is full for this long is a dead line


class SerialLine:
    """8 data bits, no flow control; no parity and one stop bit unless told otherwise. `parity`: "N", "E", "O"."""

    def __init__(self, port: str, baud: int, *, parity: str = "N", stop_bits: int = 1) -> None:
        """Open the port. Raise DeviceFault: PORT_ABSENT, PORT_DENIED (also when another program holds it)."""
        try:
            self._port = serial.Serial(
                port,
                baud,
                parity=parity,
                stopbits=stop_bits,
                timeout=0,
                write_timeout=_WRITE_SECONDS,
                exclusive=True,
            )
            self._fd: int = self._port.fileno()
        except serial.SerialException as error:
            raise _cannot_open(port, error) from error
        except termios.error as error:
            raise failing(FaultCode.PORT_ABSENT, f"port: {port} is not a serial port") from error
        self._chunk = bytearray(_CHUNK)

    def write(self, data: bytes) -> None:
        """Send all of it. Raise DeviceFault(DEVICE_GONE) when the port is gone."""
        try:
            self._port.write(data)
        except OSError as error:  # SerialException is one
            raise _gone() from error

    def read(self, seconds: float) -> memoryview:
        """Wait for bytes, at most `seconds`; the view (empty: none came) is valid until the next call, which overwrites it.

        Raise DeviceFault(DEVICE_GONE) when the port is gone.
        """
        try:
            ready, _, _ = select.select([self._fd], [], [], max(0.0, seconds))
            if not ready:
                return memoryview(b"")
            count = os.readv(self._fd, [self._chunk])
        except BlockingIOError:
            return memoryview(b"")
        except OSError as error:
            raise _gone() from error
        if count == 0:
            raise _gone()  # ready to read, and nothing there: hung up
        return memoryview(self._chunk)[:count]

    def discard_input(self) -> None:
        """Forget what has arrived. Raise DeviceFault(DEVICE_GONE)."""
        try:
            self._port.reset_input_buffer()
        except (OSError, termios.error) as error:
            raise _gone() from error

    def wipe(self) -> None:
        """Overwrite the read buffer."""
        self._chunk[:] = bytes(_CHUNK)

    def close(self) -> None:
        """Close the port; it may be gone already."""
        self.wipe()
        with contextlib.suppress(OSError):
            self._port.close()


def _gone() -> DeviceFault:
    return failing(FaultCode.DEVICE_GONE, "the serial port was unplugged")


def _cannot_open(port: str, error: serial.SerialException) -> DeviceFault:
    if error.errno == errno.EACCES:
        return failing(FaultCode.PORT_DENIED, f"port: no permission for {port}")
    if error.errno in (errno.EAGAIN, errno.EBUSY):
        return failing(FaultCode.PORT_DENIED, f"port: {port} is held by another program")
    return failing(FaultCode.PORT_ABSENT, f"port: {port}: {os.strerror(error.errno or errno.ENODEV)}")
