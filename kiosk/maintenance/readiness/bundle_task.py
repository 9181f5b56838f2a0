"""The task 诊断包: onto a stick, or as a few codes for a telephone where there is none."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial

import msgspec

from kiosk.attest import statement
from kiosk.bundle import contents, sealed, stick
from kiosk.bundle.devices import seen
from kiosk.bundle.stick import NotWritten
from kiosk.journal.store import JournalError
from kiosk.locales.staff import tell
from kiosk.logbook.store import LogbookError
from kiosk.maintenance.readiness.report import compose
from kiosk.maintenance.readiness.summary import pages
from kiosk.maintenance.readiness.task import show_codes
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Drawing, Icon, Picture, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.sticks import Stick, plugged_unmounted, sticks
from kiosk.visit import Backed

_log = logging.getLogger("kiosk.bundle")

_FAULTS = 50
_KB, _MB = 1000, 1000**2


@dataclass
class Where:
    """Where sticks are looked for; a test has its own."""

    sticks: tuple[Stick, ...] = ()
    unmounted: bool = False

    @classmethod
    def look(cls) -> Where:
        """This machine, now."""
        return cls(tuple(each for each in sticks() if each.writable), plugged_unmounted())


async def run(shift: Shift, tools: Toolbox) -> None:
    """Choose where it goes, until 返回."""
    while True:
        where = await asyncio.to_thread(Where.look)
        answer = await shift.ask(partial(choose, shift, where))
        try:
            if answer.action == "codes":
                await _codes(shift, tools)
            elif answer.action != "look":
                chosen = next((each for each in where.sticks if each.device == answer.action), None)
                if chosen is not None:
                    await _write(shift, tools, chosen)
        except Backed:
            continue


async def _write(shift: Shift, tools: Toolbox, chosen: Stick) -> None:
    work = asyncio.to_thread(_onto, tools, chosen)
    told = await shift.ask_while(partial(writing, shift), work)
    if not isinstance(told, Told):
        return  # somebody went back; the file is written whole or not at all
    shift.act("bundle.written" if not told.why else "bundle.failed", why=told.why, bytes=told.size)
    await shift.ask(partial(written, shift, told) if not told.why else partial(failed, shift, told.why))


@dataclass(frozen=True)
class Told:
    """How it ended: the file's name and size, or why there is none."""

    name: str = ""
    size: int = 0
    why: str = ""


def _onto(tools: Toolbox, chosen: Stick) -> Told:
    try:
        raw, name = _sealed(tools)
        stick.write(chosen, name, raw)
    except NotWritten as error:
        return Told(why=error.why.value)
    except (LogbookError, JournalError, OSError) as error:
        _log.error("no bundle can be made: %s", type(error).__name__)
        return Told(why="unmade")
    return Told(name, len(raw))


def gathered(tools: Toolbox) -> dict[str, bytes]:
    """The files of a bundle made here, by name. Raise LogbookError, JournalError, OSError."""
    site = tools.site
    found = statement.state(site, tools.profile)
    return contents.contents(
        site=site,
        devices=seen(tools.devices.table(), tools.profile),
        bound=tools.bindings,
        pauses=tools.serving.pauses.active(),
        start={**tools.serving.start.facts(), "left_out": sorted(tools.serving.left_out)},
        logbook=tools.logbook,
        records=tools.records,
        attestation=statement.sign(found, site.kiosk_id, tools.signer, at=tools.now()),
        report=msgspec.to_builtins(compose(tools, found)),
    )


def _sealed(tools: Toolbox) -> tuple[bytes, str]:
    site, now = tools.site, tools.now()
    raw = sealed.seal(gathered(tools), site.kiosk_id, tools.signer, site.keys.operator_roots, at=now)
    return raw, sealed.name_of(site.kiosk_id, now.astimezone(site.zone))


async def _codes(shift: Shift, tools: Toolbox) -> None:
    found = await asyncio.to_thread(statement.state, tools.site, tools.profile)
    texts = pages(compose(tools, found), found, tools.history.recent(_FAULTS), tools.signer, at=tools.now())
    shift.act("bundle.codes", count=len(texts))
    await show_codes(shift, texts)


# --- screens


def choose(shift: Shift, where: Where) -> Screen:
    """The sticks that are there, and the codes."""
    tiles = [
        Tile(
            id=each.device,
            title=each.label,
            note=tell("bundle.free", mb=each.free // _MB, device=each.device),
            icon=Icon.DOCUMENT,
        )
        for each in where.sticks
    ]
    if not tiles:
        tiles.append(Tile(id="look", title=tell("bundle.look_again"), note=tell("bundle.look_note"), icon=Icon.SEARCH))
    tiles.append(Tile(id="codes", title=tell("bundle.codes"), note=tell("bundle.codes_note"), icon=Icon.PHONE))
    nothing = tell("bundle.unmounted") if where.unmounted else tell("bundle.no_stick")
    return shift.composer.screen(
        shift.say,
        "bundle",
        title=tell("bundle.title"),
        sentence=tell("bundle.choose") if where.sticks else nothing,
        blocks=(Tiles(tiles=tuple(tiles)),),
        home=True,
    )


def writing(shift: Shift) -> Screen:
    """While it is written."""
    return shift.composer.screen(
        shift.say,
        "bundle_writing",
        title=tell("bundle.writing"),
        sentence=tell("bundle.writing_how"),
        blocks=(Picture(drawing=Drawing.WAITING, name=tell("bundle.writing")),),
        back=False,
        leave=False,
    )


def written(shift: Shift, told: Told) -> Screen:
    """It is on the stick."""
    return shift.composer.screen(
        shift.say,
        "bundle_written",
        title=tell("bundle.written"),
        sentence=tell("bundle.written_how", name=told.name, kb=max(1, told.size // _KB)),
        blocks=(Picture(drawing=Drawing.DONE, name=tell("bundle.written")),),
        actions=(Action(id="done", label=tell("bundle.done")),),
    )


def failed(shift: Shift, why: str) -> Screen:
    """It is not: why, and what now."""
    return shift.composer.screen(
        shift.say,
        "bundle_failed",
        title=tell("bundle.failed"),
        sentence=tell(f"bundle.failed_{why}"),
        blocks=(Picture(drawing=Drawing.ATTENTION, name=tell("bundle.failed")),),
        actions=(Action(id="done", label=tell("bundle.again"), kind=ActionKind.PRIMARY),),
    )
