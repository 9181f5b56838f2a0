"""Drivers that misbehave, as an installed third-party package would bring them: each harms nobody but itself."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import socket
import sys
import time
from typing import Any, ClassVar

import msgspec

from drivers.contract import id_card
from drivers.contract.common import DeviceClass, DeviceStatus, Done, Identity, Presence, Readiness
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import FaultCode, failing
from drivers.contract.messages import Succeeded
from drivers.link import wire


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    flag: str = ""


class Evil(Driver):
    """Behaves as its setting says: WaitCard misbehaves, WaitLift is well-behaved."""

    device_class = DeviceClass.ID_CARD_READER
    Settings = Settings
    status_every: ClassVar[float] = 0.1

    def open(self) -> id_card.Capabilities:
        self.performed = 0
        self.hoard: list[bytearray] = []
        match self.settings.flag:
            case "absent":
                raise failing(FaultCode.PORT_ABSENT)
            case "open_raises":
                raise KeyError("999999199001011234")
            case "open_hangs":
                time.sleep(60)
        return id_card.Capabilities(identity=Identity(model="evil"), kinds=())

    def status(self) -> DeviceStatus:
        match self.settings.flag:
            case "unwell":
                raise failing(FaultCode.LINK_SILENT)
            case "status_raises" if self.performed:
                raise KeyError("999999199001011234")
            case "status_wrong" if self.performed:
                return Done()  # type: ignore[return-value]
            case "status_hangs" if self.performed:
                time.sleep(60)
            case "leaks":
                self.hoard.append(bytearray(os.urandom(1_000_000)) * 20)
        return id_card.Status(readiness=Readiness.READY, card=Presence.ABSENT)

    def perform(self, command: Any, call: Call) -> Any:
        self.performed += 1
        if isinstance(command, id_card.WaitLift):
            return Done()
        flag, _, argument = self.settings.flag.partition(":")
        match flag:
            case "segfault":
                ctypes.string_at(0)
            case "exit":
                os._exit(3)
            case "exit_silently":
                os._exit(0)
            case "sys_exit":
                sys.exit("999999199001011234")
            case "hang_in_c":  # holds the GIL: not even the host's other thread runs
                ctypes.PyDLL(None).usleep(60_000_000)
            case "hang_in_regex":  # holds the GIL too, and the processor
                re.match(r"(a+)+$", "a" * 60 + "b")
            case "hang" | "ignores_cancel":
                time.sleep(60)
            case "late":
                time.sleep(call.remaining() + 0.1)
            case "slow":
                call.sleep(1.0)
            case "flood":
                for _ in range(4_000):
                    call.emit(id_card.CardSeen())
            case "endless_flood":
                while True:
                    call.emit(id_card.CardSeen())
            case "descriptors":
                fd = os.memfd_create("evil")
                for _ in range(300):
                    call.emit(id_card.CardSeen(), [fd] * 16)
            case "too_many_descriptors":
                call.emit(id_card.CardSeen(), [0] * 17)
            case "stderr":
                for _ in range(20_000):
                    os.write(2, b"card 999999199001011234 " + b"x" * 80 + b"\n")
            case "defect":
                raise KeyError("999999199001011234")
            case "wrong_result":
                return id_card.Capabilities(identity=Identity(), kinds=())
            case "huge_result":
                return "x" * 300_000
            case "wrong_event":
                call.emit(Done())
            case "garbage":
                raw_say(b"\xc1 no message")
                time.sleep(60)
            case "answers_twice":
                raw_say(wire.encode(Succeeded(id=self.performed, body=wire.encode(Done()))))
                raw_say(wire.encode(Succeeded(id=self.performed, body=wire.encode(Done()))))
            case "leaks_fast":
                while True:
                    self.hoard.append(bytearray(b"x" * 10_000_000))
            case "forks" | "forks_away":  # a grandchild that holds the channel
                ready, done = os.pipe()
                if os.fork() == 0:
                    if flag == "forks_away":
                        os.setsid()
                    with open(argument, "w", encoding="ascii") as file:
                        file.write(str(os.getpid()))
                    os.write(done, b"x")
                    time.sleep(20)
                os.read(ready, 1)
                os._exit(1)
            case "patient":
                call.sleep(60)
        return Done()

    def close(self) -> None:
        if self.settings.flag == "close_hangs":
            time.sleep(60)
        if self.settings.flag == "close_raises":
            raise KeyError("999999199001011234")
        if self.settings.flag.startswith("closes:"):
            with open(self.settings.flag.removeprefix("closes:"), "w", encoding="ascii") as mark:
                mark.write("closed")


def raw_say(data: bytes) -> None:
    """Say something on the host's own channel, past the host."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            own = socket.socket(fileno=os.dup(int(name)))
            if own.family == socket.AF_UNIX and own.type == socket.SOCK_SEQPACKET:
                own.send(data)
            own.close()
