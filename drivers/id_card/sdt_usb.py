"""Readers that speak the SDT packet protocol over USB without a serial port in between: HID reports, or bulk endpoints."""

from __future__ import annotations

from drivers.id_card.hid_line import HidLine
from drivers.id_card.sdt_driver import SdtDriver
from drivers.id_card.sdt_link import Line, Timing
from drivers.id_card.sdt_settings import UsbSettings
from drivers.id_card.usb_line import UsbLine

_BYTES_PER_SECOND = {"hid": 5_400.0, "bulk": 64_000.0}
"""The slowest that is allowed for: a report of 54 bytes each 10 ms; one packet of 64 bytes each frame of 1 ms."""


class SdtUsb(SdtDriver):
    """One reader on one USB device."""

    Settings = UsbSettings

    def __init__(self, settings: UsbSettings) -> None:
        self._own = settings
        super().__init__(settings)

    def _open_line(self) -> Line:
        if self._own.connection == "bulk":
            return UsbLine(self._own.device)
        return HidLine(self._own.device)

    def _timing(self) -> Timing:
        return Timing(
            gap=self._own.gap_seconds,
            attempts=self._own.attempts,
            bytes_per_second=_BYTES_PER_SECOND[self._own.connection],
            line=f"over USB {self._own.connection}",
        )
