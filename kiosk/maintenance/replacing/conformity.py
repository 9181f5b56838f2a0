"""The port through which the wizard has a device tested: the conformance kit, without its machinery.

The kit stands with the drivers and drags their emulators along; whoever starts the kiosk hands it in (`kiosk.conformity`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

import msgspec


class Mark(StrEnum):
    """How a check ended; see `drivers.conformance.check.Verdict`."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_APPLICABLE = "not_applicable"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One check: its title and why it ended so, as a person reads them; never personal data."""

    id: str
    title: str
    mark: Mark
    words: str = ""
    seconds: float = 0.0


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a test came out.

    `conforms`: the driver does what every driver of its class must. `done`, `failed`: of the repeated work. `took`: seconds that
    the device itself took each time, empty where a class cannot tell them from a person's part. `report` is the kit's own, as
    JSON values.
    """

    conforms: bool
    findings: tuple[Finding, ...]
    done: int
    failed: int
    took: tuple[float, ...]
    report: dict[str, Any]


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a test stands: the check that runs (its title), how many are over, and how often the repeated work was done."""

    title: str
    over: int
    repeated: int
    found: tuple[Finding, ...]


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """What the technician's hands are to do: a verb of the kit (present, withdraw, unplug, replug) and the words for it."""

    verb: str
    words: str


Where = Callable[[], Mapping[str, Any]]
"""The settings that reach the device now, on whatever node; raises DeviceFault when it is not plugged in."""


class Conformity(Protocol):
    """Tests one device, with a person's hands."""

    def checks(self, driver: str) -> int:
        """How many checks a test of this driver has. Raise KeyError for an unknown one."""

    async def test(
        self,
        driver: str,
        where: Where,
        *,
        times: int,
        failures: int,
        ask: Callable[[Want], Awaitable[None]],
        told: Callable[[Doing], None],
    ) -> Trial:
        """Run every check, and the work `times` over; stop that after more than `failures`. Raise DeviceFault when it is not there
        at the beginning."""
