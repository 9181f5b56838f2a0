"""What staff have chosen for this machine and every start applies: how loud, how bright. In the logbook, under `comfort`."""

from __future__ import annotations

import logging

import msgspec

from kiosk.logbook.store import Logbook, LogbookError
from kiosk.maintenance.backlight import backlight
from kiosk.voice.voice import Voice

_log = logging.getLogger("kiosk.maintenance")

_KEY = "comfort"


class Comfort(msgspec.Struct, frozen=True):
    """Shares of full scale, and percent; None: as the files have it."""

    day: float | None = None
    night: float | None = None
    ear: float | None = None
    brightness: int | None = None


def kept(logbook: Logbook) -> Comfort:
    """Return what was chosen. What cannot be read was not."""
    try:
        return msgspec.convert(logbook.get(_KEY) or {}, Comfort)
    except (LogbookError, msgspec.ValidationError) as error:
        _log.error("volume and brightness as the files have it: %s", type(error).__name__)
        return Comfort()


def keep(logbook: Logbook, chosen: Comfort) -> None:
    """Remember it. Raise LogbookError."""
    logbook.put(_KEY, msgspec.to_builtins(chosen))


def apply(chosen: Comfort, voice: Voice | None) -> None:
    """Make it so now, as far as this machine can."""
    if voice is not None:
        voice.set_levels(day=chosen.day, night=chosen.night, ear=chosen.ear)
    lamp = backlight()
    if chosen.brightness is not None and lamp is not None:
        try:
            lamp.set(chosen.brightness)
        except OSError as error:
            _log.error("the screen's brightness cannot be set: %s", error.strerror)
