"""What the tasks of the staff may use. No port to a visitor's data, to licences or to prints under way is among it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kiosk.bindings.in_force import InForce
from kiosk.devices import Devices
from kiosk.documents.signer import Signer
from kiosk.gateways.back_office import BackOffice
from kiosk.gateways.health import HealthPort
from kiosk.journal.store import AuditRow
from kiosk.logbook.fault_log import FaultLog
from kiosk.logbook.store import Logbook
from kiosk.maintenance.replacing.conformity import Conformity
from kiosk.maintenance.replacing.first_service import FirstService
from kiosk.maintenance.signature import Signs
from kiosk.opening.serving import Serving
from kiosk.operations.outbox import Outbox
from kiosk.operations.proof_print import ProofPrint
from kiosk.policies.maintenance import MaintenancePolicy
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site
from kiosk.voice.voice import Voice


class Platform(HealthPort, BackOffice, Protocol):
    """What staff may ask of the platform: is it there, and what waits for somebody here."""


class Records(Protocol):
    """What staff may see of the journal: numbers, and whether it is whole. Its rows are in the signed bundle (they name nobody)."""

    def counts(self) -> dict[str, int]:
        """Operations by state."""

    def waiting(self) -> int:
        """Things in the outbox."""

    def oldest_waiting(self) -> float | None:
        """Since when the oldest waits, Unix time."""

    def newest_at(self) -> float | None:
        """When the newest row of the chain was written, Unix time."""

    def verify_chain(self) -> int | None:
        """The first row that is wrong or missing; None: whole."""

    def audit_rows(self) -> Iterator[AuditRow]:
        """The chain. Raise JournalError."""


@dataclass(frozen=True)
class Trialed:
    """How a trial ended (of `kiosk.visit.Ending`): what the print came to ("" none), under which serial, and whether a card was
    refused because it is not surely a test card."""

    ending: str
    state: str = ""
    serial: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Toolbox:
    """Everything that a task may use."""

    site: Site
    profile: Profile
    bindings: InForce
    """What replaced devices of the profile at the last start, and what was refused then."""
    conformity: Conformity | None
    """Tests a device; None: this kiosk was started without (tests)."""
    first_service: FirstService
    """Which of them have not served yet since they were bound."""
    devices: Devices
    platform: Platform
    outbox: Outbox
    logbook: Logbook
    records: Records
    signer: Signer
    policy: MaintenancePolicy
    now: Callable[[], datetime]
    serving: Serving
    history: FaultLog
    restart: Callable[[], None]
    """Ends the kiosk in good order and starts it again, with everything."""
    prove: Callable[[Callable[[str], bytes]], Awaitable[ProofPrint]] | None = None
    """Prints a test page, drawn for the name it is given, through the path of every print; None: this model has no A4 printer."""
    voice: Voice | None = None
    signs: Signs | None = None
    """Has whoever works here sign; None: this site has no door, and so nobody works here."""
    trial: Callable[[], Awaitable[Trialed]] | None = None
    """Walks a whole visit on this window with a test card, and wipes it; None: no item can be done here at all."""
