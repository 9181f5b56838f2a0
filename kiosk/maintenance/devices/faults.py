"""The last faults of the machine or of one device: what each means, what to do, and how long it lasted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kiosk.locales.staff import tell
from kiosk.logbook.faults import DEATH, LINK, Episode
from kiosk.maintenance.devices.words import clock, cure_of, fault_word, lasted
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Check, Checks, CheckState
from kiosk.screens.screen import Screen

NEWEST = 50


async def run(shift: Shift, tools: Toolbox, device: str | None) -> None:
    """Show them until 返回; of every device when none is named."""
    while True:
        await shift.ask(partial(last_faults, shift, tools.history.recent(NEWEST, device), of_one=device is not None))


def last_faults(shift: Shift, episodes: Sequence[Episode], *, of_one: bool) -> Screen:
    """The latest first."""
    rows = tuple(_row(each, of_one=of_one) for each in episodes)
    return shift.composer.screen(
        shift.say,
        "device_faults",
        title=tell("devices.faults"),
        sentence=tell("devices.faults_sentence", count=len(rows)) if rows else tell("devices.faults_none"),
        blocks=(Checks(rows=rows),) if rows else (),
    )


def _row(episode: Episode, *, of_one: bool) -> Check:
    note = [_when(episode), fault_word(episode.code)]
    if cure := cure_of(episode.code):
        note.append(tell("devices.cure", cure=cure, code=episode.code))
    return Check(
        label=_what(episode) if of_one else tell("devices.of", device=episode.device, what=_what(episode)),
        state=CheckState.MISSING if episode.ended is None else CheckState.OK,
        word=_how_long(episode),
        note=tell("devices.stop").join(note),
    )


def _what(episode: Episode) -> str:
    if episode.kind == DEATH:
        return tell("devices.death")
    return tell("devices.gone") if episode.kind == LINK else tell("devices.fault")


def _when(episode: Episode) -> str:
    when = clock(episode.began)
    return when if episode.times == 1 else tell("devices.when_times", when=when, count=episode.times)


def _how_long(episode: Episode) -> str:
    if episode.ended is None:
        return tell("devices.lasts")
    return tell("devices.momentary") if episode.kind == DEATH else lasted(episode.ended - episode.began)
