"""The limits of maintenance (`maintenance.toml` beside this file, or a site's own whole file)."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Annotated

import msgspec

from kiosk.policies import LEAST_COUNTDOWN, Count, Seconds, read_policy


class Stay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a shift lasts. Seconds."""

    warn_after: Seconds
    countdown: Annotated[float, msgspec.Meta(ge=LEAST_COUNTDOWN)]
    longest: Seconds


class Door(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long somebody may stand at the door who has not come in. Seconds."""

    warn_after: Seconds
    countdown: Annotated[float, msgspec.Meta(ge=LEAST_COUNTDOWN)]
    longest: Seconds


class SelfTests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the machine tests itself, and what is enough."""

    at: time
    quiet_seconds: Seconds
    valid_hours: Count
    disk_mib: Count
    memory_mib: Count
    clock_seconds: Seconds
    certificate_days: Count
    backlog: Count
    backlog_hours: Count


class MaintenancePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    stay: Stay
    door: Door
    selftest: SelfTests


def maintenance_policy(file: Path | None = None) -> MaintenancePolicy:
    """Return the limits of a site's own file, or those that ship. Raise Mistake naming file, key and cure."""
    return read_policy(MaintenancePolicy, "maintenance.toml", file)
