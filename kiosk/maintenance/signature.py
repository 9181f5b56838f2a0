"""The port through which a task has its member of staff sign: whoever works here is asked once more who they are.

The door implements it (`kiosk.maintenance.door.signing`), by its own verifier and with its own lock-out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum

from kiosk.maintenance.shift import Shift


class Proof(StrEnum):
    """By what somebody who signed has proved to be that."""

    PIN = "pin"
    TIME_CODE = "time_code"


class DoorShut(Exception):
    """Too many wrong tries: nobody signs now, and what was to be signed for is not done."""


Signs = Callable[[Shift, str], Awaitable[Proof]]
"""Have whoever works here sign for what is named. Returns when they have. Raise Backed, VisitEnds, DoorShut."""
