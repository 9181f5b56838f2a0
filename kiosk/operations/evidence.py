"""What a printer's evidence proves. Pure: the same evidence always leads to the same state.

Sure that all is out, sure that nothing is out, or doubtful; a guess is never turned into one of the sure ones.
"""

from __future__ import annotations

from drivers.contract.a4_printer import PageOut, Printed, Traced
from drivers.contract.common import Presence
from kiosk.journal.states import PrintState

_OUT = frozenset({PageOut.COMPLETED, PageOut.EJECTED, PageOut.TAKEN})
_EJECTED = frozenset({PageOut.EJECTED, PageOut.TAKEN})
_NEVER_BEGUN = frozenset({PageOut.QUEUED})
_STOPPED = frozenset({PageOut.QUEUED, PageOut.CANCELED, PageOut.ABORTED})


def judge(printed: Printed, wanted: int) -> PrintState:
    """Judge a print of `wanted` pages that the host saw to its end."""
    moved = _delta(printed.counter_before, printed.counter_after)
    pages = set(printed.pages)
    if len(printed.pages) != wanted:  # a driver that does not answer for every page proves nothing
        return PrintState.DOUBTFUL
    if pages <= _OUT and not printed.fault_code:
        if moved is not None and moved != wanted:
            return PrintState.DOUBTFUL
        return PrintState.EJECTED if pages <= _EJECTED else PrintState.REPORTED
    if pages <= _NEVER_BEGUN and not moved:
        return PrintState.VOID
    if pages <= _STOPPED and moved == 0:
        return PrintState.VOID
    return PrintState.DOUBTFUL


def judge_trace(traced: Traced, counter_before: int | None, wanted: int) -> PrintState:
    """Judge a print of `wanted` pages whose end nobody saw, from what the printer still knows.

    TAKEN stands for "all out, and the tray is sensed empty": nobody saw a hand, but no paper lies there either.
    """
    moved = _delta(counter_before, traced.counter)
    pages = set(traced.pages)
    if traced.tray is Presence.PRESENT or len(traced.pages) != wanted:
        return PrintState.DOUBTFUL
    if pages <= _OUT and moved in (None, wanted):
        return PrintState.TAKEN if traced.tray is Presence.ABSENT else PrintState.REPORTED
    if pages <= {PageOut.UNKNOWN, PageOut.QUEUED} and moved == 0:
        return PrintState.VOID
    return PrintState.DOUBTFUL


def _delta(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
