"""How loud and how bright: chosen by ear and eye, kept over restarts. A sentence of the visitors' own is the sample."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

import msgspec

from kiosk.locales import Phrasebook
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance import comfort as levels
from kiosk.maintenance.backlight import Backlight, backlight
from kiosk.maintenance.comfort import Comfort
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, Block, Icon, Note, NoteKind, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Backed
from kiosk.voice.messages import Sound
from kiosk.voice.voice import Voice

SAMPLE = "card.spoken"
"""The visitors' sentence that is said: one that has a recording."""


class Level(StrEnum):
    """What can be chosen."""

    DAY = "day"
    NIGHT = "night"
    EAR = "ear"
    BRIGHTNESS = "brightness"


async def run(shift: Shift, tools: Toolbox) -> None:
    """One level after the other, until nobody wants to change anything."""
    while True:
        answer = await shift.ask(
            partial(levels_screen, shift, now(tools), sound_of(tools), lamp=backlight() is not None)
        )
        try:
            await _choose(shift, tools, Level(answer.action))
        except Backed:
            continue


def now(tools: Toolbox) -> Comfort:
    """What is in force."""
    lamp, found = backlight(), Comfort(brightness=levels.kept(tools.logbook).brightness)
    if tools.voice is not None:
        own = tools.voice.settings
        found = msgspec.structs.replace(found, day=own.volume.day, night=own.volume.night, ear=own.earphone.volume)
    return msgspec.structs.replace(found, brightness=_percent(lamp)) if lamp is not None else found


def sound_of(tools: Toolbox) -> bool:
    """Whether anything can be heard here."""
    return tools.voice is not None and tools.voice.sound is Sound.READY


async def _choose(shift: Shift, tools: Toolbox, level: Level) -> None:
    while True:
        answer = await shift.ask(partial(choose_screen, shift, level, now(tools), offered(level, tools.voice)))
        if answer.action == "done":
            return
        chosen = float(answer.action)
        before = levels.kept(tools.logbook)
        value = round(chosen) if level is Level.BRIGHTNESS else chosen
        after = msgspec.structs.replace(before, **{level.value: value})
        levels.apply(after, tools.voice)
        try:
            levels.keep(tools.logbook, after)
        except LogbookError:
            shift.act("comfort.not_kept", level=level.value, value=value)
        else:
            shift.act("comfort.set", level=level.value, value=value)
        if tools.voice is not None and level is not Level.BRIGHTNESS:
            tools.voice.sample(Phrasebook()(SAMPLE), chosen, ear=level is Level.EAR)


def offered(level: Level, voice: Voice | None) -> tuple[float, ...]:
    """What can be chosen: of the earphone what its keys reach."""
    if level is Level.BRIGHTNESS:
        return limits().comfort.brightness
    if level is Level.EAR and voice is not None:
        return voice.settings.earphone.volumes
    return limits().comfort.steps


def levels_screen(shift: Shift, chosen: Comfort, sound: bool, *, lamp: bool) -> Screen:
    """The four levels, with what each is now."""
    tiles = [
        Tile(
            id=level.value,
            title=tell(f"comfort.{level.value}"),
            note=_told(level, getattr(chosen, level.value)),
            icon=Icon.BRIGHTNESS if level is Level.BRIGHTNESS else Icon.SPEAKER,
            enabled=lamp if level is Level.BRIGHTNESS else getattr(chosen, level.value) is not None,
        )
        for level in Level
    ]
    blocks: list[Block] = [Tiles(tiles=tuple(tiles))]
    missing = [tell("comfort.no_sound")] if not sound else []
    missing += [tell("comfort.no_lamp")] if not lamp else []
    if missing:
        blocks.append(Note(text="".join(missing), kind=NoteKind.INFO))
    return shift.composer.screen(
        shift.say, "comfort", title=tell("comfort.title"), sentence=tell("comfort.how"), blocks=tuple(blocks), home=True
    )


def choose_screen(shift: Shift, level: Level, chosen: Comfort, values: tuple[float, ...]) -> Screen:
    """The values; what is in force is marked."""
    present = getattr(chosen, level.value)
    tiles = tuple(
        Tile(
            id=f"{value:g}",
            title=_told(level, value),
            icon=Icon.CHECK if present is not None and abs(present - value) < 0.01 else Icon.NONE,
        )
        for value in values
    )
    return shift.composer.screen(
        shift.say,
        "comfort_choose",
        title=tell(f"comfort.{level.value}"),
        sentence=tell("comfort.bright_how" if level is Level.BRIGHTNESS else "comfort.sample_how"),
        blocks=(Tiles(tiles=tiles, columns=2),),
        actions=(Action(id="done", label=tell("comfort.done")),),
    )


def _told(level: Level, value: float | None) -> str:
    if value is None:
        return tell("comfort.unknown")
    return tell("comfort.percent", percent=round(value if level is Level.BRIGHTNESS else 100 * value))


def _percent(lamp: Backlight) -> int | None:
    try:
        return lamp.percent
    except (OSError, ValueError):
        return None
