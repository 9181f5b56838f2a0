"""The tasks of the staff: a row each, in the order in which they are shown. Who may do which is in `rights.toml`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiosk.maintenance.replacing import task as replacing
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import about
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Icon


@dataclass(frozen=True)
class Task:
    """One thing to do. Its title and note are `home.<id>` and `home.<id>_note` of the staff's sentences."""

    id: str
    icon: Icon
    run: Callable[[Shift, Toolbox], Awaitable[None]]


TASKS: tuple[Task, ...] = (
    Task("replace", Icon.WRENCH, replacing.run),
    Task("about", Icon.INFO, about.run),
)
