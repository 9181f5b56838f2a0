"""What a printer says to DLE EOT n (real-time status), read strictly.

Source: Epson ESC/POS command reference, "DLE EOT"; replies measured on an emulator of that table:
well 12 12 12 12 · paper near its end 4→1E · paper out 1→1A 2→32 4→7E · cover open 1→1A 2→16 · cutter 3→1A.
Every reply has bits 0 and 7 clear and bits 1 and 4 set; a byte without them is noise, not a status.
"""

from __future__ import annotations

import msgspec

from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.faults import FaultCode, failing

QUESTIONS = (1, 2, 3, 4)
"""n of DLE EOT n: printer, cause of being off-line, cause of an error, paper sensors."""

_FIXED_MASK, _FIXED_BITS = 0b1001_0011, 0b0001_0010

_OFFLINE = 0x08
_COVER, _FEEDING, _PAPER_STOP, _ERROR = 0x04, 0x08, 0x20, 0x40
_MECHANICAL, _CUTTER, _FATAL, _RECOVERING = 0x04, 0x08, 0x20, 0x40
_NEAR_END, _END = 0x0C, 0x60


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The four replies, understood. `problems` are (code, detail for the technician), the gravest first."""

    paper: Supply
    cover: Cover
    readiness: Readiness
    problems: tuple[tuple[FaultCode, str], ...]

    @property
    def stops(self) -> tuple[FaultCode, str] | None:
        """The problem that keeps a slip from being printed; low paper does not."""
        return next((problem for problem in self.problems if problem[0] is not FaultCode.PAPER_LOW), None)


def is_realtime_reply(byte: int) -> bool:
    """Whether a byte has the fixed bits of a reply to DLE EOT."""
    return byte & _FIXED_MASK == _FIXED_BITS


def understand(replies: bytes) -> Reading:
    """Understand the four replies, in the order of QUESTIONS.

    Raise DeviceFault: LINK_SILENT when one is missing (never "plenty of paper"), LINK_GARBLED when one is no status byte.
    """
    if len(replies) < len(QUESTIONS):
        raise failing(FaultCode.LINK_SILENT, f"DLE EOT {QUESTIONS[len(replies)]}")
    if len(replies) > len(QUESTIONS) or not all(map(is_realtime_reply, replies)):
        raise failing(FaultCode.LINK_GARBLED, f"DLE EOT answered {replies[:8].hex(' ')}")
    printer, cause, error, sensors = replies
    problems = [*_causes(cause, sensors), *_errors(cause, error)]
    feeding = bool(cause & _FEEDING)
    if printer & _OFFLINE and not problems and not feeding:
        problems.append((FaultCode.PRINTER_STOPPED, "off-line, no cause told"))
    if sensors & _NEAR_END and not sensors & _END:
        problems.append((FaultCode.PAPER_LOW, ""))
    reading = Reading(
        paper=_paper(cause, sensors),
        cover=Cover.OPEN if cause & _COVER else Cover.CLOSED,
        readiness=Readiness.BUSY if feeding else Readiness.READY,
        problems=tuple(problems),
    )
    return msgspec.structs.replace(reading, readiness=Readiness.FAULT) if reading.stops else reading


def _paper(cause: int, sensors: int) -> Supply:
    if sensors & _END or cause & _PAPER_STOP:
        return Supply.OUT
    return Supply.LOW if sensors & _NEAR_END else Supply.OK


def _causes(cause: int, sensors: int) -> list[tuple[FaultCode, str]]:
    found = []
    if cause & _COVER:
        found.append((FaultCode.COVER_OPEN, ""))
    if sensors & _END or cause & _PAPER_STOP:
        found.append((FaultCode.PAPER_OUT, ""))
    return found


def _errors(cause: int, error: int) -> list[tuple[FaultCode, str]]:
    found = []
    if error & _CUTTER:
        found.append((FaultCode.CUTTER_FAILED, ""))
    if error & _RECOVERING:
        found.append((FaultCode.HEAD_HOT, ""))
    if error & _FATAL:
        found.append((FaultCode.PRINTER_STOPPED, "unrecoverable error"))
    if error & _MECHANICAL:
        found.append((FaultCode.PRINTER_STOPPED, "mechanical error"))
    if cause & _ERROR and not found:
        found.append((FaultCode.PRINTER_STOPPED, "error, no cause told"))
    return found
