"""What every emulator has: an address for the driver's settings, verbs for the dock and the tests, a state, a capture folder."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def verb(function: F) -> F:
    """Mark a method as a verb that the dock, a test or a scenario file may call by name with JSON arguments."""
    function.__emulator_verb__ = True  # type: ignore[attr-defined]  # a mark of our own
    return function


class Emulator(ABC):
    """One device at the far end of a wire. Its threads are daemons; its methods may be called from any thread.

    `capture` is a folder in which everything that crossed the wire is kept, or None to keep nothing.

    Every emulator has the same six verbs, on which the conformance kit plays: `unplug` and `replug` (the cable), `fault` and
    `clear_faults` (what goes wrong), `present` and `withdraw` (what a person does so that the class's main command succeeds:
    lays a card down and lifts it, holds a code before it, takes the paper). Others are its own.
    """

    kind: ClassVar[str]
    """The id of the driver that it answers ("sdt_serial", "ipp", ...)."""

    FAULTS: ClassVar[Mapping[str, str]] = {}
    """The kinds that `fault` takes, each with what it does. Of these words where they fit: silent, slow, drop, garble, noise,
    short, duplicate, wrong_checksum, baud_mismatch, die_mid_command, jam, paper_low, paper_out, cover, lift_early."""

    def __init__(self, capture: Path | None = None) -> None:
        self.capture = capture
        if capture is not None:
            capture.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def start(self) -> dict[str, object]:
        """Begin to serve; return the driver settings that reach it (port, address, ...)."""

    @abstractmethod
    def stop(self) -> None:
        """End, close the port. Calling it again does nothing."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what a look at the device would tell, as JSON values (for the dock page). No personal data."""

    @verb
    def present(self) -> bool:
        """Do what a person does before the device. False: this device waits for nobody (printers, a camera)."""
        return False

    @verb
    def withdraw(self) -> bool:
        """Undo `present`: lift the card, take the paper. False: there is nothing of the kind."""
        return False

    def verbs(self) -> dict[str, inspect.Signature]:
        """Return the verbs by name, with their arguments."""
        found = {}
        for name, member in inspect.getmembers(self, callable):
            if getattr(member, "__emulator_verb__", False):
                found[name] = inspect.signature(member)
        return found

    def do(self, name: str, /, **arguments: Any) -> Any:
        """Call a verb by name. Raise LookupError for an unknown verb, TypeError for wrong arguments."""
        if name not in self.verbs():
            raise LookupError(f"{self.kind} has no verb {name!r}; it has {', '.join(self.verbs())}")
        return getattr(self, name)(**arguments)
