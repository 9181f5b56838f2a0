"""The emulated USB reader's end of its cable: 64-byte HID reports, as the Android driver of the MIAXIS MR-300 takes them apart.

    to the reader    88 | 00 00 | length lo, hi | B1 | packet | sum lo, hi | zeros up to 64
    from the reader  AA | 00 00 | length lo, hi | result | number hi, lo | up to 54 bytes of the packet | sum lo, hi | zeros

`length` counts from the byte behind it to before the sum, which adds up everything from `length` on. On Linux a program writes
65 bytes to /dev/hidraw*: the kernel takes the first as the report's number (0: it has none) and sends the other 64.
A pseudo-terminal stands in for the node here; it has no USB behind it, so what a host controller can do wrong is not emulated.
"""

from __future__ import annotations

import struct
import termios

from drivers.emulators.pty_wire import PtyWire

_WRITTEN = 65
_REPORT = 64
_PIECE = 54


class HidWire(PtyWire):
    """Gives the packets that came in reports; sends packets in reports. Paced at 115,200: 5.6 ms a report, as slow USB is."""

    _partial = b""

    def plug(self) -> None:
        """Make the node."""
        super().plug()
        settings = termios.tcgetattr(self._slave)
        settings[4] = settings[5] = termios.B115200
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)
        self._partial = b""

    def read(self, seconds: float) -> bytes:
        """Return the bytes of the packets that came. A report that is none is ignored, as a reader's firmware does."""
        self._partial += super().read(seconds)
        packets = b""
        while len(self._partial) >= _WRITTEN:
            report, self._partial = self._partial[1:_WRITTEN], self._partial[_WRITTEN:]
            packets += _packet_of(report)
        return packets

    def write(self, data: bytes) -> None:
        """Send a packet. Raise Unplugged when the wire goes away on the way."""
        for number, at in enumerate(range(0, len(data), _PIECE)):
            body = b"\0" + struct.pack(">H", number) + data[at : at + _PIECE]
            counted = struct.pack("<H", len(body)) + body
            report = b"\xaa\0\0" + counted + struct.pack("<H", sum(counted))
            super().write(report.ljust(_REPORT, b"\0"))


def _packet_of(report: bytes) -> bytes:
    (length,) = struct.unpack_from("<H", report, 3)
    end = 5 + length
    if report[:1] != b"\x88" or report[5:6] != b"\xb1" or end + 2 > _REPORT:
        return b""
    (total,) = struct.unpack_from("<H", report, end)
    return report[6:end] if total == sum(report[3:end]) else b""
