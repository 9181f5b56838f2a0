"""Out of service and back: an item, a device, or the whole kiosk, with a reason that visitors read and an end. And what the last
start left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from kiosk.catalogue.item import items
from kiosk.locales import Phrasebook
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.words import kind_of
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.pauses import LONGEST_WORDS, Kind, NotKept, Pause, Why, fit_words
from kiosk.opening.said import moment_text
from kiosk.opening.serving import why_text
from kiosk.opening.start import Start, Way
from kiosk.screens.parts import Action, ActionKind, Block, Drawing, Icon, Note, NoteKind, Picture, Tile, Tiles, Typing
from kiosk.screens.parts import Way as Typed
from kiosk.screens.screen import Screen
from kiosk.visit import Backed

RESTART, RESUME = "restart", "resume"

_ICONS = {Kind.KIOSK: Icon.HOUSE, Kind.ITEM: Icon.DOCUMENT, Kind.DEVICE: Icon.WRENCH}

_LATER = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=4))
"""A paper jam, a repair, half a day. The other two ends are the next opening of the place, and the next Monday's."""


async def run(shift: Shift, tools: Toolbox) -> None:
    """What is in service, until 返回. What a full disk did not take is written when there is room again."""
    with suppress(NotKept):  # it was told when it was made
        tools.serving.pauses.catch_up()
    while True:
        answer = await shift.ask(lambda: _now(shift, tools), browsing=True)
        if answer.action == RESTART:
            await _restart(shift, tools)
            continue
        kind, _, name = answer.action.partition(":")
        try:
            await change(shift, tools, Kind(kind), name)
        except Backed:
            continue


def _now(shift: Shift, tools: Toolbox) -> Screen:
    return overview(
        shift, _things(tools), tools.serving.start, [kind_of(tools, name) for name in sorted(tools.devices.left_out)]
    )


async def change(shift: Shift, tools: Toolbox, kind: Kind, name: str) -> None:
    """When it is paused let it serve again, once somebody has said so; else ask why and until when, and pause it."""
    title = _title(tools, kind, name)
    pauses = tools.serving.pauses
    if pauses.of(kind, name) is not None:
        answer = await shift.ask(partial(resume_question, shift, _thing(tools, kind, name)))
        if answer.action == RESUME:
            await _said(shift, partial(pauses.end, kind, name), "resumed", what=kind.value, name=name)
        return
    why, words, until = await _decided(shift, tools, title)
    now = tools.now().timestamp()
    pause = Pause(kind=kind, name=name, why=why, words=words, since=now, until=until, by=shift.who.code)
    # The words are for the screen; the chain holds that there were some.
    facts = {"what": kind.value, "name": name, "why": why.value, "until": round(until)}
    await _said(shift, partial(pauses.begin, pause), "paused", **facts)


async def _said(shift: Shift, change: Callable[[], object], act: str, **facts: str | int) -> None:
    """Do it and write it down; where it is not on the disk say so, and what to do."""
    try:
        change()
    except NotKept as not_kept:
        shift.act(act, **facts, kept=False)
        await shift.ask(partial(not_on_the_disk, shift, act, full=not_kept.full))
    else:
        shift.act(act, **facts)


async def _decided(shift: Shift, tools: Toolbox, title: str) -> tuple[Why, str, float]:
    """Why and until when. 返回 leads one question back, and from the first one to where it began."""
    while True:
        answer = await shift.ask(partial(reasons, shift, title))
        why, words = Why(answer.action), ""
        try:
            if why is Why.OWN:
                words = await _own_words(shift)
            return why, words, await _until(shift, tools, title)
        except Backed:
            continue


async def _own_words(shift: Shift) -> str:
    refused = False
    while True:
        answer = await shift.ask(partial(own_words, shift, refused=refused))
        typed = answer.typed.get("words")
        words = fit_words(typed.reveal()) if typed is not None else None
        if words is not None:
            return words
        refused = True


async def _until(shift: Shift, tools: Toolbox, title: str) -> float:
    now = _local(tools)
    ends = ends_from(tools, now)
    answer = await shift.ask(partial(end_times, shift, title, ends, now))
    return ends[int(answer.action)].replace(tzinfo=tools.site.zone).timestamp()


def _local(tools: Toolbox) -> datetime:
    return tools.now().astimezone(tools.site.zone).replace(tzinfo=None)


def ends_from(tools: Toolbox, now: datetime) -> list[datetime]:
    """The ends to choose from, in the place's own time, each once, the nearest first."""
    hours = tools.site.hours
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
    monday = tomorrow + timedelta(days=(7 - tomorrow.weekday()) % 7)
    openings = [hours.next_opening(each) for each in (tomorrow, monday)]
    later = [(now + each).replace(second=0, microsecond=0) for each in _LATER]
    return sorted({*later, *(each for each in openings if each is not None)})


# --- the screens


@dataclass(frozen=True)
class Thing:
    """One thing that can be paused. `note` says that it serves, or why not and until when."""

    kind: Kind
    name: str
    title: str
    note: str
    paused: bool


def _things(tools: Toolbox) -> list[Thing]:
    names = [(Kind.KIOSK, ""), *((Kind.ITEM, code) for code in tools.site.items if code in items())]
    names += [(Kind.DEVICE, name) for name in tools.devices.names()]
    return [_thing(tools, kind, name) for kind, name in names]


def _thing(tools: Toolbox, kind: Kind, name: str) -> Thing:
    pause = tools.serving.pauses.of(kind, name)
    title = _title(tools, kind, name)
    if pause is None:
        return Thing(kind, name, title, tell("pausing.serves"), paused=False)
    say = Phrasebook()
    ends = tools.serving.end_text(say, pause.until, _local(tools))
    return Thing(kind, name, title, tell("pausing.paused", why=why_text(say, pause), ends=ends), paused=True)


def overview(shift: Shift, things: Sequence[Thing], start: Start, left_out: Iterable[str]) -> Screen:
    """The whole kiosk, each item, each device: in service, or why not and until when. A touch changes it.

    `left_out`: what the devices are called that this start has left out.
    """
    blocks: list[Block] = []
    reduced = start.way is not Way.FULL
    if reduced:
        names = tell("devices.comma").join(left_out) or tell("devices.none")
        text = f"{why_reduced(start)}{tell(f'pausing.start_{start.way.value}', names=names)}"
        blocks.append(Note(title=tell("pausing.start_title"), text=text, kind=NoteKind.ATTENTION))
    for kind in Kind:
        if tiles := tuple(_tile(thing) for thing in things if thing.kind is kind):
            columns = 1 if kind is Kind.KIOSK else 2
            blocks.append(Tiles(tiles=tiles, columns=columns, heading=tell(f"pausing.{kind.value}_heading")))
    return shift.composer.screen(
        shift.say,
        "pausing",
        title=tell("pausing.title"),
        sentence=tell("pausing.sentence"),
        blocks=tuple(blocks),
        actions=(Action(id=RESTART, label=tell("pausing.restart")),) if reduced else (),
        home=True,
    )


def _tile(thing: Thing) -> Tile:
    icon = Icon.CLOCK if thing.paused else _ICONS[thing.kind]
    return Tile(id=f"{thing.kind.value}:{thing.name}", title=thing.title, note=thing.note, icon=icon)


def _title(tools: Toolbox, kind: Kind, name: str) -> str:
    match kind:
        case Kind.KIOSK:
            return tell("pausing.kiosk")
        case Kind.ITEM:
            return items()[name].short
        case Kind.DEVICE:
            return kind_of(tools, name)


def reasons(shift: Shift, title: str) -> Screen:
    """Why: what visitors read, each in their own language; or own words, in Chinese only."""
    say = Phrasebook()
    tiles = [Tile(id=why.value, title=say(f"paused.why_{why.value}")) for why in Why if why is not Why.OWN]
    tiles.append(Tile(id=Why.OWN.value, title=tell("pausing.own"), note=tell("pausing.own_note"), span=2))
    return shift.composer.screen(
        shift.say,
        "pausing_why",
        title=tell("pausing.why_title", what=title),
        sentence=tell("pausing.why_sentence"),
        blocks=(Tiles(tiles=tuple(tiles), columns=2),),
    )


def resume_question(shift: Shift, thing: Thing) -> Screen:
    """Whoever paused it may have the case open: why and until when is read before it serves again."""
    return shift.composer.screen(
        shift.say,
        "pausing_resume",
        title=tell("pausing.resume_title", what=thing.title),
        sentence=tell("pausing.resume_sentence"),
        blocks=(Note(text=thing.note, kind=NoteKind.INFO),),
        actions=(
            Action(id=RESUME, label=tell("pausing.resume_yes")),
            Action(id="no", label=tell("pausing.resume_no"), kind=ActionKind.SECONDARY),
        ),
    )


def own_words(shift: Shift, *, refused: bool) -> Screen:
    """One line for the public screen."""
    field = Typing(
        id="words",
        label=tell("pausing.words"),
        ways=(Typed.PINYIN, Typed.HANDWRITING, Typed.DIGITS),
        hint=tell("pausing.words_hint"),
        most=LONGEST_WORDS,
    )
    return shift.composer.screen(
        shift.say,
        "pausing_words",
        title=tell("pausing.words"),
        sentence=tell("pausing.words_refused") if refused else tell("pausing.words_sentence", most=LONGEST_WORDS),
        blocks=(field,),
        actions=(Action(id="go_on", label=tell("pausing.go_on")),),
    )


def end_times(shift: Shift, title: str, ends: list[datetime], now: datetime) -> Screen:
    """Until when; it ends by itself, and can be ended sooner."""
    say = Phrasebook()
    tiles = tuple(Tile(id=str(n), title=moment_text(say, end, now), icon=Icon.CLOCK) for n, end in enumerate(ends))
    return shift.composer.screen(
        shift.say,
        "pausing_until",
        title=tell("pausing.until_title", what=title),
        sentence=tell("pausing.until_sentence"),
        blocks=(Tiles(tiles=tiles, columns=2),),
    )


def not_on_the_disk(shift: Shift, act: str, *, full: bool) -> Screen:
    """It holds now, and not after the next start: why, and what to do. `act`: "paused" or "resumed"."""
    title = tell(f"pausing.not_kept_{act}")
    return shift.composer.screen(
        shift.say,
        "pausing_not_kept",
        title=title,
        sentence=tell("pausing.disk_full") if full else tell("pausing.disk_refuses"),
        blocks=(Picture(drawing=Drawing.ATTENTION, name=title),),
        actions=(Action(id="seen", label=tell("pausing.seen")),),
    )


# --- after a reduced start


def why_reduced(start: Start) -> str:
    """Why this start has left something out, in a sentence; "" for a full one."""
    if start.because is None:
        return ""
    return tell(f"pausing.because_{start.because.value}", count=start.unfinished, boots=start.boots)


async def _restart(shift: Shift, tools: Toolbox) -> None:
    """Everything anew: the count of unfinished starts begins afresh, for somebody has looked."""
    try:
        answer = await shift.ask(partial(restart_question, shift))
    except Backed:
        return
    if answer.action == RESTART:
        shift.act("restart.full")
        tools.serving.start.forget()
        tools.restart()
        await shift.ask(partial(restarting, shift))


def restart_question(shift: Shift) -> Screen:
    """Whoever restarts leaves maintenance with it."""
    return shift.composer.screen(
        shift.say,
        "pausing_restart",
        title=tell("pausing.restart"),
        sentence=tell("pausing.restart_sentence"),
        blocks=(Note(text=tell("pausing.restart_note"), kind=NoteKind.INFO),),
        actions=(
            Action(id=RESTART, label=tell("pausing.restart_yes")),
            Action(id="no", label=tell("pausing.restart_no"), kind=ActionKind.SECONDARY),
        ),
    )


def restarting(shift: Shift) -> Screen:
    """The last screen of this life."""
    return shift.composer.screen(
        shift.say,
        "pausing_restarting",
        title=tell("pausing.restarting"),
        sentence=tell("pausing.restarting_sentence"),
        back=False,
        leave=False,
    )
