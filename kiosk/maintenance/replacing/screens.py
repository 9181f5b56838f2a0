"""How the replacing of a device looks until the new one is opened: one thing a screen, in six steps (5 and 6: proving_screens)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from drivers.contract.common import DeviceClass
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.words import driver_title, port_text
from kiosk.maintenance.replacing.asking import Question
from kiosk.maintenance.replacing.candidates import Candidate
from kiosk.maintenance.replacing.sight import Thing
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Drawing,
    Fact,
    Facts,
    Icon,
    Note,
    NoteKind,
    Picture,
    Progress,
    Tile,
    Tiles,
    Typing,
    Way,
)
from kiosk.screens.screen import Screen, StepMark

STEPS = 6


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One device to choose: the profile's name, its class, its driver, whether it is here, whether a print is open."""

    name: str
    device_class: DeviceClass
    driver: str
    here: bool
    engaged: bool = False


def called(device_class: DeviceClass) -> str:
    """What a device of this class is called."""
    return tell(f"kinds.{device_class.value}")


def step_screen(shift: Shift, name: str, step: int, *blocks: Block, **frame: object) -> Screen:
    """A screen of one of the six steps."""
    made = shift.composer.screen(shift.say, name, blocks=blocks, **frame)
    mark = StepMark(index=step, total=STEPS, label=tell(f"replace.step_{step}"))
    return msgspec.structs.replace(made, step=mark)


def choose_screen(shift: Shift, rows: Sequence[Row]) -> Screen:
    """Step 1: which one?"""
    tiles = tuple(
        Tile(
            id=row.name,
            title=called(row.device_class),
            note=tell("replace.engaged")
            if row.engaged
            else tell("replace.here" if row.here else "replace.gone", driver=driver_title(row.driver)),
            icon=Icon.CHECK if row.here else Icon.ATTENTION,
            enabled=not row.engaged,
        )
        for row in rows
    )
    return step_screen(
        shift,
        "replace_choose",
        1,
        Tiles(tiles=tiles),
        title=tell("replace.choose_title"),
        sentence=tell("replace.choose_sentence"),
        home=True,
    )


def unplug_screen(shift: Shift, device_class: DeviceClass, *, seen: bool) -> Screen:
    """Step 2. `seen`: the bus shows it, and will show that it is gone; else only its silence does."""
    return step_screen(
        shift,
        "replace_unplug",
        2,
        Picture(drawing=Drawing.UNPLUG_CABLE, name=tell("replace.unplug_title", device=called(device_class))),
        Note(text=tell("replace.unplug_seen") if seen else tell("replace.unplug_silent")),
        title=tell("replace.unplug_title", device=called(device_class)),
        sentence=tell("replace.unplug_sentence") if seen else tell("replace.off_sentence"),
        actions=() if seen else (Action(id="on", label=tell("replace.off_skip"), kind=ActionKind.SECONDARY),),
    )


def plug_screen(shift: Shift, device_class: DeviceClass, *, by_address: bool) -> Screen:
    """Step 3."""
    return step_screen(
        shift,
        "replace_plug",
        3,
        Picture(drawing=Drawing.CHECK_CABLE, name=tell("replace.plug_title", device=called(device_class))),
        Note(text=tell("replace.plug_seen")),
        title=tell("replace.plug_title", device=called(device_class)),
        sentence=tell("replace.plug_sentence"),
        actions=(
            *((Action(id="address", label=tell("replace.plug_address")),) if by_address else ()),
            Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY),
        ),
    )


def nothing_came_screen(shift: Shift, device_class: DeviceClass, *, unplugging: bool) -> Screen:
    """The time for a hand is over: nothing was seen."""
    return step_screen(
        shift,
        "replace_nothing",
        2 if unplugging else 3,
        Picture(drawing=Drawing.ATTENTION, name=tell("replace.nothing_title")),
        title=tell("replace.nothing_title"),
        sentence=tell("replace.nothing_unplugged") if unplugging else tell("replace.nothing_plugged"),
        actions=(
            Action(id="again", label=tell("replace.nothing_again")),
            Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY),
        ),
    )


def address_screen(shift: Shift, *, wrong: bool) -> Screen:
    """Step 3, for a device on the network."""
    return step_screen(
        shift,
        "replace_address",
        3,
        Typing(
            id="address",
            label=tell("replace.address_label"),
            ways=(Way.DIGITS, Way.LATIN, Way.MARKS),
            hint=tell("replace.address_hint"),
            most=80,
        ),
        title=tell("replace.address_title"),
        sentence=tell("replace.address_wrong") if wrong else tell("replace.address_sentence"),
        actions=(Action(id="ok", label=tell("replace.address_ok")),),
    )


def named(thing: Thing) -> str:
    """What a device calls itself, for a technician."""
    return thing.name or tell("replace.nameless")


def which_screen(shift: Shift, found: Sequence[Thing]) -> Screen:
    """Step 3: several came at once."""
    tiles = tuple(Tile(id=str(number), title=named(each), note=each.numbers) for number, each in enumerate(found))
    return step_screen(
        shift,
        "replace_which",
        3,
        Tiles(tiles=tiles),
        title=tell("replace.which_title"),
        sentence=tell("replace.which_sentence"),
    )


def driver_screen(shift: Shift, thing: Thing, found: Sequence[Candidate]) -> Screen:
    """Step 4: the drivers that would serve it, best first."""
    tiles = tuple(
        Tile(
            id=each.driver,
            title=each.title,
            note=tell("replace.driver_generic") if each.generic else tell("replace.driver_known"),
            icon=Icon.HELP if each.generic else Icon.CHECK,
        )
        for each in found
    )
    generic = all(each.generic for each in found)
    return step_screen(
        shift,
        "replace_driver",
        4,
        Facts(rows=_about(thing)),
        Tiles(tiles=tiles),
        title=tell("replace.driver_title"),
        sentence=tell("replace.driver_sentence_generic") if generic else tell("replace.driver_sentence"),
        actions=(Action(id="again", label=tell("replace.not_this"), kind=ActionKind.SECONDARY),),
    )


def _about(thing: Thing) -> tuple[Fact, ...]:
    rows = [Fact(label=tell("replace.about_name"), value=named(thing))]
    if thing.numbers:
        rows.append(Fact(label=tell("replace.about_numbers"), value=thing.numbers))
    return (*rows, Fact(label=tell("replace.about_place"), value=port_text(thing.parts[0].path)))


def unknown_screen(shift: Shift, thing: Thing, device_class: DeviceClass) -> Screen:
    """Step 4: no driver of this class takes it."""
    return step_screen(
        shift,
        "replace_unknown",
        4,
        Facts(rows=_about(thing)),
        Note(text=tell("replace.unknown_note"), kind=NoteKind.ATTENTION),
        title=tell("replace.unknown_title", device=called(device_class)),
        sentence=tell("replace.unknown_sentence"),
        actions=(
            Action(id="again", label=tell("replace.not_this")),
            Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY),
        ),
    )


def setting_screen(shift: Shift, question: Question) -> Screen:
    """Step 4: a setting that only a person knows."""
    tiles = tuple(
        Tile(
            id=str(number),
            title=str(each.value)
            if isinstance(each.value, int) and not question.worded
            else tell(f"replace.value_{question.key}_{each.value}"),
            note=tell("replace.setting_missing", keys="、".join(each.missing))
            if each.missing
            else tell("replace.setting_suggested")
            if each.suggested
            else "",
            icon=Icon.CHECK if each.suggested else Icon.NONE,
            enabled=not each.missing,
        )
        for number, each in enumerate(question.choices)
    )
    return step_screen(
        shift,
        "replace_setting",
        4,
        Tiles(tiles=tiles),
        title=tell(f"replace.ask_{question.key}"),
        sentence=tell(f"replace.why_{question.key}"),
    )


def opening_screen(shift: Shift, driver: str) -> Screen:
    """Step 4: it is opened once."""
    return step_screen(
        shift,
        "replace_opening",
        4,
        Progress(done=0, total=0, label=tell("replace.opening_label", driver=driver_title(driver))),
        title=tell("replace.opening_title"),
        sentence=tell("replace.opening_sentence"),
    )
