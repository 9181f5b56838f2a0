"""Can this be finished here, now? Printer, paper, reader, camera, platform, opening hours: asked before any personal data."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from drivers.client import Snapshot, is_ready
from drivers.contract import a4_printer, receipt_printer
from drivers.contract.common import DeviceClass, Presence, Supply
from kiosk.catalogue.item import Item
from kiosk.gateways.fault import GatewayFault
from kiosk.gateways.signing import TOLERANCE
from kiosk.journey.desk import Desk
from kiosk.journey.step import Outcome, Step
from kiosk.licences.types import licence_types
from kiosk.locales import Phrasebook
from kiosk.opening import said
from kiosk.opening.pauses import Kind
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
)
from kiosk.screens.screen import Screen
from kiosk.visit import Visit


@dataclass(frozen=True)
class Possible:
    """What this kiosk can offer in this visit; given by the precheck, used to show only ways that work."""

    face: bool
    slip: bool


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. What is said of it are keys of sentences: the screen may be asked for in another language."""

    what: str
    needed: bool
    word: str = ""
    """What is wrong with it; empty when nothing is."""
    note: Callable[[Phrasebook], str] | None = None
    built_without: bool = False
    """This model has no such device: looking again changes nothing."""

    @property
    def missing(self) -> bool:
        """Whether it cannot be used now."""
        return bool(self.word)

    @property
    def blocks(self) -> bool:
        """Whether the item cannot be finished because of it."""
        return self.needed and self.missing

    def check(self, say: Phrasebook) -> Check:
        """Return how it is said."""
        what, word = self.what, self.word or "precheck.ok"
        state = CheckState.MISSING if self.missing else CheckState.OK
        return Check(label=say(what), state=state, word=say(word), note=self.note(say) if self.note else "")


def _sentence(key: str) -> Callable[[Phrasebook], str]:
    return lambda say: say(key)


SETTLE_SECONDS = 4.0
"""A visitor who comes within seconds of a start: the devices are asked before they are called missing."""


async def look(visit: Visit, desk: Desk, item: Item) -> list[Finding]:
    """Look at everything that the item needs; takes as long as the platform's answer."""
    await desk.devices.settled(SETTLE_SECONDS)
    devices = [_device(desk, item, each, needed=True) for each in item.required]
    devices += [_device(desk, item, each, needed=False) for each in item.helpful]
    return [_paused(desk, item), _hours(desk, item), *devices, _room(desk), await _platform(desk, item)]


def _paused(desk: Desk, item: Item) -> Finding:
    if desk.serving.pauses.of(Kind.ITEM, item.code) is None:
        return Finding("precheck.item", needed=True)
    return Finding("precheck.item", True, "precheck.word_paused", _pause_note(desk, Kind.ITEM, item.code))


def _pause_note(desk: Desk, kind: Kind, name: str) -> Callable[[Phrasebook], str]:
    return partial(desk.serving.note, kind=kind, name=name, now=desk.local_now())


def _hours(desk: Desk, item: Item) -> Finding:
    hours = desk.site.hours
    if hours.open_at(desk.local_now(), item.code):
        return Finding("precheck.hours", needed=True)
    note = partial(said.closed_text, hours=hours, item=item.code, now=desk.local_now())
    return Finding("precheck.hours", True, "precheck.word_closed", note)


def hours_text(say: Phrasebook, desk: Desk) -> str:
    """Return the opening hours of today as the visitor reads them."""
    return said.hours_text(say, desk.site.hours, desk.local_now())


def _room(desk: Desk) -> Finding:
    """Nothing is done that cannot be written down: a full disk is said here, not met in the middle of a visit."""
    if desk.room():
        return Finding("precheck.room", needed=True)
    return Finding("precheck.room", True, "precheck.word_full", _sentence("precheck.note_full"))


def _device(desk: Desk, item: Item, device_class: DeviceClass, *, needed: bool) -> Finding:
    client = desk.devices.of(device_class)
    word, note = "", None
    if client is not None and desk.serving.rests(client.name):
        word, note = "precheck.word_paused", _pause_note(desk, Kind.DEVICE, client.name)
    elif client is not None and _short_of_paper(client.snapshot, item):
        out = client.snapshot.status.paper is Supply.OUT
        word = "precheck.word_paper_out" if out else "precheck.word_paper_short"
    elif client is not None and getattr(client.snapshot.status, "tray", None) is Presence.PRESENT:
        # Somebody's paper lies there: the next one must not fall onto it.
        word, note = "precheck.word_tray", _sentence("precheck.note_tray")
    elif client is None:
        word = "precheck.word_none"
    elif not is_ready(client.snapshot):
        word, note = "precheck.missing", _why(client.snapshot)
    return Finding(f"precheck.{device_class.value}", needed, word, note, built_without=client is None)


def _short_of_paper(snapshot: Snapshot, item: Item) -> bool:
    """Paper for every page that the item may have; a printer that does not count sheets is believed while it is not "out"."""
    match snapshot.status:
        case a4_printer.Status(paper=paper, sheets=sheets):
            return paper is Supply.OUT or (sheets is not None and sheets < item.max_pages)
        case receipt_printer.Status(paper=paper):
            return paper is Supply.OUT
    return False


def _why(snapshot: Snapshot) -> Callable[[Phrasebook], str] | None:
    fault = snapshot.fault or next(iter(getattr(snapshot.status, "faults", ())), None)
    return _sentence(f"device.{fault.code.value}") if fault else None


async def _platform(desk: Desk, item: Item) -> Finding:
    what = "precheck.platform"
    try:
        health = await desk.platform.health()
    except GatewayFault as error:
        return Finding(what, True, "precheck.word_down", _sentence(error.sentence_key))
    if abs(health.time - desk.now()) > TOLERANCE:
        # Every signed call would be refused, every date on the paper wrong: nothing to find out with a card on the reader.
        return Finding(what, True, "precheck.word_clock", _sentence("precheck.note_clock"))
    department = health.department(licence_types()[item.licence].department)
    if health.up and department is not None and department.up:
        return Finding(what, needed=True)
    notice = department.notice if department is not None else ""
    return Finding(what, True, "precheck.missing", lambda _: notice)


def looking(visit: Visit) -> Screen:
    """The screen while looking."""
    say = visit.say
    return visit.composer.screen(
        say,
        "precheck",
        title=say("precheck.title"),
        sentence=say("precheck.sentence"),
        spoken=say("precheck.spoken"),
        blocks=(Picture(drawing=Drawing.WAITING, name=say("precheck.title")),),
    )


def cannot(visit: Visit, desk: Desk, findings: list[Finding]) -> Screen:
    """What is missing, and where and when else. What the machine was built without is not looked for again."""
    say, there = visit.say, desk.site.elsewhere
    never = any(each.blocks and each.built_without for each in findings)
    again = () if never else (Action(id="again", label=say("precheck.again")),)
    blocks: list[Block] = [Checks(rows=tuple(each.check(say) for each in findings if each.blocks))]
    blocks.append(
        Facts(
            heading=say("precheck.elsewhere"),
            rows=(
                Fact(label=say("referral.place"), value=say.local(there, "place"), icon=Icon.PLACE),
                Fact(label=say("referral.address"), value=say.local(there, "address"), icon=Icon.PLACE),
                Fact(label=say("referral.hours"), value=say.local(there, "hours"), icon=Icon.CLOCK),
                Fact(label=say("referral.phone"), value=there.phone, icon=Icon.PHONE),
            ),
        )
    )
    return visit.composer.screen(
        say,
        "cannot",
        title=say("precheck.never_title" if never else "precheck.cannot_title"),
        sentence=say("precheck.cannot_sentence"),
        spoken=say("precheck.never_spoken" if never else "precheck.cannot_spoken"),
        blocks=tuple(blocks),
        actions=(
            *again,
            Action(
                id="other_item",
                label=say("precheck.other_item"),
                kind=ActionKind.SECONDARY if again else ActionKind.PRIMARY,
            ),
        ),
    )


def limited(visit: Visit, findings: list[Finding]) -> Screen:
    """It can be done, but not in every way: said before the card is asked for."""
    say = visit.say
    missing = [each for each in findings if each.missing]
    notes = []
    if any(each.what == "precheck.camera" for each in missing):
        notes.append(Note(text=say("precheck.no_camera"), kind=NoteKind.ATTENTION))
    if any(each.what == "precheck.receipt_printer" for each in missing):
        notes.append(Note(text=say("precheck.no_receipt"), kind=NoteKind.INFO))
    return visit.composer.screen(
        say,
        "precheck_limited",
        title=say("precheck.limited_title"),
        sentence=say("precheck.limited_sentence"),
        spoken=say("precheck.limited_spoken"),
        blocks=(Checks(rows=tuple(each.check(say) for each in missing)), *notes),
        actions=(Action(id="go_on", label=say("precheck.go_on")),),
    )


async def run(visit: Visit, desk: Desk) -> Outcome:
    """Look; go on when all is well, say what is missing otherwise."""
    item = visit.take(Item)
    while True:
        findings = await visit.ask_while(
            partial(looking, visit), asyncio.shield(asyncio.ensure_future(look(visit, desk, item)))
        )
        assert isinstance(findings, list)
        blocking = [each for each in findings if each.blocks]
        if blocking:
            visit.record("precheck", visit=visit.token, missing=[each.what.partition(".")[2] for each in blocking])
            answer = await visit.ask(partial(cannot, visit, desk, findings))
            if answer.action == "again":
                continue
            return Outcome.MISSING
        visit.give(
            Possible(
                face=desk.devices.ready(DeviceClass.CAMERA) is not None,
                slip=desk.devices.ready(DeviceClass.RECEIPT_PRINTER) is not None,
            )
        )
        if any(each.missing for each in findings):
            await visit.ask(partial(limited, visit, findings))
        return Outcome.DONE


STEP = Step(
    name="precheck",
    run=run,
    outcomes=frozenset({Outcome.DONE, Outcome.BACK, Outcome.MISSING}),
    gives=(Possible,),
)
