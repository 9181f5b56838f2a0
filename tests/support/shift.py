"""Staff at a kiosk of the tests: somebody who is let in without a door, for tests of what is done inside."""

from __future__ import annotations

from kiosk.maintenance.rights import Role, Staff
from kiosk.maintenance.samples.common import CODES
from kiosk.maintenance.service import Door, How
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from tests.support.bench import Run


def admitting(role: Role) -> Door:
    """A door that opens for somebody of this role."""

    async def door(shift: Shift, tools: Toolbox, how: How) -> Staff | None:
        return Staff(code=CODES[role], role=role)

    return door


async def shift(run: Run, role: Role = Role.TECHNICIAN) -> list[dict[str, object]]:
    """Serve one shift on a scripted window, from the request until it is left; return the acts that were written down.

    The script has `staff_home` and the screens of the tasks; "leave" leaves.
    """
    service = run.kiosk.lobby.service
    service.door = admitting(role)
    service.request(How.GESTURE)
    before = sum(1 for _ in run.kiosk.journal.audit_rows())
    await service.serve()
    rows = list(run.kiosk.journal.audit_rows())[before:]
    assert not run.window.problem, run.window.problem
    return [dict(row.payload) for row in rows if row.event == "staff"]
