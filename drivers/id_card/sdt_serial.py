"""Readers that speak the SDT packet protocol over RS-232 or USB-serial: 8 data bits, no parity, one stop bit."""

from __future__ import annotations

from drivers.id_card.sdt_driver import SdtDriver
from drivers.id_card.sdt_link import Line, Timing
from drivers.id_card.sdt_settings import SerialSettings
from drivers.lines.serial_line import SerialLine

_BITS_A_BYTE = 10
"""8N1: a start bit, eight data bits, a stop bit."""


class SdtSerial(SdtDriver):
    """One reader on one serial port."""

    Settings = SerialSettings

    def __init__(self, settings: SerialSettings) -> None:
        self._own = settings
        super().__init__(settings)

    def _open_line(self) -> Line:
        return SerialLine(self._own.port, self._own.baud)

    def _timing(self) -> Timing:
        return Timing(
            gap=self._own.gap_seconds,
            attempts=self._own.attempts,
            bytes_per_second=self._own.baud / _BITS_A_BYTE,
            line=f"at {self._own.baud} baud",
        )
