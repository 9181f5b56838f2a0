"""A test page of the kiosk's own through the real printer path, to see after a refill or a repair that paper comes out.

Intent on disk, fence, owner token, digest, and evidence judged as for any print. It has no serial at the platform, so nothing of it
has to be suspended, and it is never repeated by itself.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from collections.abc import Callable
from typing import Any

import msgspec

from drivers.client import DeviceClient
from drivers.contract.a4_printer import Print, Printed, RaiseFence
from drivers.contract.faults import DeviceFault, Fault, FaultCode, fault
from drivers.link import memfd
from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal
from kiosk.operations.endings import PROOF, QUICK_SECONDS, trace
from kiosk.operations.evidence import judge
from kiosk.policies import VisitPolicy

_NOTHING_SENT = frozenset({FaultCode.STALE_FENCE, FaultCode.PAGE_DIGEST, FaultCode.JOB_REFUSED, FaultCode.DEVICE_BUSY})


class ProofPrint(msgspec.Struct, frozen=True, kw_only=True):
    """How it ended. `counted`: by how much the printer's own counter moved, None where it has none."""

    state: PrintState
    serial: str
    counted: int | None = None
    fault: Fault | None = None

    @property
    def came_out(self) -> bool:
        """Whether the page is out, as far as this printer can prove."""
        return self.state in (PrintState.REPORTED, PrintState.EJECTED, PrintState.TAKEN)


async def print_proof(
    journal: Journal, printer: DeviceClient, policy: VisitPolicy, draw: Callable[[str], bytes]
) -> ProofPrint:
    """Print one page; `draw` makes its PDF, given the name of the print. Never repeats anything. Raise JournalError."""
    operation, owner = secrets.token_hex(8), secrets.token_hex(8)
    name = f"TEST-{operation}"
    page = await asyncio.to_thread(draw, name)
    fence = journal.begin_print(
        operation, subject=owner, device=printer.name, evidence={"pages": 1, "item": PROOF}
    ).fence
    journal.note(operation, serial=name)
    digest = hashlib.sha256(page).hexdigest()
    counter = getattr(printer.snapshot.status, "impressions", None)
    journal.move(operation, PrintState.SENT, counter=counter, digests=[digest[:16]])
    try:
        await printer.call(RaiseFence(floor=fence), seconds=QUICK_SECONDS)
        printed = await _hand_over(printer, name, owner, fence, page, policy)
    except DeviceFault as error:
        if error.fault.code in _NOTHING_SENT:
            return _ended(journal, operation, name, PrintState.VOID, error.fault, {})
        state, evidence = await trace(printer, name, 1, counter, policy)
        return _ended(journal, operation, name, state, error.fault, evidence)
    state = judge(printed, 1)
    reason = fault(FaultCode(printed.fault_code), printed.fault_detail) if printed.fault_code else None
    evidence = {
        "outs": [out.value for out in printed.pages],
        "counter_before": printed.counter_before,
        "counter_after": printed.counter_after,
    }
    # Nobody's paper: whoever stands here takes it, and no tray is waited for.
    return _ended(
        journal, operation, name, PrintState.REPORTED if state is PrintState.EJECTED else state, reason, evidence
    )


async def _hand_over(
    printer: DeviceClient, name: str, owner: str, fence: int, page: bytes, policy: VisitPolicy
) -> Printed:
    fd = memfd.seal(page)
    try:
        command = Print(serial=name, owner=owner, fence=fence, digests=(hashlib.sha256(page).hexdigest(),))
        printed: Printed = await printer.call(command, seconds=policy.print.job, fds=[fd])
    finally:
        os.close(fd)
    return printed


def _ended(
    journal: Journal, operation: str, name: str, state: PrintState, reason: Fault | None, evidence: dict[str, Any]
) -> ProofPrint:
    if state is PrintState.TAKEN:
        state = PrintState.REPORTED
    journal.move(operation, state, **evidence, fault=reason.code.value if reason else "")
    before, after = evidence.get("counter_before"), evidence.get("counter_after")
    counted = after - before if isinstance(before, int) and isinstance(after, int) else None
    return ProofPrint(state=state, serial=name, counted=counted, fault=reason)
