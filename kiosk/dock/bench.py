"""What the dock page can touch: the emulated devices and the sandbox platform, at the far end of their wires."""

from __future__ import annotations

from typing import Any, Protocol


class Bench(Protocol):
    """The emulated world around the kiosk. A kiosk on real devices has none."""

    async def people(self) -> list[dict[str, Any]]:
        """Return the synthetic people: id, name, portrait or empty."""
        ...

    async def state(self) -> dict[str, Any]:
        """Return the emulators' states and the platform's, by name."""
        ...

    async def describe(self) -> dict[str, dict[str, Any]]:
        """Return what can be done to each emulated device, by name: its verbs with their arguments, and its kinds of fault."""
        ...

    async def do(self, device: str, verb: str, arguments: dict[str, Any]) -> Any:
        """Call an emulator's verb, or one of the bench's own (device "visitor": place, lift, face; "platform": fault, clear).

        Raise LookupError for an unknown device or verb, ValueError for wrong arguments.
        """
        ...
