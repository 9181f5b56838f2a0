"""A network code scanner that is asked in lines of text: ID, ALIVE, ARM and DISARM (begin and end to look), TAKE (the code)."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable
from typing import Annotated, ClassVar

import msgspec

from drivers.contract.code_scanner import Capabilities, Code, ReadCode, Status
from drivers.contract.common import DeviceClass, Identity, Readiness, Supported
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.contract.secret import SecretBytes
from drivers.lines.tcp_line import TcpLine
from sample_scanner import lines

_ASK_EVERY = 0.1
_LOOK_UP = 0.1
_LONGEST_LINE = 16_384
Seconds = Annotated[float, msgspec.Meta(gt=0, le=2)]


class SampleScannerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it is: its address."""

    host: str
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] = 4001
    connect_seconds: Seconds = 0.5
    answer_seconds: Seconds = 0.3
    attempts: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2


class SampleScanner(Driver):
    """One scanner. The connection is opened when it is needed, and afresh after it broke."""

    device_class: ClassVar[DeviceClass] = DeviceClass.CODE_SCANNER
    Settings = SampleScannerSettings

    def __init__(self, settings: SampleScannerSettings) -> None:
        super().__init__(settings)
        self._set = settings
        self._line: TcpLine | None = None
        self._numbers = itertools.cycle(range(1, 1000))

    def open(self) -> Capabilities:
        """Ask who it is."""
        maker, model, serial = (*self.ask("ID"), "", "", "")[:3]
        return Capabilities(
            identity=Identity(maker=maker, model=model, serial=serial),
            longest=1024,
            binary_safe=Supported.YES,
            symbology=Supported.YES,
            trigger=Supported.YES,
        )

    def status(self) -> Status:
        """Ask whether it is there."""
        self.ask("ALIVE")
        return Status(readiness=Readiness.READY)

    def perform(self, command: ReadCode, call: Call) -> Code:
        """Look for one code."""
        try:
            self.ask("ARM", check=call.check)
            while not (seen := self.ask("TAKE", check=call.check)):
                call.sleep(_ASK_EVERY)
        finally:
            with contextlib.suppress(DeviceFault):  # it is gone: then it does not look either
                self.ask("DISARM")
        return self.code(seen)

    def code(self, seen: list[str]) -> Code:
        """The code of a TAKE: its kind, its bytes in hexadecimal."""
        try:
            symbology, data = seen[0], bytes.fromhex(seen[1])
        except (IndexError, ValueError):
            raise failing(FaultCode.LINK_GARBLED, "TAKE: no kind and bytes") from None
        return Code(data=SecretBytes(data), symbology=symbology)

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def ask(self, *words: str, check: Callable[[], None] = lambda: None) -> list[str]:
        """Return the fields of the answer. Raise DeviceFault, and what `check` raises."""
        if self._line is None:
            self._line = TcpLine(self._set.host, self._set.port, seconds=self._set.connect_seconds)
        number, heard = next(self._numbers), 0
        try:
            self._line.discard_input()
            for _ in range(self._set.attempts):
                self._line.write(lines.encode(number, *words))
                answer, count = self._answer(self._line, number, check)
                heard += count
                if answer is not None:
                    return _fields(answer, words[0])
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise
        raise failing(FaultCode.LINK_GARBLED if heard else FaultCode.LINK_SILENT, f"no sound answer to {words[0]}")

    def _answer(self, line: TcpLine, number: int, check: Callable[[], None]) -> tuple[list[str] | None, int]:
        received = bytearray()
        end = time.monotonic() + self._set.answer_seconds
        while time.monotonic() < end and len(received) < _LONGEST_LINE:
            check()
            received += line.read(_LOOK_UP)
            if (answer := lines.find(received, number)) is not None:
                return answer, len(received)
        return None, len(received)


def _fields(answer: list[str], word: str) -> list[str]:
    if answer[0] == "NAK":
        raise failing(FaultCode.UNSUPPORTED, f"{word} was refused")
    if answer[0] != word:
        raise failing(FaultCode.LINK_GARBLED, f"an answer to another question than {word}")
    return answer[1:]
