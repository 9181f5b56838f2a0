"""Finding the item: the screens of the catalogue that ships, as at a place with one printer and four favourites."""

from __future__ import annotations

from functools import cache

from kiosk.catalogue import pages
from kiosk.catalogue.life import life_events
from kiosk.catalogue.listed import catalogue, listed
from kiosk.catalogue.shelf import Shelf
from kiosk.screens.screen import Screen
from kiosk.settings.site import Elsewhere
from kiosk.shell.samples.common import Stage

_MONTH = 9
_GUIDE = "KX-MZ-002"
"""Has everything that a guide can say, and a long list of who can come instead."""


@cache
def _shelf() -> Shelf:
    return Shelf(
        entries=dict(catalogue()),
        here=("KX-RS-001",),
        favourites=("KX-SW-001", "KX-RS-003", "KX-BD-001", "KX-MZ-002"),
    )


def choose(stage: Stage) -> Screen:
    """The home screen."""
    return pages.home(stage.say, stage.composer, _shelf(), _MONTH)


def more(stage: Stage) -> Screen:
    """其他事 of elder mode."""
    return pages.more(stage.say, stage.composer)


def departments(stage: Stage) -> Screen:
    """Every department."""
    return pages.departments(stage.say, stage.composer, _shelf())


def gathered(stage: Stage) -> Screen:
    """One life event: something that can be done here, and much that cannot."""
    event = life_events()[0]
    title = stage.say.local(event, "title")
    return pages.gathered(stage.say, stage.composer, _shelf(), title, _shelf().of_life(event.id))


def find(stage: Stage) -> Screen:
    """Something was typed, and fits several."""
    return pages.search(stage.say, stage.composer, _shelf(), "社保证明")


def guide_listed(stage: Stage) -> Screen:
    """An item that cannot be done here yet."""
    there = Elsewhere(
        place=stage.value.there, address=stage.value.address, hours=stage.value.hours, phone=stage.value.phone
    )
    return pages.guide(stage.say, stage.composer, listed()[_GUIDE], there, note="", slip=True)


def stuck(stage: Stage) -> Screen:
    """办不成事."""
    there = Elsewhere(
        place=stage.value.there, address=stage.value.address, hours=stage.value.hours, phone=stage.value.phone
    )
    return pages.stuck(stage.say, stage.composer, there, called=False)
