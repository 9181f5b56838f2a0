"""The last lines that a device's driver said, and more of them for a limited time: it goes back by itself."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from drivers.client import Detail, DeviceClient, Line
from kiosk.locales.staff import tell
from kiosk.maintenance.devices.known import device_title
from kiosk.maintenance.devices.live import ask_live
from kiosk.maintenance.devices.words import clock
from kiosk.maintenance.shift import Shift
from kiosk.maintenance.toolbox import Toolbox
from kiosk.screens.parts import Action, ActionKind, Fact, Facts, Note
from kiosk.screens.screen import Screen

DEBUG_SECONDS = 600.0
"""Ten minutes: to do what fails once more and read what it says, and never forgotten over night."""

SHOWN = 40


async def run(shift: Shift, tools: Toolbox, name: str) -> None:
    """Show what is said, as it is said, until 返回."""
    client = tools.devices.named(name)
    while True:
        answer = await ask_live(shift, lambda: said(shift, device_title(tools, name), client.heard, client.detail))
        debug = answer.action == "debug"
        shift.act("device.detail", device=name, seconds=DEBUG_SECONDS if debug else 0)
        _tell(client, debug=debug)


def _tell(client: DeviceClient, *, debug: bool) -> None:
    client.debug_for(DEBUG_SECONDS if debug else 0.0)


def said(shift: Shift, title: str, lines: Sequence[Line], detail: Detail) -> Screen:
    """The newest first."""
    rows = tuple(Fact(label=clock(line.at), value=_line(line)) for line in reversed(lines[-SHOWN:]))
    louder = detail is Detail.DEBUG
    action = (
        Action(id="normal", label=tell("devices.debug_off"), kind=ActionKind.SECONDARY)
        if louder
        else Action(id="debug", label=tell("devices.debug_on", minutes=f"{DEBUG_SECONDS / 60:.0f}"))
    )
    return shift.composer.screen(
        shift.say,
        "device_output",
        title=tell("devices.output"),
        sentence=tell("devices.output_debug" if louder else "devices.output_sentence", device=title),
        blocks=(Facts(rows=rows) if rows else Note(text=tell("devices.output_none")),),
        actions=(action,) if shift.may_change else (),
    )


def _line(line: Line) -> str:
    """Its level where it is worth a word: warnings and worse."""
    return (
        line.text
        if line.level < logging.WARNING
        else tell("devices.output_error" if line.level >= logging.ERROR else "devices.output_warning", text=line.text)
    )
