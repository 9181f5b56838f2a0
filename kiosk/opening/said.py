"""Hours and moments, as a visitor reads them."""

from __future__ import annotations

from datetime import datetime, timedelta

from kiosk.locales import Phrasebook
from kiosk.settings.hours import Hours, Opening


def hours_text(say: Phrasebook, hours: Hours, now: datetime) -> str:
    """The place's hours of today; `now` is local time."""
    return _opening_text(say, hours.on(now.date()))


def _opening_text(say: Phrasebook, opening: Opening) -> str:
    if opening.closed:
        return say("idle.hours_closed")
    if opening.always:
        return say("idle.hours_always")
    return say("idle.hours_between", opens=f"{opening.opens:%H:%M}", closes=f"{opening.closes:%H:%M}")


def closed_text(say: Phrasebook, hours: Hours, item: str, now: datetime) -> str:
    """Why an item cannot be done at this local time, and when it can be again: one line for both."""
    own = hours.items.get(item)
    narrower = own is not None and hours.open_at(now)
    told = _opening_text(say, own) if own is not None and narrower else hours_text(say, hours, now)
    again = hours.next_opening(now, item)
    return told if again is None else say("precheck.note_opens", hours=told, when=moment_text(say, again, now))


def moment_text(say: Phrasebook, moment: datetime, now: datetime) -> str:
    """A moment to come, as short as it is clear: today, tomorrow, or by its date."""
    opens = f"{moment:%H:%M}"
    if moment.date() == now.date():
        return say("when.today", opens=opens)
    if moment.date() == now.date() + timedelta(days=1):
        return say("when.tomorrow", opens=opens)
    return say("when.day", month=moment.month, day=moment.day, opens=opens)
