"""The screens that belong to no task."""

from __future__ import annotations

from drivers.contract.common import DeviceClass
from kiosk.maintenance.home import broken_screen, home_screen
from kiosk.maintenance.leaving import Finding, Left, leaving_screen
from kiosk.maintenance.rights import Role
from kiosk.maintenance.samples.common import FULL, profile, shift, site
from kiosk.maintenance.tasks.about import Running, about_screen
from kiosk.opening.start import Because, Start, Way
from kiosk.screens.screen import Screen


def screens() -> list[Screen]:
    """The tasks by role, with and without faults; a task that broke; this machine; nobody there any more."""
    here = shift(Role.KEEPER)
    return [
        home_screen(shift(Role.KEEPER), 0, FULL),
        home_screen(shift(Role.TECHNICIAN), 2, FULL),
        home_screen(shift(Role.ADMINISTRATOR), 0, FULL),
        home_screen(shift(Role.TECHNICIAN), 0, Start(Way.SAFE, 1, None, Because.TRIES)),
        home_screen(shift(Role.TECHNICIAN), 0, Start(Way.HELD, 2, None, Because.TRIES)),
        broken_screen(here),
        leaving_screen(
            here,
            (
                Finding("receipt_printer", DeviceClass.RECEIPT_PRINTER, Left.COVER_OPEN),
                Finding("id_reader", DeviceClass.ID_CARD_READER, Left.CARD_LIES_THERE),
            ),
        ),
        leaving_screen(here, tuple(Finding("a4_printer", DeviceClass.A4_PRINTER, each) for each in Left)),
        about_screen(here, site(), profile(), Running(runtime="0.1.0", python="3.11.2", up=12.5 * 86_400)),
        here.composer.idle_warning(here.say, 30),
    ]
