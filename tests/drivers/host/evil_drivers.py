"""Drivers that misbehave, as an installed third-party package would bring them: each harms nobody but itself."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any, ClassVar

import msgspec

from drivers.contract import id_card
from drivers.contract.common import DeviceClass, DeviceStatus, Done, Identity, Presence, Readiness
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import FaultCode, failing


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    flag: str = ""


class Evil(Driver):
    """Behaves as its setting says: WaitCard misbehaves, WaitLift is well-behaved."""

    device_class = DeviceClass.ID_CARD_READER
    Settings = Settings
    status_every: ClassVar[float] = 0.1

    def open(self) -> id_card.Capabilities:
        if self.settings.flag == "absent":
            raise failing(FaultCode.PORT_ABSENT)
        return id_card.Capabilities(identity=Identity(model="evil"), kinds=())

    def status(self) -> DeviceStatus:
        if self.settings.flag == "unwell":
            raise failing(FaultCode.LINK_SILENT)
        return id_card.Status(readiness=Readiness.READY, card=Presence.ABSENT)

    def perform(self, command: Any, call: Call) -> Any:
        if isinstance(command, id_card.WaitLift):
            return Done()
        match self.settings.flag:
            case "segfault":
                ctypes.string_at(0)
            case "exit":
                os._exit(3)
            case "hang_in_c":  # holds the GIL: not even the host's other thread runs
                ctypes.PyDLL(None).usleep(60_000_000)
            case "hang":
                time.sleep(60)
            case "flood":
                for _ in range(20_000):
                    call.emit(id_card.CardSeen())
            case "defect":
                raise KeyError("999999199001011234")
            case "patient":
                call.sleep(60)
        return Done()

    def close(self) -> None:
        if self.settings.flag.startswith("closes:"):
            with open(self.settings.flag.removeprefix("closes:"), "w", encoding="ascii") as mark:
                mark.write("closed")
