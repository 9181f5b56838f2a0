"""The driver `cups` against a real cupsd: its queue stops, jobs stay behind, its printer goes; and nothing comes out later.

The emulator starts a private scheduler in name spaces of its own; the printer behind the queue is our emulated one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import registry
from drivers.a4_printer.cups_queue import QueueClient
from drivers.client import DeviceClient, Link
from drivers.contract.a4_printer import Evidence, PageOut, Print, Printed, Trace
from drivers.contract.common import Cover, DeviceClass, Presence, Readiness, Supply
from drivers.contract.driver import Call, Driver
from drivers.contract.faults import DeviceFault, FaultCode
from drivers.emulators.a4_cups import CupsEmulator
from drivers.link import memfd

from .conftest import page, until

QUICK: dict[str, object] = {"poll_seconds": 0.05, "stop_seconds": 0.3, "lost_seconds": 1.0, "resume_seconds": 0.05}


class Bench:
    """A queue and the driver before it."""

    def __init__(self, capture: Path, **options: object) -> None:
        self.printer = CupsEmulator(capture, seconds_per_page=0.02, seed=1, **options)
        self.settings = {**self.printer.start(), **QUICK}
        self.driver: Driver = registry.make("cups", self.settings, production=True)
        self.fence = 0

    def print(self, *texts: str, serial: str, seconds: float = 20.0) -> Printed:
        pages = [page(text) for text in texts]
        fds = [memfd.seal(content) for content in pages]
        self.fence += 1
        digests = tuple(hashlib.sha256(content).hexdigest() for content in pages)
        command = Print(serial=serial, owner="token", fence=self.fence, digests=digests)
        try:
            return self.driver.perform(command, Call(seconds, lambda event, _: None, fds))  # type: ignore[no-any-return]
        finally:
            for fd in fds:
                os.close(fd)

    def slip_in(self, name: str) -> int:
        """Put a job into the queue as an earlier life of the driver would have left it."""
        queue = self.queue()
        job = queue.create_job(name, ())
        queue.send_document(job.id, page("somebody else's"))
        return job.id

    def queue(self) -> QueueClient:
        return self.driver._queue()  # type: ignore[attr-defined,no-any-return]

    @property
    def sheets_out(self) -> int:
        return int(self.printer.state()["counter"]) - 1000

    def codes(self) -> list[FaultCode]:
        return [fault.code for fault in self.driver.status().faults]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("cups"))
    yield made
    made.printer.stop()


@pytest.fixture
def bench(one: Bench) -> Bench:
    """The module's queue, as good as new."""
    for verb in ("clear_faults", "replug", "resume_queue", "withdraw"):
        one.printer.do(verb)
    one.printer.do("accept", jobs=True)
    one.printer.do("option", key="printer-error-policy", value="stop-printer")
    for job in (*one.queue().left_over(), *one.queue().finished()):
        one.queue().purge(job.id)
    one.driver = registry.make("cups", one.settings, production=True)
    one.fence = 0
    return one


# --- what it says of itself


def test_queue_and_printer_are_told_apart(bench: Bench):
    told = bench.driver.open()
    assert told.spooled, "pages lie in a spool, and nobody is kept in the dark about it"
    assert told.evidence == tuple(Evidence), "as the printer behind it says; the queue itself counts nothing"
    status = bench.driver.status()
    assert (status.readiness, status.paper, status.cover, status.tray) == (
        Readiness.READY,
        Supply.OK,
        Cover.CLOSED,
        Presence.ABSENT,
    )
    bench.printer.do("fault", kind="paper_out")
    assert (bench.driver.status().paper, bench.codes()) == (Supply.OUT, [FaultCode.PAPER_OUT]), "without a job, too"
    bench.printer.do("clear_faults")
    assert bench.driver.status().paper is Supply.OK, "a queue at rest would say media-empty for ever"


def test_a_printer_that_is_away_is_gone_though_the_scheduler_answers(bench: Bench):
    bench.printer.do("unplug")
    with pytest.raises(DeviceFault, match="device_gone"):
        bench.driver.status()
    with pytest.raises(DeviceFault, match="device_gone"):
        bench.driver.open()
    done = bench.print("one", serial="A-1")
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED,), FaultCode.DEVICE_GONE)
    bench.printer.do("replug")
    assert bench.driver.status().readiness is Readiness.READY


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("printer-error-policy", "retry-job", "retry-job may print a page twice; cure: lpadmin -p kiosk"),
        ("job-sheets-default", "standard,none", "banner pages"),
    ],
)
def test_a_queue_that_prints_what_nobody_asked_for_is_refused(bench: Bench, option: str, value: str, says: str):
    bench.printer.do("option", key=option, value=value)
    try:
        with pytest.raises(DeviceFault, match=says) as error:
            bench.driver.open()
    finally:
        bench.printer.do("option", key="job-sheets-default", value="none,none")
    assert error.value.fault.code is FaultCode.SETTING_INVALID


# --- printing


def test_a_page_through_its_host(bench: Bench):
    async def main() -> None:
        client = DeviceClient("certificates", DeviceClass.A4_PRINTER, "cups", bench.settings, production=True)
        await client.start()
        content = page("one")
        fd = memfd.seal(content)
        try:
            assert (await client.settled(10)).link is Link.HERE
            command = Print(serial="H-1", owner="token", fence=1, digests=(hashlib.sha256(content).hexdigest(),))
            assert (await client.call(command, seconds=20, fds=[fd])).pages == (PageOut.EJECTED,)
        finally:
            os.close(fd)
            await client.stop()

    asyncio.run(asyncio.wait_for(main(), 30))
    assert bench.printer.state()["spooled"] == 0


def test_a_page_comes_out_and_the_spool_forgets_it(bench: Bench):
    before = bench.sheets_out
    done = bench.print("one", serial="B-1")
    assert (done.pages, done.fault_code) == ((PageOut.EJECTED,), "")
    assert bench.sheets_out == before + 1
    assert bench.printer.state()["spooled"] == 0, "cupsd would keep the document for a day"
    assert bench.queue().spooled(["B-1/1-1"]) == []


def test_a_stopped_queue_is_started_and_what_lay_in_it_never_comes_out(bench: Bench):
    """pibooth #484, #371, #296: after an error the queue stays stopped; and when it starts, the old job comes first."""
    before = bench.sheets_out
    bench.printer.do("stop_queue", reason="Printer stopped due to backend errors")
    bench.slip_in("C-0/1-1")
    assert len(bench.queue().left_over()) == 1
    done = bench.print("the next visitor's", serial="C-1")
    assert done.pages == (PageOut.EJECTED,)
    assert bench.codes() == []
    time.sleep(0.3)
    assert bench.sheets_out == before + 1, "one sheet, the next visitor's"
    assert bench.printer.state()["spooled"] == 0, "and the page that was left over is deleted, too"


def test_status_alone_heals_it_but_not_before_the_cause_is_gone(bench: Bench):
    bench.printer.do("fault", kind="paper_out")
    bench.printer.do("stop_queue", reason="Printer stopped due to backend errors")
    assert bench.codes() == [FaultCode.PAPER_OUT, FaultCode.QUEUE_STOPPED]
    before = bench.sheets_out
    bench.slip_in("L-0/1-1")
    bench.printer.do("clear_faults")
    assert bench.codes() == []
    assert bench.driver.status().readiness is Readiness.READY
    time.sleep(0.5)
    assert bench.sheets_out == before, "what lay in it did not come out when it was started"


def test_what_a_person_paused_stays_paused(bench: Bench):
    bench.printer.do("stop_queue")
    assert bench.codes() == [FaultCode.QUEUE_STOPPED]
    assert bench.codes() == [FaultCode.QUEUE_STOPPED]
    done = bench.print("one", serial="D-1")
    assert (done.pages, done.fault_code) == ((PageOut.QUEUED,), FaultCode.QUEUE_STOPPED)
    bench.printer.do("resume_queue")
    bench.printer.do("accept", jobs=False)
    assert bench.codes() == [FaultCode.QUEUE_STOPPED], "and a queue that takes no jobs is nobody's to open"


def test_a_jam_under_way_calls_the_page_off_at_the_printer_too(bench: Bench):
    before = bench.sheets_out
    bench.printer.do("fault", kind="jam")
    done = bench.print("one", "two", serial="E-1")
    assert (done.pages, done.fault_code) == ((PageOut.CANCELED, PageOut.QUEUED), FaultCode.PAPER_JAM)
    assert bench.printer.state()["jobs"][-1]["state"] == 7, "the printer's own job is cancelled, not only the queue's"
    bench.printer.do("clear_faults")
    until(lambda: bench.codes() == [] and bench.printer.state()["spooled"] == 0)
    time.sleep(0.2)
    assert bench.sheets_out == before, "the cancelled page does not come out after the jam"


def test_a_cancel_is_over_in_time_though_the_printer_says_nothing(bench: Bench):
    bench.printer.do("fault", kind="jam")
    content = page("one")
    fd = memfd.seal(content)
    call = Call(20, lambda event, _: silence(event), [fd])

    def silence(event: object) -> None:
        bench.printer.do("fault", kind="silent")
        call.cancel()

    command = Print(serial="K-1", owner="o", fence=1, digests=(hashlib.sha256(content).hexdigest(),))
    began = time.monotonic()
    done = bench.driver.perform(command, call)
    assert time.monotonic() - began < 3.0, "the client ends a host that needs longer"
    os.close(fd)
    assert done.pages == (PageOut.UNKNOWN,), "the queue says cancelled; the printer was not heard"
    bench.printer.do("clear_faults")
    until(lambda: not bench.queue().left_over() and bench.codes() == [], 5)


def test_an_answer_that_the_backend_lost_is_settled_with_the_printer(bench: Bench):
    """The queue stops and says nothing of the page; the printer has it: it is out, and not "cancelled"."""
    before = bench.sheets_out
    bench.printer.do("fault", kind="short", operation="send-document", times=1)
    done = bench.print("one", serial="F-1")
    assert done.pages == (PageOut.EJECTED,)
    assert (bench.sheets_out, done.counter_after) == (before + 1, 1000 + before + 1)
    until(lambda: bench.codes() == [] and bench.printer.state()["spooled"] == 0)


def test_trace_after_a_crash_finds_what_came_of_it_and_cleans_up(bench: Bench):
    bench.slip_in("G-1/1-2")
    until(lambda: any(job["name"] == "G-1/1-2" and job["state"] == 9 for job in bench.printer.state()["jobs"]))
    until(lambda: not bench.queue().left_over())
    traced = bench.driver.perform(Trace("G-1", 2), Call(5, lambda event, _: None))
    assert traced.pages == (PageOut.COMPLETED, PageOut.UNKNOWN)
    assert bench.printer.state()["spooled"] == 0


def test_a_printer_that_speaks_no_ipp_proves_nothing_and_its_absence_is_read_from_the_message(bench: Bench):
    """Behind the backend `socket` nobody can be asked: nothing is known of its paper, and its "completed" would prove nothing."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        device = f"socket://127.0.0.1:{nobody.getsockname()[1]}"
        bench.printer._tool("lpadmin", "-p", "dumb", "-E", "-v", device, "-o", "printer-error-policy=stop-printer")
        bench.driver = registry.make("cups", {**bench.settings, "queue": "dumb"}, production=True)
        told = bench.driver.open()
        assert (told.evidence, told.spooled) == ((), True)
        status = bench.driver.status()
        assert (status.paper, status.toner, status.cover) == (Supply.UNKNOWN, Supply.UNKNOWN, Cover.UNKNOWN)
        done = bench.print("one", serial="M-1")
    assert (done.pages, done.fault_code) == ((PageOut.UNKNOWN,), FaultCode.DEVICE_GONE), done


def test_completed_of_a_queue_that_does_not_wait_for_its_printer_is_sent_and_no_more(bench: Bench):
    with socket.create_server(("127.0.0.1", 0)) as swallower:

        def swallow() -> None:
            peer, _ = swallower.accept()
            with peer:
                while peer.recv(65536):
                    pass

        threading.Thread(target=swallow, daemon=True).start()
        device = f"socket://127.0.0.1:{swallower.getsockname()[1]}"
        bench.printer._tool("lpadmin", "-p", "deaf", "-E", "-v", device, "-o", "printer-error-policy=stop-printer")
        bench.driver = registry.make("cups", {**bench.settings, "queue": "deaf"}, production=True)
        bench.driver.open()
        done = bench.print("one", serial="N-1")
    assert (done.pages, done.fault_code) == ((PageOut.SENT,), "")


def test_without_the_right_to_start_it_a_queue_stays_stopped_and_says_so(bench: Bench, caplog, monkeypatch):
    monkeypatch.setattr("drivers.a4_printer.cups._account", lambda: "nobody-known")
    bench.printer.do("stop_queue", reason="Printer stopped due to backend errors")
    with caplog.at_level("WARNING", "drivers.cups"):
        assert bench.codes() == [FaultCode.QUEUE_STOPPED]
    assert "cannot be started" in caplog.text
    assert "cupsenable kiosk" in caplog.text


def test_a_queue_that_is_not_there_is_a_wrong_setting(bench: Bench):
    driver = registry.make("cups", {**bench.settings, "queue": "nowhere"}, production=True)
    with pytest.raises(DeviceFault, match="setting_invalid"):
        driver.open()
