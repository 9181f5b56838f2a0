"""A queue of CUPS, asked in the words of an IPP printer, and told apart from the printer behind it.

What was seen of cupsd 2.4.2, and what follows from it here:

- A queue at rest says what its *last* job met: "media-empty" stays for days after the tray was filled, and an empty printer that
  nobody printed on is "none". So a queue's own reasons count only while it processes; otherwise the printer is asked itself,
  where it speaks IPP (`device-uri` ipp://…), and where it does not, its paper, toner and cover are unknown.
- A cancelled job is "canceled" at once, while its backend still calls it off at the printer. And job-impressions-completed of a
  queue are what its filters counted. So a job that had begun is believed only as far as the printer confirms it, by its name.
- The ipp backend itself sends a page again when the printer's answer is lost. Two jobs of one name at the printer are told as
  "sent", never as "completed"; the counter shows the second sheet.
- "completed" is the printer's word when the backend waits for it (ipp, ipps), and means "the data has left" with any other.
- A printer that is away changes no reason; only printer-state-message tells. It is in English, because we ask in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, parse_qs, urlsplit

from drivers.a4_printer import ipp_http
from drivers.a4_printer.ipp_client import (
    NOT_FOUND,
    PRINTER_ATTRIBUTES,
    IppClient,
    IppRefusal,
    Job,
    JobState,
    Operation,
)
from drivers.a4_printer.ipp_codec import Attributes, Tag
from drivers.a4_printer.ipp_status import PrinterState
from drivers.contract.faults import DeviceFault, FaultCode

STOPPED = "cups-queue-stopped"
REJECTING = "cups-queue-rejecting"
_NOT_ASKED = "cups-printer-not-asked"
AWAY = "offline"
"""See ipp_reasons.toml."""

MESSAGE = "printer-state-message"

_OF_QUEUES = ("device-uri", MESSAGE, "printer-error-policy", "job-sheets-default")

_OF_THE_PRINTER = (
    "printer-input-tray", "printer-output-tray", "printer-impressions-completed", "printer-media-sheets-completed",
    "printer-pages-completed", "printer-device-id", "printer-firmware-string-version", "marker-levels", "marker-types",
)  # fmt: skip
"""What only the printer knows; a queue's idea of it is not taken."""

_AWAY_MESSAGES = (
    "The printer may not exist or is unavailable at this time.",
    "The printer is unreachable at this time.",
    "The printer is not responding.",
)
"""Of the backends of CUPS 2.4 (ipp, socket, lpd), in the language that we ask in."""

_WAITS = ("ipp", "ipps")
"""Backends that stay with a job until the printer is done with it."""

_NOT_WAITING = {"false", "no", "off", "0"}
"""Values of the backend's option `waitjob` that make it leave early."""

_OURS = re.compile(r".+/\d+-\d+")
"""Names of our jobs (ipp_pages.job_name)."""


@dataclass(frozen=True)
class QueueClient(IppClient):
    """Speaks to one queue. `account`: as which user its scheduler lets us start the queue; `here`: it runs on this machine."""

    account: str = ""
    here: bool = True

    def printer(self) -> Attributes:
        """What is known of queue and printer together, as if one printer had said it; see the head of this file."""
        queue = self._printer((*PRINTER_ATTRIBUTES, *_OF_QUEUES))
        behind = self._behind(queue)
        answer: Attributes | None = None
        away = False
        if behind is not None:
            try:
                answer = behind.printer()
            except DeviceFault as error:
                away = error.fault.code is FaultCode.DEVICE_GONE
        return _joined(queue, answer, away=away)

    def job(self, job_id: int) -> Job:
        """The job, its end confirmed by the printer where that can be."""
        return self._confirmed(super().job(job_id))

    def jobs_named(self, names: Iterable[str]) -> list[Job]:
        """The jobs of these names, their ends confirmed by the printer where that can be."""
        return [self._confirmed(job) for job in self.spooled(names)]

    def spooled(self, names: Iterable[str]) -> list[Job]:
        """The jobs of these names as the queue has them, nothing confirmed."""
        return super().jobs_named(names)

    def left_over(self) -> list[Job]:
        """Jobs of ours that are not over: while no print runs, each could come out before another visitor."""
        return [job for job in self._jobs("not-completed", mine=True) if _OURS.fullmatch(job.name)]

    def finished(self) -> list[Job]:
        """Jobs of ours that are over and still kept."""
        return [job for job in self._jobs("completed", mine=True) if _OURS.fullmatch(job.name)]

    def busy(self) -> bool:
        """Whether a backend may be at work: the queue's own state, whatever the printer does."""
        return self._printer(("printer-state",)).enum("printer-state", PrinterState) is PrinterState.PROCESSING

    def resume(self) -> None:
        """Resume-Printer. Raise DeviceFault(PORT_DENIED) when the scheduler does not let us."""
        allowed = replace(self, local=replace(self.local, account=self.account)) if self.local else self
        allowed._ask(Operation.RESUME_PRINTER, [])

    def purge(self, job_id: int) -> None:
        """Delete a job that is over, with its document (Cancel-Job with purge-job, an extension of CUPS)."""
        try:
            self._ask(Operation.CANCEL_JOB, [(Tag.INTEGER, "job-id", job_id), (Tag.BOOLEAN, "purge-job", True)])
        except IppRefusal as refusal:
            if refusal.status != NOT_FOUND:
                raise

    # --- the printer behind

    def _behind(self, queue: Attributes) -> IppClient | None:
        """What asks the printer itself; None where it cannot be reached in plain IPP from here."""
        parts = _device(queue)
        if not self.here or parts.scheme != "ipp" or not parts.hostname:
            return None
        uri = f"ipp://{parts.netloc.rpartition('@')[2]}{parts.path or '/'}"
        return IppClient(uri, self.seconds, self.stopped, user=self.user)

    def _confirmed(self, job: Job) -> Job:
        job = replace(job, sheets_out=None)  # it counts what the filters passed on
        if not job.state.final or (job.state is not JobState.COMPLETED and not job.begun):
            return job
        queue = self._printer(_OF_QUEUES)
        there = self._at_the_printer(self._behind(queue), job)
        if not there:
            return replace(job, sure=job.state is JobState.COMPLETED and waits(queue))
        printed = [other for other in there if other.printed]
        told = (printed or there)[0]
        if any(not other.state.final for other in there):
            told = replace(told, state=JobState.PROCESSING)
        # A backend that lost an answer sends the page again; then one sheet too many is out, and nothing is sure.
        return replace(told, id=job.id, sure=len(printed) <= 1)

    @staticmethod
    def _at_the_printer(behind: IppClient | None, job: Job) -> list[Job]:
        """The printer's own jobs of that name; one that the queue has given up is called off there, too."""
        if behind is None:
            return []
        try:
            there = behind.jobs_named([job.name])
            for other in there:
                if not other.state.final and job.state is not JobState.COMPLETED:
                    behind.cancel_job(other.id)
        except (DeviceFault, IppRefusal):
            return []
        return there


def waits(queue: Attributes) -> bool:
    """Whether this queue's "completed" is the printer's word."""
    parts = _device(queue)
    option = parse_qs(parts.query).get("waitjob", ["true"])[0].lower()
    return parts.scheme in _WAITS and option not in _NOT_WAITING


def _device(queue: Attributes) -> SplitResult:
    try:
        return urlsplit(queue.text("device-uri"))
    except ValueError:
        return urlsplit("")


def _joined(queue: Attributes, printer: Attributes | None, *, away: bool) -> Attributes:
    state = queue.enum("printer-state", PrinterState)
    joined = Attributes({name: values for name, values in queue.items() if name not in _OF_THE_PRINTER})
    reasons: list[str] = []
    if printer is not None:
        reasons += [reason for reason in printer.texts("printer-state-reasons") if reason != "none"]
        joined.update({name: printer[name] for name in _OF_THE_PRINTER if name in printer})
        joined["printer-state"] = [max(state, printer.enum("printer-state", PrinterState)).value]
    elif state is PrinterState.PROCESSING:
        reasons += [reason for reason in queue.texts("printer-state-reasons") if reason != "none"]
    if away or (printer is None and state is not PrinterState.IDLE and queue.text(MESSAGE) in _AWAY_MESSAGES):
        reasons.append(AWAY)
    if state is PrinterState.STOPPED:
        reasons.append(STOPPED)
    if queue.boolean("printer-is-accepting-jobs") is False:
        reasons.append(REJECTING)
    # What is not told must stay unknown: with an unknown keyword nothing is concluded from silence.
    if printer is None or not printer.texts("printer-state-reasons"):
        reasons.append(_NOT_ASKED)
    joined["printer-state-reasons"] = list(reasons or ["none"])
    joined["printer-is-accepting-jobs"] = [True]
    return joined


def local(socket: str) -> ipp_http.Local | None:
    """The scheduler's Unix socket; no account is named, so that jobs belong to `user` and not to the account."""
    return ipp_http.Local(socket, "") if socket else None
