"""What a print is asked with, what it is while it runs, and what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from drivers.contract.faults import Fault
from kiosk.documents.issued import IssuedDocument
from kiosk.documents.overlay import Imprint
from kiosk.journal.states import PrintState


class PrintRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to print and for whom. `imprint` is a draft: serial and times are filled in once the platform has issued a serial.

    `voids` is the serial that a free replacement replaces, or empty. `trial`: staff try the machine; the paper never counts.
    """

    document: IssuedDocument
    subject: str
    item: str
    imprint: Imprint
    voids: str = ""
    trial: bool = False


class PrintResult(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended. `serial` is empty when none was issued; `fault` says what stopped it, None when all is well."""

    state: PrintState
    pages: int
    serial: str = ""
    expires: float = 0.0
    code: str = ""
    fault: Fault | None = None
    refused: str = ""


class Tray(StrEnum):
    """What became of the paper in the exit tray. TAKEN: sensed; NOT_SENSED: this printer cannot tell, or none came out;
    LEFT: nobody took it in time; LOST: the printer went away while it lay there. After the last two it does not count."""

    TAKEN = "taken"
    NOT_SENSED = "not_sensed"
    LEFT = "left"
    LOST = "lost"


@dataclass
class PrintJob:
    """A print under way. `pages_out` counts pages that the printer reported as done."""

    id: str
    pages: int
    printed: asyncio.Future[PrintResult]
    tray: asyncio.Future[Tray]
    pages_out: int = 0
    on_page: Callable[[int], None] | None = field(default=None)
