"""Staff at a kiosk of the tests: somebody who is let in without a door, for tests of what is done inside."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec

from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import CODES
from kiosk.maintenance.service import Door, How
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from tests.support.bench import Run
from tests.support.scripted import Act, typing


def admitting(role: Role, code: str = "") -> Door:
    """A door that opens for somebody of this role."""

    async def door(shift: Shift, tools: Toolbox, how: How) -> Staff | None:
        return Staff(code=code or CODES[role], role=role)

    return door


TECHNICIAN = "T-0002"
"""The technician of the stage's roster, whose PIN the machine knows."""


def pin_of(run: Run, code: str = TECHNICIAN) -> str:
    """What somebody of the stage's roster types."""
    return next(each.pin for each in run.stage.staff.people if each.code == code)


def signing(run: Run, code: str = TECHNICIAN) -> Act:
    """Sign as somebody of the stage's roster."""
    return typing("sign", pin=pin_of(run, code))


async def shift(run: Run, role: Role = Role.TECHNICIAN, *, code: str = "") -> list[dict[str, object]]:
    """Serve one shift on a scripted window, from the request until it is left; return the acts that were written down.

    The script has `staff_home` and the screens of the tasks; "leave" leaves. `code`: who it is, else nobody of the roster.
    """
    service = run.kiosk.lobby.service
    service.door = admitting(role, code)
    service.request(How.GESTURE)
    before = run.audited()
    await service.serve()
    assert not run.window.problem, run.window.problem
    return [dict(row.payload) for row in run.audit_since(before, "staff")]


def shorter(run: Run, part: str, **limits: float) -> None:
    """Other clocks for the next shifts: of `stay` or `door` in the policy, seconds. The structs take them as they are: only a file
    is read strictly."""
    service = run.kiosk.lobby.service
    policy = service.tools.policy
    changed = msgspec.structs.replace(getattr(policy, part), **limits)
    service.tools = replace(service.tools, policy=msgspec.structs.replace(policy, **{part: changed}))


@contextlib.asynccontextmanager
async def serving(run: Run) -> AsyncIterator[None]:
    """The lobby serves meanwhile, and does no longer afterwards."""
    task = asyncio.create_task(run.kiosk.lobby.serve())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
