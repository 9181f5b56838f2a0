"""What the whole kiosk shows while it serves nobody."""

from __future__ import annotations

from datetime import datetime

from kiosk.locales import Phrasebook
from kiosk.opening.serving import Serving, Shut, why_text
from kiosk.screens.closed import out_of_service
from kiosk.screens.compose import Composer
from kiosk.screens.screen import Screen


def shut_screen(say: Phrasebook, composer: Composer, shut: Shut, serving: Serving, now: datetime) -> Screen:
    """`now` is local time."""
    pause = shut.pause
    if pause is None:
        return out_of_service(say, composer, reason=say("paused.untold"))
    return out_of_service(say, composer, reason=why_text(say, pause), ends=serving.end_text(say, pause.until, now))
