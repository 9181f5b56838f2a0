"""How a new device is tried, tested, signed for and put into service: what its technician sees of steps 4 to 6."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from drivers.contract.common import DeviceClass, Identity
from drivers.contract.faults import Fault, catalogue
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.words import driver_title
from kiosk.maintenance.replacing.conformity import Doing, Mark, Want
from kiosk.maintenance.replacing.limits import Compared, Kind
from kiosk.maintenance.replacing.screens import called, step_screen
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
)
from kiosk.screens.screen import Screen

NEWEST = 4
"""Checks that are shown below the one that runs."""


class Refusal(StrEnum):
    """Why a device is not even tested."""

    SILENT = "silent"
    BLOCKED = "blocked"


def refused_screen(shift: Shift, why: Refusal, words: str, fault: Fault | None = None) -> Screen:
    """Step 4: it does not open, or its firmware is known to be bad. `words`: why, for the technician."""
    cure = catalogue()[fault.code].cure if fault is not None else tell("replace.blocked_cure")
    return step_screen(
        shift,
        "replace_refused",
        4,
        Picture(drawing=Drawing.ATTENTION, name=tell(f"replace.refused_{why.value}")),
        Note(text=words, kind=NoteKind.ATTENTION),
        title=tell(f"replace.refused_{why.value}"),
        sentence=cure,
        actions=(
            Action(id="again", label=tell("replace.try_again"), kind=ActionKind.SECONDARY),
            Action(id="give_up", label=tell("replace.give_up"), kind=ActionKind.SECONDARY),
            Action(id="other", label=tell("replace.other_driver")),
        ),
    )


def ready_screen(shift: Shift, device_class: DeviceClass, name: str, identity: Identity, times: int) -> Screen:
    """Step 5: who it is, and what will be asked of the technician."""
    rows = [Fact(label=tell("replace.about_name"), value=name)]
    if identity.serial:
        rows.append(Fact(label=tell("replace.about_serial"), value=identity.serial))
    if identity.firmware:
        rows.append(Fact(label=tell("replace.about_firmware"), value=identity.firmware))
    return step_screen(
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
    return step_screen(
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
    return step_screen(
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
    return step_screen(
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


def signed_for(device_class: DeviceClass, name: str) -> str:
    """What is signed for, in a line."""
    return tell("replace.sign_what", device=called(device_class), name=name)


def waiting_screen(shift: Shift, device_class: DeviceClass, *, old: bool) -> Screen:
    """Step 6: it is waited for, bound anew, or (`old`) the one before, which a hand must plug in again."""
    device = called(device_class)
    blocks: tuple[Block, ...] = (Progress(done=0, total=0, label=tell("replace.waiting_label")),)
    if old:
        blocks = (Picture(drawing=Drawing.CHECK_CABLE, name=tell("replace.old_title", device=device)), *blocks)
    return step_screen(
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
    UNSIGNED = "unsigned"


def end_screen(shift: Shift, device_class: DeviceClass, how: End, *, minutes: int = 0) -> Screen:
    """The end: what serves now."""
    device = called(device_class)
    good = how is End.REPLACED
    return step_screen(
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
