"""Rights hold where something is done, and not only by what is not shown: whatever a window answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kiosk.maintenance.rights import Right, Role, right
from kiosk.maintenance.table import TASKS
from tests.support.bench import Run
from tests.support.shift import shift
from tests.support.standing import StandingKiosk


async def walked(run: Run, role: Role, **script: Any) -> tuple[list[dict[str, object]], list[str]]:
    """A shift of this role; its acts, and the screens that came."""
    run.window.script = {"staff_leaving": "go", **script}
    acts = await asyncio.wait_for(shift(run, role), 60)
    return acts, run.window.names


def test_a_task_that_is_not_theirs_does_not_begin(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        theirs_not = [each.id for each in TASKS if right(each.id, Role.KEEPER) is Right.NONE]
        assert {"devices", "personnel", "replace", "pausing"} <= set(theirs_not)
        acts, names = await walked(run, Role.KEEPER, staff_home=[*theirs_not, "leave"])
        assert [act["task"] for act in acts if act["act"] == "task.refused"] == theirs_not
        assert not [act for act in acts if act["act"] == "task.began"]
        assert names == ["staff_home"] or names == ["staff_home", "staff_leaving"]

    at_work(test)


@pytest.mark.parametrize("way", ["test", "restart", "pause", "output"])
def test_who_may_look_at_a_device_changes_nothing_of_it(at_work: StandingKiosk, way: str) -> None:
    async def test(run: Run) -> None:
        acts, names = await walked(
            run,
            Role.ADMINISTRATOR,
            staff_home=["devices", "leave"],
            staff_devices="device:id_reader",
            staff_device=[way, "leave"],
        )
        assert [str(act["act"]) for act in acts if not str(act["act"]).startswith(("task.", "left"))] == ["entered"]
        between = [name for name in names if name not in ("staff_leaving", "staff_home")]
        assert between == ["staff_devices", "staff_device"]

    at_work(test)


def test_who_may_look_at_the_report_tests_nothing(at_work: StandingKiosk) -> None:
    async def test(run: Run) -> None:
        acts, names = await walked(
            run, Role.KEEPER, staff_home=["readiness", "leave"], staff_readiness=["test", "leave"]
        )
        assert "staff_selftest" not in names
        assert not [act for act in acts if act["act"] == "selftest"]

    at_work(test)
