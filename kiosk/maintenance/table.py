"""The tasks of the staff: a row each, in the order in which they are shown. Who may do which is in `rights.toml`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

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


class Group(StrEnum):
    """Tasks that stand together on the first screen, in this order. The heading is `home.group_<value>`."""

    FIRST = "first"
    PAPER = "paper"
    DEVICES = "devices"
    MACHINE = "machine"


@dataclass(frozen=True)
class Task:
    """One thing to do. Its title and note are `home.<id>` and `home.<id>_note` of the staff's sentences. `wide`: it takes
    what the others of its group leave of a row."""

    id: str
    group: Group
    icon: Icon
    run: Callable[[Shift, Toolbox], Awaitable[None]]
    wide: bool = False


TASKS: tuple[Task, ...] = (
    Task("why", Group.FIRST, Icon.ATTENTION, why.run, wide=True),
    Task("personnel", Group.FIRST, Icon.PEOPLE, personnel.run),
    Task("receipt_roll", Group.PAPER, Icon.ROLL, receipt_roll.run),
    Task("a4_paper", Group.PAPER, Icon.PRINTER, a4_paper.run),
    Task("cleaning", Group.PAPER, Icon.CLEAN, cleaning.run),
    Task("devices", Group.DEVICES, Icon.LIST, tree.run),
    Task("replace", Group.DEVICES, Icon.WRENCH, replacing.run),
    Task("network", Group.DEVICES, Icon.NETWORK, network.run),
    Task("screen_touch", Group.DEVICES, Icon.TOUCH, screen_touch.run),
    Task("camera", Group.DEVICES, Icon.CAMERA, camera.run),
    Task("trial", Group.DEVICES, Icon.ID_CARD, trial.run),
    Task("comfort", Group.MACHINE, Icon.SPEAKER, comfort.run),
    Task("readiness", Group.MACHINE, Icon.CHECK, readiness.run),
    Task("about", Group.MACHINE, Icon.INFO, about.run),
    Task("clock", Group.MACHINE, Icon.CLOCK, clock.run),
    Task("pausing", Group.MACHINE, Icon.LEAVE, pausing.run),
    Task("bundle", Group.MACHINE, Icon.DOCUMENT, bundle_task.run),
)
