"""A machine with nothing plugged in."""

from __future__ import annotations

from pathlib import Path

from drivers.buses.messages import Sources
from drivers.buses.table import Table
from tests.drivers.buses.machine import Machine


def nothing(folder: Path) -> Sources:
    """Where its buses look."""
    made_up = Machine(folder / "machine")
    return Sources(
        sysfs=str(made_up.sysfs),
        dev=str(made_up.dev),
        cups="ipp://127.0.0.1:9",
        services=(),
        interfaces=("127.0.0.1",),
    )


class NoBuses:
    """The same without the process that watches, for the steps that are about something else."""

    def __init__(self, sources: Sources | None = None) -> None:
        self.sources = sources

    async def start(self) -> None:
        """Nothing is watched."""

    async def stop(self) -> None:
        """Nothing is watched."""

    async def looked(self) -> Table:
        return Table()

    def table(self) -> Table:
        return Table()
