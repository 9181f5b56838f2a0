"""One device: its live values, where it is plugged in, and what can be done with it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from drivers.client import Link, Snapshot
from kiosk.locales.staff import tell
from kiosk.maintenance import pausing
from kiosk.maintenance.devices import faults, output, trial
from kiosk.maintenance.devices.known import Known, device_title, known
from kiosk.maintenance.devices.live import ask_live
from kiosk.maintenance.devices.words import (
    clock,
    cure_of,
    driver_title,
    fault_word,
    identity_rows,
    state_word,
    value_rows,
    where_text,
)
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.opening.pauses import Kind
from kiosk.screens.parts import Block, Drawing, Fact, Facts, Icon, Note, NoteKind, Picture, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Backed

TEST, RESTART, FAULTS, OUTPUT, PAUSE = "test", "restart", "faults", "output", "pause"


async def run(shift: Shift, tools: Toolbox, name: str) -> None:
    """Show it until 返回; 返回 on a page behind it leads here."""
    while True:
        answer = await ask_live(shift, lambda: device_page(shift, known(tools, name, tools.devices.buses())))
        with suppress(Backed):
            await _do(shift, tools, name, answer.action)


async def _do(shift: Shift, tools: Toolbox, name: str, way: str) -> None:
    if not shift.may_change:
        return  # looking on
    match way:
        case "test":
            await trial.run(shift, tools, name)
        case "restart":
            await _restart(shift, tools, name)
        case "faults":
            await faults.run(shift, tools, name)
        case "output":
            await output.run(shift, tools, name)
        case "pause":
            await pausing.change(shift, tools, Kind.DEVICE, name)


async def _restart(shift: Shift, tools: Toolbox, name: str) -> None:
    shift.act("device.restarted", device=name)
    client = tools.devices.named(name)

    async def again() -> None:
        await tools.devices.restart(name)
        await client.settled(_SETTLES_SECONDS)

    await shift.ask_while(partial(restarting, shift, device_title(tools, name)), again())


_SETTLES_SECONDS = 10.0
"""A host opens its device in 5 s (drivers.contract.driver), and imports a large library in as much."""


def device_page(shift: Shift, device: Known) -> Screen:
    """Everything that is known of it now."""
    snapshot = device.snapshot
    rows = (
        Fact(label=tell("devices.since"), value=clock(snapshot.since), icon=Icon.CLOCK),
        Fact(label=tell("devices.where"), value=where_text(device), icon=Icon.PLACE),
        Fact(label=tell("devices.driver"), value=driver_title(snapshot.driver), icon=Icon.INFO),
        Fact(label=tell("devices.restarts"), value=tell("devices.times", count=snapshot.restarts), icon=Icon.WRENCH),
    )
    # What is touched stands first: nothing that comes and goes above it moves it away from under a finger.
    blocks: list[Block] = [Tiles(tiles=_ways(device), columns=2)] if shift.may_change else []
    blocks += [*_troubles(snapshot), *_marks(device), Facts(rows=rows)]
    if says := identity_rows(snapshot):
        blocks.append(Facts(rows=tuple(says), heading=tell("devices.identity")))
    if values := value_rows(snapshot):
        blocks.append(Facts(rows=tuple(values), heading=tell("devices.values")))
    return shift.composer.screen(
        shift.say, "device", title=device.title, sentence=state_word(device), blocks=tuple(blocks)
    )


def _troubles(snapshot: Snapshot) -> list[Note]:
    """What is wrong with it and what to do, in the catalogue's words; the technician's detail with it."""
    found = list(snapshot.status.faults) if snapshot.status is not None else []
    if snapshot.link is not Link.HERE and snapshot.fault is not None:
        found.append(snapshot.fault)
    return [
        Note(
            title=fault_word(each.code.value),
            text=tell("devices.cure", cure=cure_of(each.code.value), code=each.code.value),
            kind=NoteKind.ATTENTION,
        )
        for each in found
    ]


def _marks(device: Known) -> list[Note]:
    """What must not be taken for the real thing."""
    if getattr(device.snapshot.capabilities, "stand_in_decoder", False) or not device.real:
        return [Note(text=tell("devices.stand_in"), kind=NoteKind.INFO)]
    return []


def _ways(device: Known) -> tuple[Tile, ...]:
    return (
        Tile(id=TEST, title=tell("devices.test"), note=tell("devices.test_note"), icon=Icon.CHECK, span=2),
        Tile(id=RESTART, title=tell("devices.restart"), icon=Icon.WRENCH),
        Tile(id=FAULTS, title=tell("devices.faults"), icon=Icon.LIST),
        Tile(id=OUTPUT, title=tell("devices.output"), icon=Icon.DOCUMENT),
        Tile(id=PAUSE, title=tell("devices.resume" if device.paused else "devices.pause"), icon=Icon.CLOCK),
    )


def restarting(shift: Shift, title: str) -> Screen:
    """Its host is ended and another one opens the device."""
    return shift.composer.screen(
        shift.say,
        "device_restarting",
        title=tell("devices.restarting"),
        sentence=title,
        blocks=(Picture(drawing=Drawing.WAITING, name=tell("devices.restarting")),),
        back=False,
        leave=False,
    )
