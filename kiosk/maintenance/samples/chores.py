"""What keepers and technicians do with their hands: refilling, cleaning, aiming, listening; and what the machine says of clock and
network."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from drivers.client import Link
from drivers.contract.a4_printer import Status as A4Status
from drivers.contract.common import Cover, DeviceClass, Presence, Supply
from drivers.contract.faults import FaultCode, fault
from drivers.contract.receipt_printer import Status as SlipStatus
from kiosk.bindings.in_force import Why
from kiosk.locales.staff import tell
from kiosk.maintenance.comfort import Comfort
from kiosk.maintenance.replacing.standing import Doubt, Standing
from kiosk.maintenance.rights import Role
from kiosk.maintenance.samples.common import FULL, profile, shift
from kiosk.maintenance.tasks import (
    a4_paper,
    camera,
    cleaning,
    clock,
    comfort,
    network,
    receipt_roll,
    refill,
    screen_touch,
    trial,
    why,
    why_bindings,
)
from kiosk.maintenance.tasks.steps import Step, picture_step
from kiosk.maintenance.tasks.troubles import trouble
from kiosk.maintenance.tasks.ways import way_for
from kiosk.maintenance.toolbox import Trialed
from kiosk.opening.start import Because, Start, Way
from kiosk.screens.parts import Drawing
from kiosk.screens.screen import Screen, StepMark

_SINCE = 1_795_000_000.0


def screens() -> list[Screen]:
    """All of them, in the order of the tasks."""
    return [*_why(), *_refills(), *_cleaning(), *_screen_and_camera(), *_comfort(), *_clock_and_network(), *_trial()]


def _why() -> list[Screen]:
    here = shift(Role.KEEPER)
    found = [
        _problem("a4_printer", DeviceClass.A4_PRINTER, FaultCode.PAPER_OUT),
        _problem("id_reader", DeviceClass.ID_CARD_READER, FaultCode.PORT_ABSENT),
        _problem("receipt_printer", DeviceClass.RECEIPT_PRINTER, FaultCode.PAPER_LOW),
    ]
    doubts = (
        *(_standing(Doubt.REFUSED, each) for each in Why),
        _standing(Doubt.CHANGED),
        _standing(Doubt.UNTRIED),
    )
    return [
        why.asking_screen(here),
        why.list_screen(here, found, Counter({"device_fault": 2, "card_left": 1}), FULL),
        why.list_screen(here, [], Counter(), FULL),
        why.list_screen(here, [], None, FULL),
        why.list_screen(here, found, Counter({"card_left": 1}), Start(Way.HELD, 2, None, Because.TRIES)),
        why.list_screen(here, [], None, Start(Way.SAFE, 0, None, Because.BOOTS, 2)),
        why.list_screen(here, found[1:2], Counter(), FULL, (doubts[0], *doubts[-2:])),
        *(why_bindings.doubt_screen(here, each) for each in doubts),
        why_bindings.doubt_screen(here, doubts[0], failed=True),
        why_bindings.doubt_screen(shift(Role.KEEPER), doubts[1]),
        why.picture_screen(here, found[0], 0),
        why.picture_screen(here, found[1], 0),
        why.picture_screen(here, _problem("a4_printer", DeviceClass.A4_PRINTER, FaultCode.TONER_OUT), 0),
    ]


def _standing(doubt: Doubt, why_not: Why | None = None) -> Standing:
    known = None if why_not is Why.DEVICE else DeviceClass.ID_CARD_READER
    return Standing(name="id_reader", device_class=known, doubt=doubt, why=why_not)


def _problem(name: str, device_class: DeviceClass, code: FaultCode) -> why.Problem:
    return why.Problem(name, device_class, fault(code, since=_SINCE), way_for(device_class, code))


def _refills() -> list[Screen]:
    here, metres = shift(Role.KEEPER), tell("paper.metres", metres=50)
    roll = receipt_roll.steps(_device(SlipStatus(paper=Supply.OUT, cover=Cover.CLOSED)))
    full = A4Status(paper=Supply.JAMMED, cover=Cover.CLOSED, tray=Presence.PRESENT, sheets=0)
    tray = a4_paper.steps(_device(full))
    found = [_step("roll_step", step, number, roll) for number, step in enumerate(roll)]
    found += [_step("a4_step", step, number, tray) for number, step in enumerate(tray)]
    return [
        *found,
        _step("a4_step", a4_paper.page_step(), 0, (a4_paper.page_step(),)),
        refill.amount_screen(here, tell("paper.roll_amount_title"), {80: tell("paper.metres", metres=80), 50: metres}),
        receipt_roll.printing_screen(here),
        a4_paper.printing_screen(here),
        refill.clear_screen(here, tell("paper.strip_title"), tell("paper.strip_how"), Drawing.TEST_STRIP),
        refill.finished_screen(here, tell("paper.roll_done", metres=50), clear=True, sheets_left=None),
        refill.finished_screen(here, tell("paper.a4_done", sheets=500), clear=None, sheets_left=500),
        refill.none_screen(here, tell("paper.roll_none")),
        trouble(here, "strip_failed", tell("paper.strip_failed"), tell("paper.strip_failed_how"), fault(FaultCode.CUTTER_FAILED)),
        trouble(here, "page_failed", tell("paper.page_failed"), tell("paper.page_doubtful_how"), fault(FaultCode.PAPER_JAM)),
    ]  # fmt: skip


def _device(status: Any) -> Any:
    """A printer that senses this and nothing else."""
    return cast(Any, SimpleNamespace(snapshot=SimpleNamespace(link=Link.HERE, status=status)))


def _step(name: str, step: Step, number: int, of: tuple[Step, ...]) -> Screen:
    label = tell("paper.a4_label" if name == "a4_step" else "paper.roll_label")
    return picture_step(shift(Role.KEEPER), name, step, StepMark(index=number + 1, total=len(of), label=label))


def _cleaning() -> list[Screen]:
    here = shift(Role.KEEPER)
    rows = [
        (place, day)
        for (place, _, _), day in zip(cleaning.PLACES, ("2026-11-20", None, "2026-11-02", None), strict=True)
    ]
    return [
        cleaning.begin_screen(here, [(place, day, day != "2026-11-20") for place, day in rows]),
        cleaning.before_screen(here),
        cleaning.locked(here),
        *(cleaning.wipe_screen(here, place, drawing) for place, drawing, _ in cleaning.PLACES[1:]),
        cleaning.finished_screen(here, {"screen": True, "reader": True, "scanner": False, "lens": True}),
    ]


def _screen_and_camera() -> list[Screen]:
    here, panel = shift(), profile().panel.value()
    crosses = screen_touch.crosses_on(panel)
    return [
        screen_touch.begin_screen(here),
        screen_touch.colour_screen(here, (0, 255, 0)),
        screen_touch.spots_screen(here),
        screen_touch.cross_screen(here, crosses[0], 0),
        screen_touch.cross_screen(here, crosses[4], 4),
        screen_touch.result_screen(here, (0.8, 1.2, 2.4, 0.3, 1.0), correct=False),
        screen_touch.result_screen(here, (12.8, 11.2, 12.4, 10.3, 11.0), correct=True),
        screen_touch.result_screen(here, (12.8, 0.2, 2.4, 10.3, 1.0), correct=False, why="crooked"),
        screen_touch.tried_screen(here, met=True),
        screen_touch.tried_screen(here, met=False),
        camera.aiming(here),
        trouble(here, "camera_failed", tell("camera.failed"), tell("camera.failed_how"), fault(FaultCode.NO_FRAMES)),
    ]


def _comfort() -> list[Screen]:
    here, chosen = shift(Role.KEEPER), Comfort(day=0.8, night=0.35, ear=0.5, brightness=80)
    return [
        comfort.levels_screen(here, chosen, sound=True, lamp=True),
        comfort.levels_screen(here, Comfort(), sound=False, lamp=False),
        comfort.choose_screen(here, comfort.Level.DAY, chosen, (0.15, 0.3, 0.5, 0.65, 0.8, 1.0)),
        comfort.choose_screen(here, comfort.Level.BRIGHTNESS, chosen, (20, 40, 60, 80, 100)),
    ]


def _clock_and_network() -> list[Screen]:
    here, now = shift(), datetime(2026, 11, 20, 9, 41, 7, tzinfo=UTC)
    well = network.Row("interface", True, "eth0 192.0.2.21")
    rows = (
        well,
        network.Row("dns", True, "platform.example → 192.0.2.7"),
        network.Row("tcp", True, tell("network.tcp_found", port=443, ms=12)),
        network.Row("tls", True, tell("network.tls_found", name="platform.example", until="2027-05-01")),
        network.Row("platform", True, tell("network.platform_found", ms=86)),
    )
    broken = network.Row("dns", False, tell("network.broken"), tell("network.name_silent"), "name_silent")
    return [
        clock.looking_screen(here),
        clock.clock_screen(here, clock.Looked(0.4, 0.05, clock.Kept.SYNCHRONISED), now),
        clock.clock_screen(here, clock.Looked(-412.0, 0.05, clock.Kept.OFF), now),
        clock.clock_screen(here, clock.Looked(None, 0.0, clock.Kept.UNKNOWN), now),
        network.network_screen(here, ()),
        network.network_screen(here, rows),
        network.network_screen(here, (well, broken)),
    ]


def _trial() -> list[Screen]:
    here = shift()
    return [
        trial.begin_screen(here),
        trial.result_screen(here, Trialed("done", "taken", "KX-2026-0000123")),
        trial.result_screen(here, Trialed("left", refused=True)),
        trial.result_screen(here, Trialed("timed_out")),
    ]
