"""Which serial from the platform a paper may carry. A serial is the paper's name for good: one that is not surely this print's
own, or does not count from the start, is not printed."""

from __future__ import annotations

from datetime import datetime

from kiosk.gateways.serials import IssueRequest, Serial, SerialState
from kiosk.licences import citizen_number


def why_not(serial: Serial, asked: IssueRequest, *, used: bool, now: datetime) -> str:
    """Return why a print must not carry this serial, or an empty text. `used`: another print of this kiosk has had it.

    The adapter has compared operation, file and voided serial with what was asked (`kiosk.gateways.http`).
    """
    if not serial.serial.isascii() or not serial.serial.isprintable() or " " in serial.serial or not serial.serial:
        return "not_a_name"
    if citizen_number.find_all(serial.serial):
        return "personal"  # it is part of the jobs' names, which printers keep
    if used:
        return "used_before"
    if serial.state is not SerialState.ACTIVE:
        return f"is_{serial.state}"
    if (serial.licence, serial.pages) != (asked.licence, asked.pages):
        return "of_another_document"
    if serial.expires.tzinfo is None or serial.expires <= now:
        return "expired"
    return ""
