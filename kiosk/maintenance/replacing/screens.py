"""How the replacing of a device looks: one thing a screen, in six steps."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from drivers.contract.common import DeviceClass, Identity
from drivers.contract.faults import Fault, catalogue
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.words import driver_title, port_text
from kiosk.maintenance.replacing.asking import Question
from kiosk.maintenance.replacing.candidates import Candidate
from kiosk.maintenance.replacing.conformity import Doing, Mark, Want
from kiosk.maintenance.replacing.limits import Compared, Kind
from kiosk.maintenance.replacing.sight import Thing
from kiosk.maintenance.shift import Shift
from kiosk.screens.parts import (
    Action,
    ActionKind,
    Block,
    Check,
    Checks,
    CheckState,
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
NEWEST = 4
"""Checks that are shown below the one that runs."""


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


def _screen(shift: Shift, name: str, step: int, *blocks: Block, **frame: object) -> Screen:
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
    return _screen(
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
            if isinstance(each.value, int)
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
    return _screen(
        shift,
        "replace_setting",
        4,
        Tiles(tiles=tiles),
        title=tell(f"replace.ask_{question.key}"),
        sentence=tell(f"replace.why_{question.key}"),
    )


def opening_screen(shift: Shift, driver: str) -> Screen:
    """Step 4: it is opened once."""
    return _screen(
        shift,
        "replace_opening",
        4,
        Progress(done=0, total=0, label=tell("replace.opening_label", driver=driver_title(driver))),
        title=tell("replace.opening_title"),
        sentence=tell("replace.opening_sentence"),
    )


class Refusal(StrEnum):
    """Why a device is not even tested."""

    SILENT = "silent"
    BLOCKED = "blocked"


def refused_screen(shift: Shift, why: Refusal, words: str, fault: Fault | None = None) -> Screen:
    """Step 4: it does not open, or its firmware is known to be bad. `words`: why, for the technician."""
    cure = catalogue()[fault.code].cure if fault is not None else tell("replace.blocked_cure")
    return _screen(
        shift,
        "replace_refused",
        4,
        Picture(drawing=Drawing.ATTENTION, name=tell(f"replace.refused_{why.value}")),
        Note(text=words, kind=NoteKind.ATTENTION),
        title=tell(f"replace.refused_{why.value}"),
        sentence=cure,
        actions=(
            Action(id="other", label=tell("replace.other_driver")),
            Action(id="again", label=tell("replace.try_again"), kind=ActionKind.SECONDARY),
            Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY),
        ),
    )


def ready_screen(shift: Shift, device_class: DeviceClass, name: str, identity: Identity, times: int) -> Screen:
    """Step 5: who it is, and what will be asked of the technician."""
    rows = [Fact(label=tell("replace.about_name"), value=name)]
    if identity.serial:
        rows.append(Fact(label=tell("replace.about_serial"), value=identity.serial))
    if identity.firmware:
        rows.append(Fact(label=tell("replace.about_firmware"), value=identity.firmware))
    return _screen(
        shift,
        "replace_ready",
        5,
        Facts(rows=tuple(rows)),
        Note(text=tell(f"replace.needs_{device_class.value}")),
        title=tell("replace.ready_title"),
        sentence=tell("replace.ready_sentence", times=times),
        actions=(Action(id="start", label=tell("replace.ready_start")),),
    )


_WANTED = {
    ("present", DeviceClass.ID_CARD_READER): Drawing.PLACE_CARD,
    ("withdraw", DeviceClass.ID_CARD_READER): Drawing.TAKE_CARD,
    ("unplug", None): Drawing.UNPLUG_CABLE,
    ("replug", None): Drawing.CHECK_CABLE,
    ("withdraw", DeviceClass.A4_PRINTER): Drawing.TAKE_PAPER,
}


def test_screen(
    shift: Shift, device_class: DeviceClass, doing: Doing, of: int, want: Want | None, *, seen: bool, times: int
) -> Screen:
    """Step 5: the check that runs, what is wanted of the technician now, and how the last checks ended.

    `seen`: what is wanted is seen by itself, and need not be said.
    """
    blocks: list[Block] = []
    if want is not None:
        drawing = _WANTED.get((want.verb, device_class)) or _WANTED.get((want.verb, None)) or Drawing.WAITING
        blocks.append(Picture(drawing=drawing, name=want.words))
    counted = tell("replace.test_counted", done=doing.repeated, times=times) if doing.repeated else ""
    blocks.append(Progress(done=doing.over, total=of, label=doing.title + counted))
    if want is None:
        blocks.append(Checks(rows=tuple(_row(each.title, each.mark, each.words) for each in doing.found[-NEWEST:])))
    elif seen:
        blocks.append(Note(text=tell("replace.test_seen")))
    return _screen(
        shift,
        "replace_test",
        5,
        *blocks,
        title=want.words if want is not None else tell("replace.test_title"),
        sentence=tell("replace.test_wants") if want is not None else tell("replace.test_sentence"),
        actions=(
            *((Action(id="done", label=tell("replace.test_done")),) if want is not None and not seen else ()),
            Action(id="stop", label=tell("replace.test_stop"), kind=ActionKind.SECONDARY),
        ),
        back=False,
    )


def _row(title: str, mark: Mark, words: str) -> Check:
    state = {Mark.PASSED: CheckState.OK, Mark.FAILED: CheckState.MISSING}.get(mark, CheckState.WAITING)
    return Check(label=title, state=state, word=tell(f"replace.mark_{mark.value}"), note=words)


def result_screen(
    shift: Shift, passed: bool, rows: Sequence[Compared], failed: Sequence[tuple[str, str]], report: str
) -> Screen:
    """Step 6: held against the limits. `failed` are the checks that failed, with why."""
    checks = [
        Check(
            label=tell(f"replace.limit_{each.kind.value}"),
            state=CheckState.OK if each.within else CheckState.MISSING,
            word=_figure(each, each.found),
            note=tell("replace.limit_allowed", most=_figure(each, each.allowed)),
        )
        for each in rows
    ]
    checks += [_row(title, Mark.FAILED, words) for title, words in failed]
    actions = (
        (Action(id="sign", label=tell("replace.result_sign"), icon=Icon.CHECK),)
        if passed
        else (
            Action(id="again", label=tell("replace.result_again")),
            Action(id="other", label=tell("replace.other_driver"), kind=ActionKind.SECONDARY),
        )
    )
    return _screen(
        shift,
        "replace_result",
        6,
        Checks(rows=tuple(checks)),
        Facts(rows=(Fact(label=tell("replace.result_report"), value=report),)),
        title=tell("replace.result_passed") if passed else tell("replace.result_failed"),
        sentence=tell("replace.result_passed_sentence") if passed else tell("replace.result_failed_sentence"),
        actions=(*actions, Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY)),
        back=False,
    )


def _figure(each: Compared, value: float) -> str:
    return f"{value:.2f} 秒" if each.kind in (Kind.MEDIAN, Kind.P95) else f"{value:.0f}"


def sign_screen(shift: Shift, device_class: DeviceClass, name: str, driver: str, report: str) -> Screen:
    """Step 6: whoever signs stands for it."""
    return _screen(
        shift,
        "replace_sign",
        6,
        Facts(
            rows=(
                Fact(label=tell("replace.sign_device"), value=called(device_class)),
                Fact(label=tell("replace.about_name"), value=name),
                Fact(label=tell("replace.sign_driver"), value=driver_title(driver)),
                Fact(label=tell("replace.result_report"), value=report),
                Fact(
                    label=tell("replace.sign_by"),
                    value=tell(
                        "replace.sign_who", code=shift.who.code, role=tell(f"frame.role_{shift.who.role.value}")
                    ),
                ),
            )
        ),
        Note(text=tell("replace.sign_note")),
        title=tell("replace.sign_title"),
        sentence=tell("replace.sign_sentence"),
        actions=(Action(id="sign", label=tell("replace.sign_ok"), icon=Icon.CHECK),),
    )


def waiting_screen(shift: Shift, device_class: DeviceClass, *, old: bool) -> Screen:
    """Step 6: it is waited for, bound anew, or (`old`) the one before, which a hand must plug in again."""
    device = called(device_class)
    blocks: tuple[Block, ...] = (Progress(done=0, total=0, label=tell("replace.waiting_label")),)
    if old:
        blocks = (Picture(drawing=Drawing.CHECK_CABLE, name=tell("replace.old_title", device=device)), *blocks)
    return _screen(
        shift,
        "replace_waiting",
        6,
        *blocks,
        title=tell("replace.old_title", device=device) if old else tell("replace.waiting_title", device=device),
        sentence=tell("replace.old_sentence") if old else tell("replace.waiting_sentence"),
        actions=(Action(id="missing", label=tell("replace.old_missing"), kind=ActionKind.SECONDARY),) if old else (),
        back=False,
    )


class End(StrEnum):
    """How it ended."""

    REPLACED = "replaced"
    OLD_AGAIN = "old_again"
    NEITHER = "neither"


def end_screen(shift: Shift, device_class: DeviceClass, how: End, *, minutes: int = 0) -> Screen:
    """The end: what serves now."""
    device = called(device_class)
    good = how is End.REPLACED
    return _screen(
        shift,
        "replace_end",
        6,
        Picture(
            drawing=Drawing.DONE if good else Drawing.ATTENTION, name=tell(f"replace.end_{how.value}", device=device)
        ),
        title=tell(f"replace.end_{how.value}", device=device),
        sentence=tell(f"replace.end_{how.value}_sentence", device=device, minutes=minutes),
        actions=(Action(id="ok", label=tell("replace.end_ok")),),
        home=True,
    )
