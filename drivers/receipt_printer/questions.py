"""Asking a printer how it is: DLE EOT 1 to 4 over a line that may lose, double and invent bytes.

An answer does not say to which question it belongs, so an answer too many could pass for the next one's, and one too few for
silence. Hence: each question is put on a quiet line, takes one byte, and after the fourth the line must be quiet again.
"""

from __future__ import annotations

from collections.abc import Callable

from drivers.contract.faults import DeviceFault, FaultCode, failing
from drivers.receipt_printer.port import Port
from drivers.receipt_printer.status import QUESTIONS, Reading, understand

_SETTLE = 0.02
"""Seconds of silence after which the line counts as empty before a question is asked."""

_AFTER = 0.06
"""Seconds of silence after the fourth answer. Printers answer within 5 to 50 ms: had a byte too many taken the place of an
answer, the answer itself would come in this time."""

_FLOOD = 4096
"""Bytes of unasked chatter after which the line counts as garbled."""


def no_check() -> None:
    """For a probe, which has its own short limits and no caller to cancel it."""


def ask(
    port: Port, reply_seconds: float, check: Callable[[], None] = no_check, *, printing: bool = False
) -> tuple[Reading, bool]:
    """Put the four questions; return the reading and, while `printing`, whether GS r was answered meanwhile.

    `check` is called before each question: a printer that is slow to answer must not outlast the caller's deadline.

    Asked twice when the first round was disturbed: printers also answer dots of a picture that look like a question.
    Raise DeviceFault: LINK_SILENT, LINK_GARBLED, DEVICE_GONE.
    """
    ear = _Ear(port, printing)
    for last_round in (False, True):
        ear.filter(drain(port))
        try:
            return understand(_round(ear, port, reply_seconds, check)), ear.done
        except DeviceFault as error:
            if last_round or error.fault.code is not FaultCode.LINK_GARBLED:
                raise
    raise AssertionError("the second round returns or raises")


def drain(port: Port) -> bytes:
    """Take what came unasked, until the line is quiet."""
    thrown = b""
    while data := port.read(_SETTLE):
        thrown += data
        if len(thrown) > _FLOOD:
            raise failing(FaultCode.LINK_GARBLED, "bytes come without being asked for")
    return thrown


def answers_barrier(byte: int) -> bool:
    """Whether a byte answers GS r and not DLE EOT: bits 4 and 7 are clear in the one, bit 4 is set in the other."""
    return not byte & 0x90


class _Ear:
    """Takes the answer to GS r out of what is heard, while one is expected."""

    def __init__(self, port: Port, printing: bool) -> None:
        self._port = port
        self._printing = printing
        self.done = False

    def filter(self, data: bytes) -> bytes:
        if not self._printing or not any(map(answers_barrier, data)):
            return data
        self.done = True
        return bytes(byte for byte in data if not answers_barrier(byte))

    def hear(self, seconds: float) -> bytes:
        data = self._port.read(seconds)
        return self.filter(data) or (self.filter(self._port.read(seconds)) if data else b"")


def _round(ear: _Ear, port: Port, reply_seconds: float, check: Callable[[], None]) -> bytes:
    """The four answers, fewer when one does not come. Raise DeviceFault(LINK_GARBLED) for a byte that nobody asked for."""
    heard = b""
    for number in QUESTIONS:
        check()
        _quiet(ear.hear(0), number)
        port.write(bytes((0x10, 0x04, number)))
        answer = ear.hear(reply_seconds)
        _quiet(answer[1:], number)
        if not answer:
            return heard
        heard += answer
    _quiet(ear.hear(_AFTER), QUESTIONS[-1])
    return heard


def _quiet(more: bytes, number: int) -> None:
    if more:
        raise failing(FaultCode.LINK_GARBLED, f"{more[:8].hex(' ')} came unasked around DLE EOT {number}")
