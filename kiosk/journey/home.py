"""Finding the item: from the home screen by life event, department or search to an item that can be begun, or to a guide.

Every way back leads one screen up: whoever looks around goes back often, and is not taken for lost by it. 首页 on the home screen
ends the visit. Nothing that was searched for is kept or written down.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from drivers.contract.common import DeviceClass
from drivers.contract.secret import wipe_all
from kiosk.catalogue import pages
from kiosk.catalogue.entry import Entry
from kiosk.catalogue.item import Item
from kiosk.catalogue.life import life_events
from kiosk.catalogue.listed import Listed
from kiosk.catalogue.shelf import Shelf
from kiosk.journey import slips
from kiosk.journey.desk import Desk
from kiosk.screens.screen import Screen, Written
from kiosk.visit import Backed, Visit


async def find_item(visit: Visit, desk: Desk, shelf: Shelf) -> Item:
    """Return the item that the visitor begins. Raise Backed when the visitor leaves the home screen."""
    while True:
        month = desk.now().astimezone(desk.site.zone).month
        answer = await visit.ask(partial(_home, visit, shelf, month), browsing=True)
        found = await _follow(visit, desk, shelf, answer.action)
        if found is not None:
            return found


def _home(visit: Visit, shelf: Shelf, month: int) -> Screen:
    return pages.home(visit.say, visit.composer, shelf, month)


async def _follow(visit: Visit, desk: Desk, shelf: Shelf, way: str) -> Item | None:
    """Go where a tile leads; None: back to where it stands."""
    try:
        if way == pages.SEARCH:
            return await _search(visit, desk, shelf)
        if way == pages.STUCK:
            await _stuck(visit, desk)
            return None
        if way in shelf.entries:
            return await _open(visit, desk, shelf.entries[way])
        while True:
            answer = await visit.ask(partial(_gathering, visit, shelf, way), browsing=True)
            found = await _follow(visit, desk, shelf, answer.action)
            if found is not None:
                return found
    except Backed:
        return None


def _gathering(visit: Visit, shelf: Shelf, way: str) -> Screen:
    """The screen of a way that leads to further tiles."""
    say, composer = visit.say, visit.composer
    if way == pages.MORE:
        return pages.more(say, composer)
    if way == pages.DEPARTMENTS:
        return pages.departments(say, composer, shelf)
    entries: Iterable[Entry]
    if way.startswith(pages.LIFE):
        event = next(each for each in life_events() if each.id == way.removeprefix(pages.LIFE))
        title, entries = say.local(event, "title"), shelf.of_life(event.id)
    else:
        first = shelf.entries[way.removeprefix(pages.DEPARTMENT)]
        title, entries = say.local(first, "department"), shelf.of_department(first.department)
    return pages.gathered(say, composer, shelf, title, entries)


async def _search(visit: Visit, desk: Desk, shelf: Shelf) -> Item | None:
    def suggest(written: Written) -> Screen:
        return pages.search(visit.say, visit.composer, shelf, written.reveal())

    while True:
        answer = await visit.ask(lambda: pages.search(visit.say, visit.composer, shelf), suggest=suggest, browsing=True)
        wipe_all(answer)
        found = await _follow(visit, desk, shelf, answer.action)
        if found is not None:
            return found


async def _open(visit: Visit, desk: Desk, entry: Entry) -> Item | None:
    """An item whose journey is built begins; of another one its guide is shown, and printed where that is wanted."""
    if isinstance(entry, Item):
        return entry
    assert isinstance(entry, Listed)
    visit.record("guide", visit=visit.token, item=entry.code)
    note, slip = "", desk.devices.ready(DeviceClass.RECEIPT_PRINTER) is not None
    while True:
        answer = await visit.ask(partial(_guide, visit, desk, entry, note=note, slip=slip), browsing=True)
        if answer.action != "slip":
            return None
        printed = await slips.print_slip(visit, desk, "guide", partial(slips.guide, desk, entry))
        note, slip = "listed.printed" if printed else "referral.no_paper", not printed


def _guide(visit: Visit, desk: Desk, item: Listed, *, note: str, slip: bool) -> Screen:
    return pages.guide(visit.say, visit.composer, item, desk.site.elsewhere, note=note, slip=slip)


async def _stuck(visit: Visit, desk: Desk) -> None:
    while True:
        answer = await visit.ask(partial(_told_whom, visit, desk))
        if answer.action != "call" or visit.call is None:
            return
        visit.called = visit.call()


def _told_whom(visit: Visit, desk: Desk) -> Screen:
    called = None if visit.call is None else visit.called
    return pages.stuck(visit.say, visit.composer, desk.site.elsewhere, called=called)
