"""A4Printer: owned pages, one IPP job a page, and never a claim beyond what was sensed.

Ownership (docs/decisions/003-print-evidence.md): a print carries the owner's token, a fence and the digest of each
page. The device host refuses a fence below its floor, recomputes each digest over the bytes it is about to send, and
sends page after page as jobs named `<serial>/<page>-<pages>`, so that a restart can ask the printer what became of them.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from drivers.contract.common import Cover, DeviceStatus, Identity, Presence, Supply


class Evidence(StrEnum):
    """What a printer can prove, weakest first."""

    JOB_STATE = "job_state"
    PAGE_COUNTER = "page_counter"
    EXIT_SENSOR = "exit_sensor"
    TAKE_SENSOR = "take_sensor"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """`evidence` names every kind of proof this printer gives; `formats` are the MIME types it accepts.

    `spooled`: pages go through a queue of the operating system, which writes them to its disk before they are printed.
    """

    identity: Identity
    evidence: tuple[Evidence, ...]
    formats: tuple[str, ...]
    media: str = "iso_a4_210x297mm"
    spooled: bool = False


class Status(DeviceStatus, frozen=True, kw_only=True, tag="a4_printer"):
    """`sheets` is the number of sheets left, `toner_percent` what is left of the emptiest toner (0 to 100), `impressions` the
    life-time counter; each None where the printer does not say."""

    paper: Supply = Supply.UNKNOWN
    toner: Supply = Supply.UNKNOWN
    cover: Cover = Cover.UNKNOWN
    tray: Presence = Presence.UNKNOWN
    sheets: int | None = None
    impressions: int | None = None
    toner_percent: int | None = None
    reasons: tuple[str, ...] = ()


class PageOut(StrEnum):
    """The furthest that is known of one page.

    QUEUED: the printer surely never had it. CANCELED, ABORTED: the printer says so and no sheet was counted for it; where one
    was, or where nobody knows, it is UNKNOWN. COMPLETED is the printer's word; EJECTED and TAKEN were sensed.
    """

    QUEUED = "queued"
    SENT = "sent"
    COMPLETED = "completed"
    EJECTED = "ejected"
    TAKEN = "taken"
    CANCELED = "canceled"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


class Print(msgspec.Struct, frozen=True, kw_only=True, tag="print"):
    """Print the pages, each handed over as a sealed memfd (a one-page PDF), in order. Result: Printed.

    `digests` are SHA-256, hexadecimal, one a page, over the very bytes of each memfd. `owner` is an opaque token.
    `serial` is part of the jobs' names, which queues and printers keep: never anything personal.
    Fails with STALE_FENCE, PAGE_DIGEST or JOB_REFUSED before anything was sent. Every other ending is a Printed: when every
    page is out as far as this printer can tell; when a jam, empty paper, a cancel or the deadline stopped it, after the page
    under way was called off and with the rest never sent; when the printer is gone. A page is never handed over twice.
    A call that ends with HOST_DIED or HOST_HUNG has no Printed: then `Trace` and the counter tell.
    """

    serial: str
    owner: str
    fence: int
    digests: tuple[str, ...]
    media: str = "iso_a4_210x297mm"


class WaitTaken(msgspec.Struct, frozen=True, tag="wait_taken"):
    """Wait until the exit tray is empty. Result: Taken. UNSUPPORTED where the printer has no take sensor."""


class Trace(msgspec.Struct, frozen=True, tag="trace"):
    """Ask the printer what became of a serial's jobs, cancelling those still under way. Result: Traced."""

    serial: str
    pages: int


class RaiseFence(msgspec.Struct, frozen=True, tag="raise_fence"):
    """Set the floor: from now on a Print with a smaller fence is refused with STALE_FENCE. Never lowers it. Result: Floor.

    A Print raises the floor to its own fence. The floor lives in the device host: set it anew when a host was restarted.
    """

    floor: int


class PageMoved(msgspec.Struct, frozen=True, tag="page_moved"):
    """Page `page` (from 1) got as far as `out`."""

    page: int
    out: PageOut
    job: int | None = None


class Printed(msgspec.Struct, frozen=True, kw_only=True, tag="printed"):
    """How far each page got, the counter before and after (None where there is none or it could not be asked), and the
    FaultCode that ended it early ("" when every page is out)."""

    pages: tuple[PageOut, ...]
    counter_before: int | None = None
    counter_after: int | None = None
    fault_code: str = ""
    fault_detail: str = ""


class Taken(msgspec.Struct, frozen=True, tag="taken"):
    """The exit tray is empty."""


class Traced(msgspec.Struct, frozen=True, kw_only=True, tag="traced"):
    """What the printer still knows of each page, by its jobs' names: COMPLETED, CANCELED, ABORTED, or UNKNOWN where it knows
    no such job (it may have forgotten, or never had it: the counter decides). `tray` and `counter` as now sensed."""

    pages: tuple[PageOut, ...]
    tray: Presence
    counter: int | None = None


class Floor(msgspec.Struct, frozen=True, tag="floor"):
    """The floor now in force."""

    floor: int


Command = Print | WaitTaken | Trace | RaiseFence
Event = PageMoved
Result = Printed | Taken | Traced | Floor
