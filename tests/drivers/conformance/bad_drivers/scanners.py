"""The sample package's scanner with one defect each. What is not written here is as in the good one."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import msgspec
from sample_scanner.driver import SampleScanner, SampleScannerSettings

from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status
from drivers.contract.common import Readiness
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, FaultCode, failing


class LiesAboutSymbology(SampleScanner):
    """Promises the kind of code, and names none."""

    def code(self, seen: list[str]) -> Code:
        return Code(data=super().code(seen).data)


class LiesAboutItsLongest(SampleScanner):
    """Delivers more than it promises."""

    def open(self) -> Capabilities:
        return msgspec.structs.replace(super().open(), longest=4)


class RaisesAsItOpens(SampleScanner):
    """A slip of the pen in open()."""

    def open(self) -> Capabilities:
        return len(self._line) and super().open()  # type: ignore[arg-type,return-value]  # its defect


class RaisesAsItIsAsked(SampleScanner):
    """A slip of the pen in status()."""

    def status(self) -> Status:
        return Status(readiness=Readiness[self._line])  # type: ignore[misc,index]  # its defect


class _OwnLoop(SampleScanner):
    """Waits by itself instead of by `call`."""

    def perform(self, command: ReadCode, call: Call) -> Code:
        self.ask("ARM")
        while not (seen := self.ask("TAKE")):
            self.look(call)
            time.sleep(0.1)
        self.ask("DISARM")
        return self.code(seen)

    def look(self, call: Call) -> None:
        raise NotImplementedError


class DeafToDeadline(_OwnLoop):
    """Ends when it is cancelled, and only then."""

    def look(self, call: Call) -> None:
        if call.canceled:
            raise CommandCanceled


class DeafToCancel(_OwnLoop):
    """Ends at its deadline, and only then."""

    def look(self, call: Call) -> None:
        if call.remaining() <= 0:
            raise failing(FaultCode.DEADLINE)


class LeaksDescriptors(SampleScanner):
    """One a code."""

    def code(self, seen: list[str]) -> Code:
        os.open("/dev/null", os.O_RDONLY)
        return super().code(seen)


class LeaksMemory(SampleScanner):
    """A megabyte a code."""

    kept: list[bytes] = []  # noqa: RUF012  kept on purpose

    def code(self, seen: list[str]) -> Code:
        self.kept.append(os.urandom(1 << 20))
        return super().code(seen)


class LogsCodes(SampleScanner):
    """Writes down what it read."""

    def code(self, seen: list[str]) -> Code:
        code = super().code(seen)
        logging.getLogger("drivers.sample").warning("read %s", code.data.reveal().decode("latin-1"))
        return code


class TellsCodesInFaults(SampleScanner):
    """Says in a fault what it read before."""

    last = b""

    def code(self, seen: list[str]) -> Code:
        code = super().code(seen)
        self.last = code.data.reveal()
        return code

    def perform(self, command: ReadCode, call: Call) -> Code:
        try:
            return super().perform(command, call)
        except DeviceFault as error:
            raise failing(error.fault.code, f"after {self.last.decode('latin-1')}") from None


class CrashesOnGarbage(SampleScanner):
    """Takes every byte for text."""

    def _answer(self, line: Any, number: int, check: Any) -> tuple[list[str] | None, int]:
        answer, count = super()._answer(line, number, check)
        if answer is None and count:
            raise ValueError("not what was expected")
        return answer, count


class BlindToUnplug(SampleScanner):
    """Always ready, without asking."""

    def status(self) -> Status:
        return Status(readiness=Readiness.READY)


class NeverReopens(SampleScanner):
    """A connection that broke stays broken."""

    broken = False

    def ask(self, *words: str, check: Any = lambda: None) -> list[str]:
        if self.broken:
            raise failing(FaultCode.DEVICE_GONE)
        try:
            return super().ask(*words, check=check)
        except DeviceFault as error:
            self.broken = error.fault.code is FaultCode.DEVICE_GONE
            raise


class DeliversEarlierCodes(SampleScanner):
    """Looks all the time, and takes what it saw, whenever that was."""

    def open(self) -> Capabilities:
        has = super().open()
        self.ask("ARM")
        return has

    def perform(self, command: ReadCode, call: Call) -> Code:
        while not (seen := self.ask("TAKE", check=call.check)):
            call.sleep(0.1)
        self.ask("ARM")
        return self.code(seen)


class LooseSettings(SampleScannerSettings, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Takes whatever is written."""


class AcceptsUnknownSettings(SampleScanner):
    """A misspelt key is not noticed."""

    Settings = LooseSettings


class HangsInClose(SampleScanner):
    """Never lets go."""

    def close(self) -> None:
        super().close()
        time.sleep(60)


class TakesAnyAnswer(SampleScanner):
    """Does not look whose answer it is, and lets what is left over stand."""

    def ask(self, *words: str, check: Any = lambda: None) -> list[str]:
        if self._line is None:
            super().ask("ALIVE")
        assert self._line is not None
        self._line.write(_question(words))
        received = self._rest
        end = time.monotonic() + 0.3
        while b"\r\n" not in received and time.monotonic() < end:
            check()
            received += self._line.read(0.1)
        line, _, rest = received.partition(b"\r\n")
        self._rest = rest
        word, *fields = line.partition(b"*")[0].decode("ascii", "replace").split(",")[1:] or [""]
        if word != words[0]:
            raise failing(FaultCode.LINK_GARBLED)
        return fields

    _rest = b""


def _question(words: tuple[str, ...]) -> bytes:
    from sample_scanner import lines

    return lines.encode(int(time.monotonic() * 1000) % 1000, *words)


class FillsWhatItHasNot(SampleScanner):
    """Its manifest fills a setting that it does not have; the driver itself is good."""
