"""Rights hold where something is done, and not only by what is not shown: whatever a window answers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from kiosk.maintenance.rights import Right, Role, right
from kiosk.maintenance.table import TASKS
from tests.support.bench import on_stage
from tests.support.shift import shift


def walked(folder: Path, role: Role, **script: Any) -> tuple[list[dict[str, object]], list[str]]:
    """A shift of this role; its acts, and the screens that came."""

    async def go() -> tuple[list[dict[str, object]], list[str]]:
        async with on_stage(folder, {"staff_leaving": "go", **script}) as run:
            acts = await asyncio.wait_for(shift(run, role), 60)
            return acts, run.window.names

    return asyncio.run(go())


def test_a_task_that_is_not_theirs_does_not_begin(tmp_path: Path) -> None:
    theirs_not = [each.id for each in TASKS if right(each.id, Role.KEEPER) is Right.NONE]
    assert {"devices", "personnel", "replace", "pausing"} <= set(theirs_not)
    acts, names = walked(tmp_path, Role.KEEPER, staff_home=[*theirs_not, "leave"])
    assert [act["task"] for act in acts if act["act"] == "task.refused"] == theirs_not
    assert not [act for act in acts if act["act"] == "task.began"]
    assert names == ["staff_home"] or names == ["staff_home", "staff_leaving"]


@pytest.mark.parametrize("way", ["test", "restart", "pause", "output"])
def test_who_may_look_at_a_device_changes_nothing_of_it(tmp_path: Path, way: str) -> None:
    acts, names = walked(
        tmp_path,
        Role.ADMINISTRATOR,
        staff_home=["devices", "leave"],
        staff_devices="device:id_reader",
        staff_device=[way, "leave"],
    )
    assert [str(act["act"]) for act in acts if not str(act["act"]).startswith(("task.", "left"))] == ["entered"]
    assert [name for name in names if name not in ("staff_leaving", "staff_home")] == ["staff_devices", "staff_device"]


def test_who_may_look_at_the_report_tests_nothing(tmp_path: Path) -> None:
    acts, names = walked(tmp_path, Role.KEEPER, staff_home=["readiness", "leave"], staff_readiness=["test", "leave"])
    assert "staff_selftest" not in names
    assert not [act for act in acts if act["act"] == "selftest"]
