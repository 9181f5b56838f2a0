"""Buses and devices with their live state: what serves, what hangs there that no driver serves, which buses nobody could ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drivers.buses.places import unclaimed
from drivers.buses.table import Answer, BusState, Table
from drivers.client import Snapshot
from drivers.contract.bus import Bus
from drivers.contract.faults import catalogue
from kiosk.locales.staff import tell
from kiosk.maintenance.devices import faults, page
from kiosk.maintenance.devices.known import Known, known
from kiosk.maintenance.devices.live import ask_live
from kiosk.maintenance.devices.words import (
    fault_word,
    port_text,
    state_icon,
    state_word,
    thing_title,
    where_text,
)
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Block, Check, Checks, CheckState, Icon, Note, NoteKind, Tile, Tiles
from kiosk.screens.screen import Screen
from kiosk.visit import Backed

DEVICE, FAULTS, OTHERS = "device:", "faults", "others"


async def run(shift: Shift, tools: Toolbox) -> None:
    """Show the tree until 返回. While it is shown every bus is asked, not only those that the profile uses."""
    watch = tools.devices.bus_watch(tuple(Bus))
    await watch.start()
    try:
        while True:
            answer = await ask_live(shift, lambda: _now(shift, tools, watch.table()))
            try:
                if answer.action == FAULTS:
                    await faults.run(shift, tools, None)
                elif answer.action == OTHERS:
                    await ask_live(shift, lambda: others(shift, watch.table()))
                else:
                    await page.run(shift, tools, answer.action.removeprefix(DEVICE))
            except Backed:
                continue
    finally:
        await watch.stop()


def _now(shift: Shift, tools: Toolbox, table: Table) -> Screen:
    return tree(shift, [known(tools, name, table) for name in tools.devices.names()], table)


def tree(shift: Shift, devices: Sequence[Known], table: Table) -> Screen:
    """Devices by the bus that they hang on, the others by their address."""
    by_bus: dict[Bus | None, list[Known]] = {}
    for device in devices:
        place = device.bound.place
        by_bus.setdefault(place.bus if place is not None else None, []).append(device)
    blocks: list[Block] = []
    if left_out := [tell(f"kinds.{each.snapshot.device_class.value}") for each in devices if each.left_out]:
        text = tell("devices.left_out", names=tell("devices.comma").join(left_out))
        blocks.append(Note(text=text, kind=NoteKind.ATTENTION))
    for bus in (*Bus, None):
        if bus in by_bus:
            heading = tell("devices.by_address") if bus is None else tell(f"devices.bus_{bus.value}")
            blocks.append(Tiles(tiles=tuple(_tile(device) for device in by_bus[bus]), heading=heading))
    blocks.append(Tiles(tiles=_more(table), columns=2))
    return shift.composer.screen(
        shift.say,
        "devices",
        title=tell("devices.title"),
        sentence=tell("devices.sentence"),
        blocks=tuple(blocks),
        home=True,
    )


def _more(table: Table) -> tuple[Tile, ...]:
    note = tell("devices.others_note", things=len(unclaimed(table)), buses=len(_unasked(table)))
    return (
        Tile(id=FAULTS, title=tell("devices.faults"), note=tell("devices.faults_note"), icon=Icon.LIST),
        Tile(id=OTHERS, title=tell("devices.others"), note=note, icon=Icon.SEARCH),
    )


def _tile(device: Known) -> Tile:
    words = [state_word(device)]
    worst = _worst(device.snapshot)
    if worst and not device.left_out:
        words.append(fault_word(worst))
    if device.there is not None:
        words.append(where_text(device))
    return Tile(
        id=f"{DEVICE}{device.snapshot.name}",
        title=device.title,
        note=tell("devices.dot").join(words),
        icon=Icon.CLOCK if device.left_out or device.paused else state_icon(device.snapshot),
    )


def _worst(snapshot: Snapshot) -> str:
    """The code of what is wrong with it; "" when nothing is."""
    if snapshot.status is not None and snapshot.status.faults:
        return str(snapshot.status.faults[0].code.value)
    return snapshot.fault.code.value if snapshot.fault is not None else ""


# --- what is not ours


def others(shift: Shift, table: Table) -> Screen:
    """What hangs on the machine and no driver serves, and the buses that could not be asked: more may be there."""
    rows = [*_things(table), *(_bus(state) for state in _unasked(table))]
    return shift.composer.screen(
        shift.say,
        "devices_others",
        title=tell("devices.others"),
        sentence=tell("devices.others_sentence" if rows else "devices.others_none"),
        blocks=(Checks(rows=tuple(rows)),) if rows else (),
    )


def _things(table: Table) -> Iterable[Check]:
    for thing in unclaimed(table):
        yield Check(
            label=thing_title(thing),
            state=CheckState.WAITING,
            word=tell(f"devices.bus_{thing.bus.value}"),
            note=tell("devices.unclaimed", where=port_text(thing.path), node=thing.node),
        )


def _bus(state: BusState) -> Check:
    bus = tell(f"devices.bus_{state.bus.value}")
    if state.fault is None:
        return Check(label=bus, state=CheckState.WAITING, word=tell("devices.bus_asking"))
    entry = catalogue()[state.fault.code]
    note = tell("devices.bus_why", cause=entry.cause, cure=entry.cure)
    return Check(label=bus, state=CheckState.MISSING, word=tell("devices.bus_failed"), note=note)


def _unasked(table: Table) -> tuple[BusState, ...]:
    return tuple(state for state in table.states if state.answer is not Answer.LISTED)
