"""Port: can an item be finished now? Asked before any personal data is taken."""

from __future__ import annotations

from typing import Protocol

import msgspec

from kiosk.gateways.body import Instant


class HealthRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Ask for the platform and all departments behind it."""


class Department(msgspec.Struct, frozen=True, kw_only=True):
    """A department's system. `opens`, `closes`: service hours as HH:MM local time, "00:00" and "24:00" round the clock.

    `up`: it answers and is within its hours. `notice` is the department's own sentence for visitors, or empty.
    """

    code: str
    name: str
    up: bool
    opens: str
    closes: str
    notice: str = ""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The platform's state. `time` is its clock, against which the kiosk checks its own."""

    up: bool
    time: Instant
    departments: tuple[Department, ...] = ()

    def department(self, code: str) -> Department | None:
        """Return the department with this code, None when the platform does not know it."""
        return next((each for each in self.departments if each.code == code), None)


class HealthPort(Protocol):
    """The port. Every call raises `GatewayFault`."""

    async def health(self) -> Health:
        """Ask for the state. MAINTENANCE is a state here (`up` is false), not a fault."""
