"""How a question or a visit ends other than by its answer, and how what was known in it is wiped."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from drivers.contract.secret import wipe_all


class Ending(StrEnum):
    """How a visit ended."""

    DONE = "done"
    LEFT = "left"
    TIMED_OUT = "timed_out"
    CRASHED = "crashed"
    SERVICE = "service"
    """Nobody came; the staff asked for the machine."""


class VisitEnds(Exception):
    """Raised by a guard; the one exit chain follows."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.value)
        self.ending = ending


class Backed(Exception):
    """The visitor touched 返回."""


def wipe_value(value: Any) -> None:
    """Wipe every secret in a value; a value with a `wipe` method of its own (a document, a picture) is asked to do it."""
    wipe = getattr(value, "wipe", None)
    if callable(wipe):
        wipe()
    else:
        wipe_all(value)
