"""Scanners that send what they read over RS-232 or a USB port that looks like one (CDC, usb-serial).

There is no protocol but the bytes of the code, with a prefix and a suffix if the scanner was set up so; `framing.py` says what
follows from that. A scanner answers no question of its own accord, so `status()` proves the port; where the maker documents a
question (`probe`), it proves the scanner.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import ClassVar

from drivers.code_scanner.serial_settings import SerialScannerSettings
from drivers.code_scanner.waiting import Heard, wait_for_code
from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status
from drivers.contract.common import DeviceClass, Identity, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.lines.serial_line import SerialLine


class SerialScanner(Driver):
    """One scanner on one serial port. A port that vanished is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CODE_SCANNER
    Settings = SerialScannerSettings

    def __init__(self, settings: SerialScannerSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._line: SerialLine | None = None

    def open(self) -> Capabilities:
        """Open the port. Raise PORT_ABSENT, PORT_DENIED, DEVICE_GONE; LINK_SILENT, LINK_GARBLED where it is probed."""
        self.status()
        return Capabilities(
            identity=Identity(),
            longest=self._set.longest,
            binary_safe=Supported.YES if self._set.ends_by == "silence" else Supported.NO,
            symbology=Supported.NO,
            trigger=Supported.YES if self._set.trigger_on.strip() else Supported.NO,
        )

    def status(self) -> Status:
        """Look whether the port is there, and ask the scanner where it can be asked. Raise as `open` does."""
        with self._port() as line:
            _forget(line)
            if self._set.probe.strip():
                self._probe(line)
        return Status(readiness=Readiness.READY)

    def perform(self, command: ReadCode, call: Call) -> Code:
        """Wait for one code, with the scanner lit meanwhile if it can be told. Raise DEVICE_GONE when the port vanishes."""
        with self._port() as line:

            def hear(seconds: float) -> list[Heard]:
                return [line.read(seconds)]

            _forget(line)
            triggered = bool(self._set.trigger_on.strip())
            if triggered:
                self._let_pass(line, call)
                line.write(bytes.fromhex(self._set.trigger_on))
            try:
                return wait_for_code(hear, self._set.framing(), call, was_quiet=triggered)
            finally:
                with contextlib.suppress(DeviceFault):  # a port that is gone lights nothing
                    line.write(bytes.fromhex(self._set.trigger_off))

    def close(self) -> None:
        """Close the port."""
        if self._line is not None:
            self._line.close()
            self._line = None

    @contextlib.contextmanager
    def _port(self) -> Iterator[SerialLine]:
        """The open port; closed when it turns out to be gone, so that the next to ask opens it afresh."""
        if self._line is None:
            self._line = SerialLine(self._set.port, self._set.baud)
        try:
            yield self._line
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise
        finally:
            if self._line is not None:
                self._line.wipe()

    def _let_pass(self, line: SerialLine, call: Call) -> None:
        """Wait until nothing is under way from before: the trigger's answer must not be taken for it."""
        while line.read(self._set.gap_seconds):
            call.check()

    def _probe(self, line: SerialLine) -> None:
        wanted = bytes.fromhex(self._set.probe_answer)
        line.write(bytes.fromhex(self._set.probe))
        heard = bytearray()
        end = time.monotonic() + self._set.probe_seconds
        while wanted not in heard:
            rest = end - time.monotonic()
            if rest <= 0:
                code = FaultCode.LINK_GARBLED if heard else FaultCode.LINK_SILENT
                raise failing(code, f"the scanner's answer to probe, at {self._set.baud} baud")
            heard += line.read(rest)
            del heard[: max(0, len(heard) - self._set.longest)]
        heard[:] = bytes(len(heard))


def _forget(line: SerialLine) -> None:
    """Drop what was scanned while nobody asked; also the way to notice that the port is gone."""
    line.discard_input()
    line.read(0.0)
