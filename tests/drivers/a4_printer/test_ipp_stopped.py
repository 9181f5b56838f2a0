"""What stops a print: jam, no paper, an open cover, a cancel, the deadline. What is called off never comes out later."""

from __future__ import annotations

import hashlib
import os
import time

import pytest

from drivers.contract.a4_printer import PageMoved, PageOut, Print
from drivers.contract.driver import Call
from drivers.contract.faults import FaultCode
from drivers.link import memfd

from .conftest import Bench, later, page, until

# --- jam, paper, cover, toner


def test_a_jam_at_page_2_of_3(bench: Bench):
    bench.printer.do("jam", at_page=2)
    done = bench.print(["one", "two", "three"])
    assert done.pages == (PageOut.EJECTED, PageOut.CANCELED, PageOut.QUEUED)
    assert done.fault_code == FaultCode.PAPER_JAM
    assert (done.counter_before, done.counter_after) == (1000, 1001)
    bench.printer.do("clear_jam")
    time.sleep(0.1)
    assert [name for name, _ in bench.sheets_out] == ["S-1/1-3"], "the cancelled page must not come out after the jam"
    assert bench.job_names == ["S-1/1-3", "S-1/2-3"], "page 3 was never sent"


def test_a_jam_that_is_cleared_in_time_is_none(make_bench):
    bench: Bench = make_bench(settings={"stop_seconds": 5.0})
    bench.printer.do("jam", at_page=1)
    later(lambda: bench.printer.state()["jammed"], lambda: bench.printer.do("clear_jam"))
    assert bench.print(["one", "two"]).pages == (PageOut.EJECTED, PageOut.EJECTED)
    assert len(bench.sheets_out) == 2


@pytest.mark.parametrize("counter", [True, False])
def test_a_page_called_off_after_paper_moved_is_unknown(make_bench, counter):
    """Two sheets came to be for one page (an issuer's mistake); the first is out when the second jams: not "cancelled"."""
    bench: Bench = make_bench(counter=counter, tray_sensor=False)
    bench.printer.do("jam", at_page=2)
    content = page("one", "and its second side")
    fd = memfd.seal(content)
    command = Print(serial="S", owner="o", fence=1, digests=(hashlib.sha256(content).hexdigest(),))
    done = bench.driver.perform(command, Call(10, lambda event, fds: None, [fd]))
    os.close(fd)
    assert len(bench.sheets_out) == 1
    assert done.fault_code == FaultCode.PAPER_JAM
    # A printer that counts nothing says "canceled", and nothing contradicts it.
    assert done.pages == ((PageOut.UNKNOWN if counter else PageOut.CANCELED),)


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("empty", {}, FaultCode.PAPER_OUT),
        ("cover", {"open": True}, FaultCode.COVER_OPEN),
        ("toner", {"level": "empty"}, FaultCode.TONER_OUT),
        ("reason", {"keyword": "output-area-full"}, FaultCode.TRAY_FULL),
        ("reason", {"keyword": "paused"}, FaultCode.PRINTER_STOPPED),
    ],
)
def test_what_is_wrong_beforehand_keeps_every_page_back(bench: Bench, verb, arguments, code):
    bench.printer.do(verb, **arguments)
    done = bench.print(["one", "two"])
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED, PageOut.QUEUED), code)
    assert bench.job_names == []


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("empty", {}, FaultCode.PAPER_OUT),
        ("cover", {"open": True}, FaultCode.COVER_OPEN),
        ("toner", {"level": "empty"}, FaultCode.TONER_OUT),
    ],
)
def test_what_goes_wrong_during_a_page_calls_it_off(make_bench, verb, arguments, code):
    bench: Bench = make_bench(seconds_per_page=0.1)
    bench.events.clear()
    later(
        lambda: PageMoved(2, PageOut.SENT, 2) in bench.events,
        lambda: bench.printer.do(verb, **arguments),
    )
    done = bench.print(["one", "two", "three"])
    assert (done.pages, done.fault_code) == ((PageOut.EJECTED, PageOut.CANCELED, PageOut.QUEUED), code)
    assert len(bench.sheets_out) == 1


def test_the_last_sheet_prints_and_the_next_page_stays_back(make_bench):
    bench: Bench = make_bench(sheets=1)
    done = bench.print(["one", "two"])
    assert (done.pages, done.fault_code) == ((PageOut.EJECTED, PageOut.QUEUED), FaultCode.PAPER_OUT)


def test_after_a_refill_the_next_print_works_by_itself(make_bench):
    bench: Bench = make_bench(sheets=0)
    assert bench.print().fault_code == FaultCode.PAPER_OUT
    bench.printer.do("load", sheets=20)
    assert bench.print(fence=2, serial="S-2").pages == (PageOut.EJECTED,)
    assert bench.sheets_out == [("S-2/1-1", 1001)], "nothing of the first print comes out later"


# --- cancel and deadline


def test_a_cancel_stops_at_the_page_under_way(make_bench):
    bench: Bench = make_bench(seconds_per_page=0.3)

    def cancel_at_2(event: PageMoved) -> None:
        if event == PageMoved(2, PageOut.SENT, 2):
            call.cancel()

    call, run = bench.start(["one", "two", "three"], on_event=cancel_at_2)
    began = time.monotonic()
    done = run()
    assert (done.pages, done.fault_code) == (
        (PageOut.EJECTED, PageOut.CANCELED, PageOut.QUEUED),
        FaultCode.JOB_CANCELED,
    )
    assert time.monotonic() - began < 1.5
    time.sleep(0.4)
    assert len(bench.sheets_out) == 1


def test_a_cancel_that_comes_too_late_says_completed(make_bench):
    """The page is out before the printer hears of the cancel: it must not be called cancelled."""
    bench: Bench = make_bench(settings={"poll_seconds": 0.6})

    def cancel_when_out(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            until(lambda: len(bench.sheets_out) == 1)
            until(lambda: bench.printer.state()["printer_state"] == 3)
            call.cancel()

    call, run = bench.start(["one", "two"], on_event=cancel_when_out)
    done = run()
    assert done.pages[0] in (PageOut.COMPLETED, PageOut.EJECTED)
    assert done.pages[1] is PageOut.QUEUED
    assert done.fault_code == FaultCode.JOB_CANCELED


def test_the_deadline_calls_the_page_off_in_time(make_bench):
    bench: Bench = make_bench(seconds_per_page=30)
    began = time.monotonic()
    done = bench.print(seconds=2.5)
    assert time.monotonic() - began < 2.5
    assert (done.pages, done.fault_code) == ((PageOut.CANCELED,), FaultCode.DEADLINE)


def test_the_deadline_counts_between_two_pages_too(make_bench):
    bench: Bench = make_bench(settings={"lost_seconds": 60.0})

    def vanish(event: PageMoved) -> None:
        if event.out is PageOut.EJECTED:
            bench.printer.do("unplug")

    began = time.monotonic()
    done = bench.print(["one", "two"], seconds=2.5, on_event=vanish)
    assert time.monotonic() - began < 2.5
    assert (done.pages, done.fault_code) == ((PageOut.EJECTED, PageOut.QUEUED), FaultCode.DEVICE_GONE)


def test_a_printer_that_never_ends_a_job_is_stopped(make_bench):
    bench: Bench = make_bench(seconds_per_page=30, settings={"page_seconds": 0.3})
    done = bench.print()
    assert (done.pages, done.fault_code) == ((PageOut.CANCELED,), FaultCode.PRINTER_STOPPED)


def test_a_job_that_somebody_cancels_at_the_panel(make_bench):
    bench: Bench = make_bench(seconds_per_page=30)
    machine = bench.printer._machine
    later(lambda: 1 in machine.jobs and machine.jobs[1].state == 5, lambda: machine.cancel(machine.jobs[1]))
    done = bench.print()
    assert (done.pages, done.fault_code) == ((PageOut.CANCELED,), FaultCode.JOB_CANCELED)
