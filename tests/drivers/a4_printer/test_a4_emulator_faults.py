"""The six verbs that every emulator has, at the A4 printer: each kind of fault, what the driver says of it, and well again."""

from __future__ import annotations

import time

import pytest

from drivers.contract.a4_printer import PageMoved, PageOut
from drivers.contract.common import Cover, Readiness, Supply
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.a4_cups import CupsEmulator
from drivers.emulators.a4_faults import FAULTS, MACHINE_FAULTS, WIRE_FAULTS

from .conftest import Bench

TOLD_AS = {
    "silent": {FaultCode.LINK_SILENT},
    "drop": {FaultCode.LINK_SILENT},
    "garble": {FaultCode.LINK_GARBLED},
    "short": {FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT},
    "truncate": {FaultCode.LINK_GARBLED, FaultCode.LINK_SILENT},
    "http500": {FaultCode.LINK_GARBLED},
}
"""Of status; "slow" and "duplicate" are lived with."""


def test_each_kind_is_tried_here_and_the_queue_has_the_same(bench: Bench):
    assert {*TOLD_AS, "slow", "duplicate"} == set(WIRE_FAULTS)
    assert set(bench.printer.FAULTS) == set(FAULTS) == set(CupsEmulator.FAULTS)
    assert {"unplug", "replug", "fault", "clear_faults", "present", "withdraw"} <= set(bench.printer.verbs())


@pytest.mark.parametrize("kind", TOLD_AS)
def test_a_wire_that_is_not_right_is_a_fault(bench: Bench, kind: str):
    bench.printer.do("fault", kind=kind, operation="get-printer-attributes")

    def ask_often() -> None:
        for _ in range(20):  # six changed bytes of six hundred may all hit letters of a name
            bench.driver.status()

    with pytest.raises(DeviceFault) as error:
        ask_often()
    assert error.value.fault.code in TOLD_AS[kind]
    bench.printer.do("clear_faults")
    assert bench.driver.status().readiness is Readiness.READY


@pytest.mark.parametrize("kind", ["slow", "duplicate"])
def test_what_can_be_lived_with_prints_once(bench: Bench, kind: str):
    bench.printer.do("fault", kind=kind, seconds=0.1)
    assert bench.print(["one"]).pages == (PageOut.EJECTED,)
    assert len(bench.sheets_out) == 1


def test_a_printer_slower_than_its_answers_may_take_is_silent(bench: Bench):
    bench.printer.do("fault", kind="slow", seconds=1.0)
    with pytest.raises(DeviceFault, match="link_silent"):
        bench.driver.status()


@pytest.mark.parametrize(
    ("kind", "paper", "cover", "code"),
    [
        ("paper_low", Supply.LOW, Cover.CLOSED, None),
        ("paper_out", Supply.OUT, Cover.CLOSED, FaultCode.PAPER_OUT),
        ("cover", Supply.OK, Cover.OPEN, FaultCode.COVER_OPEN),
    ],
)
def test_what_goes_wrong_with_the_machine_is_named(bench: Bench, kind, paper, cover, code):
    bench.printer.do("fault", kind=kind)
    status = bench.driver.status()
    assert (status.paper, status.cover) == (paper, cover)
    assert (code is None) or [fault.code for fault in status.faults] == [code]
    bench.printer.do("clear_faults")
    assert (bench.driver.status().paper, bench.driver.status().sheets) == (Supply.OK, 100)


def test_a_jam_at_page_2(bench: Bench):
    assert set(MACHINE_FAULTS) == {"jam", "paper_low", "paper_out", "cover", "die_mid_command"}
    bench.printer.do("fault", kind="jam", at_page=2)
    assert bench.print(["one", "two"]).pages == (PageOut.EJECTED, PageOut.CANCELED)
    bench.printer.do("clear_faults")
    assert bench.driver.status().readiness is Readiness.READY


def test_power_lost_in_mid_command_and_a_cable_put_back(make_bench):
    bench: Bench = make_bench(seconds_per_page=0.1)

    def die(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("fault", kind="die_mid_command")

    began = time.monotonic()
    done = bench.print(["one"], on_event=die)
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN,), FaultCode.JOB_LOST)
    assert time.monotonic() - began < 3
    bench.printer.do("clear_faults")
    bench.printer.do("replug")
    assert bench.driver.status().readiness is Readiness.READY
    assert bench.sheets_out == []


def test_a_visitor_takes_the_paper(bench: Bench):
    assert bench.printer.do("present") is False
    assert bench.printer.do("withdraw") is False
    bench.print(["one"])
    assert bench.printer.do("withdraw") is True
    assert bench.printer.state()["in_exit"] == 0
