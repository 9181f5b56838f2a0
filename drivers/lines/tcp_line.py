"""A TCP connection to a device or a daemon: bounded waits, faults instead of exceptions."""

from __future__ import annotations

import contextlib
import os
import select
import socket

from drivers.contract.faults import DeviceFault, FaultCode, failing

_CHUNK = 4096
_WRITE_SECONDS = 1.0  # questions are short; a send buffer that is full for this long is a dead line


class TcpLine:
    """Has the methods of `SerialLine`, so that a protocol can run over either."""

    def __init__(self, host: str, port: int, *, seconds: float) -> None:
        """Connect. Raise DeviceFault(PORT_ABSENT) when nobody listens there within `seconds`."""
        try:
            self._socket = socket.create_connection((host, port), timeout=seconds)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
            raise failing(FaultCode.PORT_ABSENT, f"host, port: {host}:{port}: {reason}") from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(_WRITE_SECONDS)

    def write(self, data: bytes) -> None:
        """Send all of it. Raise DeviceFault(DEVICE_GONE) when the other side hung up or takes nothing more."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise _gone() from error

    def read(self, seconds: float) -> bytes:
        """Wait for bytes, at most `seconds`; b"" when none came. Raise DeviceFault(DEVICE_GONE) when the other side hung up."""
        try:
            ready, _, _ = select.select([self._socket], [], [], max(0.0, seconds))
            if not ready:
                return b""
            data = self._socket.recv(_CHUNK)
            # The kernel forgets it after a while. Without it a server that sends line by line (upsd) waits 40 ms for our ACK.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        except (OSError, ValueError) as error:  # ValueError: closed meanwhile
            raise _gone() from error
        if not data:
            raise _gone()
        return data

    def discard_input(self) -> None:
        """Forget what has arrived. Raise DeviceFault(DEVICE_GONE)."""
        while self.read(0.0):
            continue

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._socket.close()


def _gone() -> DeviceFault:
    return failing(FaultCode.DEVICE_GONE, "the connection was closed by the other side")
