"""The states of a print and the moves between them. A state claims no more than was sensed.

intent    it is about to happen: the decision is on disk, nothing was sent, no paper can exist
sent      handed to the printer's host (written before the hand-over): from here on paper may exist
reported  the printer reported every page as done
ejected   the exit sensor saw every page
taken     the take sensor saw the tray empty
void      it is sure that no page came out
doubtful  it is not sure what came out: the serial is suspended and the back office has a task
"""

from __future__ import annotations

from enum import StrEnum


class PrintState(StrEnum):
    """See the module's text."""

    INTENT = "intent"
    SENT = "sent"
    REPORTED = "reported"
    EJECTED = "ejected"
    TAKEN = "taken"
    VOID = "void"
    DOUBTFUL = "doubtful"


_S = PrintState

MOVES: dict[PrintState, frozenset[PrintState]] = {
    _S.INTENT: frozenset({_S.SENT, _S.VOID}),
    _S.SENT: frozenset({_S.REPORTED, _S.EJECTED, _S.VOID, _S.DOUBTFUL}),
    _S.REPORTED: frozenset(),
    _S.EJECTED: frozenset({_S.TAKEN, _S.DOUBTFUL}),
    _S.TAKEN: frozenset(),
    _S.VOID: frozenset(),
    _S.DOUBTFUL: frozenset(),
}

OPEN_STATES = frozenset(state for state, following in MOVES.items() if following)
"""States that a restart must settle."""
