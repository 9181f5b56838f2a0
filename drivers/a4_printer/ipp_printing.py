"""One Print command: page after page, each followed until the printer has said its last word on it, or is known not to.

The rules (docs/decisions/003-print-evidence.md): a page is handed over only when the one before it is out; what stands in the
way stops everything after it; no page is handed over twice; and QUEUED means that the printer surely never had the page.
"""

from __future__ import annotations

import time

from drivers.a4_printer.ipp_client import NOT_FOUND, PDF, TEMPORARY, IppClient, IppRefusal, Job, JobState, Operation
from drivers.a4_printer.ipp_codec import Attributes, Line
from drivers.a4_printer.ipp_handover import HandOver, InDoubt, NotTaken, template
from drivers.a4_printer.ipp_pages import job_name, read_page
from drivers.a4_printer.ipp_settings import LAST_LOOK_SECONDS, Patience
from drivers.a4_printer.ipp_status import Snapshot, understand
from drivers.a4_printer.ipp_trays import ExitWatch
from drivers.contract.a4_printer import PageMoved, PageOut, Print, Printed
from drivers.contract.driver import Call, CommandCanceled
from drivers.contract.faults import DeviceFault, Fault, FaultCode, failing, fault

_EXCHANGES_A_PAGE = 3
"""Create-Job, Send-Document and one look: what a page takes before it can be called off."""

_DOCUMENT_MISSING = ("job-incoming", "job-data-insufficient")
"""Job reasons (RFC 8011 5.3.8): the printer waits for a document that was cut off on its way."""


class PrintRun:
    """Carries out one Print command; its pages have been checked."""

    def __init__(self, client: IppClient, settings: Patience, command: Print, call: Call) -> None:
        self._client = client
        self._settings = settings
        self._command = command
        self._call = call
        self._out = [PageOut.QUEUED] * len(call.fds)
        self._counter_before: int | None = None
        self._page_counter: int | None = None
        self._hand_over: HandOver
        self._template: tuple[Line, ...] = ()

    def run(self) -> Printed:
        """Print. Raise DeviceFault(JOB_REFUSED) when this printer never will; everything else is told in Printed."""
        ended_by: Fault | None
        try:
            attributes = self._client.printer()
        except DeviceFault as error:
            ended_by = error.fault
        else:
            ended_by = self._late() or self._prepare(attributes) or self._late() or self._print_all()
        return Printed(
            pages=tuple(self._out),
            counter_before=self._counter_before,
            counter_after=self._counter_now(),
            fault_code=ended_by.code if ended_by else "",
            fault_detail=ended_by.detail if ended_by else "",
        )

    def _late(self) -> Fault | None:
        """Whether there is no time left in which a page could be handed over and called off again."""
        return fault(FaultCode.DEADLINE) if self._call.remaining() < self._settings.reserve else None

    def _prepare(self, attributes: Attributes) -> Fault | None:
        """Can this printer print this at all? Raise DeviceFault(JOB_REFUSED) when it never will."""
        formats = attributes.texts("document-format-supported")
        if PDF not in formats:
            raise failing(FaultCode.JOB_REFUSED, f"the printer takes {', '.join(formats) or 'nothing'}, not {PDF}")
        self._template = template(attributes, self._command.media)
        self._hand_over = HandOver(self._client, self._settings, self._call, attributes)
        self._counter_before = understand(attributes).counter
        if Operation.VALIDATE_JOB in attributes.integers("operations-supported"):
            return self._validate()
        return None

    def _validate(self) -> Fault | None:
        """Ask whether this printer would take such a job. Raise DeviceFault(JOB_REFUSED) when not."""
        try:
            ignored = self._client.validate_job(self._name(0), self._template)
        except DeviceFault as error:
            return error.fault
        except IppRefusal as refusal:
            if refusal.status not in TEMPORARY:
                raise refusal.fault(FaultCode.JOB_REFUSED) from refusal
            return None
        if ignored:
            raise failing(FaultCode.JOB_REFUSED, f"the printer would not keep to {', '.join(ignored)}")
        return None

    def _print_all(self) -> Fault | None:
        """Page after page; return what ended it early."""
        for index in range(len(self._out)):
            try:
                snapshot, took = self._ask_patiently()
                ended_by = self._in_the_way(snapshot, took) or self._print_page(index, snapshot)
            except DeviceFault as error:
                return error.fault
            if ended_by is not None:
                return ended_by
        return None

    def _ask_patiently(self) -> tuple[Snapshot, float]:
        """Ask how the printer is, again for `lost_seconds` when it does not answer: one miss between two pages is not "gone".

        Return also how long it took to answer, in seconds.
        """
        until = time.monotonic() + self._settings.lost_seconds
        while True:
            asked = time.monotonic()
            try:
                return understand(self._client.printer()), time.monotonic() - asked
            except DeviceFault:
                if self._call.canceled or self._call.remaining() < self._settings.reserve or time.monotonic() > until:
                    raise
            self._pause(self._settings.poll_seconds)

    def _in_the_way(self, snapshot: Snapshot, took: float) -> Fault | None:
        """Why the next page must not be handed over. A printer that is slow to answer may not have the time for a whole page."""
        if self._call.canceled:
            return fault(FaultCode.JOB_CANCELED)
        if self._call.remaining() < self._settings.reserve + _EXCHANGES_A_PAGE * took:
            return fault(FaultCode.DEADLINE)
        code = snapshot.stopping or (None if snapshot.accepting else FaultCode.PRINTER_STOPPED)
        return fault(code, _reasons(snapshot)) if code else None

    def _print_page(self, index: int, start: Snapshot) -> Fault | None:
        page = read_page(self._call.fds[index], self._command.digests[index], index + 1)
        self._page_counter = start.counter
        handed = self._hand_over.page(self._name(index), self._template, page)
        if isinstance(handed, NotTaken):
            return handed.fault if not self._call.canceled else fault(FaultCode.JOB_CANCELED)
        if isinstance(handed, InDoubt):
            self._move(index, PageOut.UNKNOWN, None)
            return handed.fault
        try:
            self._move(index, PageOut.SENT, handed.job_id)
            return self._follow(index, handed.job_id, ExitWatch(start.trays.in_exit))
        except OSError:
            # The core is gone, nobody owns this page any more: take it back as far as it can be, then let the host end.
            self._take_back(handed.job_id)
            raise

    # --- following a page

    def _follow(self, index: int, job_id: int, exit_watch: ExitWatch) -> Fault | None:
        """Look at the job until it is over, or until there is a reason to call it off."""
        began = answered = time.monotonic()
        stopped_since: float | None = None
        while True:
            stopping: FaultCode | None = None
            try:
                job = self._look(index, job_id)
                if job is not None and not job.state.final and self._call.remaining() < self._settings.reserve:
                    return self._call_off(index, job_id, fault(FaultCode.DEADLINE), exit_watch)
                snapshot = understand(self._client.printer())
            except DeviceFault as error:
                if time.monotonic() - answered > self._settings.lost_seconds:
                    return self._give_up(index, job_id, f"{error.fault.code}: {error.fault.detail}")
            else:
                answered = time.monotonic()
                exit_watch.see(snapshot.trays.in_exit)
                if job is None:
                    return self._give_up(index, job_id, "the printer does not know the job any more")
                if job.state.final:
                    return self._ended(index, job, exit_watch)
                stopping = _stopping(job, snapshot)
            stopped_since = (stopped_since or time.monotonic()) if stopping else None
            why = self._why_call_off(began, stopped_since, stopping)
            if why is not None:
                return self._call_off(index, job_id, why, exit_watch)
            self._pause(self._settings.poll_seconds)

    def _look(self, index: int, job_id: int) -> Job | None:
        """The job by its number; by its name when the number is unknown or another's (numbers may begin anew after a power cut)."""
        try:
            job = self._client.job(job_id)
        except IppRefusal as refusal:
            if refusal.status != NOT_FOUND:
                raise refusal.fault(FaultCode.LINK_GARBLED) from refusal
        else:
            if job.name in ("", self._name(index)):
                return job
        try:
            return next(iter(self._client.jobs_named([self._name(index)])), None)
        except IppRefusal as refusal:
            raise refusal.fault(FaultCode.LINK_GARBLED) from refusal

    def _why_call_off(self, began: float, stopped_since: float | None, stopping: FaultCode | None) -> Fault | None:
        now = time.monotonic()
        if self._call.canceled:
            return fault(FaultCode.JOB_CANCELED)
        if self._call.remaining() < self._settings.reserve:
            return fault(FaultCode.DEADLINE)
        if stopping and stopped_since and now - stopped_since >= self._settings.stop_seconds:
            return fault(stopping)
        if now - began >= self._settings.page_seconds:
            return fault(FaultCode.PRINTER_STOPPED, f"no end of the job within {self._settings.page_seconds:g} s")
        return None

    def _ended(self, index: int, job: Job, exit_watch: ExitWatch) -> Fault | None:
        """The job is over: say how far the page got, and what to report if it is not out."""
        told = ", ".join(job.reasons)
        if job.printed:
            self._move(index, PageOut.COMPLETED if job.sure else PageOut.SENT, job.id)
            if self._came_out(exit_watch):
                self._move(index, PageOut.EJECTED, job.id)
            return None
        if job.state is JobState.CANCELED:
            self._move(index, self._unless_paper_moved(PageOut.CANCELED, job), job.id)
            return fault(FaultCode.JOB_CANCELED, told)
        ended = PageOut.ABORTED if job.state is JobState.ABORTED else PageOut.UNKNOWN
        self._move(index, self._unless_paper_moved(ended, job), job.id)
        return fault(FaultCode.JOB_ABORTED, told)

    def _came_out(self, exit_watch: ExitWatch) -> bool:
        """Whether the exit sensor saw a sheet come; waits for a sensor that lags behind."""
        until = time.monotonic() + self._settings.exit_seconds
        while exit_watch.works and not exit_watch.risen and time.monotonic() < until and not self._call.canceled:
            self._pause(self._settings.poll_seconds)
            try:
                exit_watch.see(understand(self._client.printer()).trays.in_exit)
            except DeviceFault:
                break  # then nothing more was sensed
        return exit_watch.risen

    def _unless_paper_moved(self, out: PageOut, job: Job) -> PageOut:
        """A page that is called off is so only if the printer says so and no sheet was counted; otherwise nobody knows."""
        now = self._counter_now()
        counted = now is not None and self._page_counter is not None and now > self._page_counter
        return PageOut.UNKNOWN if counted or job.sheets_out or not job.sure else out

    # --- calling a page off

    def _call_off(self, index: int, job_id: int, why: Fault, exit_watch: ExitWatch) -> Fault | None:
        """Cancel the job and hear what became of it. A page that was done first is done: then there is nothing to report."""
        job = self._take_back(job_id)
        if job is None or job.name not in ("", self._name(index)):
            self._move(index, PageOut.UNKNOWN, job_id)
            return why
        ended_by = self._ended(index, job, exit_watch)
        return why if ended_by is not None else None

    def _take_back(self, job_id: int) -> Job | None:
        """Cancel-Job, then the job's last state; None when it is not known within `cancel_seconds`."""
        until = time.monotonic() + self._settings.cancel_seconds
        asked = False
        while (left := until - time.monotonic()) > 0:
            client = self._client.unstoppable(left)
            try:
                if not asked:
                    client.cancel_job(job_id)
                    asked = True
                job = client.job(job_id)
                if job.state.final:
                    return job
            except (DeviceFault, IppRefusal):
                pass  # asked again until the time is up
            time.sleep(min(self._settings.poll_seconds, max(0.0, until - time.monotonic())))
        return None

    def _give_up(self, index: int, job_id: int, detail: str) -> Fault:
        self._move(index, PageOut.UNKNOWN, job_id)
        return fault(FaultCode.JOB_LOST, detail)

    # --- small things

    def _name(self, index: int) -> str:
        return job_name(self._command.serial, index + 1, len(self._out))

    def _move(self, index: int, out: PageOut, job_id: int | None) -> None:
        self._out[index] = out
        self._call.emit(PageMoved(page=index + 1, out=out, job=job_id))

    def _counter_now(self) -> int | None:
        if self._counter_before is None:
            return None
        try:
            return understand(self._client.unstoppable(LAST_LOOK_SECONDS).printer()).counter
        except DeviceFault:
            return None

    def _pause(self, seconds: float) -> None:
        """Wait, waking early for a cancel or the deadline; the caller looks at both."""
        try:
            self._call.sleep(seconds)
        except (CommandCanceled, DeviceFault):
            return


def _stopping(job: Job, snapshot: Snapshot) -> FaultCode | None:
    """Why this job does not move now."""
    if snapshot.stopping:
        return snapshot.stopping
    if job.state is JobState.STOPPED:
        return FaultCode.PRINTER_STOPPED
    return FaultCode.LINK_SILENT if any(reason in _DOCUMENT_MISSING for reason in job.reasons) else None


def _reasons(snapshot: Snapshot) -> str:
    return ", ".join(snapshot.reasons)
