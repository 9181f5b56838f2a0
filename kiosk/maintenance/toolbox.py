"""What the tasks of the staff may use. No port to a visitor's data, to licences or to prints under way is among it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.bindings.in_force import InForce
from kiosk.devices import Devices
from kiosk.documents.signer import Signer
from kiosk.gateways.back_office import BackOffice
from kiosk.gateways.health import HealthPort
from kiosk.logbook.fault_log import FaultLog
from kiosk.logbook.store import Logbook
from kiosk.maintenance.replacing.conformity import Conformity
from kiosk.opening.serving import Serving
from kiosk.operations.outbox import Outbox
from kiosk.policies.maintenance import MaintenancePolicy
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site


class Platform(HealthPort, BackOffice, Protocol):
    """What staff may ask of the platform: is it there, and what waits for somebody here."""


@dataclass(frozen=True)
class Toolbox:
    """Everything that a task may use."""

    site: Site
    profile: Profile
    bindings: InForce
    """What replaced devices of the profile at the last start, and what was refused then."""
    conformity: Conformity | None
    """Tests a device; None: this kiosk was started without (tests)."""
    devices: Devices
    platform: Platform
    outbox: Outbox
    logbook: Logbook
    signer: Signer
    policy: MaintenancePolicy
    now: Callable[[], datetime]
    serving: Serving
    history: FaultLog
    restart: Callable[[], None]
    """Ends the kiosk in good order and starts it again, with everything."""
