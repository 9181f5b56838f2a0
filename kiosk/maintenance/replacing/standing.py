"""What the next member of staff must know of replaced devices: a binding that is not believed, one whose driver is another than
was tested, one that has not served yet. As the files are now: what was bound anew is told no more."""

from __future__ import annotations

import asyncio
from enum import StrEnum

import msgspec

from drivers.contract.common import DeviceClass
from kiosk.bindings.in_force import InForce, Why, judged
from kiosk.locales.staff import tell
from kiosk.maintenance.toolbox import Toolbox


class Doubt(StrEnum):
    """What is told of a binding."""

    REFUSED = "refused"
    """It is not used: the profile's device is."""
    CHANGED = "changed"
    """It is used, with other files of its driver than were tested."""
    UNTRIED = "untried"
    """It is used, and nobody has seen its device ready yet."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One of them. `name` is the profile's; `device_class` None: the profile has no such device. `why`: of a refused one."""

    name: str
    device_class: DeviceClass | None
    doubt: Doubt
    why: Why | None = None

    @property
    def id(self) -> str:
        """For a tile."""
        return f"binding:{self.name}:{self.doubt.value}"

    @property
    def called(self) -> str:
        """What the device is called; its name where the profile knows no class of it."""
        return self.name if self.device_class is None else tell(f"kinds.{self.device_class.value}")

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        return tell(f"bindings.{self.doubt.value}_why") if self.why is None else tell(f"bindings.why_{self.why.value}")


def standing(tools: Toolbox) -> tuple[Standing, ...]:
    """All of them, refused ones first. Reads and verifies a file a replaced device."""
    return _of(tools, judged(tools.site, tools.profile))


async def standing_now(tools: Toolbox) -> tuple[Standing, ...]:
    """The same, beside the loop."""
    return _of(tools, await asyncio.to_thread(judged, tools.site, tools.profile))


def _of(tools: Toolbox, now: InForce) -> tuple[Standing, ...]:
    def made(name: str, doubt: Doubt, why: Why | None = None) -> Standing:
        device = tools.profile.devices.get(name)
        return Standing(name=name, device_class=None if device is None else device.device_class, doubt=doubt, why=why)

    refused = tuple(made(each.name, Doubt.REFUSED, each.why) for each in now.refused)
    untried = tuple(made(name, Doubt.UNTRIED) for name in tools.first_service.untried() if name in now.bindings)
    return (*refused, *(made(name, Doubt.CHANGED) for name in now.changed), *untried)
