"""Printing over a real port: the right pages, once, in order, and an honest account of each."""

from __future__ import annotations

import hashlib
import json
import os
import time

import pytest

from drivers.contract.a4_printer import (
    Evidence,
    Floor,
    PageMoved,
    PageOut,
    Print,
    RaiseFence,
    Taken,
    Trace,
    WaitTaken,
)
from drivers.contract.common import Presence
from drivers.contract.driver import Call
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.link import memfd

from .conftest import Bench, later, page

ALL_OUT = (PageOut.EJECTED,) * 3


@pytest.mark.parametrize("create_job", [True, False], ids=["create-job", "print-job"])
def test_three_pages_come_out_once_in_order(make_bench, create_job):
    bench: Bench = make_bench(create_job=create_job)
    done = bench.print(["one", "two", "three"], serial="K7-0001")
    assert done.pages == ALL_OUT
    assert done.fault_code == ""
    assert (done.counter_before, done.counter_after) == (1000, 1003)
    assert bench.sheets_out == [("K7-0001/1-3", 1001), ("K7-0001/2-3", 1002), ("K7-0001/3-3", 1003)]
    assert (bench.capture / "job-2.pdf").read_bytes() == page("two")
    assert [(event.page, event.out) for event in bench.events] == [
        (number, out) for number in (1, 2, 3) for out in (PageOut.SENT, PageOut.COMPLETED, PageOut.EJECTED)
    ]
    assert {event.job for event in bench.events} == {1, 2, 3}


def test_a_page_is_sent_only_when_the_one_before_is_out(make_bench):
    bench: Bench = make_bench(seconds_per_page=0.1)
    bench.print(["one", "two"])
    rows = [json.loads((bench.capture / f"job-{number}.json").read_text()) for number in (1, 2)]
    assert rows[1]["received_at"] >= rows[0]["completed_at"]


@pytest.mark.parametrize("create_job", [True, False], ids=["create-job", "print-job"])
def test_each_page_is_asked_for_once_one_sided_unscaled_on_a4(make_bench, create_job):
    bench: Bench = make_bench(create_job=create_job)
    bench.print()
    assert json.loads((bench.capture / "job-1.json").read_text())["template"] == {
        "copies": 1,
        "sides": "one-sided",
        "print-scaling": "none",
        "media": "iso_a4_210x297mm",
    }


# --- the fence


def test_a_stale_fence_is_refused_before_anything_is_sent(bench: Bench):
    assert bench.perform(RaiseFence(5)) == Floor(5)
    assert bench.perform(RaiseFence(3)) == Floor(5), "the floor never sinks"
    with pytest.raises(DeviceFault) as refused:
        bench.print(fence=4)
    assert refused.value.fault.code is FaultCode.STALE_FENCE
    assert bench.print(fence=5).fault_code == ""
    assert len(bench.sheets_out) == 1


def test_a_print_raises_the_floor_to_its_fence(bench: Bench):
    bench.print(fence=9)
    with pytest.raises(DeviceFault, match="stale_fence"):
        bench.print(fence=8)
    assert bench.perform(RaiseFence(0)) == Floor(9)


# --- the pages


def test_one_wrong_digest_and_nothing_is_sent(bench: Bench):
    _, run = bench.start(["one", "two"], digests=("0" * 64, "1" * 64))
    with pytest.raises(DeviceFault, match=r"page_digest: page 1 "):
        run()
    assert bench.job_names == []


def test_a_wrong_digest_of_the_last_page_keeps_the_first_from_being_sent(bench: Bench):
    with pytest.raises(DeviceFault, match=r"page_digest: page 2 "):
        bench.print(["one", "two"], digests=(hashlib.sha256(page("one")).hexdigest(), "1" * 64))
    assert bench.job_names == []


def test_digests_and_pages_must_be_as_many(bench: Bench):
    with pytest.raises(DeviceFault, match="1 digests for 2 pages"):
        bench.print(["one", "two"], digests=("0" * 64,))


def test_a_page_that_could_still_be_changed_is_refused(bench: Bench):
    fd = os.memfd_create("open", os.MFD_ALLOW_SEALING)
    os.write(fd, page("one"))
    call = Call(5, lambda event, fds: None, [fd])
    with pytest.raises(DeviceFault, match="page_digest: page 1: the memory file is not sealed"):
        bench.driver.perform(Print(serial="S", owner="o", fence=1, digests=("0" * 64,)), call)
    os.close(fd)


# --- what a printer does not take


def test_a_printer_without_pdf_refuses_up_front(make_bench):
    bench: Bench = make_bench(formats=("image/pwg-raster",))
    with pytest.raises(DeviceFault, match="job_refused: the printer takes image/pwg-raster, not application/pdf"):
        bench.print()
    assert bench.job_names == []


def test_a_paper_size_that_the_printer_does_not_have_is_refused_up_front(make_bench):
    bench: Bench = make_bench(media=("na_letter_8.5x11in",))
    with pytest.raises(DeviceFault, match="job_refused: media-supported does not list iso_a4_210x297mm"):
        bench.print()
    assert bench.job_names == []


def test_a_printer_that_would_print_otherwise_than_asked_refuses_up_front(make_bench):
    bench: Bench = make_bench(ignores=("sides",))
    with pytest.raises(DeviceFault, match="job_refused: the printer would not keep to sides"):
        bench.print()
    assert bench.job_names == []


def test_a_document_that_is_no_pdf_ends_the_print(make_bench):
    for create_job in (True, False):
        bench: Bench = make_bench(create_job=create_job)
        fd = memfd.seal(b"%PDF-1.7 and then nothing")
        digest = hashlib.sha256(b"%PDF-1.7 and then nothing").hexdigest()
        call = Call(5, lambda event, fds: None, [fd])
        done = bench.driver.perform(Print(serial="S", owner="o", fence=1, digests=(digest,)), call)
        assert (done.pages, done.fault_code) == ((PageOut.QUEUED,), FaultCode.JOB_REFUSED)
        assert bench.sheets_out == []
        os.close(fd)


@pytest.mark.parametrize("create_job", [True, False], ids=["create-job", "print-job"])
def test_busy_is_asked_again_and_prints_once(make_bench, create_job):
    bench: Bench = make_bench(create_job=create_job)
    bench.printer.do("busy", times=3)
    assert bench.print().pages == (PageOut.EJECTED,)
    assert len(bench.sheets_out) == 1


def test_busy_for_too_long_is_a_refusal(bench: Bench):
    bench.printer.do("busy", times=10_000)
    done = bench.print()
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED,), FaultCode.JOB_REFUSED)


# --- evidence


def test_taking_the_page_is_seen(make_bench):
    bench: Bench = make_bench()
    assert bench.perform(WaitTaken()) == Taken(), "an empty tray needs no waiting"
    bench.print()
    began = time.monotonic()
    later(lambda: time.monotonic() - began > 0.15, lambda: bench.printer.do("take_paper"))
    assert bench.perform(WaitTaken()) == Taken()
    assert time.monotonic() - began > 0.15
    bench.print(fence=2, serial="S-2")
    with pytest.raises(DeviceFault, match="deadline"):
        bench.perform(WaitTaken(), seconds=0.1)


def test_a_page_taken_at_once_is_still_seen_to_come_out(bench: Bench):
    """Page 1 is taken while page 2 prints: one sheet lies there before and after, and page 2 did come out."""

    def take(event: PageMoved) -> None:
        if event.out is PageOut.EJECTED and event.page == 1:
            bench.printer.do("slow", seconds_per_page=0.2)
        if event == PageMoved(2, PageOut.SENT, 2):
            bench.printer.do("take_paper")

    _, run = bench.start(["one", "two"], on_event=take)
    assert run().pages == (PageOut.EJECTED, PageOut.EJECTED)
    assert bench.printer.state()["in_exit"] == 1


def test_a_simple_printer_proves_less_and_claims_less(make_bench):
    bench: Bench = make_bench(counter=False, tray_sensor=False, input_tray=False)
    assert bench.driver.open().evidence == (Evidence.JOB_STATE,)
    done = bench.print()
    assert (done.pages, done.counter_before, done.counter_after) == ((PageOut.COMPLETED,), None, None)
    status = bench.driver.status()
    assert (status.tray, status.sheets, status.impressions) == (Presence.NOT_SUPPORTED, None, None)
    with pytest.raises(DeviceFault, match="unsupported"):
        bench.perform(WaitTaken())
    assert bench.perform(Trace("S-1", 1)).tray is Presence.NOT_SUPPORTED


def test_a_counter_alone_is_page_counter_evidence(make_bench):
    bench: Bench = make_bench(tray_sensor=False)
    assert bench.driver.open().evidence == (Evidence.JOB_STATE, Evidence.PAGE_COUNTER)
    assert bench.print().pages == (PageOut.COMPLETED,)
