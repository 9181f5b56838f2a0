"""SDT packets in 64-byte HID reports, through Linux's /dev/hidraw*.

    to the reader    88 | SRN 2 | length lo, hi | B1 | packet | sum lo, hi | zeros up to 64
    from the reader  AA | SRN 2 | length lo, hi | result | number of the report, 2 | up to 54 bytes | sum lo, hi | zeros

`length` counts command (or result) and what follows it, without the sum; the sum adds up everything from `length` on.
Source: the MIAXIS Android driver for the MR-300 (`org.zz.idcard_hid_driver`: IdCardDriver.java `sendPacket`, `recvPacket`,
`ExeCommand`; ConStant.java). It ignores SRN, result and number, and so does this; the order of the number's bytes is not told.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import time

from drivers.contract.faults import DeviceFault, FaultCode, failing

REPORT = 64
_REQUEST, _ANSWER, _ID_CARD_COMMAND = 0x88, 0xAA, 0xB1
_BODY_AT = 5  # marker, SRN, length
_PACKET_AT = 3  # in an answer's body, behind result and number
_SUM = 2
_MOST_PACKET = REPORT - _BODY_AT - 1 - _SUM
_MOST_DRAINED = 64
"""Reports thrown away at once before a question; a whole read is 24."""


def report_to(packet: bytes) -> bytes:
    """Wrap one packet. Raise ValueError when it does not fit into one report; no command of the protocol is that long."""
    if len(packet) > _MOST_PACKET:
        raise ValueError(f"{len(packet)} bytes do not fit into one report of {_MOST_PACKET}")
    counted = struct.pack("<HB", len(packet) + 1, _ID_CARD_COMMAND) + packet
    return (bytes((_REQUEST, 0, 0)) + counted + struct.pack("<H", sum(counted))).ljust(REPORT, b"\0")


def part_of(report: memoryview) -> memoryview | None:
    """Return the piece of a packet in a report from the reader; None when the report is damaged or of another kind."""
    (length,) = struct.unpack_from("<H", report, 3)
    end = _BODY_AT + length
    if report[0] != _ANSWER or length < _PACKET_AT or end + _SUM > REPORT:
        return None
    (told,) = struct.unpack_from("<H", report, end)
    return report[_BODY_AT + _PACKET_AT : end] if told == sum(report[3:end]) else None


class HidLine:
    """One hidraw node, held by an advisory lock (the kernel itself would let several programs read it)."""

    def __init__(self, node: str) -> None:
        """Open it. Raise DeviceFault: PORT_ABSENT, PORT_DENIED (also when another program holds it)."""
        try:
            self._fd = os.open(node, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except OSError as error:
            code = FaultCode.PORT_DENIED if error.errno in (errno.EACCES, errno.EPERM) else FaultCode.PORT_ABSENT
            raise failing(code, f"device: {node}: {os.strerror(error.errno or errno.ENODEV)}") from error
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._fd)
            raise failing(FaultCode.PORT_DENIED, f"device: {node} is held by another program") from error
        self._buffer = bytearray(REPORT)
        self._filled = 0

    def write(self, data: bytes) -> None:
        """Send one packet in one report; the leading zero tells the kernel that reports have no numbers."""
        try:
            os.write(self._fd, b"\0" + report_to(data))
        except OSError as error:
            raise _gone() from error

    def read(self, seconds: float) -> memoryview:
        """Wait for a report, at most `seconds`; return its piece of the packet (empty: none came, or a damaged one)."""
        until = time.monotonic() + max(0.0, seconds)
        while self._fill(until - time.monotonic()):
            piece = part_of(memoryview(self._buffer))
            if piece is not None:
                self._filled = 0
                return piece
            # Nothing of this kind: after a torn report the next one begins later in what was read.
            self._buffer[:-1] = self._buffer[1:]
            self._filled -= 1
        return memoryview(b"")

    def _fill(self, seconds: float) -> bool:
        """Whether a whole report is here. The kernel gives whole ones; less than one is kept until the rest comes."""
        if self._filled == REPORT:
            return True
        try:
            if not select.select([self._fd], [], [], max(0.0, seconds))[0]:
                return False
            count = os.readv(self._fd, [memoryview(self._buffer)[self._filled :]])
        except BlockingIOError:
            return False
        except OSError as error:
            raise _gone() from error
        if count == 0:
            raise _gone()
        self._filled += count
        return self._filled == REPORT or self._fill(seconds)

    def discard_input(self) -> None:
        """Forget what has arrived."""
        self._filled = 0
        for _ in range(_MOST_DRAINED):
            if not self._fill(0):
                break
            self._filled = 0
        self._filled = 0

    def wipe(self) -> None:
        """Overwrite the report that was read; the beginning of the next one stays."""
        self._buffer[self._filled :] = bytes(REPORT - self._filled)

    def close(self) -> None:
        """Let go of the node."""
        self._filled = 0
        self.wipe()
        with contextlib.suppress(OSError):
            os.close(self._fd)


def _gone() -> DeviceFault:
    return failing(FaultCode.DEVICE_GONE, "the USB reader was unplugged")
