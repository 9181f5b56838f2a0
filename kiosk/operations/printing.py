"""Printing an issued document: intent on disk, serial from the platform, pages composed, handed to the printer's host, judged.

    job = operations.print(request)
    result = await job.printed        what the evidence proves
    tray = await job.tray             what became of the paper in the tray

A job runs in a task of its own: the visit that asked for it may end at any moment, the effect goes on to its settlement.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from drivers.client import DeviceClient
from drivers.contract.a4_printer import Evidence, PageMoved, Print, Printed, RaiseFence, WaitTaken
from drivers.contract.faults import DeviceFault, Fault, FaultCode, fault
from drivers.link import memfd
from drivers.link.channel import close_all
from kiosk.documents.issued import DocumentRefused
from kiosk.documents.lettering import GlyphMissing
from kiosk.documents.overlay import PrintPage, compose
from kiosk.documents.signer import Signer
from kiosk.gateways.fault import GatewayCode, GatewayFault
from kiosk.gateways.serials import IssueRequest, ReplaceRequest, Serial, Serials, SuspendReason
from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal
from kiosk.operations.endings import QUICK_SECONDS, settle, trace
from kiosk.operations.evidence import judge
from kiosk.operations.outbox import Outbox
from kiosk.operations.print_job import PrintJob, PrintRequest, PrintResult, Tray
from kiosk.operations.proof_print import ProofPrint, print_proof
from kiosk.operations.serial_rules import why_not
from kiosk.policies import VisitPolicy

_log = logging.getLogger("kiosk.printing")
_T = TypeVar("_T")

_NOTHING_SENT = frozenset(
    {FaultCode.STALE_FENCE, FaultCode.PAGE_DIGEST, FaultCode.JOB_REFUSED, FaultCode.SETTING_INVALID}
)
"""Faults with which a printer's host promises that it sent nothing at all."""


class _Stopped(Exception):
    """The print ends before anything was sent."""

    def __init__(self, refused: str) -> None:
        super().__init__(refused)
        self.refused = refused


class Printing:
    """Prints issued documents on one A4 printer, one at a time."""

    def __init__(
        self,
        journal: Journal,
        outbox: Outbox,
        serials: Serials,
        printer: DeviceClient,
        signer: Signer,
        policy: VisitPolicy,
    ) -> None:
        self._journal = journal
        self._outbox = outbox
        self._serials = serials
        self._printer = printer
        self._signer = signer
        self._policy = policy
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def print(self, request: PrintRequest) -> PrintJob:
        """Begin to print; the job goes on whatever becomes of the visit."""
        loop = asyncio.get_running_loop()
        job = PrintJob(secrets.token_hex(8), request.document.pages, loop.create_future(), loop.create_future())
        task = asyncio.create_task(self._run(job, request), name=f"print:{job.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    async def proof(self, draw: Callable[[str], bytes]) -> ProofPrint:
        """Print a test page, between two jobs; see `proof_print`."""
        async with self._one_at_a_time:
            return await print_proof(self._journal, self._printer, self._policy, draw)

    async def idle(self) -> None:
        """Wait until no job is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def stop(self) -> None:
        """End: a job that is still under way is left as the journal has it, for the next start to settle."""
        for task in list(self._tasks):
            task.cancel()
        await self.idle()

    # --- one job, top-down

    async def _run(self, job: PrintJob, request: PrintRequest) -> None:
        async with self._one_at_a_time:
            try:
                result = await self._print(job, request)
                _tell(job.printed, result)
                _tell(job.tray, await self._wait_taken(job, result))
            except Exception as error:
                # A defect: the journal keeps the job open for the next start; whoever waits must hear of it, not wait for ever.
                _log.error("print %s ended by %s", job.id, type(error).__name__)
                if not job.printed.done():
                    job.printed.set_exception(error)
                _tell(job.tray, Tray.LOST)

    async def _print(self, job: PrintJob, request: PrintRequest) -> PrintResult:
        document = request.document
        operation = self._journal.begin_print(
            job.id,
            subject=request.subject,
            device=self._printer.name,
            evidence={"pages": document.pages, "item": request.item, "document": document.sha256[:16]},
        )
        try:
            serial = await self._take_serial(job.id, request)
            pages = await self._compose(request, serial)
        except _Stopped as stopped:
            return self._void(job, "", None, stopped.refused)
        result = PrintResult(
            state=PrintState.INTENT,
            pages=len(pages),
            serial=serial.serial,
            expires=serial.expires.timestamp(),
            code=pages[0].code,
        )
        self._journal.move(
            job.id,
            PrintState.SENT,
            counter=getattr(self._printer.snapshot.status, "impressions", None),
            digests=[page.digest[:16] for page in pages],
        )
        try:
            printed = await self._hand_over(job, serial.serial, operation.fence, request.subject, pages)
        except DeviceFault as error:
            if error.fault.code in _NOTHING_SENT:
                return self._void(job, serial.serial, error.fault, "")
            return await self._find_out(job, result, error.fault)
        return self._judged(job, result, printed)

    async def _take_serial(self, operation: str, request: PrintRequest) -> Serial:
        document = request.document
        wanted = IssueRequest(
            operation=operation,
            licence=document.licence,
            sha256=document.sha256,
            pages=document.pages,
            item=request.item,
        )
        try:
            if request.voids:
                serial = await self._replace(request.voids, wanted)
            else:
                serial = await self._serials.issue(wanted)
        except GatewayFault as error:
            self._outbox.post_operation_suspension(operation)
            raise _Stopped(error.sentence_key) from error
        used = self._journal.has_serial(serial.serial)
        if why := why_not(serial, wanted, used=used, now=datetime.now(UTC)):
            self._outbox.post_operation_suspension(operation)
            raise _Stopped(f"gateway.serial_{why}")
        self._journal.note(operation, serial=serial.serial)
        if request.trial:  # on disk before there is paper, so that no power cut leaves a test page that counts
            self._outbox.post_suspension(serial.serial, SuspendReason.TRIAL)
        return serial

    async def _replace(self, voids: str, wanted: IssueRequest) -> Serial:
        """Void a serial by the next. One that was replaced before, by a serial whose answer was lost, stands for its newest."""
        tried: set[str] = set()
        while True:
            tried.add(voids)
            try:
                return await self._serials.replace(ReplaceRequest(voids=voids, **msgspec.structs.asdict(wanted)))
            except GatewayFault as error:
                if error.code is not GatewayCode.CONFLICT:
                    raise
                newer = (await self._serials.serial_state(voids)).replaced_by
                if not newer or newer in tried:  # a circle must not hold the visitor before 「正在打印」
                    raise
                voids = newer

    async def _compose(self, request: PrintRequest, serial: Serial) -> list[PrintPage]:
        """Render each page and lay our words over it, in a thread; then check each digest over what will be sent."""
        document = request.document
        imprint = msgspec.structs.replace(
            request.imprint,
            serial=serial.serial,
            printed_at=int(time.time()),
            expires_at=int(serial.expires.timestamp()),
        )

        def work() -> list[PrintPage]:
            return list(compose(document, imprint, owner=request.subject, signer=self._signer))

        try:
            pages = await asyncio.to_thread(work)
        except (DocumentRefused, GlyphMissing) as error:
            self._outbox.post_suspension(serial.serial, SuspendReason.NOT_PRINTED)
            why = error.why.value if isinstance(error, DocumentRefused) else "glyph_missing"
            raise _Stopped(f"document.{why}") from error
        return pages

    async def _hand_over(self, job: PrintJob, serial: str, fence: int, owner: str, pages: list[PrintPage]) -> Printed:
        def moved(event: Any, fds: list[int]) -> None:
            close_all(fds)
            if isinstance(event, PageMoved):
                job.pages_out = max(job.pages_out, event.page - 1)
                if job.on_page is not None:
                    job.on_page(event.page)

        await self._printer.call(RaiseFence(floor=fence), seconds=QUICK_SECONDS)
        fds = [memfd.seal(page.pdf.reveal()) for page in pages]
        try:
            command = Print(serial=serial, owner=owner, fence=fence, digests=tuple(page.digest for page in pages))
            printed: Printed = await self._printer.call(
                command, seconds=self._policy.print.job * len(pages), fds=fds, on_event=moved
            )
        finally:
            for fd, page in zip(fds, pages, strict=True):
                os.close(fd)
                page.pdf.wipe()
        return printed

    # --- endings

    def _judged(self, job: PrintJob, result: PrintResult, printed: Printed) -> PrintResult:
        state = self._provable(judge(printed, result.pages))
        evidence = {
            "outs": [out.value for out in printed.pages],
            "counter_before": printed.counter_before,
            "counter_after": printed.counter_after,
        }
        reason = fault(FaultCode(printed.fault_code), printed.fault_detail) if printed.fault_code else None
        return self._ended(job, msgspec.structs.replace(result, state=state, fault=reason), evidence)

    def _provable(self, state: PrintState) -> PrintState:
        """Without a sensor in the tray nothing will ever follow "ejected"; left open, a restart would doubt good paper."""
        senses_taking = Evidence.TAKE_SENSOR in self._printer.snapshot.capabilities.evidence
        return PrintState.REPORTED if state is PrintState.EJECTED and not senses_taking else state

    async def _find_out(self, job: PrintJob, result: PrintResult, reason: Fault) -> PrintResult:
        """The host ended without an outcome: ask the printer itself, as after a restart."""
        state, evidence = await trace(self._printer, result.serial, result.pages, self._counter(job.id), self._policy)
        return self._ended(job, msgspec.structs.replace(result, state=state, fault=reason), evidence)

    def _counter(self, operation: str) -> int | None:
        counter = self._journal.operation(operation).evidence.get("counter")
        return counter if isinstance(counter, int) else None

    def _void(self, job: PrintJob, serial: str, reason: Fault | None, refused: str) -> PrintResult:
        result = PrintResult(state=PrintState.VOID, pages=job.pages, serial=serial, fault=reason, refused=refused)
        return self._ended(job, result, {"refused": refused} if refused else {})

    def _ended(self, job: PrintJob, result: PrintResult, evidence: dict[str, Any]) -> PrintResult:
        code = result.fault.code.value if result.fault else ""
        settle(self._journal, self._outbox, job.id, result.serial, result.state, {**evidence, "fault": code})
        return result

    # --- the paper in the tray

    async def _wait_taken(self, job: PrintJob, result: PrintResult) -> Tray:
        """Wait until the paper is taken; paper that was left behind, or out of sight for a while, does not count any more."""
        if result.state is PrintState.TAKEN:
            return Tray.TAKEN
        if result.state is not PrintState.EJECTED:
            return Tray.NOT_SENSED
        try:
            await self._printer.call(WaitTaken(), seconds=self._policy.print.take.elder)
        except DeviceFault as error:
            evidence = {"fault": error.fault.code.value}
            settle(self._journal, self._outbox, job.id, result.serial, PrintState.DOUBTFUL, evidence, left=True)
            return Tray.LEFT if error.fault.code is FaultCode.DEADLINE else Tray.LOST
        self._journal.move(job.id, PrintState.TAKEN)
        return Tray.TAKEN


def _tell(waiting: asyncio.Future[_T], value: _T) -> None:
    if not waiting.done():
        waiting.set_result(value)
