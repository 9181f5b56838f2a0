"""What the emulated printer answers to each IPP operation (RFC 8011 4.2, 4.3). Strict where real printers are strict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pypdfium2

from drivers.emulators import a4_ipp_wire as wire
from drivers.emulators.a4_ipp_wire import Answer, Request
from drivers.emulators.a4_machine import Job, Machine

PRINT_JOB, VALIDATE_JOB, CREATE_JOB, SEND_DOCUMENT = 0x02, 0x04, 0x05, 0x06
CANCEL_JOB, GET_JOB_ATTRIBUTES, GET_JOBS, GET_PRINTER_ATTRIBUTES = 0x08, 0x09, 0x0A, 0x0B

OPERATION_NAMES = {
    PRINT_JOB: "print-job",
    VALIDATE_JOB: "validate-job",
    CREATE_JOB: "create-job",
    SEND_DOCUMENT: "send-document",
    CANCEL_JOB: "cancel-job",
    GET_JOB_ATTRIBUTES: "get-job-attributes",
    GET_JOBS: "get-jobs",
    GET_PRINTER_ATTRIBUTES: "get-printer-attributes",
}

OK, OK_SUBSTITUTED = 0x0000, 0x0001
BAD_REQUEST, NOT_POSSIBLE, NOT_FOUND, FORMAT_NOT_SUPPORTED, DOCUMENT_FORMAT_ERROR = (
    0x0400,
    0x0404,
    0x0406,
    0x040A,
    0x0411,
)
OPERATION_NOT_SUPPORTED, VERSION_NOT_SUPPORTED, BUSY = 0x0501, 0x0503, 0x0507

_pdfium = threading.Lock()  # PDFium is not thread-safe


@dataclass(frozen=True)
class Abilities:
    """What this printer tells and can; less of it is an older or simpler printer. `ignores`: attributes that it lists in vain."""

    formats: tuple[str, ...] = ("application/pdf",)
    media: tuple[str, ...] = ("iso_a4_210x297mm",)
    counter: bool = True
    exit_sensor: bool = True
    tray_count: bool = True
    create_job: bool = True
    markers: bool = True
    ignores: tuple[str, ...] = ()
    paper_capacity: int = 250


_WASTE_LEVEL = 3
"""The emulator's bin of waste toner, per cent full."""


def page_count(document: bytes) -> int:
    """Return how many pages the PDF has, 0 when it is none."""
    with _pdfium:
        try:
            pdf = pypdfium2.PdfDocument(document)
        except pypdfium2.PdfiumError:
            return 0
        try:
            return len(pdf)
        finally:
            pdf.close()


class Refused(Exception):
    """Answer with an error status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:#06x}")
        self.status = status


class IppService:
    """The IPP side of one machine."""

    def __init__(self, machine: Machine, abilities: Abilities) -> None:
        self._machine = machine
        self._abilities = abilities
        self._busy_left = 0
        self._operations: dict[int, Callable[[Request], bytes]] = {
            PRINT_JOB: self._print_job,
            VALIDATE_JOB: self._validate_job,
            CREATE_JOB: self._create_job,
            SEND_DOCUMENT: self._send_document,
            CANCEL_JOB: self._cancel_job,
            GET_JOB_ATTRIBUTES: self._get_job,
            GET_JOBS: self._get_jobs,
            GET_PRINTER_ATTRIBUTES: self._get_printer,
        }
        if not abilities.create_job:
            del self._operations[CREATE_JOB], self._operations[SEND_DOCUMENT]

    def be_busy(self, times: int) -> None:
        """Answer the next jobs with server-error-busy."""
        self._busy_left = times

    def answer(self, request: Request) -> bytes:
        """Do what the request asks and return the reply's bytes."""
        try:
            self._check(request)
            with self._machine.changed:
                return self._operations[request.operation](request)
        except Refused as refusal:
            return Answer(refusal.status, request.request_id).done()

    def _check(self, request: Request) -> None:
        if request.version[0] not in (1, 2):
            raise Refused(VERSION_NOT_SUPPORTED)
        if request.operation not in self._operations:
            raise Refused(OPERATION_NOT_SUPPORTED)
        # RFC 8011 4.1.4, 4.1.5: charset, language, target, in this order.
        if request.order[:3] != ["attributes-charset", "attributes-natural-language", "printer-uri"]:
            raise Refused(BAD_REQUEST)

    # --- jobs

    def _print_job(self, request: Request) -> bytes:
        self._admit(request)
        pages = self._pages(request)
        job = self._new_job(request)
        self._machine.give_document(job, request.document, self._format(request), pages)
        return self._job_answer(request, [job], self._substituted(request))

    def _validate_job(self, request: Request) -> bytes:
        if self._format(request) not in self._abilities.formats:
            raise Refused(FORMAT_NOT_SUPPORTED)
        return self._job_answer(request, [], self._substituted(request))

    def _create_job(self, request: Request) -> bytes:
        self._admit(request, with_document=False)
        return self._job_answer(request, [self._new_job(request)], self._substituted(request))

    def _send_document(self, request: Request) -> bytes:
        job = self._job(request)
        if job.pages or job.over:
            raise Refused(NOT_POSSIBLE)
        if request.value("last-document") is not True:
            raise Refused(BAD_REQUEST)
        try:
            pages = self._pages(request)
        except Refused:
            self._machine.abort(job, "document-format-error")
            raise
        self._machine.give_document(job, request.document, self._format(request), pages)
        return self._job_answer(request, [job])

    def _cancel_job(self, request: Request) -> bytes:
        if not self._machine.cancel(self._job(request)):
            raise Refused(NOT_POSSIBLE)
        return Answer(OK, request.request_id).done()

    def _get_job(self, request: Request) -> bytes:
        return self._job_answer(request, [self._job(request)])

    def _get_jobs(self, request: Request) -> bytes:
        over = request.value("which-jobs", "not-completed") == "completed"
        jobs = [job for job in self._machine.jobs.values() if job.over == over]
        if over:
            jobs.reverse()
        limit = request.value("limit", len(jobs))
        assert isinstance(limit, int)
        return self._job_answer(request, jobs[:limit])

    def _admit(self, request: Request, *, with_document: bool = True) -> None:
        if self._busy_left:
            self._busy_left -= 1
            raise Refused(BUSY)
        if with_document and self._format(request) not in self._abilities.formats:
            raise Refused(FORMAT_NOT_SUPPORTED)

    def _pages(self, request: Request) -> int:
        if self._format(request) not in self._abilities.formats:
            raise Refused(FORMAT_NOT_SUPPORTED)
        if pages := page_count(request.document):
            return pages
        raise Refused(DOCUMENT_FORMAT_ERROR)

    def _substituted(self, request: Request) -> tuple[str, ...]:
        """The job attributes that this printer would not keep to."""
        asked = request.groups.get(wire.JOB, {})
        media = request.value("media", self._abilities.media[0], wire.JOB)
        other_media = () if media in self._abilities.media else ("media",)
        return (*other_media, *(name for name in self._abilities.ignores if name in asked))

    def _job(self, request: Request) -> Job:
        number = request.value("job-id")
        job = self._machine.jobs.get(number) if isinstance(number, int) else None
        if job is None:
            raise Refused(NOT_FOUND)
        return job

    def _new_job(self, request: Request) -> Job:
        template: dict[str, object] = {name: values[0] for name, values in request.groups.get(wire.JOB, {}).items()}
        return self._machine.new_job(str(request.value("job-name", "untitled")), template)

    @staticmethod
    def _format(request: Request) -> str:
        return str(request.value("document-format", "application/octet-stream"))

    def _job_answer(self, request: Request, jobs: Sequence[Job], unsupported: tuple[str, ...] = ()) -> bytes:
        answer = Answer(OK_SUBSTITUTED if unsupported else OK, request.request_id)
        if unsupported:
            answer.group(wire.UNSUPPORTED)
            for name in unsupported:
                answer.put(wire.KEYWORD, name, str(request.value(name, group=wire.JOB)))
        for job in jobs:
            answer.group(wire.JOB)
            answer.put(wire.INTEGER, "job-id", job.id)
            answer.put(wire.NAME, "job-name", job.name)
            answer.put(wire.ENUM, "job-state", job.state)
            answer.put(wire.KEYWORD, "job-state-reasons", *job.reasons)
            if self._abilities.counter:
                answer.put(wire.INTEGER, "job-impressions-completed", job.sheets_out)
        return answer.done()

    # --- the printer

    def _get_printer(self, request: Request) -> bytes:
        answer = Answer(OK, request.request_id)
        answer.group(wire.PRINTER)
        wanted = {str(name) for name in request.values("requested-attributes")}
        for tag, name, values in self._attributes():
            if not wanted or name in wanted or "all" in wanted:
                answer.put(tag, name, *values)
        return answer.done()

    def _attributes(self) -> list[tuple[int, str, tuple[wire.Value, ...]]]:
        machine, abilities = self._machine, self._abilities
        rows: list[tuple[int, str, tuple[wire.Value, ...]]] = [
            (wire.ENUM, "printer-state", (machine.state(),)),
            (wire.KEYWORD, "printer-state-reasons", machine.reasons()),
            (wire.BOOLEAN, "printer-is-accepting-jobs", (True,)),
            (wire.TEXT, "printer-make-and-model", ("Kiosk Emulated A4",)),
            (wire.TEXT, "printer-device-id", ("MFG:Kiosk;MDL:Emulated A4;SN:EMU-0001;CMD:PDF;",)),
            (wire.TEXT, "printer-firmware-string-version", ("1.0",)),
            (wire.ENUM, "operations-supported", tuple(self._operations)),
            (wire.MIME, "document-format-supported", abilities.formats),
            (wire.KEYWORD, "media-supported", abilities.media),
            (wire.INTEGER, "copies-supported", (1,)),
            (wire.KEYWORD, "sides-supported", ("one-sided", "two-sided-long-edge")),
            (wire.KEYWORD, "print-scaling-supported", ("auto", "none")),
        ]
        if abilities.counter:
            rows.append((wire.INTEGER, "printer-impressions-completed", (machine.counter,)))
        if abilities.markers:
            # As printers with one cartridge write it: the toner, then the bin for what is left over, which counts upwards.
            rows.append((wire.INTEGER, "marker-levels", (machine.toner_level(), _WASTE_LEVEL)))
            rows.append((wire.KEYWORD, "marker-types", ("toner-cartridge", "waste-toner")))
        if abilities.tray_count:
            tray = (
                f"type=sheetFeedAutoRemovableTray;mediafeed=29700;mediaxfeed=21000;"
                f"maxcapacity={abilities.paper_capacity};level={machine.sheets};status=0;name=main;"
            )
            rows.append((wire.OCTETS, "printer-input-tray", (tray.encode(),)))
        if abilities.exit_sensor:
            remaining = max(0, machine.exit_capacity - machine.in_exit)
            tray = f"type=unRemovableBin;maxcapacity={machine.exit_capacity};remaining={remaining};status=0;name=exit;"
            rows.append((wire.OCTETS, "printer-output-tray", (tray.encode(),)))
        return rows
