"""The tasks of the staff: a row each, in the order in which they are shown. Who may do which is in `rights.toml`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kiosk.maintenance import pausing
from kiosk.maintenance.devices import tree
from kiosk.maintenance.door import personnel
from kiosk.maintenance.readiness import bundle_task
from kiosk.maintenance.readiness import task as readiness
from kiosk.maintenance.replacing import task as replacing
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks import (
    a4_paper,
    about,
    camera,
    cleaning,
    clock,
    comfort,
    network,
    receipt_roll,
    screen_touch,
    trial,
    why,
)
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Icon


@dataclass(frozen=True)
class Task:
    """One thing to do. Its title and note are `home.<id>` and `home.<id>_note` of the staff's sentences."""

    id: str
    icon: Icon
    run: Callable[[Shift, Toolbox], Awaitable[None]]


TASKS: tuple[Task, ...] = (
    Task("why", Icon.ATTENTION, why.run),
    Task("receipt_roll", Icon.ROLL, receipt_roll.run),
    Task("a4_paper", Icon.PRINTER, a4_paper.run),
    Task("cleaning", Icon.CLEAN, cleaning.run),
    Task("screen_touch", Icon.TOUCH, screen_touch.run),
    Task("camera", Icon.CAMERA, camera.run),
    Task("comfort", Icon.SPEAKER, comfort.run),
    Task("clock", Icon.CLOCK, clock.run),
    Task("network", Icon.NETWORK, network.run),
    Task("devices", Icon.LIST, tree.run),
    Task("pausing", Icon.CLOCK, pausing.run),
    Task("replace", Icon.WRENCH, replacing.run),
    Task("personnel", Icon.PEOPLE, personnel.run),
    Task("trial", Icon.ID_CARD, trial.run),
    Task("readiness", Icon.CHECK, readiness.run),
    Task("bundle", Icon.DOCUMENT, bundle_task.run),
    Task("about", Icon.INFO, about.run),
)
