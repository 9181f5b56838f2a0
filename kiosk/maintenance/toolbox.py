"""What the tasks of the staff may use. No port to a visitor's data, to licences or to prints under way is among it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.devices import Devices
from kiosk.documents.signer import Signer
from kiosk.gateways.back_office import BackOffice
from kiosk.gateways.health import HealthPort
from kiosk.logbook.store import Logbook
from kiosk.operations.outbox import Outbox
from kiosk.operations.proof_print import ProofPrint
from kiosk.policies.maintenance import MaintenancePolicy
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site
from kiosk.voice.voice import Voice


class Platform(HealthPort, BackOffice, Protocol):
    """What staff may ask of the platform: is it there, and what waits for somebody here."""


@dataclass(frozen=True)
class Toolbox:
    """Everything that a task may use."""

    site: Site
    profile: Profile
    devices: Devices
    platform: Platform
    outbox: Outbox
    logbook: Logbook
    signer: Signer
    policy: MaintenancePolicy
    now: Callable[[], datetime]
    prove: Callable[[Callable[[str], bytes]], Awaitable[ProofPrint]] | None = None
    """Prints a test page, drawn for the name it is given, through the path of every print; None: this model has no A4 printer."""
    voice: Voice | None = None
