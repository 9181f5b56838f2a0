"""Fingerprint readers that libfprint knows (Debian: libfprint-2-2).

For people who come again: keepers, technicians. The comparison is libfprint's, or the reader's own; a bad reading is told as
TryAgain and never as "no". libfprint has no question that a reader answers while it waits for nothing: `status()` tells an
unplugged reader, not a hung one, and never whether a finger lies there.

**After a replug** libfprint goes on offering the reader that is gone: each opening makes a new context, which finds what is
attached now. The virtual reader (`virtual_socket`) is libfprint's own, for tests: a driver that listens on a socket of that
name in this process, from open to close. A socket that was left over is replaced; a folder that is not there is as a reader
that is not plugged in. Only an emulator may be at its far end, so a production host refuses it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ClassVar, TypeVar

import msgspec

from drivers.contract.common import DeviceClass, Identity, Presence, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.contract.fingerprint import (
    Capabilities,
    Command,
    Enroll,
    Enrolled,
    StageDone,
    Status,
    TryAgain,
    Verified,
    Verify,
)
from drivers.fingerprint.fprint_reader import Reader, Retry
from drivers.fingerprint.fprint_template import FORMAT

T = TypeVar("T")

_OPEN_SECONDS = 4.0
_REOPEN_SECONDS = 1.5
"""What `open()` and `status()` can spare of their 5 and 2 s."""


class FprintSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which reader; both empty: the only one. The words are libfprint's own, as it tells them when no reader fits."""

    driver: str = ""  # "uru4000", ...
    device_id: str = ""
    found_at: str = ""  # where the USB bus saw it, for the technician; libfprint 1.94 cannot choose by it
    virtual_socket: str = ""


class Fprint(Driver):
    """One reader. One that vanished is opened again by the next probe or command."""

    device_class: ClassVar[DeviceClass] = DeviceClass.FINGERPRINT_READER
    Settings = FprintSettings

    def __init__(self, settings: FprintSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._reader: Reader | None = None

    def stand_ins(self) -> tuple[str, ...]:
        """libfprint's virtual reader believes whoever writes to its socket."""
        return ("virtual_socket",) if self._set.virtual_socket else ()

    def open(self) -> Capabilities:
        """Find the reader and open it."""
        found = self._opened(_OPEN_SECONDS).found
        return Capabilities(
            identity=Identity(model=found.name),
            stages=found.stages,
            format=self._format(),
            presence=Supported.NO,
            card_template=Supported.NO,
        )

    def status(self) -> Status:
        """Whether the reader is attached."""
        reader = self._opened(_REOPEN_SECONDS)
        self._noticing(reader.pump)
        return Status(readiness=Readiness.READY, finger=Presence.NOT_SUPPORTED)

    def perform(self, command: Command, call: Call) -> Enrolled | Verified:
        """Enrol a finger, or compare one."""
        reader = self._opened(call.remaining())
        self._noticing(reader.pump)
        match command:
            case Enroll():
                return self._enroll(reader, call)
            case Verify():
                return self._verify(reader, command, call)

    def close(self) -> None:
        """Let the reader go."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _enroll(self, reader: Reader, call: Call) -> Enrolled:
        stages = reader.found.stages

        def again() -> None:
            call.emit(TryAgain(FaultCode.FINGER_UNREADABLE))

        def done(count: int) -> None:
            call.emit(StageDone(count, stages))

        template = self._noticing(lambda: reader.enroll(call.check, done, again))
        return Enrolled(template=template, format=self._format())

    def _verify(self, reader: Reader, command: Verify, call: Call) -> Verified:
        while True:
            call.check()
            try:
                return Verified(self._noticing(lambda: reader.verify(command.template, call.check)))
            except Retry:
                call.emit(TryAgain(FaultCode.FINGER_UNREADABLE))

    def _format(self) -> str:
        assert self._reader is not None
        return f"{FORMAT} {self._reader.found.driver}"

    def _opened(self, seconds: float) -> Reader:
        if self._reader is None:
            deadline = time.monotonic() + seconds

            def check() -> None:
                if time.monotonic() >= deadline:
                    raise failing(FaultCode.LINK_SILENT, "the reader does not finish opening")

            self._reader = Reader(
                driver=self._set.driver,
                device_id=self._set.device_id,
                virtual_socket=self._set.virtual_socket,
                check=check,
            )
        return self._reader

    def _noticing(self, use: Callable[[], T]) -> T:
        """Use the reader; let it go when it turns out to be unplugged."""
        try:
            return use()
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise
