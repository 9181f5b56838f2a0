"""The whole way: a made-up machine, the process, and the table in the core; nothing that happens to the process harms the core."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from drivers.buses.__main__ import fitting
from drivers.buses.client import BusWatch, Supervision
from drivers.buses.messages import Sources
from drivers.buses.table import Answer, BusState, Changed, Table
from drivers.contract.bus import Attached, Bus
from drivers.contract.faults import FaultCode

from .conftest import PACES
from .machine import Machine

KERNEL = (Bus.USB, Bus.SERIAL, Bus.V4L2, Bus.EVDEV)
QUICKLY = Supervision(ping_every=0.1, ping_answer=0.5, start=5, end=0.3)


class Seen:
    """The changes, as the core gets them."""

    def __init__(self) -> None:
        self.changes: list[Changed] = []
        self.watch: BusWatch | None = None

    def __call__(self, change: Changed) -> None:
        self.changes.append(change)

    async def until(self, true: Callable[[Table], bool], seconds: float = 5.0) -> float:
        began = time.monotonic()
        assert self.watch is not None
        while not true(self.watch.table()):
            assert time.monotonic() - began < seconds, self.watch.table()
            await asyncio.sleep(0.005)
        return time.monotonic() - began


@asynccontextmanager
async def watching(
    sources: Sources, *buses: Bus, supervision: Supervision = QUICKLY
) -> AsyncIterator[tuple[BusWatch, Seen]]:
    seen = Seen()
    watch = seen.watch = BusWatch(buses, seen, sources=sources, paces=PACES, supervision=supervision)
    assert all(state.answer is Answer.UNKNOWN for state in watch.table().states), "not asked yet is not absent"
    await watch.start()
    try:
        await watch.settled(10)
        yield watch, seen
    finally:
        await watch.stop()


def nodes(table: Table, bus: Bus) -> list[str]:
    return [os.path.basename(thing.node) for thing in table.state(bus).things]


def test_plugged_in_and_pulled_out(machine: Machine, sources: Sources):
    async def run() -> None:
        async with watching(sources, *KERNEL) as (watch, seen):
            assert watch.table().settled()
            assert watch.table().things() == ()
            assert watch.table().state(Bus.PCSC).answer is Answer.UNKNOWN, "nobody asked it"
            reader = machine.usb("1.2", serial="SN")
            machine.usb_serial(reader, 0)
            machine.camera(machine.usb("3"), 0)
            await seen.until(lambda table: len(table.things()) == 4)
            assert nodes(watch.table(), Bus.SERIAL) == ["ttyUSB0"]
            machine.unplug(reader)
            await seen.until(lambda table: nodes(table, Bus.SERIAL) == [])
            assert nodes(watch.table(), Bus.V4L2) == ["video0"]
            serial = [change for change in seen.changes if change.bus is Bus.SERIAL]
            assert [(len(change.came), len(change.gone)) for change in serial] == [(0, 0), (1, 0), (0, 1)]

    asyncio.run(run())


def test_a_thing_that_flickers_never_went(machine: Machine, sources: Sources):
    async def run() -> None:
        patient = msgspec.structs.replace(PACES.told, again=0.2)
        slow = msgspec.structs.replace(PACES, told=patient, blind=patient)
        machine.camera(machine.usb("1"), 0)
        seen = Seen()
        watch = seen.watch = BusWatch([Bus.V4L2], seen, sources=sources, paces=slow)
        await watch.start()
        await watch.settled(10)
        link = machine.sysfs / "class/video4linux/video0"
        target = os.readlink(link)
        link.unlink()
        await asyncio.sleep(0.15)
        link.symlink_to(target)
        await asyncio.sleep(0.4)
        await watch.stop()
        assert len(seen.changes) == 1

    asyncio.run(run())


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
def test_a_process_that_dies_or_hangs_is_started_again_and_forgets_nothing(
    machine: Machine, sources: Sources, kill: int
):
    async def run() -> None:
        machine.usb_serial(machine.usb("1"), 0)
        async with watching(sources, *KERNEL) as (watch, seen):
            first = watch.pid
            assert first is not None
            os.kill(first, kill)
            assert nodes(watch.table(), Bus.SERIAL) == ["ttyUSB0"]
            machine.usb_serial(machine.usb("2"), 1)
            took = await seen.until(lambda table: nodes(table, Bus.SERIAL) == ["ttyUSB0", "ttyUSB1"])
            assert watch.pid != first
            assert not any(change.gone for change in seen.changes)
            assert sum(change.bus is Bus.V4L2 for change in seen.changes) == 1, "what did not change is not told again"
            if kill != signal.SIGSTOP:
                assert took < 5, "a restart, and no waiting for it to hang (how long it takes: tests/benchmarks)"

    asyncio.run(run())


def test_a_process_that_cannot_live_makes_everything_unknown(sources: Sources, monkeypatch: pytest.MonkeyPatch):
    async def run() -> None:
        monkeypatch.setattr("sys.executable", "/bin/false")
        quick = Supervision(first_pause=0.01, longest_pause=0.02)
        async with watching(sources, Bus.USB, supervision=quick) as (watch, _):
            state = watch.table().state(Bus.USB)
            assert state.fault is not None
            assert (state.answer, state.fault.code) == (Answer.FAILED, FaultCode.HOST_DIED)

    asyncio.run(run())


def test_a_print_server_that_never_answers_harms_no_other_bus(machine: Machine, sources: Sources):
    async def run(silent: socket.socket) -> None:
        cups = f"ipp://127.0.0.1:{silent.getsockname()[1]}"
        async with watching(msgspec.structs.replace(sources, cups=cups), *KERNEL, Bus.IPP) as (watch, seen):
            fault = watch.table().state(Bus.IPP).fault
            assert fault is not None
            assert fault.code is FaultCode.LINK_SILENT
            machine.usb_serial(machine.usb("1"), 0)
            assert await seen.until(lambda table: nodes(table, Bus.SERIAL) == ["ttyUSB0"]) < 1

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(run(silent))


def test_the_core_never_waits(machine: Machine, sources: Sources):
    """A stopped process, a start and a stop of it: the loop turns all the while."""

    async def run() -> None:
        longest = 0.0

        async def turn() -> None:
            nonlocal longest
            while True:
                began = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - began - 0.005)

        turning = asyncio.create_task(turn())
        async with watching(sources, *KERNEL) as (watch, _):
            assert watch.pid is not None
            os.kill(watch.pid, signal.SIGSTOP)
            for _ in range(200):
                watch.ask_again()
            await asyncio.sleep(0.2)
        turning.cancel()
        assert longest < 0.5, f"the loop stood still for {longest:.3f} s"

    asyncio.run(run())


def test_a_technicians_search_is_answered_at_once(machine: Machine, sources: Sources):
    async def run() -> None:
        lazy = type(PACES.told)(every=60, later=60)
        seen = Seen()
        watch = seen.watch = BusWatch(
            [Bus.USB], seen, sources=sources, paces=msgspec.structs.replace(PACES, told=lazy, blind=lazy)
        )
        await watch.start()
        await watch.settled(10)
        machine.usb("1")
        watch.ask_again(Bus.USB)
        await seen.until(lambda table: len(table.things()) == 1, 2)
        await watch.stop()
        assert watch.pid is None

    asyncio.run(run())


def test_more_things_than_a_message_holds_are_not_called_absent():
    things = tuple(Attached(bus=Bus.SERIAL, path=f"port-{number}", node="n", model="x" * 100) for number in range(2000))
    few = BusState(bus=Bus.SERIAL, answer=Answer.LISTED, things=things[:500])
    assert fitting(few) is few
    many = fitting(BusState(bus=Bus.SERIAL, answer=Answer.LISTED, things=things))
    assert (many.answer, many.things) == (Answer.FAILED, ())
    assert many.fault is not None
    assert "2000 things" in many.fault.detail


def test_a_name_that_is_no_text_costs_its_bus_and_not_the_process():
    thing = Attached(bus=Bus.PCSC, path="p", node="reader \udcff 00 00")
    state = fitting(BusState(bus=Bus.PCSC, answer=Answer.LISTED, things=(thing,)))
    assert state.answer is Answer.FAILED
    assert state.fault is not None
    assert "no text" in state.fault.detail


def test_without_a_wanted_bus_there_is_no_process():
    async def run() -> None:
        watch = BusWatch([])
        await watch.start()
        assert (await watch.settled(1)).states == ()
        assert watch.pid is None
        await watch.stop()

    asyncio.run(run())


def test_the_process_is_small(machine: Machine, sources: Sources):
    """The limit of a device host (15 MB), libudev included. What CUPS, PC/SC and zeroconf need comes on top, where wanted."""

    async def run() -> None:
        async with watching(sources, *KERNEL) as (watch, _):
            smaps = Path(f"/proc/{watch.pid}/smaps_rollup").read_text()
            private = sum(int(kb) for kb in re.findall(r"^Private_\w+:\s+(\d+) kB", smaps, re.M))
            assert private < 15_000, smaps

    asyncio.run(run())
