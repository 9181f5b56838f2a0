"""Modbus questions and answers: pymodbus builds and understands the frames, our lines carry them.

pymodbus' own sync clients wait for an answer in one piece, tell a port that is missing from one that is denied by a log line
only, and take any answer of the right unit for the answer to this question. So they are given lines of ours (`_OverLine`),
and each answer's function and length are looked at here.

Sources: Modbus application protocol V1.1b3 (6.1, 6.2, 6.5, 7: functions 1, 2, 5; exception codes); Modbus over serial line
V1.02 (2.5.1.1: 3.5 characters of silence between frames).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ExceptionResponse

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.inputs_outputs.modbus_settings import ModbusSettings
from drivers.inputs_outputs.modbus_wires import Table
from drivers.lines.serial_line import SerialLine
from drivers.lines.tcp_line import TcpLine

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
"""Its lines about each missed answer would fill the log five times a second; our faults tell the same once."""

Check = Callable[[], None]

_CHECK_EVERY = 0.1
"""Seconds between two looks at the caller's deadline and cancel; the contract asks for 0.2."""

_SILENT_CHARACTERS = 3.5
_BITS_A_CHARACTER = 11
_SHORTEST_SILENCE = 0.00175
"""Above 19,200 baud the standard recommends this fixed time."""

_FRAME_CHARACTERS = 16
"""Characters of an RTU question and its answer without the bits, rounded up: what the line itself takes."""

_READ_FUNCTION: dict[Table, int] = {"coils": 1, "discrete_inputs": 2}
_WRITE_FUNCTION = 5

_EXCEPTIONS = {
    1: (FaultCode.SETTING_INVALID, "illegal function: the module has no such table"),
    2: (FaultCode.SETTING_INVALID, "illegal address: the module has none of that number"),
    3: (FaultCode.SETTING_INVALID, "illegal value"),
    4: (FaultCode.OUTPUT_STUCK, "the module reports a failure of its own"),
    5: (FaultCode.LINK_SILENT, "acknowledged, but not done yet"),
    6: (FaultCode.LINK_SILENT, "busy"),
    10: (FaultCode.LINK_SILENT, "the gateway has no path to the unit"),
    11: (FaultCode.LINK_SILENT, "the unit behind the gateway does not answer"),
}
"""Exception codes of the application protocol, clause 7, and who must act on them."""


class _Line(Protocol):
    def write(self, data: bytes) -> None: ...
    def read(self, seconds: float) -> bytes | memoryview: ...
    def discard_input(self) -> None: ...
    def close(self) -> None: ...


class _OverLine:
    """pymodbus asks these four of a client. `silence` in seconds is kept between what was heard and the next question."""

    line: _Line | None = None
    check: Check
    seconds: float
    silence: float
    heard = 0
    _until = 0.0
    _heard_at = 0.0

    def connect(self) -> bool:
        return self.line is not None

    def close(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def send(self, request: bytes, addr: object = None) -> int:
        assert self.line is not None
        time.sleep(max(0.0, self._heard_at + self.silence - time.monotonic()))
        self.line.discard_input()
        self.line.write(request)
        self._until = time.monotonic() + self.seconds
        return len(request)

    def recv(self, size: int | None) -> bytes:
        """Return what came, b"" at the end of the time to answer: pymodbus then asks again, as often as it may."""
        assert self.line is not None
        while (left := self._until - time.monotonic()) > 0:
            self.check()
            if data := bytes(self.line.read(min(left, _CHECK_EVERY))):
                self.heard += len(data)
                self._heard_at = time.monotonic()
                return data
        return b""


class _TcpClient(_OverLine, ModbusTcpClient):  # type: ignore[misc]  # pymodbus is not checked here
    silence = 0.0


class _RtuClient(_OverLine, ModbusSerialClient):  # type: ignore[misc]  # pymodbus is not checked here
    pass


class ModbusLink:
    """One module. Not connected until `connect()`, and no longer once the line is gone."""

    def __init__(self, settings: ModbusSettings) -> None:
        self._set = settings
        self._character = _BITS_A_CHARACTER / settings.baud if settings.connection == "serial" else 0.0
        self._client: Any = None
        self._owed_until = 0.0
        """Until then an answer that was given up may still come; RTU answers do not say which question they answer."""

    @property
    def connected(self) -> bool:
        """Whether the line is open."""
        return self._client is not None

    def connect(self) -> None:
        """Open the line; asks nothing. Raise DeviceFault(PORT_ABSENT, PORT_DENIED)."""
        self.close()
        retries = self._set.attempts - 1
        client: Any
        line: _Line
        if self._set.connection == "network":
            line = TcpLine(self._set.host, self._set.port, seconds=self._set.connect_seconds)
            client = _TcpClient(self._set.host, port=self._set.port, timeout=self._set.answer_seconds, retries=retries)
        else:
            parity = self._set.parity[0].upper()
            line = SerialLine(self._set.path, self._set.baud, parity=parity, stop_bits=self._set.stop_bits)
            client = _RtuClient(self._set.path, timeout=self._set.answer_seconds, retries=retries)
            client.silence = max(_SILENT_CHARACTERS * self._character, _SHORTEST_SILENCE)
        client.line = line
        client.check = no_check
        self._client = client
        self._owed_until = 0.0

    def read(self, table: Table, first: int, count: int, check: Check, *, key: str) -> list[bool]:
        """Return `count` bits from `first` on. `key` is the setting to name when the module refuses.

        Raise DeviceFault: SETTING_INVALID, LINK_SILENT, LINK_GARBLED, DEVICE_GONE; or what `check` raises.
        """
        client = self._open_client()
        ask = client.read_coils if table == "coils" else client.read_discrete_inputs
        answer = self._ask(lambda unit: ask(first, count=count, device_id=unit), check, key, count)
        bits = list(answer.bits)
        if answer.function_code != _READ_FUNCTION[table] or not count <= len(bits) < count + 8:
            raise failing(FaultCode.LINK_GARBLED, f"{key}: the answer is to another question")
        return bits[:count]

    def write(self, address: int, on: bool, check: Check, *, key: str) -> None:
        """Switch one coil. Raises as `read`.

        The module's echo says that it understood, not that the coil moved: what it echoes as the level is not looked at.
        """
        client = self._open_client()
        answer = self._ask(lambda unit: client.write_coil(address, on, device_id=unit), check, key, 1)
        if answer.function_code != _WRITE_FUNCTION or answer.address != address:
            raise failing(FaultCode.LINK_GARBLED, f"{key}: the answer is to another question")

    def close(self) -> None:
        """Close the line."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open_client(self) -> Any:
        if self._client is None:
            raise failing(FaultCode.DEVICE_GONE, "the line is closed")
        return self._client

    def _ask(self, ask: Callable[[int], Any], check: Check, key: str, bits: int) -> Any:
        client = self._open_client()
        client.seconds = self._set.answer_seconds + self._character * (_FRAME_CHARACTERS + bits // 8)
        answered = False
        try:
            self._let_late_answer_pass(check)
            client.check, client.heard = check, 0
            answer = ask(self._set.unit)
            answered = True
        except ModbusException as error:
            raise self._unanswered(client.heard, key) from error
        except DeviceFault as error:
            if error.fault.code is FaultCode.DEVICE_GONE:
                self.close()
            raise
        finally:
            if not answered:
                self._owed_until = time.monotonic() + self._set.answer_seconds
        if isinstance(answer, ExceptionResponse):
            raise _refused(answer.exception_code, key)
        return answer

    def _let_late_answer_pass(self, check: Check) -> None:
        """A question that was given up may still be answered. Modbus/TCP numbers its answers, RTU does not."""
        if self._set.connection == "serial":
            while (left := self._owed_until - time.monotonic()) > 0:
                check()
                self._client.line.read(min(left, _CHECK_EVERY))
        self._owed_until = 0.0

    def _unanswered(self, heard: int, key: str) -> DeviceFault:
        if heard:
            return failing(
                FaultCode.LINK_GARBLED, f"{key}: {heard} bytes came, no whole answer of unit {self._set.unit}"
            )
        return failing(FaultCode.LINK_SILENT, f"{key}: unit {self._set.unit} does not answer")


def no_check() -> None:
    """For probes, which have their own short time limits and no caller to cancel them."""


def _refused(code: int, key: str) -> DeviceFault:
    fault_code, words = _EXCEPTIONS.get(code, (FaultCode.LINK_GARBLED, "no exception of the protocol"))
    return failing(fault_code, f"{key}: exception {code}, {words}")
