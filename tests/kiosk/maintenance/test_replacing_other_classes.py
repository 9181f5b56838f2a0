"""Printers and scanners are replaced by others of another line or protocol: the real kit, real hosts, emulators' hands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.client import Link, is_ready
from drivers.contract.code_scanner import ReadCode
from drivers.contract.common import DeviceClass, Done
from drivers.contract.receipt_printer import Line, PrintSlip
from kiosk.conformity import Kit
from tests.kiosk.maintenance.test_replacing import Says, bound_to
from tests.kiosk.maintenance.test_replacing_with_the_kit import Technician, acts_of
from tests.support.bench import Run, on_stage
from tests.support.scripted import doing
from tests.support.shift import TECHNICIAN, shift

GOOD = ["began", "unplugged", "chosen", "tested", "signed", "bound", "replaced"]
Serves = Callable[[Run], Awaitable[None]]


async def prints_a_slip(run: Run) -> None:
    printer = run.kiosk.devices.of(DeviceClass.RECEIPT_PRINTER)
    assert printer is not None
    assert isinstance(await printer.call(PrintSlip(parts=(Line(text="取号 A001"),)), seconds=8.0), Done)


async def reads_a_code(run: Run) -> None:
    scanner = run.kiosk.devices.of(DeviceClass.CODE_SCANNER)
    assert scanner is not None
    reading = asyncio.ensure_future(scanner.call(ReadCode(), seconds=8.0))
    await asyncio.sleep(0.5)
    await run.bench.do("spare", "show_code", {"text": "KX-1"})
    assert (await reading).data.reveal() == b"KX-1"


async def walk(run: Run, technician: Technician, serves: Serves) -> None:
    """Through the wizard; then a start has it, and it does its work."""
    run.window.script = technician.script()
    acts = await shift(run, code=TECHNICIAN)
    assert acts_of(acts) == GOOD, (acts, run.window.names)
    name = technician.device
    assert bound_to(run, name).driver == technician.driver
    client = run.kiosk.devices.named(name)
    assert (client.snapshot.link, is_ready(client.snapshot)) == (Link.HERE, True)
    await serves(run)
    print(len(technician.touches), technician.touches)


def slips(run: Run, device: str) -> int:
    """How many slips were cut, counted at the far end."""
    return len(list((run.stage.folder / "wire" / device).glob("slip-*.json")))


WORDS = ("58 毫米", "19200", "不用流控")
"""What is chosen where the wizard asks: the paper's width, and of a serial line its speed and its handshake."""


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [("tcp", "usb"), ("pty", "tcp"), ("tcp", "pty")])
def test_a_receipt_printer_is_replaced_by_one_on_another_line(tmp_path: Path, before: str, after: str) -> None:
    async def go() -> None:
        options = {"spare": {"link": after, "speed": 0.0}, "receipt_printer": {"link": before, "speed": 0.0}}
        async with on_stage(tmp_path, {}, spares={"spare": "escpos"}, options=options, conformity=Kit()) as run:
            reached = run.stage.spares["spare"]
            address = f"{reached['host']}:{reached['port']}" if after == "tcp" else ""
            await walk(
                run,
                Technician(run, "receipt_printer", "spare", "escpos", settings=WORDS, address=address),
                prints_a_slip,
            )
            settings = bound_to(run, "receipt_printer")
            assert (settings.place is None) == (after == "tcp")
            assert ("host" in settings.settings) == (after == "tcp"), "nothing of the old one's line"
            assert "path" not in settings.settings
            assert (settings.settings["dots"], settings.settings["columns"]) == (384, 32)
            assert settings.settings["fonts"], "and its letters are kept: a name that the printer lacks is still drawn"
            assert slips(run, "receipt_printer") == 0
            assert slips(run, "spare") > 5

    asyncio.run(go())


@pytest.mark.slow
def test_a_scanner_on_a_serial_line_is_replaced_by_one_that_types(tmp_path: Path) -> None:
    async def go() -> None:
        classes = (DeviceClass.CODE_SCANNER,)
        spares = {"spare": "keyboard_wedge"}
        async with on_stage(tmp_path, {}, spares=spares, classes=classes, conformity=Kit()) as run:
            await walk(
                run, Technician(run, "code_scanner", "spare", "keyboard_wedge", settings=("回车",)), reads_a_code
            )

    asyncio.run(go())


@pytest.mark.slow
def test_a_printer_on_the_network_is_replaced_by_one_whose_address_is_typed(tmp_path: Path) -> None:
    async def go() -> None:
        spares, options = {"spare": "ipp"}, {"spare": {"seconds_per_page": 0.1}}
        async with on_stage(tmp_path, {}, spares=spares, options=options, conformity=Kit()) as run:
            settings = run.stage.spares["spare"]
            address = str(settings["uri"]).removeprefix("ipp://").partition("/")[0]
            await walk(run, Technician(run, "a4_printer", "spare", "ipp", address=address), still_there)

    asyncio.run(go())


async def still_there(run: Run) -> None:
    """The page that counts is the visit's; here the printer answers for itself."""
    status: Any = run.kiosk.devices.named("a4_printer").snapshot.status
    assert status.impressions is not None


def test_a_scanner_is_replaced_by_one_that_types_and_by_itself_again(tmp_path: Path) -> None:
    """The way without the kit's minutes: both buses, both drivers, the binding."""

    async def go() -> None:
        classes = (DeviceClass.CODE_SCANNER,)
        spares = {"spare": "keyboard_wedge"}
        async with on_stage(tmp_path, {}, spares=spares, classes=classes, conformity=Says()) as run:
            there = Technician(run, "code_scanner", "spare", "keyboard_wedge", settings=("回车",))
            await walk(run, there, reads_a_code)
            back = Technician(run, "code_scanner", "code_scanner", "serial_scanner", settings=("115200",))
            run.window.script = {**back.script(), "staff_replace_unplug": doing(lambda: there.do("spare", "unplug"))}
            assert acts_of(await shift(run, code=TECHNICIAN)) == GOOD
            assert bound_to(run, "code_scanner").driver == "serial_scanner"

    asyncio.run(go())
