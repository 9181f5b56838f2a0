"""How a print ends: its last state written with what must follow from it, and the question to the printer when nobody saw it."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from drivers.client import DeviceClient, Link
from drivers.contract.a4_printer import Trace
from drivers.contract.faults import DeviceFault
from kiosk.gateways.back_office import TaskKind
from kiosk.gateways.serials import SuspendReason
from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal, Operation
from kiosk.operations.evidence import judge_trace
from kiosk.operations.outbox import Outbox
from kiosk.policies import VisitPolicy

QUICK_SECONDS = 10.0
"""A question to the printer; its own time-outs are shorter (driver settings)."""

_PAUSE_SECONDS = 0.2

PROOF = "proof_page"
"""Of the evidence's `item`: a test page of the kiosk's own. It has no serial at the platform, and is nobody's paper or task."""


def is_proof(operation: Operation) -> bool:
    """Whether this print was only a test."""
    return operation.evidence.get("item") == PROOF


def settle(
    journal: Journal,
    outbox: Outbox,
    operation: str,
    serial: str,
    state: PrintState,
    evidence: dict[str, Any],
    *,
    left: bool = False,
) -> None:
    """Write a print's end. What must follow is posted first, so that a crash between the two only repeats the posting."""
    nobodys = is_proof(journal.operation(operation))
    if state is PrintState.VOID and serial and not nobodys:
        outbox.post_suspension(serial, SuspendReason.NOT_PRINTED)
    if state is PrintState.DOUBTFUL and not nobodys:
        if serial:
            outbox.post_suspension(serial, SuspendReason.NOT_TAKEN if left else SuspendReason.DOUBTFUL_PRINT)
        else:
            outbox.post_operation_suspension(operation)
        kind = TaskKind.PAPER_LEFT if left else TaskKind.DOUBTFUL_PRINT
        facts = {key: str(value) for key, value in evidence.items()}
        outbox.post_task(operation, kind, operation=operation, serial=serial, **facts)
    if state is PrintState.TAKEN and journal.operation(operation).state is PrintState.SENT:
        journal.move(operation, PrintState.EJECTED, **evidence)
    journal.move(operation, state, **evidence)


async def trace(
    printer: DeviceClient, serial: str, pages: int, counter: int | None, policy: VisitPolicy
) -> tuple[PrintState, dict[str, Any]]:
    """Ask the printer what became of a serial's pages, cancelling what is under way; doubtful when it cannot say in time."""
    give_up = time.monotonic() + policy.settle.printer
    while time.monotonic() < give_up:
        if printer.snapshot.link is Link.HERE:
            try:
                traced = await printer.call(Trace(serial=serial, pages=pages), seconds=QUICK_SECONDS)
            except DeviceFault:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            evidence = {
                "traced": [out.value for out in traced.pages],
                "tray": traced.tray.value,
                "counter_after": traced.counter,
            }
            return judge_trace(traced, counter, pages), evidence
        await asyncio.sleep(_PAUSE_SECONDS)
    return PrintState.DOUBTFUL, {"traced": "printer not reached"}
