"""The door of a standing kiosk: before each test it has forgotten everything; afterwards nothing stands in what was written."""

from __future__ import annotations

import pytest

from kiosk.maintenance.door.memory import Kept
from tests.support.bench import Run
from tests.support.door import At, door_at
from tests.support.standing import StandingKiosk, Test


@pytest.fixture
def at_the_door(at_work: StandingKiosk) -> At:
    """Run a test at the door; afterwards no PIN and no number stands in anything that was written."""

    def go(test: Test) -> None:
        async def forgotten(run: Run) -> None:
            memory = door_at(run).memory
            memory._keep(Kept(alarm=memory.alarm))
            await test(run)

        at_work(forgotten)
        nothing_is_written(at_work.run)

    return go


def nothing_is_written(run: Run) -> None:
    state = run.stage.folder / "state"
    for name in ("journal.sqlite", "journal.sqlite-wal", "door.json", "logbook.sqlite"):
        written = (state / name).read_bytes() if (state / name).exists() else b""
        for each in run.stage.staff.people:
            assert each.pin.encode() not in written, f"no PIN in {name}"
        assert run.stage.staff.keeper_card.number.encode() not in written, f"no number in {name}"
