"""One example of every screen of the staff, for `kiosk gallery --staff`, for the gates of the tests and for the manuals' pictures.

Each is made by the very function that makes it at work, with invented values: add a screen to the file of its part, and the file
to `_PARTS`. tests/kiosk/maintenance holds that no screen that staff can see is missing here.
"""

from __future__ import annotations

from kiosk.maintenance.samples import (
    chores,
    devices,
    door,
    frames,
    personnel,
    readiness,
    replacing,
)
from kiosk.screens.screen import Screen

_PARTS = (
    frames.screens,
    door.screens,
    chores.screens,
    devices.screens,
    replacing.screens,
    personnel.screens,
    readiness.screens,
)


def samples() -> list[Screen]:
    """The screens, each name once or, where a screen has several faces, several times."""
    return [screen for part in _PARTS for screen in part()]
