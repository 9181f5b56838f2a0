"""The clock: this machine's against the platform's, and whether something keeps it right. Nothing here sets it: a clock that jumps
under a running kiosk makes papers with the wrong time, so whoever answers for the machine does it, with the program stopped."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from drivers.link.within import within
from kiosk.gateways.fault import GatewayFault
from kiosk.locales.staff import tell
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.tasks.limits import limits
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import (
    Action,
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

_ASK_SECONDS = 3.0


class Kept(StrEnum):
    """Whether the system keeps its clock by the network's time."""

    SYNCHRONISED = "synchronised"
    WAITING = "waiting"
    OFF = "off"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Looked:
    """What was found. `offset`: this clock minus the platform's, seconds, within `unsure` (half the answer's time); None: the
    platform could not be asked."""

    offset: float | None
    unsure: float
    kept: Kept


async def run(shift: Shift, tools: Toolbox) -> None:
    """Look, tell, look again when wanted."""
    while True:
        looked = await shift.ask_while(partial(looking_screen, shift), look(tools))
        assert isinstance(looked, Looked), "this screen has no answers"
        offset = None if looked.offset is None else round(looked.offset, 3)
        shift.act("clock.checked", offset=offset, kept=looked.kept.value)
        answer = await shift.ask(partial(clock_screen, shift, looked, tools.now().astimezone(tools.site.zone)))
        if answer.action != "again":
            return


async def look(tools: Toolbox) -> Looked:
    """Ask the platform for its time and the system how it keeps its own."""
    kept = await kept_by()
    began = time.monotonic()
    try:
        health = await tools.platform.health()
    except GatewayFault:
        return Looked(None, 0.0, kept)
    took = time.monotonic() - began
    return Looked((tools.now() - health.time).total_seconds() - took / 2, took / 2, kept)


async def kept_by() -> Kept:
    """Ask systemd's timedatectl; UNKNOWN where there is none, or nothing that it could ask."""
    program = shutil.which("timedatectl")
    if program is None:
        return Kept.UNKNOWN
    process = await asyncio.create_subprocess_exec(
        program,
        "show",
        "--property=NTP",
        "--property=NTPSynchronized",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        out, _ = await within(_ASK_SECONDS, process.communicate())
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        return Kept.UNKNOWN
    return read_kept(out.decode("ascii", "replace")) if process.returncode == 0 else Kept.UNKNOWN


def read_kept(told: str) -> Kept:
    """Read the two lines of `timedatectl show`."""
    values = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    match values.get("NTP"), values.get("NTPSynchronized"):
        case _, "yes":
            return Kept.SYNCHRONISED
        case "yes", "no":
            return Kept.WAITING
        case "no", "no":
            return Kept.OFF
    return Kept.UNKNOWN


def clock_screen(shift: Shift, looked: Looked, now: datetime) -> Screen:
    """This clock, the difference, who keeps it, and what to do."""
    own = limits().clock
    off = None if looked.offset is None else abs(looked.offset)
    well = off is not None and off <= own.well + looked.unsure
    if looked.offset is None:
        word, note = tell("clock.unasked"), tell("clock.unasked_how")
    else:
        word = tell("clock.fast" if looked.offset >= 0 else "clock.slow", seconds=f"{abs(looked.offset):.1f}")
        note = (
            tell("clock.well_how") if well else tell("clock.limit_how" if off and off > own.limit else "clock.off_how")
        )
    kept_well = looked.kept is Kept.SYNCHRONISED
    rows = (
        Check(label=tell("clock.offset"), state=CheckState.OK if well else CheckState.MISSING, word=word, note=note),
        Check(
            label=tell("clock.kept"),
            state=CheckState.OK if kept_well else CheckState.WAITING,
            word=tell(f"clock.kept_{looked.kept.value}"),
            note=tell(f"clock.kept_{looked.kept.value}_how"),
        ),
    )
    blocks: list[Block] = [
        Facts(rows=(Fact(label=tell("clock.here"), value=f"{now:%Y-%m-%d %H:%M:%S}", icon=Icon.CLOCK),)),
        Checks(rows=rows),
    ]
    if not well and looked.offset is not None:
        blocks.append(Note(text=tell("clock.never_silently"), kind=NoteKind.INFO))
    return shift.composer.screen(
        shift.say,
        "clock",
        title=tell("clock.title"),
        sentence=tell("clock.sentence"),
        blocks=tuple(blocks),
        actions=(Action(id="again", label=tell("clock.again")),),
        home=True,
    )


def looking_screen(shift: Shift) -> Screen:
    """While the platform is asked."""
    return shift.composer.screen(
        shift.say,
        "clock_looking",
        title=tell("clock.looking"),
        blocks=(Picture(drawing=Drawing.WAITING, name=tell("clock.looking")),),
    )
