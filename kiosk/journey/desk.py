"""What the steps may use: the devices, the platform, the operations, and where this kiosk stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography.x509 import Certificate

from kiosk.devices import Devices
from kiosk.documents.signer import Signer
from kiosk.gateways.back_office import BackOffice
from kiosk.gateways.health import HealthPort
from kiosk.gateways.keeper import Keepers
from kiosk.gateways.licence import Licences
from kiosk.identity.face.match import FaceWorker
from kiosk.opening.serving import Serving
from kiosk.operations.outbox import Outbox
from kiosk.operations.printing import Printing
from kiosk.settings.site import Site


class Platform(HealthPort, Keepers, Licences, BackOffice, Protocol):
    """The ports that steps call themselves; effects that must outlive the visit go through `printing` and `outbox`."""


@dataclass(frozen=True)
class Desk:
    """Everything behind the screen."""

    site: Site
    devices: Devices
    platform: Platform
    printing: Printing | None
    outbox: Outbox
    face: FaceWorker
    signer: Signer
    issuer_roots: tuple[Certificate, ...]
    now: Callable[[], datetime]
    serving: Serving
    room: Callable[[], bool]
    """Whether the journal can take a whole visit."""

    def local_now(self) -> datetime:
        """Return the place's own time, naive: hours are written in it."""
        return self.now().astimezone(self.site.zone).replace(tzinfo=None)

    def local_date(self, unix: float) -> str:
        """Return a Unix time as the local date, YYYY-MM-DD."""
        return datetime.fromtimestamp(unix, self.site.zone).strftime("%Y-%m-%d")
