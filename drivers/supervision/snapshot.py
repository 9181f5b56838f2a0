"""What the core knows of a device, as one value that is replaced whole with each change."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from drivers.contract.common import DeviceClass, Readiness
from drivers.contract.faults import Fault


class Link(StrEnum):
    """What the client knows of its device. UNKNOWN until the first attempt has ended: "not asked yet" is not "absent"."""

    UNKNOWN = "unknown"
    HERE = "here"
    GONE = "gone"


@dataclass(frozen=True)
class Died:
    """The end of a host that nobody asked for. `at` is Unix time; `lived` seconds; `fault` says how (HOST_DIED with the exit
    code or signal, HOST_HUNG with what it hung in, HOST_GREEDY with the megabytes it held)."""

    at: float
    lived: float
    fault: Fault


@dataclass
class Snapshot:
    """What is known now, for the device table."""

    name: str
    device_class: DeviceClass
    driver: str
    link: Link = Link.UNKNOWN
    capabilities: Any = None
    status: Any = None
    fault: Fault | None = None
    restarts: int = 0
    pid: int | None = None
    since: float = field(default_factory=time.time)
    died: Died | None = None
    """The last death of its host; a new value is the event."""


def is_ready(snapshot: Snapshot) -> bool:
    """Whether a command can be given now. Unknown is not ready."""
    return (
        snapshot.link is Link.HERE
        and snapshot.status is not None
        and snapshot.status.readiness in (Readiness.READY, Readiness.BUSY)
    )
