"""Staff at a kiosk of the tests: somebody who is let in without a door, for tests of what is done inside."""

from __future__ import annotations

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
    before = sum(1 for _ in run.kiosk.journal.audit_rows())
    await service.serve()
    rows = list(run.kiosk.journal.audit_rows())[before:]
    assert not run.window.problem, run.window.problem
    return [dict(row.payload) for row in rows if row.event == "staff"]
