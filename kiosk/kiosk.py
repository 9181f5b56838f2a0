"""What a running kiosk is: the value that the composition root puts together, and that dock, demo and tests look at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.devices import Devices
from kiosk.journal.store import Journal
from kiosk.settings.profile import Profile
from kiosk.settings.site import Site
from kiosk.voice.voice import Voice
from kiosk.window import Window

if TYPE_CHECKING:  # heavy to import, and the window does not wait for them (see kiosk.app)
    from kiosk.identity.face.match import FaceWorker
    from kiosk.lobby import Lobby
    from kiosk.logbook.fault_log import FaultLog
    from kiosk.logbook.store import Logbook
    from kiosk.operations.printing import Printing


@dataclass
class Kiosk:
    """A running kiosk."""

    site: Site
    profile: Profile
    journal: Journal
    devices: Devices
    window: Window
    lobby: Lobby
    face: FaceWorker
    printing: Printing | None
    settled: int
    logbook: Logbook
    history: FaultLog
    restart: asyncio.Event
    """Set: it shall end in good order and be started anew."""
    voice: Voice | None = None
    waking: asyncio.Task[None] | None = None
    """Starts what stands behind the first screen; what fails in it ends this life. None: nothing is started (a held start)."""
