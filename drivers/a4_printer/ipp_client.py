"""The nine IPP operations that this driver uses (RFC 8011 4.2, 4.3), as calls with typed answers."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from drivers.a4_printer import ipp_http
from drivers.a4_printer.ipp_codec import Attributes, Group, Line, Reply, Tag, decode, encode, garbled
from drivers.contract.faults import DeviceFault, FaultCode, failing

PDF = "application/pdf"

USER = "kiosk"
"""requesting-user-name: the same for every visitor, because queues and printers keep it."""


class Operation(IntEnum):
    """Operation codes (RFC 8011 5.4.15)."""

    PRINT_JOB = 0x0002
    VALIDATE_JOB = 0x0004
    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    RESUME_PRINTER = 0x0011


class JobState(IntEnum):
    """job-state (RFC 8011 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def final(self) -> bool:
        """Whether nothing more will come of this job."""
        return self >= JobState.CANCELED


NOT_FOUND = 0x0406
NOT_POSSIBLE = 0x0404
BUSY = 0x0507
TEMPORARY = (0x0505, BUSY)
"""server-error-temporary-error and server-error-busy: not taken this time (RFC 8011 B.1.5)."""

_LAST_SUCCESS = 0x00FF

PRINTER_ATTRIBUTES = (
    "printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "operations-supported",
    "document-format-supported", "media-supported", "printer-make-and-model", "printer-device-id",
    "printer-firmware-string-version", "printer-input-tray", "printer-output-tray",
    "printer-impressions-completed", "printer-media-sheets-completed", "printer-pages-completed",
    "marker-levels", "marker-types", "copies-supported", "sides-supported", "print-scaling-supported",
)  # fmt: skip

_JOB_ATTRIBUTES = (
    "job-id", "job-name", "job-state", "job-state-reasons", "job-impressions-completed", "job-media-sheets-completed",
    "time-at-processing",
)  # fmt: skip

_HISTORY = 500
"""How many jobs of a printer's history are asked for; newest first (RFC 8011 4.2.6.2), so a lost page is among them."""


class IppRefusal(Exception):
    """The printer answered with an error status: it did not do what was asked. `status` as in RFC 8011 B.1."""

    def __init__(self, operation: Operation, status: int) -> None:
        super().__init__(f"{operation.name} answered with IPP status {status:#06x}")
        self.status = status

    def fault(self, code: FaultCode) -> DeviceFault:
        """Say it in the contract's words."""
        return failing(code, str(self))


@dataclass(frozen=True)
class Job:
    """One job as the printer tells it. `sheets_out` is None where the printer does not count.

    `begun`: it was taken up at some time. `sure`: its state is the printer's own word, not that of a queue before the printer.
    """

    id: int
    name: str
    state: JobState
    reasons: tuple[str, ...]
    sheets_out: int | None
    begun: bool = False
    sure: bool = True

    @property
    def printed(self) -> bool:
        """Whether the printer says that all of it is on paper, and as it should be."""
        return self.state is JobState.COMPLETED and "job-completed-with-errors" not in self.reasons


@dataclass(frozen=True)
class IppClient:
    """Speaks to one printer. `stopped` is looked at during each exchange; see `unstoppable()`. `local`: by a Unix socket."""

    uri: str
    seconds: float
    stopped: Callable[[], bool] = lambda: False
    local: ipp_http.Local | None = None
    user: str = USER

    def unstoppable(self, seconds: float) -> IppClient:
        """The same printer, asked in spite of a cancel: to cancel its job."""
        return replace(self, seconds=min(seconds, self.seconds), stopped=lambda: False)

    def patient(self, seconds: float) -> IppClient:
        """The same printer with more time for an answer: a page takes a while."""
        return replace(self, seconds=seconds)

    def printer(self) -> Attributes:
        """Get-Printer-Attributes: what capabilities and status are read from. Raise DeviceFault only."""
        return self._printer(PRINTER_ATTRIBUTES)

    def _printer(self, names: Sequence[str]) -> Attributes:
        try:
            reply = self._ask(Operation.GET_PRINTER_ATTRIBUTES, [_asking(names)])
        except IppRefusal as refusal:
            wrong_path = refusal.status == NOT_FOUND
            raise refusal.fault(FaultCode.SETTING_INVALID if wrong_path else FaultCode.PRINTER_STOPPED) from refusal
        return reply.first(Group.PRINTER)

    def validate_job(self, name: str, template: Sequence[Line]) -> tuple[str, ...]:
        """Validate-Job: return the names of the job attributes that this printer would not keep to."""
        lines: list[Line] = [(Tag.NAME, "job-name", name), (Tag.MIME, "document-format", PDF)]
        return tuple(self._ask(Operation.VALIDATE_JOB, lines, template).first(Group.UNSUPPORTED))

    def print_job(self, name: str, template: Sequence[Line], page: bytes) -> Job:
        """Print-Job: job and document in one request."""
        lines: list[Line] = [(Tag.NAME, "job-name", name), (Tag.MIME, "document-format", PDF)]
        return _job(self._ask(Operation.PRINT_JOB, lines, template, page).first(Group.JOB), name)

    def create_job(self, name: str, template: Sequence[Line]) -> Job:
        """Create-Job: a job without a document; nothing can come out of it yet."""
        return _job(self._ask(Operation.CREATE_JOB, [(Tag.NAME, "job-name", name)], template).first(Group.JOB), name)

    def send_document(self, job_id: int, page: bytes) -> None:
        """Send-Document: the only document of a job made by Create-Job."""
        lines: list[Line] = [
            (Tag.INTEGER, "job-id", job_id),
            (Tag.MIME, "document-format", PDF),
            (Tag.BOOLEAN, "last-document", True),
        ]
        self._ask(Operation.SEND_DOCUMENT, lines, document=page)

    def job(self, job_id: int) -> Job:
        """Get-Job-Attributes. Raise IppRefusal(NOT_FOUND) when the printer knows no such job (any more)."""
        lines: list[Line] = [(Tag.INTEGER, "job-id", job_id), _asking(_JOB_ATTRIBUTES)]
        return _job(self._ask(Operation.GET_JOB_ATTRIBUTES, lines).first(Group.JOB))

    def jobs_named(self, names: Iterable[str]) -> list[Job]:
        """Get-Jobs of every user, kept to those with one of these names.

        First those under way, then the finished ones: a job that ends between the two questions is seen twice, not missed.
        """
        wanted = frozenset(names)
        return [job for which in ("not-completed", "completed") for job in self._jobs(which) if job.name in wanted]

    def cancel_job(self, job_id: int) -> None:
        """Cancel-Job. A job that is over or unknown is none to cancel, and no fault."""
        try:
            self._ask(Operation.CANCEL_JOB, [(Tag.INTEGER, "job-id", job_id)])
        except IppRefusal as refusal:
            if refusal.status not in (NOT_FOUND, NOT_POSSIBLE):
                raise

    def _jobs(self, which: str, *, mine: bool = False) -> list[Job]:
        lines: list[Line] = [
            (Tag.INTEGER, "limit", _HISTORY),
            _asking(_JOB_ATTRIBUTES),
            (Tag.KEYWORD, "which-jobs", which),
            (Tag.BOOLEAN, "my-jobs", mine),
        ]
        return [_job(attributes) for attributes in self._ask(Operation.GET_JOBS, lines).all(Group.JOB)]

    def _ask(
        self, operation: Operation, lines: Sequence[Line], template: Sequence[Line] = (), document: bytes = b""
    ) -> Reply:
        """One exchange. Raise DeviceFault (see ipp_http) or IppRefusal."""
        number = next(_request_ids)
        head: list[Line] = [
            (Tag.CHARSET, "attributes-charset", "utf-8"),
            (Tag.LANGUAGE, "attributes-natural-language", "en"),
            (Tag.URI, "printer-uri", self.uri),
        ]
        # RFC 8011 4.1.5 and 4.3: the target (printer-uri, then job-id) comes right after charset and language.
        target = [line for line in lines if line[1] == "job-id"]
        rest = [line for line in lines if line[1] != "job-id"]
        user: Line = (Tag.NAME, "requesting-user-name", self.user)
        groups = [(Group.OPERATION, [*head, *target, user, *rest]), (Group.JOB, template)]
        body = encode(operation, number, groups) + document
        reply = decode(ipp_http.post(self.uri, body, seconds=self.seconds, stopped=self.stopped, local=self.local))
        if reply.status > _LAST_SUCCESS:
            raise IppRefusal(operation, reply.status)
        if reply.request_id != number:
            raise garbled(f"request-id {reply.request_id} instead of {number}")
        return reply


_request_ids = itertools.count(1)


def _asking(names: Sequence[str]) -> Line:
    return (Tag.KEYWORD, "requested-attributes", names)


def _job(attributes: Attributes, name: str = "") -> Job:
    """Read a job. `name` stands in where the printer was not asked for it. Raise DeviceFault(LINK_GARBLED)."""
    number = attributes.integer("job-id")
    if number is None or number < 1:
        raise garbled("job-id is missing")
    counts = [attributes.integer("job-impressions-completed"), attributes.integer("job-media-sheets-completed")]
    return Job(
        id=number,
        name=attributes.text("job-name") or name,
        state=attributes.enum("job-state", JobState),
        reasons=attributes.texts("job-state-reasons"),
        sheets_out=max((count for count in counts if count is not None), default=None),
        begun=bool(attributes.integer("time-at-processing")),
    )
