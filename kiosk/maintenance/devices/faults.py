"""The last faults of the machine or of one device: what each means, what to do, and how long it lasted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from kiosk.locales.staff import tell
from kiosk.logbook.faults import DEATH, LINK, Episode
from kiosk.maintenance.devices.words import clock, cure_of, fault_word, kind_of, lasted
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Check, Checks, CheckState
from kiosk.screens.screen import Screen

NEWEST = 50


async def run(shift: Shift, tools: Toolbox, device: str | None) -> None:
    """Show them until 返回; of every device when none is named."""
    while True:
        kinds = {} if device is not None else {name: kind_of(tools, name) for name in tools.devices.names()}
        await shift.ask(partial(last_faults, shift, tools.history.recent(NEWEST, device), kinds))


def last_faults(shift: Shift, episodes: Sequence[Episode], kinds: Mapping[str, str]) -> Screen:
    """The latest first. `kinds`: what each device of the profile is called; none when they are all of one device."""
    rows = tuple(_row(each, kinds) for each in episodes)
    return shift.composer.screen(
        shift.say,
        "device_faults",
        title=tell("devices.faults"),
        sentence=tell("devices.faults_sentence", count=len(rows)) if rows else tell("devices.faults_none"),
        blocks=(Checks(rows=rows),) if rows else (),
    )


def _row(episode: Episode, kinds: Mapping[str, str]) -> Check:
    note = [_when(episode), fault_word(episode.code)]
    if cure := cure_of(episode.code):
        note.append(tell("devices.cure", cure=cure, code=episode.code))
    return Check(
        label=tell("devices.of", device=kinds.get(episode.device, episode.device), what=_what(episode))
        if kinds
        else _what(episode),
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
