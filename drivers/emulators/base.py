"""What every emulator has: an address for the driver's settings, verbs for the dock and the tests, a state, a capture folder."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable
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
    """

    kind: ClassVar[str]
    """The id of the driver that it answers ("sdt_serial", "ipp", ...)."""

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

    def verbs(self) -> dict[str, inspect.Signature]:
        """Return the verbs by name, with their arguments."""
        found = {}
        for name, member in inspect.getmembers(self, callable):
            if getattr(member, "__emulator_verb__", False):
                found[name] = inspect.signature(member)
        return found

    def do(self, name: str, **arguments: Any) -> Any:
        """Call a verb by name. Raise LookupError for an unknown verb, TypeError for wrong arguments."""
        if name not in self.verbs():
            raise LookupError(f"{self.kind} has no verb {name!r}; it has {', '.join(self.verbs())}")
        return getattr(self, name)(**arguments)
