"""Printers that die, cables that are pulled, answers that never come: nothing twice, nothing claimed, everything traceable."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from drivers.a4_printer.ipp_client import IppClient, Job
from drivers.a4_printer.ipp_codec import Line
from drivers.a4_printer.ipp_handover import HandOver, NotTaken
from drivers.contract.a4_printer import PageMoved, PageOut, Trace
from drivers.contract.common import Presence
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode

from .conftest import Bench, later, page, until

BOTH_WAYS = pytest.mark.parametrize("create_job", [True, False], ids=["create-job", "print-job"])


def test_a_printer_that_is_not_there_has_nothing(bench: Bench):
    bench.printer.do("unplug")
    done = bench.print(["one", "two"])
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED, PageOut.QUEUED), FaultCode.DEVICE_GONE)
    for ask in (bench.driver.open, bench.driver.status, lambda: bench.perform(Trace("S-1", 2))):
        with pytest.raises(DeviceFault, match="device_gone"):
            ask()
    bench.printer.do("replug")
    assert bench.print(fence=2, serial="S-2").fault_code == ""


@pytest.mark.parametrize("after_sheet", [False, True])
def test_a_printer_that_dies_in_a_page_leaves_it_unknown(make_bench, after_sheet):
    bench: Bench = make_bench(seconds_per_page=0.1)

    def die_at_2(event: PageMoved) -> None:
        if event == PageMoved(2, PageOut.SENT, 2):
            bench.printer.do("die_mid_job", after_sheet=after_sheet)

    _, run = bench.start(["one", "two", "three"], on_event=die_at_2)
    done = run()
    assert done.pages == (PageOut.EJECTED, PageOut.UNKNOWN, PageOut.QUEUED)
    assert done.fault_code == FaultCode.JOB_LOST
    assert (done.counter_before, done.counter_after) == (1000, None)

    bench.printer.do("revive")
    traced = bench.perform(Trace("S-1", 3))
    assert traced.pages == (PageOut.UNKNOWN,) * 3, "its jobs went with its memory; nothing is claimed"
    assert traced.counter == (1002 if after_sheet else 1001), "the counter tells whether the sheet came out"
    assert traced.tray is Presence.PRESENT
    time.sleep(0.2)
    assert len(bench.sheets_out) == (2 if after_sheet else 1), "nothing is printed by itself after the revival"


def test_a_printer_that_comes_back_without_the_job_is_asked_and_believed(make_bench):
    bench: Bench = make_bench(settings={"lost_seconds": 5.0})

    def die_and_revive(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("die_mid_job", after_sheet=True)
            later(lambda: not bench.printer.state()["powered"], lambda: bench.printer.do("revive"))

    _, run = bench.start(on_event=die_and_revive)
    done = run()
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN,), FaultCode.JOB_LOST)
    assert (done.counter_before, done.counter_after) == (1000, 1001)


def test_another_job_with_the_same_number_is_not_ours(make_bench):
    """After a power cut some printers number their jobs from 1 again: the number of our lost page is then another's."""
    bench: Bench = make_bench(settings={"lost_seconds": 5.0})

    def revive_with_another() -> None:
        machine = bench.printer._machine
        machine._next_id = 1
        bench.printer._open_port, reopen = (lambda: None), bench.printer._open_port
        bench.printer.do("revive")
        machine.give_document(machine.new_job("somebody else's", {}), page("theirs"), "application/pdf", 1)
        until(lambda: machine.jobs[1].state == 9)
        reopen()

    def die(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("die_mid_job")
            later(lambda: not bench.printer.state()["powered"], revive_with_another)

    _, run = bench.start(on_event=die)
    done = run()
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN,), FaultCode.JOB_LOST)
    assert bench.sheets_out == [("somebody else's", 1001)]


def test_a_cable_pulled_during_a_page_and_put_back(make_bench):
    bench: Bench = make_bench(seconds_per_page=0.2, settings={"lost_seconds": 5.0})

    def pull(event: PageMoved) -> None:
        if event == PageMoved(1, PageOut.SENT, 1):
            bench.printer.do("unplug")
            later(lambda: len(bench.sheets_out) == 1, lambda: bench.printer.do("replug"))

    _, run = bench.start(["one", "two"], on_event=pull)
    assert run().pages == (PageOut.EJECTED, PageOut.EJECTED)
    assert len(bench.sheets_out) == 2


def test_a_cable_that_stays_out_leaves_a_trace(make_bench):
    bench: Bench = make_bench()

    def pull(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("unplug")

    _, run = bench.start(["one", "two"], on_event=pull)
    done = run()
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN, PageOut.QUEUED), FaultCode.JOB_LOST)
    bench.printer.do("replug")
    traced = bench.perform(Trace("S-1", 2))
    assert traced.pages == (PageOut.COMPLETED, PageOut.UNKNOWN)
    assert traced.counter == 1001


@BOTH_WAYS
def test_a_cable_pulled_just_before_a_page_leaves_it_with_its_owner(make_bench, create_job):
    """No connection, so the printer has nothing of the page: that is no doubt, and needs no asking."""
    bench: Bench = make_bench(create_job=create_job)
    settings = bench.driver.settings
    client = IppClient(settings.uri, settings.request_seconds)
    call = Call(10, lambda event, fds: None)
    hand_over = HandOver(client, settings, call, client.printer())
    bench.printer.do("unplug")
    began = time.monotonic()
    handed = hand_over.page("S-1/1-1", (), page("one"))
    assert isinstance(handed, NotTaken)
    assert handed.fault.code is FaultCode.DEVICE_GONE
    assert time.monotonic() - began < 0.3


def test_a_cable_pulled_between_job_and_document_leaves_the_page_with_its_owner(bench: Bench):
    @dataclass(frozen=True)
    class CableIsPulledAfterCreateJob(IppClient):
        def create_job(self, name: str, template: Sequence[Line]) -> Job:
            job = super().create_job(name, template)
            bench.printer.do("unplug")
            return job

    settings = bench.driver.settings
    client = CableIsPulledAfterCreateJob(settings.uri, settings.request_seconds)
    hand_over = HandOver(client, settings, Call(10, lambda event, fds: None), client.printer())
    handed = hand_over.page("S-1/1-1", (), page("one"))
    assert isinstance(handed, NotTaken), "a job without its document is nothing that could come out"
    assert handed.fault.code is FaultCode.DEVICE_GONE


# --- an answer that is lost


@pytest.mark.parametrize("kind", ["drop", "silent", "truncate", "garble"])
@pytest.mark.parametrize("operation", ["print-job", "send-document", "create-job"])
def test_a_lost_answer_never_prints_twice(make_bench, kind, operation):
    bench: Bench = make_bench(create_job=operation != "print-job", settings={"document_seconds": 0.3})
    bench.printer.do("fault", kind=kind, operation=operation, times=1)
    done = bench.print(["one", "two"])
    names = [name for name, _ in bench.sheets_out]
    assert len(names) == len(set(names))
    if operation == "create-job":
        # Not even the document was sent; the page stays with its owner.
        assert done.pages in ((PageOut.QUEUED, PageOut.QUEUED), (PageOut.EJECTED, PageOut.EJECTED))
        assert len(names) == (0 if done.fault_code else 2)
    else:
        # The printer had taken it: found again by its name or number, and followed to its end.
        assert done.pages == (PageOut.EJECTED, PageOut.EJECTED)
        assert len(names) == 2


def test_a_lost_print_job_that_the_printer_does_not_know_is_in_doubt(make_bench):
    bench: Bench = make_bench(create_job=False)
    bench.printer.do("fault", kind="http500", operation="print-job")
    done = bench.print(["one", "two"])
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN, PageOut.QUEUED), FaultCode.JOB_LOST)
    assert bench.job_names == [], "it was asked about, not sent again"


def test_a_document_that_never_arrived_is_called_off(make_bench):
    """Create-Job went well, Send-Document met an error: the printer holds an empty job, which must not stay there."""
    bench: Bench = make_bench()
    bench.printer.do("fault", kind="http500", operation="send-document")
    done = bench.print()
    assert (done.pages, done.fault_code) == ((PageOut.CANCELED,), FaultCode.LINK_SILENT)
    assert [job["state"] for job in bench.printer.state()["jobs"]] == [7]


def test_one_missed_answer_between_two_looks_is_not_the_end(make_bench):
    bench: Bench = make_bench(seconds_per_page=0.1)

    def once(event: PageMoved) -> None:
        if event.out in (PageOut.SENT, PageOut.EJECTED):
            bench.printer.do("fault", kind="truncate", times=2)

    _, run = bench.start(["one", "two"], on_event=once)
    assert run().pages == (PageOut.EJECTED, PageOut.EJECTED)


def test_a_cancel_wakes_a_driver_that_waits_for_a_silent_printer(make_bench):
    bench: Bench = make_bench(
        create_job=False, seconds_per_page=30, settings={"document_seconds": 60.0, "lost_seconds": 60.0}
    )
    bench.printer.do("fault", kind="silent", operation="print-job", times=1)
    call, run = bench.start(["one", "two"])
    later(lambda: bool(bench.job_names), call.cancel)
    began = time.monotonic()
    done = run()
    assert time.monotonic() - began < 2.5
    assert done.pages == (PageOut.CANCELED, PageOut.QUEUED)


# --- Trace


def test_trace_cancels_what_is_under_way(make_bench):
    bench: Bench = make_bench(seconds_per_page=30, settings={"lost_seconds": 0.1})

    def vanish(event: PageMoved) -> None:
        if event.out is PageOut.SENT:
            bench.printer.do("unplug")

    _, run = bench.start(["one", "two"], on_event=vanish)
    assert run().pages == (PageOut.UNKNOWN, PageOut.QUEUED)
    bench.printer.do("replug")
    until(lambda: bench.printer.state()["jobs"][0]["state"] == 5)
    traced = bench.perform(Trace("S-1", 2))
    assert traced.pages == (PageOut.CANCELED, PageOut.UNKNOWN)
    assert bench.printer.state()["jobs"][0]["state"] == 7
    assert bench.sheets_out == []


def test_trace_knows_its_serial_only(bench: Bench):
    bench.print(["one", "two"], serial="S-1")
    bench.print(["other"], serial="S-11", fence=2)
    assert bench.perform(Trace("S-1", 2)).pages == (PageOut.COMPLETED, PageOut.COMPLETED)
    assert bench.perform(Trace("S-1", 1)).pages == (PageOut.UNKNOWN,), "another count of pages is another document"
    assert bench.perform(Trace("S-2", 1)).pages == (PageOut.UNKNOWN,)


def test_trace_claims_nothing_when_the_printer_is_silent(make_bench):
    bench: Bench = make_bench()
    bench.print()
    bench.printer.do("fault", kind="silent")
    with pytest.raises(DeviceFault, match="link_silent"):
        bench.perform(Trace("S-1", 1))


def test_a_core_that_dies_takes_its_page_back(make_bench):
    """Nobody owns the page any more: emit() fails because the channel is gone, and the job under way is cancelled."""
    bench: Bench = make_bench(seconds_per_page=30)

    def gone(event: PageMoved) -> None:
        raise BrokenPipeError

    _, run = bench.start(on_event=gone)
    with pytest.raises(BrokenPipeError):
        run()
    assert [job["state"] for job in bench.printer.state()["jobs"]] == [7]
    assert bench.sheets_out == []
