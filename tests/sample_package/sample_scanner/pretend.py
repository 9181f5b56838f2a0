"""A scanner that is none: it makes its codes up. For trying things out, never for production."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status
from drivers.contract.common import DeviceClass, Identity, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.secret import SecretBytes


class PretendedScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that it makes up."""

    code: str = "KIOSK-PRETENDED"


class PretendedScanner(Driver):
    """Needs no device."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CODE_SCANNER
    Settings = PretendedScannerSettings
    emulator_only: ClassVar[bool] = True

    def open(self) -> Capabilities:
        """There is nothing to open."""
        return Capabilities(identity=Identity(), longest=1024, binary_safe=Supported.YES, symbology=Supported.NO)

    def status(self) -> Status:
        """Always well."""
        return Status(readiness=Readiness.READY)

    def perform(self, command: ReadCode, call: Call) -> Code:
        """Make a code up, after the second that a hand takes."""
        call.sleep(1.0)
        return Code(data=SecretBytes(self.settings.code.encode()))

    def close(self) -> None:
        """There is nothing to close."""
