"""After a restart: every print that is still open is settled before the kiosk serves anybody. Nothing is repeated by itself.

intent    no page can exist: void, and whatever serial was issued for it is suspended
sent      the printer is asked (cancelling what is under way): out, void, or doubtful
ejected   the tray is sensed: empty means taken; paper lying there is nobody's and does not count any more
"""

from __future__ import annotations

import logging

from drivers.client import DeviceClient
from kiosk.journal.states import PrintState
from kiosk.journal.store import Journal, Operation
from kiosk.operations.endings import is_proof, settle, trace
from kiosk.operations.outbox import Outbox
from kiosk.policies import VisitPolicy

_log = logging.getLogger("kiosk.settlement")


async def settle_open(journal: Journal, outbox: Outbox, printer: DeviceClient | None, policy: VisitPolicy) -> int:
    """Settle every open operation; return how many there were."""
    waiting = journal.open_operations()
    for operation in waiting:
        state, evidence = await _find_out(operation, printer, policy)
        left = operation.state is PrintState.EJECTED and state is PrintState.DOUBTFUL
        if operation.state is PrintState.INTENT and not is_proof(operation):
            outbox.post_operation_suspension(operation.id)
        settle(journal, outbox, operation.id, operation.serial, state, {"restart": True, **evidence}, left=left)
        _log.info("after a restart: print %s is %s", operation.id, state)
    return len(waiting)


async def _find_out(
    operation: Operation, printer: DeviceClient | None, policy: VisitPolicy
) -> tuple[PrintState, dict[str, object]]:
    if operation.state is PrintState.INTENT:
        return PrintState.VOID, {}
    if printer is None or printer.name != operation.device:
        return PrintState.DOUBTFUL, {"traced": "this kiosk no longer has the printer"}
    counter = operation.evidence.get("counter")
    pages = operation.evidence.get("pages")
    assert isinstance(pages, int)
    state, evidence = await trace(
        printer, operation.serial, pages, counter if isinstance(counter, int) else None, policy
    )
    if operation.state is PrintState.EJECTED and state is not PrintState.TAKEN:
        return PrintState.DOUBTFUL, evidence
    return state, evidence
