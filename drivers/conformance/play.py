"""What the kit must know of a device class: how it works, what it waits with, how its capabilities are taken at their word."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from drivers.conformance.bench import Bench
from drivers.conformance.check import Check


class Play(ABC):
    """One device class on the bench."""

    checks: tuple[Check, ...] = ()
    """What only this class must do."""

    @abstractmethod
    async def work(self, bench: Bench) -> str | None:
        """Do once what the class is for, with a person's part in it. Raise Unfit or DeviceFault; return words for the report."""

    @abstractmethod
    async def honest(self, bench: Bench) -> None:
        """Take the capabilities at their word. Raise Unfit where the device does otherwise."""

    def long(self, bench: Bench) -> Any:
        """A command that runs until it is cancelled or its deadline comes, while no person does anything; None: there is none."""
        return None

    async def before_long(self, bench: Bench) -> None:
        """Bring the device to where `long` can wait: nothing lies on it."""
        await self.clear(bench)

    async def clear(self, bench: Bench) -> None:
        """Take away what `work` may have left at the device when it ended early; a person's part."""
        await bench.hands.do("withdraw")
