"""ESC/POS receipt printers, over the network, a serial line or USB.

Source: Epson ESC/POS command reference (DLE EOT, GS r, DLE DC4, FS &); python-escpos 3.1 for connection, QR, raster and cut.

A slip is composed whole, the printer is asked, the slip is sent, and the printer is asked again once it has worked through it:
GS r 1 is answered in turn, after everything before it, whereas DLE EOT is answered at once. When anything stops a slip, what
the printer still holds of it is thrown away (DLE DC4): it must not come out after the next refill, before another visitor.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from drivers.contract import receipt_printer as contract
from drivers.contract.common import DeviceClass, Done, Identity, Supported
from drivers.contract.driver import Call, CommandCanceled, Driver
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault
from drivers.receipt_printer import letters, slip
from drivers.receipt_printer.port import Handshake, NetworkPort, Port, SerialPort, UsbPort, chunks
from drivers.receipt_printer.questions import answers_barrier, ask, drain, no_check
from drivers.receipt_printer.status import QUESTIONS, Reading

Positive = Annotated[float, msgspec.Meta(gt=0)]
TcpPort = Annotated[int, msgspec.Meta(ge=1, le=65535)]

_CLEAR_BUFFER = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8: forget the receive buffer and the print buffer, at once, also while off-line."""

_BARRIER = b"\x1dr\x01"
"""GS r 1: paper sensor status, answered after all that was sent before it."""

_NO_UNASKED_STATUS = b"\x1da\x00"
"""GS a 0: no automatic status, whose bytes would come between the answers."""

_LOOK_UP = 0.15
"""Seconds between two looks at cancel and deadline while waiting for the printer."""


class EscposSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a device profile may write.

    `connection` "network" needs `host` (and `port`, 9100); "serial" needs `path`, a stable one (/dev/serial/by-path/…); "usb"
    needs `path`, the node of the kernel's driver usblp (/dev/usb/lp0, or a link that a udev rule makes: lp0 is whoever came first).
    `charset` is what the printer's own font holds: lines with other characters are drawn from `fonts` (files, or file.ttc#face).
    Times are seconds.
    """

    connection: Literal["network", "serial", "usb"]
    host: str = ""
    port: TcpPort = 9100
    path: str = ""
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 19200
    handshake: Handshake = "none"
    columns: Annotated[int, msgspec.Meta(ge=16, le=96)] = 48
    dots: Annotated[int, msgspec.Meta(ge=128, le=1024)] = 576
    charset: letters.Charset = "gb2312"
    fonts: tuple[str, ...] = ()
    qr: Literal["native", "raster"] = "native"
    raster: Literal["bitImageRaster", "graphics"] = "bitImageRaster"
    cutter: bool = True
    barrier: bool = True
    """False for a printer that does not know GS r: then the end of printing is not sensed, only DLE EOT is asked."""
    reply_seconds: Positive = 0.5
    """For one answer to DLE EOT; Epson names no limit, real printers take 5 to 50 ms, network cards up to 200."""
    write_seconds: Positive = 3.0
    """For one piece of a slip to be taken."""

    def __post_init__(self) -> None:
        if self.connection == "network" and not self.host:
            raise ValueError('host is empty; connection = "network" needs the printer\'s address')
        if self.connection == "serial" and not self.path.startswith("/"):
            raise ValueError(
                'path must be an absolute path such as /dev/serial/by-path/…; connection = "serial" needs it'
            )
        if self.connection == "usb" and not self.path.startswith("/"):
            raise ValueError('path must be an absolute path such as /dev/usb/lp0; connection = "usb" needs it')


class EscposPrinter(Driver):
    """One receipt printer. The line stays open between commands and is opened anew after any fault."""

    device_class = DeviceClass.RECEIPT_PRINTER
    Settings = EscposSettings

    def __init__(self, settings: EscposSettings) -> None:
        super().__init__(settings)
        self._port: Port | None = None
        self._known: dict[tuple[FaultCode, str], Fault] = {}

    def open(self) -> contract.Capabilities:
        """Ask for the status once. Raise PORT_ABSENT, PORT_DENIED, LINK_SILENT, LINK_GARBLED, DEVICE_GONE, SETTING_INVALID."""
        for font in self.settings.fonts:
            letters.font_file(font)
        self._ask()
        return contract.Capabilities(
            identity=Identity(),
            columns=self.settings.columns,
            dots=self.settings.dots,
            status_reply=Supported.YES,
            cutter=Supported.YES if self.settings.cutter else Supported.NO,
        )

    def status(self) -> contract.Status:
        """Ask DLE EOT 1 to 4. A paper end, an open cover and the like are faults in the status; silence is raised."""
        reading = self._ask()
        self._known = {problem: self._known.get(problem) or fault(*problem) for problem in reading.problems}
        return contract.Status(
            readiness=reading.readiness,
            faults=tuple(self._known.values()),
            paper=reading.paper,
            cover=reading.cover,
        )

    def perform(self, command: contract.PrintSlip, call: Call) -> Done:
        """Print a slip.

        Raise before the first byte GLYPH_MISSING, UNSUPPORTED or what the printer reports; after it, what stopped the slip.
        """
        data = slip.compose(command.parts, self._paper())
        self._refuse_if_stopped(self._ask(call.check))
        call.check()
        port = self._line()
        try:
            for piece in chunks(data):
                call.check()
                port.write(piece)
            if self.settings.cutter:
                call.emit(contract.Cut())
            if self.settings.barrier:
                self._wait_printed(port, call)
            self._refuse_if_stopped(self._ask(call.check))
        except (DeviceFault, CommandCanceled):
            self._forget_rest()
            raise
        return Done()

    def close(self) -> None:
        """Let go of the line."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _paper(self) -> slip.Paper:
        own = self.settings
        return slip.Paper(own.columns, own.dots, own.charset, own.fonts, own.qr, own.raster, cut=own.cutter)

    def _line(self) -> Port:
        if self._port is None:
            self._port = self._opened()
            self._port.write(_NO_UNASKED_STATUS)
        return self._port

    def _opened(self) -> Port:
        own = self.settings
        if own.connection == "network":
            return NetworkPort(own.host, own.port, write_seconds=own.write_seconds)
        if own.connection == "serial":
            return SerialPort(own.path, own.baud, own.handshake, write_seconds=own.write_seconds)
        return UsbPort(own.path, write_seconds=own.write_seconds)

    def _ask(self, check: Callable[[], None] = no_check) -> Reading:
        """Put the four questions. On any fault the line is closed, so that the next call begins with a new one."""
        try:
            return ask(self._line(), self.settings.reply_seconds, check)[0]
        except (DeviceFault, CommandCanceled):
            self.close()
            raise

    def _wait_printed(self, port: Port, call: Call) -> None:
        """Wait for the answer to GS r 1; look meanwhile, by DLE EOT, whether the printer has stopped."""
        port.write(_BARRIER)
        asked = time.monotonic()
        while True:
            call.check()
            if any(map(answers_barrier, port.read(_LOOK_UP))):
                return
            if time.monotonic() - asked > self.settings.reply_seconds:
                reading, done = ask(port, self.settings.reply_seconds, call.check, printing=True)
                if done:
                    return
                self._refuse_if_stopped(reading)
                asked = time.monotonic()

    @staticmethod
    def _refuse_if_stopped(reading: Reading) -> None:
        if reading.stops is not None:
            raise failing(*reading.stops)

    def _forget_rest(self) -> None:
        """Throw away what the printer has not printed yet and cut off what it has; then close the line."""
        if self._port is not None:
            try:
                self._port.write(_CLEAR_BUFFER)
                self._port.write(slip.void(self._paper()))
                # Its answer shows that all this has arrived: close() drops what is still on its way.
                drain(self._port)
                self._port.write(bytes((0x10, 0x04, QUESTIONS[0])))
                self._port.read(self.settings.reply_seconds)
            except DeviceFault:
                # The fault that stopped the slip is the one to tell; a dead line takes no clean-up.
                pass
        self.close()
